package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// SegmentsPath returns where the segments of a result file stand: beside it, so that
// "out.parquet" has "out.segments.parquet".
func SegmentsPath(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".segments" + ext
}

// SegmentsAbout is what the metadata of a table of segments says of them, under
// [MetaSegments].
type SegmentsAbout struct {
	// Cuts are the moments, in nanoseconds UTC, at which all segments but the first
	// begin.
	Cuts []int64 `json:"cuts"`
	// RiskFree is the risk-free return a year, Annual the number of bars a year, by
	// asset.
	RiskFree float64            `json:"risk_free"`
	Annual   map[string]float64 `json:"annual"`
}

// SegmentsFile is a table of segments in a Parquet file.
type SegmentsFile struct {
	file  *parquet.File
	about SegmentsAbout
}

// OpenSegments opens a table of segments, finished or partial. It is read piece by
// piece. Errors wrap [ErrNoSegments] where the file is something else. The caller
// closes it.
func OpenSegments(path string) (*SegmentsFile, error) {
	file, err := parquet.Open(path, parquet.OpenOptions{Piecewise: true})
	if errors.Is(err, parquet.ErrUnsupported) {
		return nil, fmt.Errorf("%w: %w", ErrNoSegments, err)
	}
	if err != nil {
		return nil, err
	}
	s := &SegmentsFile{file: file}
	if err := s.check(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return s, nil
}

func (s *SegmentsFile) check() error {
	if err := json.Unmarshal([]byte(s.file.Metadata()[MetaSegments]), &s.about); err != nil {
		return fmt.Errorf("%w: its metadata has no %s", ErrNoSegments, MetaSegments)
	}
	for g := range s.file.NumRowGroups() {
		if n := s.file.GroupRows(g); n > maxGroup {
			return fmt.Errorf("%w: row group %d has %d rows; want %d at most", ErrNoSegments, g, n, maxGroup)
		}
	}
	return checkSegments(s.file.Schema())
}

// Close releases the file. Records that were retained stay valid.
func (s *SegmentsFile) Close() error { return s.file.Close() }

// Schema returns the schema of the table.
func (s *SegmentsFile) Schema() *arrow.Schema { return s.file.Schema() }

// NumRows returns the number of rows.
func (s *SegmentsFile) NumRows() int64 { return s.file.NumRows() }

// Metadata returns what is recorded with the table.
func (s *SegmentsFile) Metadata() map[string]string { return s.file.Metadata() }

// About returns what it says of the segments.
func (s *SegmentsFile) About() SegmentsAbout { return s.about }

// Partial reports that the sweep ended before its last trial.
func (s *SegmentsFile) Partial() bool { return s.file.Metadata()[MetaPartial] == "true" }

// Records returns a reader over the table, a record a row group. The caller releases
// it before closing the SegmentsFile.
func (s *SegmentsFile) Records() array.RecordReader {
	f := &fileReader{file: s.file}
	f.refs.Store(1)
	return f
}
