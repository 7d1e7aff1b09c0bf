package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/bowstring-engine/bowstring/sweep/spec"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// recording is a table whose records are handed out as a sweep would, in row
// groups of nine rows, so that files are small and written often.
type recording struct {
	table  arrow.Record
	header journalHeader
}

const recordingRows = 9

func newRecording(t *testing.T) *recording {
	t.Helper()
	spec := spec.Spec{Params: []spec.Param{{Name: "n", Axis: spec.Range(0, 99, 1)}}, Output: spec.Output{Statistics: []metrics.Stat{metrics.Sharpe, metrics.Trades}}}
	table := newTableBuilder(memory.NewGoAllocator(), &spec, []string{"A", "B", "*"})
	defer table.release()
	rec := &recording{header: journalHeader{Version: journalVersion, GroupRows: recordingRows, TrialRows: 3, Metadata: map[string]string{
		MetaFormat: "1", MetaTool: "v1", MetaSpec: "name: a\nrules: b\n", MetaDigest: "sha256:1", MetaAxis: "{}",
	}}}
	keep := func(r arrow.Record) error {
		r.Retain()
		rec.table = r
		return nil
	}
	err := table.add(randomBlocks(&spec, 3, 13)[0], keep)
	if err := errors.Join(err, table.flush(keep)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rec.table.Release)
	return rec
}

// reader plays a sweep that ends with why, after a number of rows. With
// resume it goes on from what is left of the results of path.
func (rec *recording) reader(t *testing.T, path string, resume bool, rows int64, why error) *Reader {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &Reader{schema: rec.table.Schema(), header: rec.header, workers: 2, cancel: cancel, records: make(chan arrow.Record), ended: make(chan struct{})}
	r.refs.Store(1)
	from := int64(0)
	if resume {
		resolved, err := output.Resolve(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := findCheckpoint(t.Context(), resolved, rec.header)
		if err != nil {
			t.Fatal(err)
		}
		r.checkpoint, from = c, c.rows
		// The next trial is the first whose rows are missing.
		if next := rec.table.Column(0); c.rows > 0 && c.rows < rec.table.NumRows() && next.ValueStr(int(c.rows-1)) != fmt.Sprint(c.next-1) {
			t.Fatalf("goes on from trial %d behind %s", c.next, next.ValueStr(int(c.rows-1)))
		}
	}
	go func() {
		defer close(r.ended)
		defer close(r.records)
		for ; from < rows; from += recordingRows {
			select {
			case r.records <- rec.table.NewSlice(from, min(from+recordingRows, rows)):
			case <-ctx.Done():
				return
			}
		}
		r.err = why
	}()
	return r
}

// write writes the results of a whole sweep.
func (rec *recording) write(t *testing.T, path string, resume bool, d disk.Disk) error {
	t.Helper()
	r := rec.reader(t, path, resume, rec.table.NumRows(), nil)
	defer r.Release()
	rows, err := writeFile(path, r, d, 0)
	if err == nil && rows != rec.table.NumRows() {
		t.Fatalf("%d rows, want %d", rows, rec.table.NumRows())
	}
	return err
}

// want returns the bytes of the file when nothing goes wrong.
func (rec *recording) want(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.parquet")
	if err := rec.write(t, path, false, disk.Disk{}); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// resumes resumes the sweep and checks that the file is as if nothing had
// happened and stands alone in its folder.
func (rec *recording) resumes(t *testing.T, path string, want []byte, what string) {
	t.Helper()
	if err := rec.write(t, path, true, disk.Disk{}); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !bytes.Equal(read(t, path), want) {
		t.Fatalf("%s: resumed, the file has other bytes", what)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%s: resumed, the folder holds %v, %v", what, entries, err)
	}
}
