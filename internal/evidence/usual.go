package evidence

import (
	"math"
	"slices"
)

// The window and the bounds of what is usual.
const (
	// usualBars is how many bars on each side are looked at.
	usualBars = 60
	// fewReturns is below which the returns are too few to know, and
	// unknownUsual what a day is taken to move by then.
	fewReturns   = 10
	unknownUsual = 0.05
	// leastUsual bounds what is usual from below: closes are rounded.
	leastUsual = 0.002
	// likeSteps is how many returns over as long a time speak for themselves.
	likeSteps = 5
)

// usual returns the deviation of log returns around the step from bar b to bar
// i, over as much time as that takes. It is robust: of the median, or of the
// ninth decile where that says more. Returns of 0 say how often an asset trades,
// and not how far it moves, and steps at other splits are left out. A longer
// time than that of most bars (a night between minutes, a halt) has the deviation
// of steps that took as long, or is scaled by the root of time where those are
// few.
func (a Asset) usual(b, i int, splits []int) float64 {
	span := float64(a.Times[i] - a.Times[b])
	var returns, long, gaps []float64
	for k := max(1, b+1-usualBars); k < min(len(a.Times), i+1+usualBars); k++ {
		if k > b && k <= i {
			continue
		}
		if _, split := slices.BinarySearch(splits, k); split || !isPrice(a.Closes[k]) || !isPrice(a.Closes[k-1]) {
			continue
		}
		gap := float64(a.Times[k] - a.Times[k-1])
		gaps = append(gaps, gap)
		r := math.Abs(math.Log(a.Closes[k] / a.Closes[k-1]))
		if r == 0 {
			continue
		}
		returns = append(returns, r)
		if gap >= 0.9*span {
			long = append(long, r)
		}
	}
	usual, root := 0.0, 1.0
	if len(gaps) > 0 {
		slices.Sort(gaps)
		root = math.Sqrt(max(1, span/gaps[len(gaps)/2]))
	}
	switch {
	case len(long) >= likeSteps:
		usual = max(deviation(returns), deviation(long))
	case len(returns) > 0:
		usual = deviation(returns) * root
	}
	if len(returns) < fewReturns {
		usual = max(usual, unknownUsual*math.Sqrt(max(1, span/day)))
	}
	return max(usual, leastUsual)
}

// deviation returns the deviation of a normal distribution with the median of
// these magnitudes, or with their ninth decile where that is larger; of few the
// decile is their largest, and twice the median is taken. It sorts them.
func deviation(magnitudes []float64) float64 {
	slices.Sort(magnitudes)
	n := len(magnitudes)
	if n < 2*fewReturns {
		return 2 * magnitudes[n/2]
	}
	return max(1.4826*magnitudes[n/2], magnitudes[n*9/10]/1.645)
}
