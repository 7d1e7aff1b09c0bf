package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// masked are the first input of rows of a mask.
var masked = []string{"mask"}

// masks are the rows that read masks or make them.
var masks = []Row{{
	Name: "if", Title: "a where the mask is true, b where it is false", Source: "mask ? a : b; unknown where the mask is, whatever a and b are",
	Inputs: []string{"mask", "a", "b"}, Masks: 1, Outputs: value(AsInput, Follows, Follows),
	Memory: Pointwise, Cost: Light, OwnUnknown: true, OfNumber: kernel.Select,
	Apply: func(c *Call) { kernel.Map3(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], kernel.Select) },
}, {
	Name: "coalesce", Title: "a, or b where a is unknown", Source: "SQL coalesce",
	Inputs: []string{"a", "b"}, Outputs: value(AsInput, Follows, Follows),
	Memory: Pointwise, Cost: Light, OwnUnknown: true, OfNumber: func(a, b, _ float64) float64 { return kernel.Coalesce(a, b) },
	Apply: func(c *Call) { kernel.Map2(c.Dst[0], c.Src[0], c.Src[1], kernel.Coalesce) },
}, {
	Name: "is_known", Title: "whether there is a value", Source: "pandas notna",
	Inputs: []string{"x"}, OrMasks: true, Outputs: value(Truth, Stays, Stays),
	Memory: Pointwise, Cost: Light, OwnUnknown: true, OfNumber: ofOne(kernel.IsKnown),
	Apply: func(c *Call) { kernel.Map(c.Dst[0], c.Src[0], kernel.IsKnown) },
}, {
	Name: "changed", Title: "whether it is another than on the bar before", Source: "x != x[1]",
	Inputs: []string{"x"}, OrMasks: true, Outputs: value(Truth, Stays, Stays),
	Memory: Windowed, Cost: Light, WarmUp: func([]float64) int { return 1 },
	Apply: func(c *Call) { kernel.Changed(c.Dst[0], c.Src[0]) },
}, {
	Name: "rising", Title: "whether each of the last moves was up", Source: "x > x[1] and … and x[bars-1] > x[bars]",
	Inputs: series, Params: back, Outputs: value(Truth, Stays, Stays),
	Memory: Windowed, Cost: Light, WarmUp: reach,
	Apply: func(c *Call) { kernel.Moving(c.Dst[0], c.Src[0], int(c.Params[0]), true) },
}, {
	Name: "falling", Title: "whether each of the last moves was down", Source: "x < x[1] and … and x[bars-1] < x[bars]",
	Inputs: series, Params: back, Outputs: value(Truth, Stays, Stays),
	Memory: Windowed, Cost: Light, WarmUp: reach,
	Apply: func(c *Call) { kernel.Moving(c.Dst[0], c.Src[0], int(c.Params[0]), false) },
}, {
	Name: "streak", Title: "moves in a row, up above and down below 0", Source: "Connors and Alvarez 2012, of ConnorsRSI",
	Inputs: series, Outputs: value(Count, Stays, Stays),
	Memory: Cumulative, Cost: Light, WarmUp: func([]float64) int { return 1 },
	Apply: func(c *Call) { new(kernel.Streak).Next(c.Dst[0], c.Src[0]) },
	Start: func([]float64) Stream { return single(new(kernel.Streak).Next) },
}, {
	Name: "since", Title: "bars since it was last known to be true", Source: "Pine ta.barssince",
	Inputs: masked, Masks: 1, Outputs: value(Count, Stays, Stays),
	Memory: Cumulative, Cost: Light, OwnUnknown: true,
	Apply: func(c *Call) { new(kernel.Since).Next(c.Dst[0], c.Src[0]) },
	Start: func([]float64) Stream { return single(new(kernel.Since).Next) },
}, {
	Name: "value_when", Title: "value on the k-th bar before the last that was known to be true", Source: "Pine ta.valuewhen",
	Inputs: []string{"mask", "x"}, Masks: 1, Params: []Param{{Name: "k"}}, Outputs: value(AsInput, Follows, Follows),
	Memory: Cumulative, Cost: Light, OwnUnknown: true, WarmUp: reach,
	Apply: func(c *Call) { kernel.ValueWhen(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0])) },
	Start: func(params []float64) Stream {
		s := kernel.NewValueWhenStream(int(params[0]))
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1]) })
	},
}, {
	Name: "count_true", Title: "how many bars of a window are true", Source: "sum of 1 and 0",
	Inputs: masked, Masks: 1, Params: bars, Outputs: value(Count, Stays, Stays),
	Memory: Windowed, Cost: Light, WarmUp: window,
	Apply: func(c *Call) { kernel.Sum(c.Dst[0], c.Src[0], int(c.Params[0]), 1) },
}, {
	Name: "any", Title: "whether it is true on any bar of a window", Source: "mask or mask[1] or … or mask[window-1], by Kleene's logic",
	Inputs: masked, Masks: 1, Params: bars, Outputs: value(Truth, Stays, Stays),
	Memory: Windowed, Cost: Light, OwnUnknown: true, WarmUp: window,
	Apply: func(c *Call) { kernel.AnyTrue(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "all", Title: "whether it is true on each bar of a window", Source: "mask and mask[1] and … and mask[window-1], by Kleene's logic",
	Inputs: masked, Masks: 1, Params: bars, Outputs: value(Truth, Stays, Stays),
	Memory: Windowed, Cost: Light, OwnUnknown: true, WarmUp: window,
	Apply: func(c *Call) { kernel.AllTrue(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "anchored_vwap", Title: "average price by volume since the mask was last true", Source: "Shannon 2008; of (high + low + close) / 3, Pine ta.vwap",
	Inputs: masked, Masks: 1, Columns: ofFlow, Outputs: value(Price, Follows, Lawless),
	Memory: Cumulative, Cost: Heavy, OwnUnknown: true,
	Apply: func(c *Call) {
		new(kernel.AnchoredVWAP).Next(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], c.Src[3], c.Src[4])
	},
	Start: func([]float64) Stream {
		s := new(kernel.AnchoredVWAP)
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1], src[2], src[3], src[4]) })
	},
}}
