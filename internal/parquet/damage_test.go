package parquet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

func small(t testing.TB, codec Codec) []byte {
	return write(t, []Column{{"s", String, true}, {"t", Timestamp, false}, {"x", Float64, false}}, Options{Codec: codec}, []Data{
		{Codes: []int32{0, 1, 0}, Dictionary: []string{"a", "bc"}, Valid: []bool{true, true, false}},
		{Int64: []int64{1, 2, 3}}, {Float64: []float64{1, 2, 3}},
	})
}

// readAll opens a file and reads every chunk, mapped and piecewise. It must
// return for any input. What is damaged for a mapping is for who reads
// piecewise, who also checks the checksums of plain pages.
func readAll(path string) error {
	err := readAllOf(path, OpenOptions{})
	if again := readAllOf(path, OpenOptions{Piecewise: true}); err != nil && again == nil || again != nil && !errors.Is(again, ErrCorrupt) && !errors.Is(again, ErrUnsupported) {
		return fmt.Errorf("piecewise: %v, mapped: %v", again, err) //nolint:errorlint // it must be of no kind
	}
	return err
}

func readAllOf(path string, options OpenOptions) error {
	f, err := Open(path, options)
	if err != nil {
		return err
	}
	defer f.Close()
	for g := range f.NumRowGroups() {
		rec, err := f.Record(g)
		if err != nil {
			return err
		}
		rec.Release()
	}
	return nil
}

func TestTruncatedAtEveryByte(t *testing.T) {
	noLeaks(t)
	step := 1
	if proptest.Race {
		step = 11
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	for _, codec := range []Codec{None, Zstd} {
		b := small(t, codec)
		for n := 0; n < len(b); n += step {
			if err := os.WriteFile(path, b[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			if err := readAll(path); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s: %d of %d bytes: %v", codec, n, len(b), err)
			}
		}
	}
}

// TestFlippedBits flips every bit of a file: reading it must end, with an
// error of this package or with other values.
func TestFlippedBits(t *testing.T) {
	noLeaks(t)
	step := 1
	if proptest.Race {
		step = 11
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	for _, codec := range []Codec{None, Zstd} {
		b := small(t, codec)
		for bit := 0; bit < len(b)*8; bit += step {
			b[bit/8] ^= 1 << (bit % 8)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := readAll(path); err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrUnsupported) {
				t.Fatalf("%s: bit %d: %v", codec, bit, err)
			}
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
}

// TestTruncatedWhileOpen: who reads a file piecewise gets an error where it has
// lost its end; who maps it would be killed.
func TestTruncatedWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.parquet")
	b := small(t, Zstd)
	for n := range b {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path, OpenOptions{Piecewise: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(n)); err != nil {
			t.Fatal(err)
		}
		if rec, err := f.Record(0); err == nil {
			// The footer has been read: the columns must have been there.
			if end := len(b) - len(f.Footer()); n < end {
				t.Errorf("%d bytes are enough for columns that end at %d", n, end)
			}
			rec.Release()
		} else if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d bytes left: %v", n, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenOdd(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "none"), OpenOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := Open(dir, OpenOptions{}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("folder: %v", err)
	}
	// A list that claims two billion elements, and a struct in a struct in …
	for name, footer := range map[string][]byte{
		"long list": {0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07},
		"deep":      nested(1 << 20),
	} {
		if _, err := decodeThrift(footer, new(format.FileMetaData)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func nested(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 0x1c
	}
	return b
}

func FuzzOpen(f *testing.F) {
	f.Add(small(f, None))
	f.Add(small(f, Zstd))
	f.Add([]byte("PAR1PAR1"))
	path := filepath.Join(f.TempDir(), "x.parquet")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := readAll(path); err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrUnsupported) {
			t.Fatal(err)
		}
	})
}

func FuzzFooter(f *testing.F) {
	b := small(f, None)
	footer, err := footerOf(b)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(footer)
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, err := decodeFooter(b, 1000)
		if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrUnsupported) {
			t.Fatal(err)
		}
	})
}

func FuzzPageHeader(f *testing.F) {
	f.Add(small(f, None)[4:64])
	f.Fuzz(func(t *testing.T, b []byte) {
		var h format.PageHeader
		if n, err := decodeHeader(b, &h); err == nil && (n <= 0 || n > len(b)) {
			t.Fatalf("%d of %d bytes", n, len(b))
		}
	})
}
