package robust

import (
	"context"
	"fmt"
	"math"
)

// Rung is a trial's statistic with its costs multiplied.
type Rung struct{ Multiple, Value float64 }

// Costs are what a trial is worth at other costs.
type Costs struct {
	Rungs []Rung
	// BreakEven is the multiple of the costs at which the trial is worth nothing: +Inf
	// where it is worth something even at MaxMultiple, NaN where it is worth nothing
	// without costs.
	BreakEven float64
}

// MaxMultiple is the largest multiple of costs that [CostLadder] looks at.
const MaxMultiple = 1000

// CostLadder runs a trial at multiples of its costs, 0, 1, 2 and 5 where none are given,
// and looks for the multiple at which its value becomes 0, to a thousandth of it. run
// returns a statistic that is worth something above 0, such as total return, with all costs
// multiplied; it is called a few dozen times, one after another. That value falls as
// costs rise is supposed: where it does not, one of its zeros is found.
func CostLadder(ctx context.Context, multiples []float64, run func(ctx context.Context, multiple float64) (float64, error)) (*Costs, error) {
	if len(multiples) == 0 {
		multiples = []float64{0, 1, 2, 5}
	}
	out := &Costs{BreakEven: math.NaN()}
	known := make(map[float64]float64)
	value := func(multiple float64) (float64, error) {
		if v, ok := known[multiple]; ok {
			return v, nil
		}
		v, err := run(ctx, multiple)
		if err != nil {
			return 0, fmt.Errorf("costs × %v: %w", multiple, err)
		}
		if math.IsNaN(v) {
			return 0, undefined("at costs × %v the trial has no value", multiple)
		}
		known[multiple] = v
		return v, nil
	}
	for _, multiple := range multiples {
		if !(multiple >= 0) || math.IsInf(multiple, 0) {
			return nil, fmt.Errorf("costs × %v: want 0 or more", multiple)
		}
		v, err := value(multiple)
		if err != nil {
			return nil, err
		}
		out.Rungs = append(out.Rungs, Rung{multiple, v})
	}
	low, high := 0.0, 1.0
	v, err := value(low)
	if err != nil || v <= 0 {
		return out, err
	}
	for {
		if v, err = value(high); err != nil {
			return out, err
		}
		if v <= 0 {
			break
		}
		if high == MaxMultiple {
			out.BreakEven = math.Inf(1)
			return out, nil
		}
		low, high = high, min(2*high, MaxMultiple)
	}
	for high-low > 5e-4*high {
		middle := (low + high) / 2
		if v, err = value(middle); err != nil {
			return out, err
		}
		if v > 0 {
			low = middle
		} else {
			high = middle
		}
	}
	out.BreakEven = (low + high) / 2
	return out, nil
}
