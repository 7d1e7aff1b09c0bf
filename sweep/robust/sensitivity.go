package robust

import (
	"fmt"
	"math"
	"slices"
)

// Surface is a statistic over a grid of parameters.
type Surface struct {
	// Axes are the parameters, the last fastest.
	Axes []SurfaceAxis
	// Values has the statistic of every point; NaN where there is none, as where a
	// condition leaves the point out.
	Values []float64
	// Lower says that lower values are better.
	Lower bool
}

// SurfaceAxis is a parameter of a [Surface].
type SurfaceAxis struct {
	Name string
	// Labels are its values as text.
	Labels []string
	// Choice says that the values have no order, so that none is next to another.
	Choice bool
}

// Sensitivities are what a [Surface] looks like around its winner.
type Sensitivities struct {
	// Winner is the best point, Peak its value.
	Winner int
	Peak   float64
	// Neighbours are the points one step away along any number of ordered axes, those
	// that have a value.
	Neighbours []int
	// Median is the median of the neighbours' values, Plateau that over Peak: near 1 on
	// a plateau, far below it on a spike. NaN without neighbours, and Plateau also
	// where Peak is not above 0: ratios of losses mean nothing.
	Median, Plateau float64
	// Profiles change one parameter at a time, the others as the winner has them.
	Profiles []Profile
	// Points is how many points have a value; Share is the share of them that is better
	// than 0, GridMedian their median. System parameter permutation takes the median
	// of the grid, not the winner, for what to expect (Walton 2014).
	Points            int
	Share, GridMedian float64
	// Quantiles of the grid at 5, 25, 50, 75 and 95 %.
	Quantiles [5]float64
}

// Profile is the statistic along one axis through the winner.
type Profile struct {
	Axis   int
	Values []float64
	// At is where the winner stands.
	At int
}

// Sensitivity looks at the winner of a grid: its neighbours, its profile along each
// axis, and its place among all points. winner is a point, or −1 for the best one; the
// first of equally good points is the best. A grid without a value is undefined.
func Sensitivity(s *Surface, winner int) (*Sensitivities, error) {
	total := 1
	for _, axis := range s.Axes {
		if len(axis.Labels) == 0 {
			return nil, fmt.Errorf("surface: axis %s has no values", axis.Name)
		}
		total *= len(axis.Labels)
	}
	if total != len(s.Values) {
		return nil, fmt.Errorf("surface: %d values for a grid of %d points", len(s.Values), total)
	}
	if winner >= total {
		return nil, fmt.Errorf("surface: point %d of %d", winner, total)
	}
	sign := 1.0
	if s.Lower {
		sign = -1
	}
	var known []float64
	best := -1
	for i, v := range s.Values {
		if math.IsNaN(v) {
			continue
		}
		known = append(known, v)
		if best < 0 || sign*v > sign*s.Values[best] {
			best = i
		}
	}
	if winner >= 0 {
		best = winner
	}
	if best < 0 || math.IsNaN(s.Values[best]) {
		return nil, undefined("the grid has no value at the winner")
	}
	slices.Sort(known)
	out := &Sensitivities{Winner: best, Peak: s.Values[best], Points: len(known), GridMedian: Quantile(known, 0.5), Plateau: math.NaN()}
	for i, q := range []float64{0.05, 0.25, 0.5, 0.75, 0.95} {
		out.Quantiles[i] = Quantile(known, q)
	}
	above := 0
	for _, v := range known {
		if sign*v > 0 {
			above++
		}
	}
	out.Share = float64(above) / float64(len(known))
	out.Neighbours = s.neighbours(best)
	around := make([]float64, len(out.Neighbours))
	for i, at := range out.Neighbours {
		around[i] = s.Values[at]
	}
	slices.Sort(around)
	out.Median = Quantile(around, 0.5)
	if out.Peak > 0 {
		out.Plateau = out.Median / out.Peak
	}
	for axis, stride := range s.strides() {
		at := best / stride % len(s.Axes[axis].Labels)
		p := Profile{Axis: axis, At: at}
		for i := range s.Axes[axis].Labels {
			p.Values = append(p.Values, s.Values[best+(i-at)*stride])
		}
		out.Profiles = append(out.Profiles, p)
	}
	return out, nil
}

// strides returns how far apart points are that differ by one step along each axis.
func (s *Surface) strides() []int {
	strides := make([]int, len(s.Axes))
	step := 1
	for i := len(s.Axes) - 1; i >= 0; i-- {
		strides[i] = step
		step *= len(s.Axes[i].Labels)
	}
	return strides
}

// neighbours returns the points with a value that are at most a step away from a point
// along every ordered axis, and equal to it in choices, in order.
func (s *Surface) neighbours(point int) []int {
	around := []int{point}
	for i, stride := range s.strides() {
		n := len(s.Axes[i].Labels)
		if s.Axes[i].Choice || n == 1 {
			continue
		}
		at := point / stride % n
		for _, p := range slices.Clone(around) {
			if at > 0 {
				around = append(around, p-stride)
			}
			if at < n-1 {
				around = append(around, p+stride)
			}
		}
	}
	around = slices.DeleteFunc(around, func(p int) bool { return p == point || math.IsNaN(s.Values[p]) })
	slices.Sort(around)
	return around
}
