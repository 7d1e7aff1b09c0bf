//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// hasAVX2 says whether the assembly runs, two routines of which fuse
// multiplications. GODEBUG=cpu.avx2=off in the environment turns it off, and so
// does the build tag purego.
var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// compareWords compares 64 bars a word of dst. op is not Less or LessEqual.
func compareWords(dst Bits, op Compare, a, b operand) {
	words := len(dst)
	if words == 0 {
		return
	}
	if !hasAVX2 {
		compareWordsGo(dst, op, a, b)
		return
	}
	a.word(words - 1) // panics where the values end before the mask
	b.word(words - 1)
	x, y, aStep, bStep := &a.values[0], &b.values[0], 8*a.step, 8*b.step
	switch op {
	case Greater:
		greaterAVX2(&dst[0], x, y, words, aStep, bStep)
	case GreaterEqual:
		greaterEqualAVX2(&dst[0], x, y, words, aStep, bStep)
	case Equal:
		equalAVX2(&dst[0], x, y, words, aStep, bStep)
	case NotEqual:
		notEqualAVX2(&dst[0], x, y, words, aStep, bStep)
	default:
		compareWordsGo(dst, op, a, b) // which panics
	}
}

// orderWords orders 64 bars a word of gt and lt.
func orderWords(gt, lt Bits, a, b []float64) {
	words := len(gt)
	if words == 0 {
		return
	}
	if !hasAVX2 {
		orderWordsGo(gt, lt, a, b)
		return
	}
	a, b, lt = a[:64*words], b[:64*words], lt[:words]
	orderAVX2(&gt[0], &lt[0], &a[0], &b[0], words, 512, 512)
}

// orderQuantaWords is orderWords of quanta.
func orderQuantaWords(gt, lt Bits, a, b []int16) {
	words := len(gt)
	if words == 0 {
		return
	}
	if !hasAVX2 {
		orderWordsGo(gt, lt, a, b)
		return
	}
	a, b, lt = a[:64*words], b[:64*words], lt[:words]
	orderQuantaAVX2(&gt[0], &lt[0], &a[0], &b[0], words)
}

// crossQuanta writes how two tiles of quanta compare, as if the bar before the
// first were not in Less, and reports whether they differ on every bar; else only
// Less is written.
func crossQuanta(c *Crossing, a, b *[Anchor]int16) (distinct bool) {
	if !hasAVX2 {
		return crossQuantaGo(c, a, b)
	}
	if !lessQuantaAVX2(&c.Less[0], &a[0], &b[0], Anchor/64) {
		return false
	}
	changesAVX2(&c.Greater[0], &c.Up[0], &c.Down[0], &c.Less[0], Anchor/256)
	return true
}

// quantizeBlocks quantizes the values that fill vectors and returns their
// number.
func quantizeBlocks(dst []int16, src []float64, lo, scale float64) (done int) {
	blocks := len(src) / 16
	if blocks == 0 || !hasAVX2 {
		return 0
	}
	dst = dst[:16*blocks]
	quantizeAVX2(&dst[0], &src[0], blocks, lo, scale)
	return 16 * blocks
}

// rangeBlocks widens the parts of a range by the values that fill vectors and
// returns their number.
func rangeBlocks(least, greatest *[4]float64, src []float64) (done int) {
	blocks := len(src) / 8
	if blocks == 0 || !hasAVX2 {
		return 0
	}
	rangeAVX2(least, greatest, &src[0], blocks)
	return 8 * blocks
}

// sumUnitsBlocks is sumUnits of the values that fill vectors, up to the vector
// with the first value that has no sum.
func sumUnitsBlocks(dst, src []float64, before, perUnit, limit float64) (done int) {
	blocks := len(src) / 8
	if blocks == 0 || !hasAVX2 {
		return 0
	}
	dst = dst[:8*blocks]
	return 8 * sumUnitsAVX2(&dst[0], &src[0], blocks, before, perUnit, limit)
}

// averageUnitsBlocks is averageUnits of the last bars, as many as fill vectors
// and have n bars before them. It returns their number.
func averageUnitsBlocks(dst, sums []float64, n int, divisor float64) (done int) {
	blocks := min(len(dst), len(sums)-n) / 4
	if blocks <= 0 || !hasAVX2 {
		return 0
	}
	averageUnitsAVX2(&dst[len(dst)-4], &sums[len(sums)-4], blocks, 8*n, divisor)
	return 4 * blocks
}

// hold is Hold of two closes or more.
func hold(closes []float64, rf float64) Held {
	if !hasAVX2 {
		return holdGo(closes, rf)
	}
	var v [7]float64
	holdAVX2(&v, &closes[0], len(closes)-1, rf)
	return Held{v[0], v[1], v[2], v[3], v[4], v[5], v[6]}
}

// holdAffine is HoldAffine of two closes or more.
func holdAffine(closes []float64, kappa, rf float64) Held {
	if !hasAVX2 {
		return holdAffineGo(closes, kappa, rf)
	}
	var v [7]float64
	holdAffineAVX2(&v, &closes[0], len(closes)-1, rf, kappa)
	return Held{v[0], v[1], v[2], v[3], v[4], v[5], v[6]}
}

// insideBlocks counts the bars of the vectors that are inside, up to the first
// in which one is not.
func insideBlocks(low, open, high []float64, floor, ceiling float64) (bars int) {
	blocks := len(low) / 8
	if blocks == 0 || !hasAVX2 {
		return 0
	}
	return 8 * insideAVX2(&low[0], &open[0], &high[0], blocks, floor, ceiling)
}

// orderUnitsWords is OrderUnits.
func orderUnitsWords(gt, lt Bits, sums []float64, a, b int) {
	words := len(gt)
	if words == 0 {
		return
	}
	if !hasAVX2 {
		orderUnitsGo(gt, lt, sums, a, b)
		return
	}
	lt, sums = lt[:words], sums[len(sums)-64*words-max(a, b):]
	orderUnitsAVX2(&gt[0], &lt[0], &sums[max(a, b)], words, 8*a, 8*b, float64(a), float64(b))
}

// runClosedTrades is [ClosedTrades.Run] of orders, of which there are some.
func runClosedTrades(t *ClosedTrades, table *OrderTable, ranges *Ranges, orders []int32) {
	if !hasAVX2 {
		runClosedTradesGo(t, table, ranges, orders)
		return
	}
	runClosedTradesAVX2(&t.Returns, &table.Entries[0].Returns, &ranges[0][0].High, &orders[0], len(orders))
}

// turns is [SignalChanges.List] of a whole tile.
func signalChanges(c *SignalChanges, dst *[Anchor]int32, entry, exit *tileMask, held uint64, offset int) (n int) {
	if !hasAVX2 {
		return signalChangesGo(c, dst, entry, exit, held, offset)
	}
	return signalChangesAVX2(&dst[0], &entry[0], &exit[0], held, c.entryLoses, c.exitLoses, offset)
}
