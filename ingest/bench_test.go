package ingest

import (
	"context"
	"testing"
)

// BenchmarkCSV measures the whole way from a file to a Frame with its digest;
// MB/s are of the uncompressed text.
func BenchmarkCSV(b *testing.B) {
	for _, form := range []struct {
		name         string
		rows, assets int
	}{{"wide", 600_000, 1}, {"long", 6_000, 100}} {
		text := generate(form.rows, form.assets, 1)
		for _, c := range []struct {
			name string
			pack func(testing.TB, []byte) []byte
		}{{"none", nil}, {"zstd", zstandard}, {"gzip", gzipped}} {
			b.Run("form="+form.name+"/compress="+c.name, func(b *testing.B) {
				content := text
				if c.pack != nil {
					content = c.pack(b, text)
				}
				path := write(b, "X.csv", content)
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					r, err := Files(context.Background(), []string{path}, Options{})
					if err != nil {
						b.Fatal(err)
					}
					r.Frame.Release()
				}
			})
		}
	}
}

// BenchmarkParse measures the parser alone on one processor.
func BenchmarkParse(b *testing.B) {
	text := generate(20_000, 1, 1)
	layout, n, err := readShape("x", "X", text[:headBytes], false, &Options{})
	if err != nil {
		b.Fatal(err)
	}
	text = text[n:]
	p := &parser{reserve: func(int64) error { return nil }, symbols: newSymbols()}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		blk := &block{source: &source{layout: layout}, chunk: &chunk{}, text: text, line: 2, lines: 20_000}
		if err := p.parse(blk); err != nil || len(blk.chunk.times) != 20_000 {
			b.Fatal(err, len(blk.chunk.times))
		}
	}
}
