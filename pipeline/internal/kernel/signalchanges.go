package kernel

import "math/bits"

// SignalChanges finds where a position begins and ends: an entry begins one where none is
// held, an exit ends one that is. It holds what happens where both fire on a bar.
type SignalChanges struct {
	entryLoses, exitLoses uint64 // on which bars of a word it does
}

// NewSignalChanges returns the rules for bars on which both fire: whether the entry
// counts, and whether the exit does. Where both are to count it panics.
func NewSignalChanges(entry, exit bool) SignalChanges {
	if entry && exit {
		panic("kernel: entry and exit of one bar cannot both count")
	}
	return SignalChanges{bit(entry) - 1, bit(exit) - 1}
}

// Resolve returns the bars of a word on which a flat account enters, and one that
// holds leaves.
func (c *SignalChanges) Resolve(entry, exit uint64) (in, out uint64) {
	both := entry & exit
	return entry &^ (both & c.entryLoses), exit &^ (both & c.exitLoses)
}

// tileMask is a mask of Anchor bars.
type tileMask = [Anchor / 64]uint64

// List writes the bars from … to−1 of a tile on which it turns, in order and with
// offset added, to dst, and returns their number. The masks cover the bars up to
// to, at most [Anchor]; nil is a mask without bars. held says that a position is
// held before from.
func (c *SignalChanges) List(dst *[Anchor]int32, entry, exit Bits, from, to int, held bool, offset int) (n int) {
	if from == 0 && to == Anchor && entry != nil && exit != nil {
		return signalChanges(c, dst, (*tileMask)(entry), (*tileMask)(exit), bit(held), offset)
	}
	if from >= to {
		return 0
	}
	var in, out tileMask
	part(&in, entry, from, to)
	part(&out, exit, from, to)
	return signalChanges(c, dst, &in, &out, bit(held), offset)
}

// part writes the bars from … to−1 of a mask, which may be nil, to an empty one.
func part(dst *tileMask, m Bits, from, to int) {
	if m == nil {
		return
	}
	first, last := from/64, (to-1)/64
	copy(dst[first:last+1], m[first:])
	dst[first] &= ^uint64(0) << uint(from%64)
	dst[last] &= ^uint64(0) >> uint(63-(to-1)%64)
}

// signalChangesGo is the Go twin of the assembly.
func signalChangesGo(c *SignalChanges, dst *[Anchor]int32, entry, exit *tileMask, held uint64, offset int) (n int) {
	for word := range entry {
		if entry[word]|exit[word] == 0 {
			continue
		}
		in, out := c.Resolve(entry[word], exit[word])
		// What an addition carries into a bit is whether something is held before
		// its bar: an entry makes a carry, an exit ends one, and all other bars
		// pass it on.
		sum, after := bits.Add64(^out, in, held)
		before := sum ^ ^out ^ in
		held = after
		for turning := before ^ (before>>1 | after<<63); turning != 0; turning &= turning - 1 {
			dst[n%len(dst)] = int32(word*64 + bits.TrailingZeros64(turning) + offset)
			n++
		}
	}
	return n
}
