package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var stochastics = []Row{{
	Name: "stoch", Title: "slow stochastic oscillator", Source: "Lane, TA-Lib STOCH with SMA",
	Columns: highLowClose,
	Params:  []Param{{Name: "window", Min: 1, Default: 5}, {Name: "slow", Min: 1, Default: 3}, {Name: "smooth", Min: 1, Default: 3}},
	Outputs: kAndD,
	Memory:  Windowed, Cost: Heavy, Settles: 2 * kernel.Anchor,
	WarmUp: func(params []float64) int { return int(params[0]+params[1]+params[2]) - 3 },
	Apply: func(c *Call) {
		kernel.Stoch(c.Dst[0], c.Dst[1], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0]), int(c.Params[1]), int(c.Params[2]))
	},
}, {
	Name: "stochf", Title: "fast stochastic oscillator", Source: "Lane, TA-Lib STOCHF with SMA",
	Columns: highLowClose,
	Params:  []Param{{Name: "window", Min: 1, Default: 5}, {Name: "smooth", Min: 1, Default: 3}},
	Outputs: kAndD,
	Memory:  Windowed, Cost: Heavy, Settles: kernel.Anchor,
	WarmUp: func(params []float64) int { return int(params[0]+params[1]) - 2 },
	Apply: func(c *Call) {
		kernel.StochF(c.Dst[0], c.Dst[1], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0]), int(c.Params[1]))
	},
}, {
	Name: "stochrsi", Title: "fast stochastic oscillator of the RSI", Source: "Chande and Kroll 1994, TA-Lib STOCHRSI with SMA",
	Inputs:  series,
	Params:  []Param{{Name: "rsi", Min: 1, Default: 14}, {Name: "window", Min: 1, Default: 5}, {Name: "smooth", Min: 1, Default: 3}},
	Outputs: kAndD,
	Memory:  Recursive, Cost: Heavy,
	WarmUp: func(params []float64) int { return int(params[0]+params[1]+params[2]) - 2 },
	Apply: func(c *Call) {
		kernel.StochRSI(c.Dst[0], c.Dst[1], c.Src[0], int(c.Params[0]), int(c.Params[1]), int(c.Params[2]))
	},
	Start: func(params []float64) Stream {
		s := kernel.NewStochRSIStream(int(params[0]), int(params[1]), int(params[2]))
		return several(func(dst, src [][]float64) { s.Next(dst[0], dst[1], src[0]) })
	},
}, {
	Name: "williams_r", Title: "Williams' %R", Source: "Williams 1973, TA-Lib WILLR",
	Columns: highLowClose, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.WilliamsR(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0])) },
}, {
	Name: "cci", Title: "commodity channel index", Source: "Lambert 1980, TA-Lib CCI",
	Columns: highLowClose, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.CCI(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0])) },
}, {
	Name: "ultosc", Title: "ultimate oscillator", Source: "Williams 1976, TA-Lib ULTOSC",
	Columns: highLowClose,
	Params:  []Param{{Name: "short", Min: 1, Default: 7}, {Name: "medium", Min: 1, Default: 14}, {Name: "long", Min: 1, Default: 28}},
	Outputs: value(None, Stays, Stays),
	Memory:  Windowed, Cost: Heavy, Settles: kernel.Anchor,
	WarmUp: func(params []float64) int { return int(max(params[0], params[1], params[2])) },
	Apply: func(c *Call) {
		kernel.UltOsc(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0]), int(c.Params[1]), int(c.Params[2]))
	},
}, {
	Name: "mfi", Title: "money flow index", Source: "Quong and Soudack 1989, TA-Lib MFI",
	Columns: []string{"high", "low", "close", "volume"}, Params: []Param{{Name: "window", Min: 1, Default: 14}},
	Outputs: value(None, Stays, Lawless),
	Memory:  Windowed, Cost: Heavy, WarmUp: moves, Settles: kernel.Anchor,
	Apply: func(c *Call) { kernel.MFI(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], c.Src[3], int(c.Params[0])) },
}}

// kAndD are the outputs of a stochastic oscillator.
var kAndD = []Output{{"k", None, Stays, Stays}, {"d", None, Stays, Stays}}
