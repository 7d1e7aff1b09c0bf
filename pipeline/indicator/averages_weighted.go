package indicator

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

var weightedAverages = []Row{{
	Name: "wma", Title: "linearly weighted moving average", Source: "TA-Lib WMA",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: window, Settles: kernel.Anchor,
	Apply: func(c *Call) { kernel.WMA(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "trima", Title: "triangular moving average", Source: "TA-Lib TRIMA",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: window, Settles: kernel.Anchor,
	Apply: func(c *Call) { kernel.TRIMA(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "hma", Title: "Hull moving average", Source: "Hull 2005",
	Inputs: series, Params: []Param{{Name: "window", Min: 1, Max: kernel.MaxHull}},
	Outputs: value(AsInput, Follows, Follows),
	Memory:  Windowed, Cost: Heavy, Settles: 2 * kernel.Anchor,
	WarmUp: func(params []float64) int { return int(params[0]) - 1 + int(math.Sqrt(params[0])) - 1 },
	Apply:  func(c *Call) { kernel.HMA(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "vwma", Title: "volume-weighted moving average", Source: "sma(x * volume, n) / sma(volume, n)",
	Inputs: series, Columns: []string{"volume"}, Params: bars, Outputs: value(AsInput, Follows, Lawless),
	Memory: Windowed, Cost: Heavy, WarmUp: window, Settles: kernel.Anchor,
	Apply: func(c *Call) { kernel.VWMA(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0])) },
}, {
	Name: "alma", Title: "Arnaud Legoux moving average", Source: "Legoux and Kouzis-Loukas 2009",
	Inputs: series,
	Params: []Param{
		{Name: "window", Min: 1, Default: 9}, {Name: "offset", Kind: Number, Max: 1, Default: 0.85}, {Name: "sigma", Kind: Number, Default: 6},
	},
	Outputs: value(AsInput, Follows, Follows),
	Memory:  Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.ALMA(c.Dst[0], c.Src[0], int(c.Params[0]), c.Params[1], c.Params[2]) },
}}
