package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var averages = []Row{{
	Name: "sma", Title: "simple moving average", Source: "TA-Lib SMA",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Light, WarmUp: window, ExactMean: true,
	Apply: func(c *Call) { kernel.SMA(c.Dst[0], c.Src[0], int(c.Params[0]), c.Scale) },
}, {
	Name: "ema", Title: "exponential moving average", Source: "TA-Lib EMA",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Recursive, Cost: Light, WarmUp: window,
	Apply: func(c *Call) { kernel.EMA(c.Dst[0], c.Src[0], int(c.Params[0])) },
	Start: func(params []float64) Stream {
		s := kernel.EMAStream{Window: int(params[0])}
		return single(s.Next)
	},
}}
