package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// sessions are rows of what has happened in sessions, which begin on the bars of the
// column session_first.
var sessions = []Row{{
	Name: "vwap", Title: "average price by volume of the session", Source: "(high + low + close) / 3 weighted by volume, Pine ta.vwap",
	Columns: []string{"session_first", "high", "low", "close", "volume"}, Outputs: value(Price, Follows, Lawless),
	Memory: Cumulative, Cost: Heavy, OwnUnknown: true,
	Apply: func(c *Call) {
		new(kernel.AnchoredVWAP).Next(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], c.Src[3], c.Src[4])
	},
	Start: func([]float64) Stream {
		s := new(kernel.AnchoredVWAP)
		return several(func(dst, src [][]float64) { s.Next(dst[0], src[0], src[1], src[2], src[3], src[4]) })
	},
}, {
	Name: "pivots", Title: "pivot points of the session before", Source: "classic: p = (high + low + close) / 3, Pine ta.pivot_point_levels Traditional",
	Columns: []string{"session_first", "high", "low", "close"},
	Outputs: []Output{
		{"p", Price, Follows, Follows}, {"r1", Price, Follows, Follows}, {"r2", Price, Follows, Follows}, {"r3", Price, Follows, Follows},
		{"s1", Price, Follows, Follows}, {"s2", Price, Follows, Follows}, {"s3", Price, Follows, Follows},
	},
	Memory: Recursive, Cost: Light, OwnUnknown: true,
	Apply: func(c *Call) { new(kernel.Pivots).Next(c.Dst, c.Src[0], c.Src[1], c.Src[2], c.Src[3]) },
	Start: func([]float64) Stream {
		s := new(kernel.Pivots)
		return several(func(dst, src [][]float64) { s.Next(dst, src[0], src[1], src[2], src[3]) })
	},
}}

// pairs are rows of how two series go together, and of how one comes back.
var pairs = []Row{{
	Name: "ols_beta", Title: "slope of the regression of a on b over a window", Source: "least squares; NumPy polyfit of degree 1",
	Inputs: []string{"a", "b"}, Params: pair, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.OLSBeta(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0])) },
}, {
	Name: "spread", Title: "newest residual of the regression of a on b over a window", Source: "least squares; Gatev, Goetzmann and Rouwenhorst 2006 trade such pairs",
	Inputs: []string{"a", "b"}, Params: pair, Outputs: value(AsInput, Follows, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Spread(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0])) },
}, {
	Name: "half_life", Title: "bars in which half of a deviation is gone, by the moves of a window", Source: "−ln 2 / λ of Δx = α + λ x[1], Chan 2013; infinite where λ ≥ 0",
	Inputs: series, Params: pair, Outputs: value(Count, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: moves,
	Apply: func(c *Call) { kernel.HalfLife(c.Dst[0], c.Src[0], int(c.Params[0])) },
}}
