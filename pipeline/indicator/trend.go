package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var trend = []Row{
	directionalRow("adx", "average directional index", "TA-Lib ADX", kernel.AverageIndex),
	directionalRow("dx", "directional index", "TA-Lib DX", kernel.DX),
	directionalRow("plus_di", "directional indicator of rises", "TA-Lib PLUS_DI", kernel.PlusDI),
	directionalRow("minus_di", "directional indicator of falls", "TA-Lib MINUS_DI", kernel.MinusDI),
	{
		Name: "aroon", Title: "Aroon", Source: "Chande 1995, TA-Lib AROON and AROONOSC",
		Columns: []string{"high", "low"}, Params: []Param{{Name: "window", Min: 1, Default: 14}},
		Outputs: []Output{{"up", None, Stays, Stays}, {"down", None, Stays, Stays}, {"osc", None, Stays, Stays}},
		Memory:  Windowed, Cost: Heavy, WarmUp: moves,
		Apply: func(c *Call) {
			kernel.Aroon(c.Dst[0], c.Dst[1], c.Dst[2], c.Src[0], c.Src[1], int(c.Params[0]))
		},
	}, {
		Name: "psar", Title: "parabolic stop and reverse", Source: "Wilder 1978, TA-Lib SAR",
		Columns: []string{"high", "low"},
		Params:  []Param{{Name: "step", Kind: Number, Default: 0.02}, {Name: "maximum", Kind: Number, Default: 0.2}},
		Outputs: value(Price, Follows, Follows),
		Memory:  Recursive, Cost: Heavy, WarmUp: func([]float64) int { return 1 },
		Apply: func(c *Call) {
			s := kernel.NewSAR(c.Params[0], c.Params[1])
			s.Next(c.Dst[0], c.Src[0], c.Src[1])
		},
		Start: func(params []float64) Stream {
			s := kernel.NewSAR(params[0], params[1])
			return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1]) })
		},
	}, {
		Name: "supertrend", Title: "supertrend", Source: "Seban, Pine ta.supertrend with ATR as here",
		Columns: highLowClose,
		Params:  []Param{{Name: "window", Min: 1, Default: 10}, {Name: "k", Kind: Factor, Default: 3}},
		Outputs: []Output{{"value", Price, Follows, Follows}, {"direction", None, Stays, Stays}},
		Memory:  Recursive, Cost: Heavy, WarmUp: moves,
		Apply: func(c *Call) {
			s := kernel.NewSupertrend(int(c.Params[0]), c.Params[1])
			s.Next(c.Dst[0], c.Dst[1], c.Src[0], c.Src[1], c.Src[2])
		},
		Start: func(params []float64) Stream {
			s := kernel.NewSupertrend(int(params[0]), params[1])
			return several(func(dst, src [][]float64) { s.Next(dst[0], dst[1], src[0], src[1], src[2]) })
		},
	}, {
		Name: "vortex", Title: "vortex indicator", Source: "Botes and Siepman 2010",
		Columns: highLowClose, Params: []Param{{Name: "window", Min: 1, Default: 14}},
		Outputs: []Output{{"plus", Fraction, Stays, Stays}, {"minus", Fraction, Stays, Stays}},
		Memory:  Windowed, Cost: Heavy, WarmUp: moves, Settles: kernel.Anchor,
		Apply: func(c *Call) {
			kernel.Vortex(c.Dst[0], c.Dst[1], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0]))
		},
	}, {
		Name: "choppiness", Title: "choppiness index", Source: "Dreiss 1993",
		Columns: highLowClose, Params: []Param{{Name: "window", Min: 2, Default: 14}}, Outputs: value(None, Stays, Stays),
		Memory: Windowed, Cost: Heavy, WarmUp: moves, Settles: kernel.Anchor,
		Apply: func(c *Call) { kernel.Choppiness(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0])) },
	}, {
		Name: "ulcer", Title: "ulcer index in percent", Source: "Martin 1987",
		Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Lawless),
		Memory: Windowed, Cost: Heavy, Settles: kernel.Anchor,
		WarmUp: func(params []float64) int { return 2 * window(params) },
		Apply:  func(c *Call) { kernel.Ulcer(c.Dst[0], c.Src[0], int(c.Params[0])) },
	},
}

// directionalRow is one of the series of Wilder's directional movement.
func directionalRow(name, title, source string, what kernel.DirectionalValue) Row {
	r := Row{
		Name: name, Title: title, Source: "Wilder 1978, " + source,
		Columns: highLowClose, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Stays),
		Memory: Recursive, Cost: Heavy, WarmUp: moves,
		Apply: func(c *Call) {
			s := kernel.NewDirectional(int(c.Params[0]))
			s.Next(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], what)
		},
		Start: func(params []float64) Stream {
			s := kernel.NewDirectional(int(params[0]))
			return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1], src[2], what) })
		},
	}
	if what == kernel.AverageIndex {
		r.WarmUp = func(params []float64) int { return 2*int(params[0]) - 1 }
	}
	return r
}
