package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// ofBars are the columns of rows of the ranges of bars.
var ofBars = []string{"high", "low", "close"}

var channels = []Row{{
	Name: "true_range", Title: "true range", Source: "Wilder 1978, TA-Lib TRANGE",
	Columns: ofBars, Outputs: value(Price, Follows, Stays),
	Memory: Windowed, Cost: Light, WarmUp: func([]float64) int { return 1 },
	Apply: func(c *Call) { kernel.TrueRange(c.Dst[0], c.Src[0], c.Src[1], c.Src[2]) },
}, {
	Name: "natr", Title: "average true range as a percentage of the close", Source: "Forman 2006, TA-Lib NATR",
	Columns: ofBars, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Lawless),
	Memory: Recursive, Cost: Heavy, WarmUp: reach,
	Apply: func(c *Call) {
		s := natrStream(c.Params)
		s.Next(c.Dst[0], c.Src[0], c.Src[1], c.Src[2])
	},
	Start: func(params []float64) Stream {
		s := natrStream(params)
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1], src[2]) })
	},
}, {
	Name: "keltner", Title: "Keltner channels", Source: "Raschke's, of an exponential average and the average true range",
	Columns: ofBars,
	Params: []Param{
		{Name: "window", Min: 1, Default: 20}, {Name: "k", Kind: Factor, Default: 2}, {Name: "atr", Min: 1, Default: 10},
	},
	Outputs: []Output{{"upper", Price, Follows, Follows}, {"middle", Price, Follows, Follows}, {"lower", Price, Follows, Follows}},
	Memory:  Recursive, Cost: Heavy, WarmUp: func(params []float64) int { return int(max(params[0]-1, params[2])) },
	Apply: func(c *Call) {
		s := kernel.NewKeltnerStream(int(c.Params[0]), c.Params[1], int(c.Params[2]))
		s.Next(c.Dst[0], c.Dst[1], c.Dst[2], c.Src[0], c.Src[1], c.Src[2])
	},
	Start: func(params []float64) Stream {
		s := kernel.NewKeltnerStream(int(params[0]), params[1], int(params[2]))
		return several(func(dst, src [][]float64) { s.Next(dst[0], dst[1], dst[2], src[0], src[1], src[2]) })
	},
}, {
	Name: "donchian", Title: "Donchian channel", Source: "Donchian; TA-Lib MAX of high and MIN of low",
	Columns: []string{"high", "low"}, Params: []Param{{Name: "window", Min: 1, Default: 20}},
	Outputs: []Output{{"upper", Price, Follows, Follows}, {"middle", Price, Follows, Follows}, {"lower", Price, Follows, Follows}},
	Memory:  Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) {
		kernel.Donchian(c.Dst[0], c.Dst[1], c.Dst[2], c.Src[0], c.Src[1], int(c.Params[0]))
	},
}}

func natrStream(params []float64) kernel.NATRStream {
	return kernel.NATRStream{ATR: kernel.ATRStream{Window: int(params[0])}}
}

var candles = []Row{{
	Name: "heikin_ashi", Title: "heikin-ashi bars", Source: "Valcu 2004",
	Columns: []string{"open", "high", "low", "close"},
	Outputs: []Output{{"open", Price, Follows, Follows}, {"high", Price, Follows, Follows}, {"low", Price, Follows, Follows}, {"close", Price, Follows, Follows}},
	Memory:  Recursive, Cost: Heavy,
	Apply: func(c *Call) { heikinAshi(new(kernel.HeikinAshi), c.Dst, c.Src) },
	Start: func([]float64) Stream {
		s := new(kernel.HeikinAshi)
		return several(func(dst, src [][]float64) { heikinAshi(s, dst, src) })
	},
}}

func heikinAshi(s *kernel.HeikinAshi, dst, src [][]float64) {
	s.Next(dst[0], dst[1], dst[2], dst[3], src[0], src[1], src[2], src[3])
}
