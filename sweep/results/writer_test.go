package results

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
)

// folder returns every file of a folder with its content.
func folder(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name()+"="+string(read(t, filepath.Join(dir, e.Name()))))
	}
	return all
}

// TestWhatIsThere: results are refused where something is there, which the error
// describes, and nothing is changed by it.
func TestWhatIsThere(t *testing.T) {
	rec := newRecording(t)
	for name, c := range map[string]struct {
		make    func(path string)
		options WriterOptions
		want    string
	}{
		"finished": {func(path string) {
			if err := rec.write(t, path, false, disk.Disk{}); err != nil {
				t.Fatal(err)
			}
		}, WriterOptions{}, `out.parquet exists already: it has the finished results of the spec "a" on the data "1": 13 trials in 39 rows`},
		"interrupted": {func(path string) { rec.interrupted(t, path, 30) }, WriterOptions{},
			`out.partial.parquet exists already: 10 trials in 30 rows are finished there of an interrupted sweep of the spec "a" on the data "1"`},
		"interrupted without its journal": {func(path string) {
			rec.interrupted(t, path, 30)
			if err := os.Remove(journalPath(path)); err != nil {
				t.Fatal(err)
			}
		}, WriterOptions{}, `out.partial.parquet exists already: it has the partial results of the spec "a" on the data "1": 10 trials in 30 rows`},
		"a README": {func(path string) {
			if err := os.WriteFile(path, []byte("# Notes\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, WriterOptions{}, `no result of Bowstring, but a file of 8 bytes that begins with "# Notes\n"`},
		"a foreign journal": {func(path string) {
			if err := os.WriteFile(journalPath(path), []byte("dear diary"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, WriterOptions{}, "damaged journal"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "out.parquet")
			c.make(path)
			before := folder(t, dir)
			w, err := Create(path, c.options)
			if err == nil {
				w.Close()
			}
			if !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
			r := rec.reader(t, path, false, 39, nil)
			defer r.Release()
			if _, err := WriteFile(path, r); !errors.Is(err, ErrExists) {
				t.Errorf("WriteFile: %v", err)
			}
			if !slices.Equal(folder(t, dir), before) {
				t.Error("something has changed")
			}
			// Where it may be replaced, it is.
			w, err = Create(path, WriterOptions{Force: true})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			if _, err := w.Write(r); err != nil {
				t.Fatal(err)
			}
			if w.Close(); !bytes.Equal(read(t, path), rec.want(t)) || len(folder(t, dir)) != 1 {
				t.Errorf("forced, the folder holds %q", folder(t, dir))
			}
		})
	}
}

// TestWrongResumes: a sweep that goes on where another one was, whole or not, is
// refused and changes nothing; with Force it goes on with its own rows, and the
// other's file stays until the new one is complete.
func TestWrongResumes(t *testing.T) {
	rec := newRecording(t)
	other := *rec
	other.header.Metadata = map[string]string{}
	for key, value := range rec.header.Metadata {
		other.header.Metadata[key] = value
	}
	other.header.Metadata[MetaSpec] = "name: other\nrules: b\n"
	dir := t.TempDir()
	path := filepath.Join(dir, "out.parquet")
	if err := other.write(t, path, false, disk.Disk{}); err != nil {
		t.Fatal(err)
	}
	before := folder(t, dir)
	resume := func(options WriterOptions) error {
		w, err := create(path, options, disk.Disk{}, 0)
		if err != nil {
			return err
		}
		defer w.Close()
		r := rec.reader(t, path, true, 39, nil)
		defer r.Release()
		_, err = w.Write(r)
		return err
	}
	err := resume(WriterOptions{Resume: true})
	if !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), `it is of another sweep: bowstring.spec is "name: other", want "name: a"`) {
		t.Errorf("another sweep's whole file: %v", err)
	}
	if !slices.Equal(folder(t, dir), before) {
		t.Error("the refused sweep has changed something")
	}
	// The unfinished rows of this sweep beside the whole file of the other.
	forced, err := create(path, WriterOptions{Force: true}, disk.Disk{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := rec.reader(t, path, false, 20, context.Canceled)
	var partial *PartialError
	if _, err := forced.Write(r); !errors.As(err, &partial) || partial.Rows != 20 || partial.Trials != 6 {
		t.Fatalf("error %v", err)
	}
	r.Release()
	forced.Close()
	if !bytes.Equal(read(t, path), []byte(strings.TrimPrefix(before[0], "out.parquet="))) {
		t.Error("the file is replaced before the end")
	}
	before = folder(t, dir)
	if err := resume(WriterOptions{Resume: true}); !errors.Is(err, ErrExists) || !slices.Equal(folder(t, dir), before) {
		t.Errorf("going on beside another's file: %v", err)
	}
	if err := resume(WriterOptions{Resume: true, Force: true}); err != nil || !bytes.Equal(read(t, path), rec.want(t)) || len(folder(t, dir)) != 1 {
		t.Errorf("going on with Force: %v", err)
	}
	for _, name := range []string{"out.csv", "out.arrow", "out.partial.parquet", "README.md", "out"} {
		if w, err := Create(filepath.Join(dir, name), WriterOptions{Resume: true}); err == nil {
			w.Close()
			t.Errorf("%s can be resumed", name)
		}
	}
}

// TestTwoWriters: the second sweep is refused while the first is at work, by
// whatever name, and nothing of either is in the other's file.
func TestTwoWriters(t *testing.T) {
	rec := newRecording(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "out.parquet")
	first, err := Create(path, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	for _, options := range []WriterOptions{{}, {Force: true}, {Resume: true}} {
		second, err := Create(path, options)
		if err == nil {
			second.Close()
		}
		if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "this process is writing") {
			t.Errorf("%+v: %v", options, err)
		}
	}
	r := rec.reader(t, path, false, 39, nil)
	defer r.Release()
	if _, err := first.Write(r); err != nil {
		t.Fatal(err)
	}
	if first.Close(); !bytes.Equal(read(t, path), rec.want(t)) || len(folder(t, dir)) != 1 {
		t.Errorf("the folder holds %q", folder(t, dir))
	}
}

// TestFormats: the rows are those of the Parquet file in every format, ranked
// alike, and nothing is left where the sweep ends early or the disk is full.
func TestFormats(t *testing.T) {
	rec := newRecording(t)
	dir := t.TempDir()
	run := func(name string) (rows int64, best string) {
		t.Helper()
		w, err := Create(filepath.Join(dir, name), WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		r := rec.reader(t, "", false, 39, nil)
		defer r.Release()
		rows, top, err := w.WriteLeaders(context.Background(), r, LeadersOptions{By: "sharpe", N: 3})
		if err != nil {
			t.Fatal(err)
		}
		defer top.Release()
		return rows, fmt.Sprint(top.Column(0), top.Column(4))
	}
	wantRows, wantBest := run("a.parquet")
	for _, name := range []string{"a.csv", "a.csv.gz", "a.csv.zst", "a.arrow", "a.json"} {
		if rows, best := run(name); rows != wantRows || best != wantBest {
			t.Errorf("%s: %d rows, best %s; want %d, %s", name, rows, best, wantRows, wantBest)
		}
	}
	whole, err := Open(filepath.Join(dir, "a.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	want := rec.table
	lines, err := csv.NewReader(bytes.NewReader(read(t, filepath.Join(dir, "a.csv")))).ReadAll()
	if err != nil || int64(len(lines)) != wantRows+1 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	var objects []map[string]any
	d := json.NewDecoder(bytes.NewReader(read(t, filepath.Join(dir, "a.json"))))
	d.UseNumber()
	if err := d.Decode(&objects); err != nil || int64(len(objects)) != wantRows {
		t.Fatalf("%d objects, %v", len(objects), err)
	}
	f, err := ipc.NewFileReader(bytes.NewReader(read(t, filepath.Join(dir, "a.arrow"))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range f.NumRecords() {
		part := want.NewSlice(int64(i)*recordingRows, min(int64(i+1)*recordingRows, wantRows))
		if got, err := f.Record(i); err != nil || !array.RecordEqual(part, got) {
			t.Errorf("Arrow, record %d: %v", i, err)
		}
		part.Release()
	}
	if spec, _ := f.Schema().Metadata().GetValue(MetaSpec); spec != whole.Metadata()[MetaSpec] {
		t.Errorf("Arrow: the spec is %q", spec)
	}
	checkText(t, want, lines, objects)
}

// checkText holds the rows of a CSV and of a JSON file against a record.
func checkText(t *testing.T, want arrow.Record, lines [][]string, objects []map[string]any) {
	t.Helper()
	for c, field := range want.Schema().Fields() {
		if lines[0][c] != field.Name {
			t.Fatalf("column %d is %q, want %q", c, lines[0][c], field.Name)
		}
		for row := range int(want.NumRows()) {
			text, object := lines[row+1][c], objects[row][field.Name]
			if want.Column(c).IsNull(row) {
				if text != "" || object != nil {
					t.Fatalf("%s of row %d: %q and %v, want nothing", field.Name, row, text, object)
				}
				continue
			}
			if strings.HasSuffix(text, "inf") {
				infinite, _ := objects[row]["infinite"].([]any)
				if object != nil || !slices.Contains(infinite, any(strings.TrimSuffix(text, "inf")+field.Name)) {
					t.Fatalf("%s of row %d: %q in CSV, %v and infinite %v in JSON", field.Name, row, text, object, infinite)
				}
			} else if fmt.Sprint(object) != text {
				t.Fatalf("%s of row %d: %q in CSV, %v in JSON", field.Name, row, text, object)
			}
			if v := want.Column(c).ValueStr(row); v != text && ranking.Number(want.Column(c), row) != parsed(t, text) {
				t.Fatalf("%s of row %d: %q, want %q", field.Name, row, text, v)
			}
		}
	}
}

// parsed is a number of a text.
func parsed(t *testing.T, text string) (v float64) {
	t.Helper()
	if _, err := fmt.Sscan(text, &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// TestTablesThatEnd: a file that cannot be gone on with is not there where the
// sweep ends early or the disk is full, and the one that was there is.
func TestTablesThatEnd(t *testing.T) {
	rec := newRecording(t)
	full := errors.New("no space left on device")
	for _, name := range []string{"a.csv", "a.csv.gz", "a.csv.zst", "a.arrow", "a.json"} {
		for _, there := range []bool{false, true} {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			if there {
				if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := folder(t, dir)
			write := func(d disk.Disk, why error) error {
				w, err := create(path, WriterOptions{Force: there}, d, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer w.Close()
				r := rec.reader(t, path, false, 30, why)
				defer r.Release()
				_, err = w.Write(r)
				return err
			}
			if err := write(disk.Disk{}, context.Canceled); !errors.Is(err, context.Canceled) || !slices.Equal(folder(t, dir), before) {
				t.Errorf("%s, interrupted: %v, left %q", name, err, folder(t, dir))
			}
			for k := int64(1); ; k++ {
				steps := int64(0)
				err := write(disk.Disk{Fault: failing(k, full, &steps)}, nil)
				if err == nil {
					break
				}
				if !errors.Is(err, full) {
					t.Fatalf("%s, step %d: %v", name, k, err)
				}
				if got := folder(t, dir); !slices.Equal(got, before) && (len(got) != 1 || strings.HasPrefix(got[0], name+"=old")) {
					t.Errorf("%s, step %d: left %q", name, k, got)
				}
				if there {
					continue
				}
				_ = os.Remove(path) // where only its name was not made durable
			}
		}
	}
}

// failing fails a step, with half of its bytes written.
func failing(k int64, with error, steps *int64) func(step, path string, bytes int) (int, error) {
	return func(_, _ string, bytes int) (int, error) {
		if *steps++; *steps == k {
			return bytes / 2, with
		}
		return bytes, nil
	}
}

// TestStreams: a stream gets the rows in its format; Parquet has none.
func TestStreams(t *testing.T) {
	rec := newRecording(t)
	for format, check := range map[string]func([]byte) int64{
		"csv": func(b []byte) int64 { return int64(bytes.Count(b, []byte("\n"))) - 1 },
		"json": func(b []byte) int64 {
			var rows []any
			if err := json.Unmarshal(b, &rows); err != nil {
				t.Error(err)
			}
			return int64(len(rows))
		},
		"arrow": func(b []byte) (n int64) {
			r, err := ipc.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Release()
			for r.Next() {
				n += r.Record().NumRows()
			}
			return n
		},
	} {
		var to bytes.Buffer
		w, err := Stream(&to, format)
		if err != nil {
			t.Fatal(err)
		}
		r := rec.reader(t, "", false, 39, nil)
		rows, err := w.Write(r)
		r.Release()
		w.Close()
		if err != nil || rows != 39 || check(to.Bytes()) != 39 {
			t.Errorf("%s: %d rows, %v", format, rows, err)
		}
	}
	for format, want := range map[string]string{"parquet": "read from its end", "xlsx": "want csv"} {
		if _, err := Stream(io.Discard, format); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
