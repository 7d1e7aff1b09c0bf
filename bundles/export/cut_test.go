//go:build unix

package export

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
)

// TestFileCutDuringExport cuts the file of a bundle short after the first batch:
// in the middle, and in its last page, which nothing of the export reads. Neither
// may leave a file.
func TestFileCutDuringExport(t *testing.T) {
	frame, err := sample.Walk(sample.Options{Assets: 3, Bars: 9000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer frame.Release()
	for _, name := range []string{"bars.csv", "bars.csv.gz", "bars.parquet", "bars.arrow", "folder"} {
		for _, last := range []bool{false, true} {
			store, err := bundles.OpenStore(filepath.Join(t.TempDir(), "store"))
			if err != nil {
				t.Fatal(err)
			}
			in, err := store.Begin(t.Context(), "b")
			if err != nil {
				t.Fatal(err)
			}
			p, err := in.Publish(t.Context(), frame, report.Account{}, bundles.PublishOptions{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := store.Open(t.Context(), "b", bundles.OpenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(store.Dir(), "b", "versions", strings.TrimPrefix(p.Digest, columnar.DigestPrefix), "bars.parquet")
			left := int64(8192)
			if last {
				left = b.Manifest().Bars.Bytes - 50
			}
			out := filepath.Join(t.TempDir(), name)
			options := Options{Progress: func(int64, int64) {
				if err := os.Truncate(file, left); err != nil {
					t.Error(err)
				}
			}}
			write := File
			if name == "folder" {
				write = Folder
				options.Format = CSV
			}
			_, err = write(t.Context(), out, b.Frame(), options)
			if !errors.Is(err, columnar.ErrFault) || !strings.Contains(err.Error(), file) {
				t.Errorf("%s: %v", name, err)
			}
			if entries, err := os.ReadDir(filepath.Dir(out)); err != nil || len(entries) != 0 {
				t.Errorf("%s: left %v, %v", name, entries, err)
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
