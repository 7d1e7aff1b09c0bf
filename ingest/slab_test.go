package ingest

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
)

// TestSlabs: with rows in large pieces of memory, however wrong their guessed
// size was, everything is as with memory of its own for each block, which an
// ingest with a limit has.
func TestSlabs(t *testing.T) {
	dir := t.TempDir()
	save := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	long := generate(900, 3, 4)
	if _, err := z.Write(long); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	header, rest, _ := strings.Cut(string(generate(900, 1, 5)), "\n")
	again := append(bytes.Clone(long), long[len(long)/2:]...) // bars again, and half a line
	for name, paths := range map[string][]string{
		"one":        {save("long.csv", long)},
		"compressed": {save("packed.csv.gz", packed.Bytes())}, // far more rows than its bytes say
		"blank":      {save("blank.csv", []byte(header+"\n"+strings.Repeat("\n", 3000)+rest))},
		"late":       {save("late.csv", again)},
		"several":    {save("A.csv", generate(50, 1, 6)), save("B.csv", generate(2000, 1, 7)), save("C.csv", generate(3, 1, 8))},
		"forms":      {save("D.csv", generate(400, 1, 6)), save("E.csv", generate(300, 3, 6))}, // of one asset and of several
		"empty":      {save("none.csv", []byte(header+"\n"))},
	} {
		t.Run(name, func(t *testing.T) {
			want := outcome(t, paths, Options{Workers: 1, Budget: columnar.NewBudget(1 << 40)})
			if strings.HasPrefix(want, columnar.DigestPrefix) == (name == "empty") {
				t.Fatal(want)
			}
			digest, _, _ := strings.Cut(want, " ")
			for _, workers := range []int{1, 2, 8} {
				for _, block := range []int{300, 5000, 0} {
					if got := outcome(t, paths, Options{Workers: workers, blockBytes: block}); got != want {
						t.Errorf("workers %d, block %d:\n%s\nwant\n%s", workers, block, got, want)
					}
					// A policy that asks where rows came from.
					if got := outcome(t, paths, Options{Workers: workers, blockBytes: block, Policies: map[Rule]Policy{quality.Scale: RejectRow}}); !strings.HasPrefix(got, digest) {
						t.Errorf("workers %d, block %d, with a policy:\n%s", workers, block, got)
					}
				}
			}
		})
	}
}
