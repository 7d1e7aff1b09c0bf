package parquet

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"
)

// TestSnappyDecodes holds the encoder to an independent decoder, on words
// that repeat near and far, in runs and alone, behind a head of any length.
func TestSnappyDecodes(t *testing.T) {
	table := new(wordTable)
	rapid.Check(t, func(rt *rapid.T) {
		head := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(rt, "head")
		words := rapid.SampledFrom([]int{0, 1, 2, 7, 8, 9, 63, 64, 65, 300, 8191, 8193, 20_000}).Draw(rt, "words")
		distinct := rapid.SampledFrom([]uint64{1, 2, 9, 300, 9000, 1 << 60}).Draw(rt, "distinct")
		run := rapid.Uint64Range(1, 40).Draw(rt, "run")
		seed := rapid.Uint64Range(1, 1<<60).Draw(rt, "seed")
		tail := rapid.SliceOfN(rapid.Byte(), 0, 7).Draw(rt, "tail")
		src := bytes.Clone(head)
		for i := range uint64(words) {
			if i%run == 0 {
				seed ^= seed << 13
				seed ^= seed >> 7
				seed ^= seed << 17
			}
			src = binary.LittleEndian.AppendUint64(src, seed%distinct<<20)
		}
		src = append(src, tail...)
		packed := appendSnappy([]byte("kept"), src, len(head), table)
		if !bytes.HasPrefix(packed, []byte("kept")) {
			rt.Fatal("what stood in front is gone")
		}
		got, err := s2.Decode(nil, packed[4:])
		if err != nil || !bytes.Equal(got, src) {
			rt.Fatalf("%d bytes become %d: %v", len(src), len(got), err)
		}
		// Literals of 64 KiB and more have five bytes in front, a block ten.
		if most := len(src) + len(src)/1000 + 16; len(packed)-4 > most+len(src)/8 {
			rt.Fatalf("%d bytes are packed into %d", len(src), len(packed)-4)
		}
	})
}

// TestSnappyByHand checks the format's elements byte by byte.
func TestSnappyByHand(t *testing.T) {
	word := func(b byte, n int) []byte { return bytes.Repeat([]byte{b, 0, 0, 0, 0, 0, 0, 0}, n) }
	for name, c := range map[string]struct{ src, want []byte }{
		"empty": {nil, []byte{0}},
		// 8 bytes: a literal of 8, which is (8−1)<<2.
		"literal": {word(7, 1), append([]byte{8, 7 << 2}, word(7, 1)...)},
		// Then 8 bytes from 8 back: length 8−4 in bits 2 to 4, tag 1.
		"near copy": {word(7, 2), append(append([]byte{16, 7 << 2}, word(7, 1)...), 4<<2|1, 8)},
		// 72 bytes from 8 back: 64 by a copy of three bytes, then 8.
		"run": {word(7, 10), append(append([]byte{80, 7 << 2}, word(7, 1)...), 63<<2|2, 8, 0, 4<<2|1, 8)},
	} {
		if got := appendSnappy(nil, c.src, 0, new(wordTable)); !bytes.Equal(got, c.want) {
			t.Errorf("%s: % x, want % x", name, got, c.want)
		}
	}
}
