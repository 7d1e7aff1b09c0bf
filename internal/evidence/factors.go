package evidence

import (
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
)

// flatFactor is what the logarithm of a factor may change by and be the same.
const flatFactor = 1e-3

// IsAdjustedClose reports whether vendors call a column of closes that are
// adjusted for everything by that canonical name.
func IsAdjustedClose(name string) bool {
	return slices.Contains([]string{"adj_close", "adjclose", "adjusted_close", "close_adj", "close_adjusted", "adj_closing_price"}, name)
}

// factor returns the logarithm of what an adjusted close is of the close.
func (a Asset) factor(bar int) (float64, bool) {
	if a.AdjustedCloses == nil || !isPrice(a.Closes[bar]) || !isPrice(a.AdjustedCloses[bar]) {
		return 0, false
	}
	return math.Log(a.AdjustedCloses[bar] / a.Closes[bar]), true
}

// factorStep returns by how much the factor changes from one bar to another.
func (a Asset) factorStep(b, i int) (float64, bool) {
	from, okFrom := a.factor(b)
	to, okTo := a.factor(i)
	return to - from, okFrom && okTo
}

// factorsMove reports whether the adjusted closes are anything but the closes
// again.
func (a Asset) factorsMove() bool {
	for bar := range a.Closes {
		if f, ok := a.factor(bar); ok && math.Abs(f) > flatFactor {
			return true
		}
	}
	return false
}

// Dividends tells what adjusted closes say of dividends: beside are those at which
// the factor steps, so that the close is without them, and inside those at which
// it stays where it is, so that the close is adjusted for them as well. Those that
// are too small for the decimals of the prices are in neither, nor are those of
// several on one bar. The dividends are in the terms of the closes, which matters
// for their size alone.
func (a Asset) Dividends(dividends []columnar.Event) (inside, beside []columnar.Event) {
	if a.AdjustedCloses == nil {
		return nil, nil
	}
	var eventful []int // bars on which anything takes effect
	splits, cash := make(map[int]float64), make(map[int]int)
	for _, e := range a.Events {
		bar, _ := slices.BinarySearch(a.Times, e.Time)
		eventful = append(eventful, bar)
		if e.Type == columnar.EventSplit {
			splits[bar] += math.Log(e.Value)
		} else {
			cash[bar]++
		}
	}
	slices.Sort(eventful)
	for _, e := range dividends {
		bar, _ := slices.BinarySearch(a.Times, e.Time)
		if bar == 0 || bar == len(a.Times) || cash[bar] > 1 || !isPrice(a.Closes[bar-1]) || e.Value >= a.Closes[bar-1] {
			continue
		}
		step, ok := a.factorStep(bar-1, bar)
		size := -math.Log1p(-e.Value / a.Closes[bar-1])
		if split := splits[bar]; math.Abs(step-split) < math.Abs(step) {
			step -= split // the close is as traded
		}
		switch noise := a.factorNoise(bar, eventful); {
		case !ok || size < 8*noise:
		case step > 4*noise:
			beside = append(beside, e)
		case math.Abs(step) <= 2*noise:
			inside = append(inside, e)
		}
	}
	return inside, beside
}

// factorNoise returns the largest change of the factor between bars around one
// on which nothing takes effect: that of rounded prices.
func (a Asset) factorNoise(bar int, eventful []int) float64 {
	const around = 10
	noise := 1e-6
	for k := max(1, bar-around); k < min(len(a.Times), bar+around+1); k++ {
		if _, event := slices.BinarySearch(eventful, k); event {
			continue
		}
		if step, ok := a.factorStep(k-1, k); ok {
			noise = max(noise, math.Abs(step))
		}
	}
	return noise
}
