package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestFind: a folder with a partition, an archive, what is ignored, and a text of
// each packing and encoding; all are the same text.
func TestFind(t *testing.T) {
	const text = "date,close\n2024-01-02,1\n"
	var zipped, packed bytes.Buffer
	z := zip.NewWriter(&zipped)
	for _, name := range []string{"x.csv", "y.csv"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	g := gzip.NewWriter(&packed)
	fmt.Fprint(g, text)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	wide := []byte("\xff\xfe")
	for _, c := range []byte(text) {
		wide = append(wide, c, 0)
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a.csv"), []byte("\xef\xbb\xbf"+text))
	put(t, filepath.Join(dir, "b.csv.gz"), packed.Bytes())
	put(t, filepath.Join(dir, "c.zip"), zipped.Bytes())
	put(t, filepath.Join(dir, "d.txt"), wide)
	put(t, filepath.Join(dir, "ticker=GC%3DF", "p.csv"), []byte(text))
	put(t, filepath.Join(dir, "year=2024", "q.csv"), []byte(strings.ReplaceAll(text, "\n", "\r")))
	put(t, filepath.Join(dir, ".hidden.csv"), []byte(text))
	put(t, filepath.Join(dir, "README.md"), []byte(text))
	found, err := Find(t.Context(), []string{dir}, Choice{IsSymbol: func(key string) bool { return key == "ticker" }})
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var got []string
	for _, f := range found.All {
		st, err := f.Open(t.Context(), func(int) {})
		if err != nil {
			t.Fatal(f.Name(), err)
		}
		read, err := io.ReadAll(st)
		if err != nil || string(read) != text {
			t.Errorf("%s: %q, %v", f.Name(), read, err)
		}
		st.Close()
		name, err := filepath.Rel(dir, f.Name())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, filepath.ToSlash(name)+" "+f.Asset)
	}
	want := "a.csv a|b.csv.gz b|c.zip!x.csv x|c.zip!y.csv y|d.txt d|ticker=GC%3DF/p.csv GC=F|year=2024/q.csv q"
	if strings.Join(got, "|") != want {
		t.Errorf("found %q, want %q", strings.Join(got, "|"), want)
	}
	if len(found.Ignored) != 2 {
		t.Errorf("ignored %q", found.Ignored)
	}
	for _, c := range []struct {
		paths []string
		how   Choice
		is    error
	}{
		{nil, Choice{}, problem.ErrOptions},
		{[]string{dir, dir}, Choice{}, problem.ErrOptions},
		{[]string{filepath.Join(dir, "none.csv")}, Choice{}, os.ErrNotExist},
	} {
		if c.how.IsSymbol == nil {
			c.how.IsSymbol = func(string) bool { return false }
		}
		if _, err := Find(t.Context(), c.paths, c.how); !errors.Is(err, c.is) {
			t.Errorf("%q: %v, want %v", c.paths, err, c.is)
		}
	}
}
