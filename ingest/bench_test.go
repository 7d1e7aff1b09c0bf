package ingest

import (
	"context"
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
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

// plainForms are what plain CSV looks like: one asset or many, and the usual
// ways to write a time.
func plainForms() []plainForm {
	iso := func(b []byte, t time.Time) []byte { return t.AppendFormat(b, "2006-01-02T15:04:05Z") }
	millis := func(b []byte, t time.Time) []byte { return strconv.AppendInt(b, t.UnixMilli(), 10) }
	day := func(b []byte, t time.Time) []byte { // one a minute of the generator's
		first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, int(t.Sub(first)/time.Minute)).AppendFormat(b, time.DateOnly)
	}
	return []plainForm{
		{"one-iso", 1, iso}, {"one-millis", 1, millis},
		{"long-iso", 200, iso}, {"long-millis", 200, millis}, {"long-day", 200, day},
	}
}

type plainForm struct {
	name   string
	assets int
	stamp  func([]byte, time.Time) []byte
}

// BenchmarkParse measures the parser alone on one processor.
func BenchmarkParse(b *testing.B) {
	const rows = 20_000
	for _, form := range plainForms() {
		b.Run("form="+form.name, func(b *testing.B) {
			text := generateTimed(rows/form.assets, form.assets, 1, form.stamp)
			layout, n, err := readShape("x", "X", text[:source.HeadBytes], false, &Options{})
			if err != nil {
				b.Fatal(err)
			}
			text = text[n:]
			p := &parser{memory: &memory{}, symbols: newSymbols()}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				blk := &block{source: &input{File: &source.File{}, layout: layout}, chunk: &chunk{}, text: text, line: 2, lines: rows}
				if err := p.parse(blk); err != nil || len(blk.chunk.times) != rows {
					b.Fatal(err, len(blk.chunk.times))
				}
			}
		})
	}
}

// barsFile stands in for the generated files of BenchmarkRead.
var barsFile = flag.String("bars", "", "plain CSV file for BenchmarkRead")

// BenchmarkRead measures the parse stage: a file is read, hashed, cut into
// blocks and parsed on all processors.
func BenchmarkRead(b *testing.B) {
	if *barsFile != "" {
		benchmarkRead(b, *barsFile)
		return
	}
	const rows = 2_000_000
	for _, form := range plainForms() {
		b.Run("form="+form.name, func(b *testing.B) {
			benchmarkRead(b, write(b, "X.csv", generateTimed(rows/form.assets, form.assets, 1, form.stamp)))
		})
	}
}

func benchmarkRead(b *testing.B, path string) {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		in, err := gather(context.Background(), []string{path}, &Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := readAll(context.Background(), in, &Options{}, &memory{}); err != nil {
			b.Fatal(err)
		}
	}
}
