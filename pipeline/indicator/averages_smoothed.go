package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var smoothedAverages = []Row{{
	Name: "ewm", Title: "exponential moving average from the first value on", Source: "pandas ewm(span=n, adjust=False, min_periods=n)",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Recursive, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.EWM(c.Dst[0], c.Src[0], int(c.Params[0])) },
	Start: func(params []float64) Stream {
		s := kernel.EWMStream{Window: int(params[0])}
		return single(s.Next)
	},
}, {
	Name: "rma", Title: "Wilder's moving average", Source: "Wilder 1978",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Recursive, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.RMA(c.Dst[0], c.Src[0], int(c.Params[0])) },
	Start: func(params []float64) Stream {
		s := kernel.RMAStream{Window: int(params[0])}
		return single(s.Next)
	},
},
	chainRow(Row{
		Name: "dema", Title: "double exponential moving average", Source: "Mulloy 1994, TA-Lib DEMA",
		Params: bars, Outputs: value(AsInput, Follows, Follows),
		WarmUp: func(params []float64) int { return 2 * window(params) },
	}, func(params []float64) kernel.Chain { return kernel.DEMA(int(params[0])) }),
	chainRow(Row{
		Name: "tema", Title: "triple exponential moving average", Source: "Mulloy 1994, TA-Lib TEMA",
		Params: bars, Outputs: value(AsInput, Follows, Follows),
		WarmUp: func(params []float64) int { return 3 * window(params) },
	}, func(params []float64) kernel.Chain { return kernel.TEMA(int(params[0])) }),
	chainRow(Row{
		Name: "t3", Title: "Tillson's average of six exponential ones", Source: "Tillson 1998, TA-Lib T3",
		Params:  []Param{{Name: "window", Min: 1, Default: 5}, {Name: "v", Kind: Number, Max: 1, Default: 0.7}},
		Outputs: value(AsInput, Follows, Follows),
		WarmUp:  func(params []float64) int { return 6 * window(params) },
	}, func(params []float64) kernel.Chain { return kernel.T3(int(params[0]), params[1]) }),
	{
		Name: "zlema", Title: "zero lag exponential moving average", Source: "Ehlers and Way 2010",
		Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
		Memory: Recursive, Cost: Heavy, WarmUp: func(params []float64) int { return window(params) + window(params)/2 },
		Apply: func(c *Call) { kernel.ZLEMA(c.Dst[0], c.Src[0], int(c.Params[0])) },
		Start: func(params []float64) Stream { return single(kernel.NewZLEMAStream(int(params[0])).Next) },
	},
	adaptiveRow(Row{
		Name: "kama", Title: "Kaufman's adaptive moving average", Source: "Kaufman 1995, TA-Lib KAMA",
		Params: []Param{{Name: "window", Min: 1, Default: 10}, {Name: "fast", Min: 1, Default: 2}, {Name: "slow", Min: 1, Default: 30}},
	}, func(params []float64) kernel.Adaptive {
		return kernel.KAMA(int(params[0]), int(params[1]), int(params[2]))
	}),
	adaptiveRow(Row{
		Name: "vidya", Title: "variable index dynamic average", Source: "Chande 1994, by his momentum oscillator",
		Params: []Param{{Name: "window", Min: 1, Default: 14}},
	}, func(params []float64) kernel.Adaptive { return kernel.VIDYA(int(params[0])) }),
	{
		Name: "efficiency_ratio", Title: "Kaufman's efficiency ratio", Source: "Kaufman 1995",
		Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 10}}, Outputs: value(Fraction, Stays, Stays),
		Memory: Windowed, Cost: Heavy, WarmUp: moves, Settles: kernel.Anchor,
		Apply: func(c *Call) { kernel.EfficiencyRatio(c.Dst[0], c.Src[0], int(c.Params[0])) },
	},
}

// chainRow completes a row of exponential averages of each other.
func chainRow(r Row, chain func(params []float64) kernel.Chain) Row {
	r.Inputs, r.Memory, r.Cost = series, Recursive, Heavy
	r.Apply = func(c *Call) {
		s := chain(c.Params)
		s.Next(c.Dst[0], c.Src[0])
	}
	r.Start = func(params []float64) Stream {
		s := chain(params)
		return single(s.Next)
	}
	return r
}

// adaptiveRow completes a row of an average that adapts to the moves of a window.
func adaptiveRow(r Row, average func(params []float64) kernel.Adaptive) Row {
	r.Inputs, r.Outputs, r.Memory, r.Cost, r.WarmUp = series, value(AsInput, Follows, Follows), Recursive, Heavy, moves
	r.Apply = func(c *Call) { average(c.Params).Run(c.Dst[0], c.Src[0]) }
	r.Start = func(params []float64) Stream { return single(average(params).InPieces().Next) }
	return r
}
