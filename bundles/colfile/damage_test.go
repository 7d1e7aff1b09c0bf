package colfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go/format"
)

func small(t testing.TB, codec Codec) []byte {
	return write(t, []Column{{"s", String, true}, {"t", Timestamp, false}, {"x", Float64, false}}, Options{Codec: codec}, []Data{
		{Codes: []int32{0, 1, 0}, Dictionary: []string{"a", "bc"}, Valid: []bool{true, true, false}},
		{Int64: []int64{1, 2, 3}}, {Float64: []float64{1, 2, 3}},
	})
}

// readAll opens a file and reads every chunk. It must return for any input.
func readAll(path string) error {
	f, err := Open(path, OpenOptions{})
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
	path := filepath.Join(t.TempDir(), "x.parquet")
	for _, codec := range []Codec{None, Zstd} {
		b := small(t, codec)
		for n := range b {
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
	path := filepath.Join(t.TempDir(), "x.parquet")
	for _, codec := range []Codec{None, Zstd} {
		b := small(t, codec)
		for bit := range len(b) * 8 {
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
