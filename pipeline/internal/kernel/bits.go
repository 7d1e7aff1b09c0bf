package kernel

import "math/bits"

// Bits is a mask over bars: bit i%64 of word i/64 belongs to bar i. Bits past
// the last bar (the tail) are always zero.
type Bits []uint64

// Words returns the number of words that hold n bars.
func Words(n int) int { return (n + 63) / 64 }

// MakeBits returns an empty mask of n bars.
func MakeBits(n int) Bits { return make(Bits, Words(n)) }

// Get reports whether bar i is set.
func (b Bits) Get(i int) bool { return b[i>>6]>>(uint(i)&63)&1 != 0 }

// Set sets bar i.
func (b Bits) Set(i int) { b[i>>6] |= 1 << (uint(i) & 63) }

// Count returns the number of bars that are set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// And sets dst to a AND b. dst may be a or b.
func And(dst, a, b Bits) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] & b[i]
	}
}

// Or sets dst to a OR b. dst may be a or b.
func Or(dst, a, b Bits) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] | b[i]
	}
}

// Fill sets the first n bars of dst and clears the tail, or clears all where
// on is false.
func Fill(dst Bits, n int, on bool) {
	clear(dst)
	if !on {
		return
	}
	for i := range n / 64 {
		dst[i] = ^uint64(0)
	}
	if r := uint(n) % 64; r != 0 {
		dst[n/64] = 1<<r - 1
	}
}
