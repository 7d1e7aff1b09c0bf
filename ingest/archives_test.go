package ingest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
)

// tarred is a tar file of files in the order of their names given.
func tarred(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: 0o600, Size: int64(len(m.content)), Typeflag: tar.TypeReg}
		if strings.HasSuffix(m.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func xzed(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTarAndXZ: text is what it is without its packing, each member is an asset, and
// nothing is left behind.
func TestTarAndXZ(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	text := generate(300, 1, 3)
	want, err := Files(context.Background(), []string{write(t, "A.csv", text)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer want.Frame.Release()
	long := tarred(t, member{"data/", nil}, member{"data/A.csv", text}, member{"data/" + strings.Repeat("long", 40) + ".csv", text},
		member{"data/B.csv.gz", gzipped(t, text)}, member{"data/._A.csv", []byte("\x05")}, member{"data/none.csv", nil}, member{"data/x.pdf", []byte("x")})
	for name, content := range map[string][]byte{
		"A.csv.xz": xzed(t, text), "A.txt.xz": xzed(t, text), "x.tar": tarred(t, member{"A.csv", text}), "x.tar.gz": gzipped(t, tarred(t, member{"A.csv", text})),
		"x.tgz": gzipped(t, tarred(t, member{"./A.csv", text})), "x.tar.xz": xzed(t, tarred(t, member{"A.csv", text})), "x.tar.zst": zstandard(t, tarred(t, member{"A.csv", text})),
	} {
		r, err := Files(context.Background(), []string{write(t, name, content)}, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Frame.Info().Digest != want.Frame.Info().Digest || len(r.Report.Sources[0].SHA256) != 64 {
			t.Errorf("%s: other bars, assets %s", name, r.Frame.Assets())
		}
		r.Frame.Release()
	}
	for _, workers := range []int{1, 3} {
		r, err := Files(context.Background(), []string{write(t, "x.tar.gz", gzipped(t, long))}, Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(r.Frame.Assets(), " "); got != "A B "+strings.Repeat("long", 40) || r.Report.Accepted != 900 || len(r.Report.Ignored) != 2 || len(r.Report.LeftOut) != 1 {
			t.Errorf("assets %s, %+v", got, r.Report)
		}
		r.Frame.Release()
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"cut.tar.gz": {gzipped(t, tarred(t, member{"A.csv", text}))[:2000], "EOF"},
		"cut.csv.xz": {xzed(t, text)[:500], "EOF"},
		"up.tar":     {tarred(t, member{"../A.csv", text}), "leads out of the archive"},
		"none.tar":   {tarred(t, member{"x.pdf", text}), "only .csv and .txt"},
		"bomb.xz":    {xzed(t, append([]byte(header), bytes.Repeat([]byte("2020-01-01,2,3,1,2,10\n"), 4<<20)...)), "unpacks to more than 200 times"},
		"huge.xz":    {append([]byte("\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x28"), make([]byte, 40)...), "dictionary of 4095 MiB"},
	} {
		r, err := Files(context.Background(), []string{write(t, name, c.content)}, Options{})
		if err == nil {
			r.Frame.Release()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		for _, l := range left {
			if strings.HasPrefix(l.Name(), "bowstring") {
				t.Errorf("left %s, %v", l.Name(), err)
			}
		}
	}
}

// TestForeignFormats: what is no table is refused by its name, with the way out.
func TestForeignFormats(t *testing.T) {
	var book bytes.Buffer
	z := zip.NewWriter(&book)
	if _, err := z.Create("xl/workbook.xml"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, want string }{
		"A.csv.bz2": {"BZh91AY&SY\x00\x01", "bzip2"}, "A.xlsx": {book.String(), "Excel workbook (xlsx)"}, "A.xls": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook (xls)"},
		"A.7z": {"7z\xbc\xaf\x27\x1c\x00\x04", "7-Zip"}, "A.csv": {"<!DOCTYPE html>\n<html>", "web page"}, "B.csv": {"[{\"date\":\"2020-01-01\"}]", "JSON lines"},
		"A.h5": {"\x89HDF\r\n\x1a\n", "HDF5"}, "A.db": {"SQLite format 3\x00", "SQLite"}, "A.rar": {"Rar!\x1a\x07\x01\x00", "RAR"},
	} {
		_, err := Files(context.Background(), []string{write(t, name, []byte(c.content))}, Options{})
		if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	_, err := Files(context.Background(), []string{filepath.Clean(caseFile(t, "ingest-archives/AAPL.csv.bz2"))}, Options{})
	if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "bzip2") {
		t.Error(err)
	}
}
