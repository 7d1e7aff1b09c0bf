package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var volatility = []Row{{
	Name: "stddev", Title: "standard deviation, ddof 0", Source: "TA-Lib STDDEV",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window, Settles: kernel.Anchor,
	Apply: func(c *Call) { kernel.StdDev(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "atr", Title: "average true range", Source: "Wilder 1978, TA-Lib ATR",
	Columns: []string{"high", "low", "close"}, Params: []Param{{Name: "window", Min: 1, Default: 14}},
	Outputs: value(Price, Follows, Stays),
	Memory:  Recursive, Cost: Heavy, WarmUp: func(params []float64) int { return int(params[0]) },
	Apply: func(c *Call) { kernel.ATR(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0])) },
	Start: func(params []float64) Stream {
		s := kernel.ATRStream{Window: int(params[0])}
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1], src[2]) })
	},
}, {
	Name: "bbands", Title: "Bollinger bands", Source: "Bollinger 1992, TA-Lib BBANDS with SMA",
	Inputs:  series,
	Params:  []Param{{Name: "window", Min: 1, Default: 20}, {Name: "k", Kind: Factor, Default: 2}},
	Outputs: []Output{{"upper", AsInput, Follows, Follows}, {"middle", AsInput, Follows, Follows}, {"lower", AsInput, Follows, Follows}},
	Memory:  Windowed, Cost: Heavy, WarmUp: window, Settles: kernel.Anchor,
	Apply: func(c *Call) {
		kernel.Bands(c.Dst[0], c.Dst[1], c.Dst[2], c.Src[0], int(c.Params[0]), c.Params[1], c.Scale)
	},
}}
