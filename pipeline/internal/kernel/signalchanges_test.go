package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// naiveTurns goes bar by bar.
func naiveTurns(entry, exit Bits, from, to int, held, entryCounts, exitCounts bool, offset int) (turns []int32) {
	for bar := from; bar < to; bar++ {
		in, out := entry != nil && entry.Get(bar), exit != nil && exit.Get(bar)
		if in && out {
			in, out = entryCounts, exitCounts
		}
		if held && out || !held && in {
			turns = append(turns, int32(bar+offset))
			held = !held
		}
	}
	return turns
}

// TestTurns holds the lists of masks from empty to full, of whole tiles and of
// parts of one, to the bars one after the other.
func TestTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	mask := func() Bits {
		m := MakeBits(Anchor)
		switch every := r.IntN(5); every {
		case 0:
			return nil
		case 1:
			Fill(m, Anchor, true)
		default:
			for i := range Anchor {
				if r.IntN([]int{2, 40, 400}[every-2]) == 0 {
					m.Set(i)
				}
			}
		}
		return m
	}
	dst := new([Anchor]int32)
	for i := range 1000 {
		entry, exit := mask(), mask()
		from, to := 0, Anchor
		if i%2 == 1 {
			from, to = r.IntN(Anchor), r.IntN(Anchor+1)
		}
		held, offset := r.IntN(2) == 0, r.IntN(3)-1
		for _, counts := range [][2]bool{{false, false}, {true, false}, {false, true}} {
			c := NewSignalChanges(counts[0], counts[1])
			got := dst[:c.List(dst, entry, exit, from, to, held, offset)]
			if want := naiveTurns(entry, exit, from, to, held, counts[0], counts[1], offset); !slices.Equal(got, want) {
				t.Fatalf("bars %d to %d, held %v, %v: %v, want %v", from, to, held, counts, got, want)
			}
		}
	}
	if !panics(func() { NewSignalChanges(true, true) }) {
		t.Error("both count: no panic")
	}
}

// FuzzTurns holds assembly and twin together on any words.
func FuzzTurns(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, held uint16, rule uint8, _, _ float64) {
		var in, out tileMask
		for i := range raw {
			word := &in[i/8%16]
			if i/128%2 == 1 {
				word = &out[i/8%16]
			}
			*word ^= uint64(raw[i]) << (i % 8 * 8)
		}
		c := NewSignalChanges(rule%3 == 1, rule%3 == 2)
		got, want := new([Anchor]int32), new([Anchor]int32)
		n, m := signalChanges(&c, got, &in, &out, uint64(held%2), int(rule)), signalChangesGo(&c, want, &in, &out, uint64(held%2), int(rule))
		if n != m || *got != *want {
			t.Fatalf("assembly %v, Go %v", got[:n], want[:m])
		}
	})
}
