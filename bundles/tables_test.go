package bundles_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
)

// TestBarsAreTables: the file of a bundle is a table like any other, and comes
// back as the Frame of the bundle, also when another tool has written it anew
// with other pages and codecs.
func TestBarsAreTables(t *testing.T) {
	ctx := context.Background()
	frame, err := sample.Walk(sample.Options{Assets: 7, Bars: 3000, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer frame.Release()
	want := frame.Info()
	for _, compact := range []bool{false, true} {
		dir := t.TempDir()
		store, err := bundles.OpenStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		in, err := store.Begin(ctx, "b")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Publish(ctx, frame, report.Account{}, bundles.PublishOptions{Compact: compact}); err != nil {
			t.Fatal(err)
		}
		found, err := filepath.Glob(filepath.Join(dir, "b", "versions", "*", "bars.parquet"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%v, %v", found, err)
		}
		ingested(t, fmt.Sprintf("compact=%v", compact), found[0], want)
		for _, version := range []int{1, 2} {
			for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw} {
				path := filepath.Join(t.TempDir(), "bars.parquet")
				rewrite(t, found[0], path, parquet.DataPageVersion(version), parquet.Compression(codec), parquet.MaxRowsPerRowGroup(4000))
				ingested(t, fmt.Sprintf("v%d %s", version, codec), path, want)
			}
		}
	}
}

// ingested ingests a file of bars and compares the digests.
func ingested(t *testing.T, what, path string, want columnar.Info) {
	t.Helper()
	o := ingest.Options{Calendar: want.Axis.Calendar, Label: want.Axis.Label, Adjusted: want.Adjusted}
	r, err := ingest.Files(context.Background(), []string{path}, o)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer r.Frame.Release()
	if got := r.Frame.Info().Digest; got != want.Digest || r.Report.Rejected != 0 {
		t.Errorf("%s: digest %s, want %s, %d rejected", what, got, want.Digest, r.Report.Rejected)
	}
}

// rewrite copies the rows of a file.
func rewrite(t *testing.T, from, to string, options ...parquet.WriterOption) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := parquet.NewWriter(&out, append(options, f.Schema())...)
	for _, g := range f.RowGroups() {
		rows := g.Rows()
		_, err := parquet.CopyRows(w, rows)
		if err = errors.Join(err, rows.Close()); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
