package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// endless writes rows that never end into a compressor, up to a size.
func endless(t *testing.T, w io.WriteCloser, head string, row []byte, size int) {
	t.Helper()
	block := bytes.Repeat(row, 1<<20/len(row))
	if _, err := io.WriteString(w, head); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < size; n += len(block) {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// refused runs an ingest that has to fail, and soon, and says how much memory
// it took at most.
func refused(t *testing.T, path string, want string) {
	t.Helper()
	start := time.Now()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	budget := columnar.NewBudget(256 << 20)
	r, err := Files(context.Background(), []string{path}, Options{Budget: budget, Workers: 2})
	runtime.ReadMemStats(&after)
	if err == nil {
		r.Frame.Release()
		t.Fatalf("%s is read", path)
	}
	if !strings.Contains(err.Error(), want) || budget.Used() != 0 {
		t.Errorf("got %v, want %q", err, want)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("%v until it was refused", took)
	}
	if grown := after.Sys - before.Sys; after.Sys > before.Sys && grown > 512<<20 {
		t.Errorf("%d MiB of memory", grown>>20)
	}
}

// TestHostileSizes: what is small on disk and without end inside is refused.
func TestHostileSizes(t *testing.T) {
	if proptest.Race {
		t.Skip("packs 700 MB, which takes a minute under the race detector; make test does it")
	}
	const size = 96 << 20 // 64 MiB are unpacked before the ratio counts
	// The row breaks a rule, so that no bar is kept.
	row := []byte("2020-01-01,2,1,3,2,10\n")
	dir := t.TempDir()

	zipPath := filepath.Join(dir, "bomb.zip")
	f, err := os.Create(zipPath)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	m, err := z.Create("bomb.csv")
	if err != nil {
		t.Fatal(err)
	}
	endless(t, struct {
		io.Writer
		io.Closer
	}{m, z}, header+"2020-01-01,2,3,1,2,10\n", row, size)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, zipPath, "unpacks to more than 200 times its size")

	for name, c := range map[string]struct {
		head string
		row  []byte
		want string
	}{
		"rows.csv.zst":       {header + "2020-01-01,2,3,1,2,10\n", row, "unpacks to more than 200 times its size"},
		"line.csv.zst":       {header + "2020-01-01,2,3,1,2,10\n", []byte("x"), "more than 1024 KiB"},
		"first line.csv.zst": {"date,", []byte("x"), "no line break in the first 64 KiB"},
		"zeros.csv.zst":      {"", []byte{0}, "no line break in the first 64 KiB"},
		"columns.csv.zst":    {"date", []byte(",c"), "no line break in the first 64 KiB"},
		"row.csv.zst":        {header + "2020-01-01", []byte(",1"), "more than 1024 KiB"},
	} {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w, err := zstd.NewWriter(f)
		if err != nil {
			t.Fatal(err)
		}
		endless(t, w, c.head, c.row, size)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		refused(t, path, c.want)
	}
}

// TestManyColumns: thirty thousand names in the first line, and a million
// fields in a row, are refused or rejected.
func TestManyColumns(t *testing.T) {
	path := write(t, "X.csv", []byte(strings.Repeat("a,", 30_000)+"\n"+strings.Repeat("1,", 30_000)+"\n"))
	refused(t, path, "names 30001 columns; want 4096 at most")
	r, rejects, err := read(t, header+"2020-01-01,2,3,1,2,10\n"+strings.Repeat(",", maxLine-1)+"\n", Options{})
	if err != nil || r.Report.Accepted != 1 || !strings.Contains(rejects, ",3,schema,") {
		t.Errorf("%v", err)
	}
}

// TestArchiveSizes: members that share bytes, or claim more than there are,
// are refused before anything is unpacked.
func TestArchiveSizes(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"a.csv", "b.csv"} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, CompressedSize64: 5, UncompressedSize64: 5})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	text := b.Bytes()
	// In the directory at the end, the first member claims a thousand bytes.
	at := bytes.Index(text, []byte("PK\x01\x02"))
	text[at+20], text[at+21] = 0xe8, 0x03
	refused(t, write(t, "X.zip", text), "the members overlap")
}

// TestLinks: a folder is not left through a link; links inside it and a link
// that is given itself are followed.
func TestLinks(t *testing.T) {
	row := []byte(header + "2020-01-01,2,3,1,2,10\n")
	outside := folder(t, map[string][]byte{"secret.csv": row, "symbol=S/x.csv": row})
	dir := folder(t, map[string][]byte{"a.csv": row})
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	link("a.csv", "b.csv")
	r, err := Files(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if got := strings.Join(r.Frame.Assets(), " "); got != "a b" {
		t.Errorf("assets %s", got)
	}
	for name, target := range map[string]string{
		"c.csv": filepath.Join(outside, "secret.csv"), "d.csv": "../../" + filepath.Base(filepath.Dir(outside)) + "/" + filepath.Base(outside) + "/secret.csv", "symbol=T": filepath.Join(outside, "symbol=S"), "year=1": "..",
	} {
		link(target, name)
		_, err := Files(context.Background(), []string{dir}, Options{})
		var e *InputError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), name+": a link that leads out of the folder") {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	// A folder that leads to itself ends.
	link(".", "year=2")
	if _, err := Files(context.Background(), []string{dir}, Options{}); err == nil || !strings.Contains(err.Error(), "deep in each other") {
		t.Errorf("a folder inside itself: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "year=2")); err != nil {
		t.Fatal(err)
	}
	given := filepath.Join(t.TempDir(), "given.csv")
	if err := os.Symlink(filepath.Join(outside, "secret.csv"), given); err != nil {
		t.Fatal(err)
	}
	one, err := Files(context.Background(), []string{given}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	one.Frame.Release()
}

// TestPartitions: folders are walked, and those of partitions name the asset.
func TestPartitions(t *testing.T) {
	row := []byte(header + "2020-01-01,2,3,1,2,10\n")
	later := []byte(header + "2021-01-01,2,3,1,2,10\n")
	dir := folder(t, map[string][]byte{
		"ticker=GC%3DF/a.csv": row, "ticker=BTC-USD/year=2020/a.csv": row, "ticker=BTC-USD/year=2021/a.csv": later,
		"other/o.csv": row, "exchange=X/b.csv": row, "ticker=%zz/c.csv": row, "ticker=/d.csv": row,
	})
	r, err := Files(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if got := strings.Join(r.Frame.Assets(), " "); got != "%zz BTC-USD GC=F b d o" {
		t.Errorf("assets %s", got)
	}
	if i := r.Frame.Assets(); r.Frame.NumBars(1) != 2 {
		t.Errorf("%v", i)
	}
	var ignored []string
	for _, path := range r.Report.Ignored {
		ignored = append(ignored, filepath.Base(path))
	}
	if got := strings.Join(ignored, " "); got != "" {
		t.Errorf("ignored %s", got)
	}
}
