package kernel

import "math/bits"

// Extent is what a stretch of bars says about falls: its highest and lowest
// price, and the least ratio of a bar's low to the high of an earlier bar, at
// most 1.
type Extent struct{ High, Low, Ratio float64 }

// rangeLevels is the number of levels that split a tile of Anchor bars down to
// single ones.
const rangeLevels = 10

// Ranges answers for any stretch of a tile's bars, in two look-ups, what its
// extent is. It is a disjoint sparse table: level k cuts the tile into blocks
// of 2^(k+1) bars and holds, for each bar, the extent from it to the middle of
// its block, or from the middle to it. A stretch is cut in two at the one
// middle where the positions of its ends first differ in their bits. The usual
// sparse table, whose two parts overlap, would be wrong: an earlier price of
// one part must not follow a later one of the other.
//
// A ratio of two prices is rounded once, and rounding keeps order, so the
// least ratio does not depend on how a stretch is cut.
type Ranges [rangeLevels][Anchor]Extent

// Build computes the table of up to Anchor bars, whose prices are all above 0.
// For closes, highs and lows are the same.
func (r *Ranges) Build(highs, lows []float64) {
	n := len(highs)
	lows = lows[:n]
	for i, h := range highs {
		r[0][i] = Extent{h, lows[i], 1}
	}
	for k := 1; k < rangeLevels && 1<<k < n; k++ {
		half := 1 << k
		for middle := half; middle < n; middle += 2 * half {
			end := min(middle+half, n)
			backwards(r[k][middle-half:middle], highs[middle-half:middle], lows[middle-half:middle])
			forwards(r[k][middle:end], highs[middle:end], lows[middle:end])
		}
	}
}

// forwards writes the extents from the first bar to each. Every bar divides:
// whether it falls below all that came before is as good as random, and a
// branch that is foretold wrongly costs more.
func forwards(dst []Extent, highs, lows []float64) {
	highs, lows = highs[:len(dst)], lows[:len(dst)]
	e := Extent{highs[0], lows[0], 1}
	dst[0] = e
	for i := 1; i < len(dst); i++ {
		e.Ratio = Least(e.Ratio, lows[i]/e.High)
		e.High, e.Low = Greatest(e.High, highs[i]), Least(e.Low, lows[i])
		dst[i] = e
	}
}

// backwards writes the extents from each bar to the last.
func backwards(dst []Extent, highs, lows []float64) {
	highs, lows = highs[:len(dst)], lows[:len(dst)]
	last := len(dst) - 1
	e := Extent{highs[last], lows[last], 1}
	dst[last] = e
	for i := last - 1; i >= 0; i-- {
		e.Ratio = Least(e.Ratio, e.Low/highs[i])
		e.High, e.Low = Greatest(e.High, highs[i]), Least(e.Low, lows[i])
		dst[i] = e
	}
}

// Parts returns the two parts of the stretch from … to−1 of a tile; they are
// the same where it is one bar.
func (r *Ranges) Parts(from, to int) (first, second *Extent) {
	last := to - 1
	k := uint(bits.Len32(uint32(from^last))) - 1
	if from == last {
		k = 0
	}
	return &r[k%rangeLevels][from%Anchor], &r[k%rangeLevels][last%Anchor]
}
