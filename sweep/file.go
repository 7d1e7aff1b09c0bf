package sweep

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/bundles/colfile"
)

// PartialError says that a sweep ended early and where its rows are.
type PartialError struct {
	// Path is the file with the rows that were finished; its metadata says
	// that it is partial.
	Path string
	// Rows is how many it has.
	Rows int64
	// Err is what ended the sweep.
	Err error
}

// Error implements error.
func (e *PartialError) Error() string {
	return fmt.Sprintf("%v; %d finished rows are in %s", e.Err, e.Rows, e.Path)
}

// Unwrap returns what ended the sweep.
func (e *PartialError) Unwrap() error { return e.Err }

// PartialPath returns the name that the results of path have while they are
// being written: "out.parquet" becomes "out.partial.parquet".
func PartialPath(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".partial" + ext
}

// WriteFile stores the results of a sweep as one Parquet file, a row group a
// record. Until they are complete they stand under [PartialPath]. If the
// sweep ends early, what is finished stays there, readable and marked as
// partial, path is not touched, and the error is a *[PartialError]. It does
// not release the reader.
func WriteFile(path string, r *Reader) (rows int64, err error) {
	partial := PartialPath(path)
	f, err := os.Create(partial)
	if err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	rows, err = writeResults(f, r)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	var ended *PartialError
	switch {
	case errors.As(err, &ended):
		ended.Path = partial
		return rows, ended
	case err != nil:
		// What was written may not be readable: nothing may mistake it for
		// results.
		return 0, errors.Join(fmt.Errorf("results %s: %w", partial, err), os.Remove(partial))
	}
	if err := os.Rename(partial, path); err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	return rows, syncDir(filepath.Dir(path))
}

// writeResults writes the file and its footer, whether the sweep came to its
// end or not.
func writeResults(f *os.File, r *Reader) (rows int64, err error) {
	columns, err := colfile.ColumnsOf(r.Schema())
	if err != nil {
		return 0, err
	}
	buffered := bufio.NewWriterSize(f, 1<<20)
	metadata := r.Metadata()
	w, err := colfile.NewWriter(buffered, columns, colfile.Options{Codec: colfile.Snappy, CreatedBy: "bowstring " + metadata[MetaTool], Workers: r.workers})
	if err != nil {
		return 0, err
	}
	for _, key := range sortedKeys(metadata) {
		w.SetMetadata(key, metadata[key])
	}
	for r.Next() {
		if err := w.WriteRecord(r.Record()); err != nil {
			return rows, err
		}
		rows += r.Record().NumRows()
	}
	if r.Err() != nil {
		w.SetMetadata(MetaPartial, "true")
	}
	if err := errors.Join(w.Close(), buffered.Flush()); err != nil {
		return rows, err
	}
	if r.Err() != nil {
		return rows, &PartialError{Rows: rows, Err: r.Err()}
	}
	return rows, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	// Not every file system can sync a directory; the rename stands then too.
	_ = d.Sync()
	return nil
}

// Results is a result file.
type Results struct {
	file *colfile.File
	path string
}

// OpenResults opens a file that [WriteFile] made. The caller closes it.
func OpenResults(path string) (*Results, error) {
	file, err := colfile.Open(path, colfile.OpenOptions{})
	if err != nil {
		return nil, err
	}
	if file.Metadata()[MetaSpec] == "" {
		return nil, errors.Join(fmt.Errorf("%s: not a result file of bowstring: its metadata has no %s", path, MetaSpec), file.Close())
	}
	return &Results{file: file, path: path}, nil
}

// Close releases the file. Records that were retained stay valid.
func (r *Results) Close() error { return r.file.Close() }

// Schema returns the schema of the table.
func (r *Results) Schema() *arrow.Schema { return r.file.Schema() }

// NumRows returns the number of rows.
func (r *Results) NumRows() int64 { return r.file.NumRows() }

// Metadata returns what is recorded with the results.
func (r *Results) Metadata() map[string]string { return r.file.Metadata() }

// Partial reports that the sweep ended before its last trial.
func (r *Results) Partial() bool { return r.file.Metadata()[MetaPartial] == "true" }

// Spec returns the resolved spec that the results belong to.
func (r *Results) Spec() (*Spec, error) {
	return ParseSpec(r.path, []byte(r.file.Metadata()[MetaSpec]))
}

// Records returns a reader over the table, a record a row group. The caller
// releases it before closing the Results.
func (r *Results) Records() array.RecordReader {
	f := &fileReader{file: r.file}
	f.refs.Store(1)
	return f
}
