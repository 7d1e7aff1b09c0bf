package parquet

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// TestContinue: a file that is continued behind any of its row groups ends
// with the same bytes.
func TestContinue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		groups := [][]Data{group(rt), group(rt), group(rt)}
		options := Options{Codec: rapid.SampledFrom([]Codec{None, Zstd, Snappy}).Draw(rt, "codec"), SortedBy: []string{"s"}}
		whole := write(t, every, options, groups...)
		var buf bytes.Buffer
		w, err := NewWriter(&buf, every, options)
		if err != nil {
			rt.Fatal(err)
		}
		var saved [][]byte
		for i, g := range groups {
			if err := w.WriteRowGroup(g); err != nil {
				rt.Fatal(err)
			}
			saved = saved[:0]
			for j := range w.NumRowGroups() {
				saved = append(saved, bytes.Clone(w.RowGroup(j)))
			}
			rest := bytes.NewBuffer(bytes.Clone(buf.Bytes()))
			c, err := ContinueWriter(rest, every, options, saved)
			if err != nil {
				rt.Fatal(err)
			}
			if c.Offset() != int64(buf.Len()) {
				rt.Fatalf("offset %d, want %d", c.Offset(), buf.Len())
			}
			c.SetMetadata("b", "2")
			c.SetMetadata("a", "1")
			for _, g := range groups[i+1:] {
				if err := c.WriteRowGroup(g); err != nil {
					rt.Fatal(err)
				}
			}
			if err := c.Close(); err != nil {
				rt.Fatal(err)
			}
			if !bytes.Equal(rest.Bytes(), whole) {
				rt.Fatalf("continued behind row group %d: other bytes", i)
			}
		}
	})
}

// TestContinueRefuses: row groups of another file, in another order or cut
// off, are corrupt.
func TestContinueRefuses(t *testing.T) {
	columns := []Column{{"i", Int64, false}, {"s", String, true}}
	data := []Data{{Int64: []int64{1, 2}}, {Codes: []int32{0, 0}, Dictionary: []string{"x"}, Valid: []bool{true, false}}}
	w, err := NewWriter(io.Discard, columns, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.WriteRowGroup(data); err != nil {
			t.Fatal(err)
		}
	}
	first, second := w.RowGroup(0), w.RowGroup(1)
	if _, err := ContinueWriter(io.Discard, columns, Options{}, [][]byte{first, second}); err != nil {
		t.Fatal(err)
	}
	for name, groups := range map[string][][]byte{
		"order":    {second, first},
		"gap":      {second},
		"twice":    {first, first},
		"cut off":  {first[:len(first)-1]},
		"too long": {append(bytes.Clone(first), 0)},
		"empty":    {{}},
	} {
		if _, err := ContinueWriter(io.Discard, columns, Options{}, groups); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := []Column{{"i", Int64, false}, {"z", String, true}}
	if _, err := ContinueWriter(io.Discard, other, Options{}, [][]byte{first}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("other columns: %v", err)
	}
	// Random damage is refused or harmless, never a panic.
	for i := range first {
		for _, flip := range []byte{1, 0x80, 0xff} {
			damaged := bytes.Clone(first)
			damaged[i] ^= flip
			_, _ = ContinueWriter(io.Discard, columns, Options{}, [][]byte{damaged})
		}
	}
}
