package ingest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// TestMain allows neither goroutines nor mapped files to be left in the end.
func TestMain(m *testing.M) {
	proptest.Setup()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if n := columnar.OpenMappings(); code == 0 && n != 0 {
			fmt.Fprintf(os.Stderr, "%d mappings are left\n", n)
			code = 1
		}
		os.Exit(code)
	}))
}

// write stores a file in a fresh folder and returns its path.
func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t testing.TB, content []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(content, nil)
}

// member is a file inside a zip archive.
type member struct {
	name    string
	content []byte
}

func zipped(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(m.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// generate returns a CSV file of consistent daily or minute bars: rows bars
// for each of assets assets, in long form (sorted by time) where assets > 1.
func generate(rows, assets int, seed uint64) []byte {
	return generateTimed(rows, assets, seed, func(b []byte, t time.Time) []byte { return t.AppendFormat(b, "2006-01-02T15:04:05Z") })
}

// generateTimed is generate with times as stamp appends them.
func generateTimed(rows, assets int, seed uint64, stamp func([]byte, time.Time) []byte) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := []byte("date,open,high,low,close,volume")
	if assets > 1 {
		b = append(b, ",symbol"...)
	}
	b = append(b, '\n')
	price := make([]int, assets)
	for i := range price {
		price[i] = 10000 + 700*i
	}
	start := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := range rows {
		date := stamp(nil, start.Add(time.Duration(day)*time.Minute))
		for i := range assets {
			open := price[i] + r.IntN(41) - 20
			shut := max(open+r.IntN(41)-20, 100)
			high, low := max(open, shut)+r.IntN(30), min(open, shut)-r.IntN(30)
			price[i] = max(shut, 1000)
			b = append(b, date...)
			for _, cents := range []int{open, high, low, shut} {
				b = append(b, ',')
				b = strconv.AppendFloat(b, float64(cents)/100, 'f', 2, 64)
			}
			b = append(b, ',')
			b = strconv.AppendInt(b, int64(r.IntN(10_000_000)), 10)
			if assets > 1 {
				b = fmt.Appendf(b, ",S%03d", i)
			}
			b = append(b, '\n')
		}
	}
	return b
}
