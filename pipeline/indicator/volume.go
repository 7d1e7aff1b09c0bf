package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// ofVolume are the columns of rows of the close and the volume, ofFlow those of rows of
// where in its range a bar closes.
var (
	ofVolume = []string{"close", "volume"}
	ofFlow   = []string{"high", "low", "close", "volume"}
)

var volume = []Row{{
	Name: "obv", Title: "on-balance volume", Source: "Granville 1963, TA-Lib OBV",
	Columns: ofVolume, Outputs: value(Volume, Follows, Lawless),
	Memory: Cumulative, Cost: Heavy,
	Apply: func(c *Call) { new(kernel.OBVStream).Next(c.Dst[0], c.Src[0], c.Src[1]) },
	Start: func([]float64) Stream {
		s := new(kernel.OBVStream)
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1]) })
	},
}, {
	Name: "ad", Title: "accumulation and distribution line", Source: "Chaikin, TA-Lib AD",
	Columns: ofFlow, Outputs: value(Volume, Follows, Lawless),
	Memory: Cumulative, Cost: Heavy,
	Apply: func(c *Call) { new(kernel.ADStream).Next(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], c.Src[3]) },
	Start: func([]float64) Stream {
		s := new(kernel.ADStream)
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1], src[2], src[3]) })
	},
}, {
	Name: "adosc", Title: "Chaikin oscillator", Source: "Chaikin, TA-Lib ADOSC",
	Columns: ofFlow, Params: []Param{{Name: "fast", Min: 1, Default: 3}, {Name: "slow", Min: 1, Default: 10}},
	Outputs: value(Volume, Follows, Lawless),
	Memory:  Recursive, Cost: Heavy, WarmUp: func(params []float64) int { return int(max(params[0], params[1])) - 1 },
	Apply: func(c *Call) {
		s := kernel.NewADOscStream(int(c.Params[0]), int(c.Params[1]))
		s.Next(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], c.Src[3])
	},
	Start: func(params []float64) Stream {
		s := kernel.NewADOscStream(int(params[0]), int(params[1]))
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1], src[2], src[3]) })
	},
}, {
	Name: "cmf", Title: "Chaikin money flow", Source: "Chaikin",
	Columns: ofFlow, Params: []Param{{Name: "window", Min: 1, Default: 20}}, Outputs: value(Fraction, Stays, Lawless),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) {
		kernel.CMF(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], c.Src[3], int(c.Params[0]))
	},
}, {
	Name: "eom", Title: "ease of movement, by 100 millions of volume", Source: "Arms, as StockCharts has it",
	Columns: []string{"high", "low", "volume"}, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Follows, Lawless),
	Memory: Windowed, Cost: Heavy, WarmUp: reach,
	Apply: func(c *Call) { kernel.EaseOfMovement(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], int(c.Params[0])) },
}, {
	Name: "force_index", Title: "force index", Source: "Elder 1993",
	Columns: ofVolume, Params: []Param{{Name: "window", Min: 1, Default: 13}}, Outputs: value(None, Lawless, Lawless),
	Memory: Recursive, Cost: Heavy, WarmUp: reach,
	Apply: func(c *Call) { kernel.NewForceStream(int(c.Params[0])).Next(c.Dst[0], c.Src[0], c.Src[1]) },
	Start: func(params []float64) Stream {
		s := kernel.NewForceStream(int(params[0]))
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1]) })
	},
}, {
	Name: "pvt", Title: "price and volume trend", Source: "Σ volume × return, pandas-ta PVT over 100; the first bar has none",
	Columns: ofVolume, Outputs: value(Volume, Follows, Lawless),
	Memory: Cumulative, Cost: Heavy, WarmUp: func([]float64) int { return 1 },
	Apply: func(c *Call) { new(kernel.PVTStream).Next(c.Dst[0], c.Src[0], c.Src[1]) },
	Start: func([]float64) Stream {
		s := new(kernel.PVTStream)
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1]) })
	},
}}
