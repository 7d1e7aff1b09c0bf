package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var oscillators = []Row{{
	Name: "rsi", Title: "relative strength index", Source: "Wilder 1978, TA-Lib RSI",
	Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Stays),
	Memory: Recursive, Cost: Heavy, WarmUp: func(params []float64) int { return int(params[0]) },
	Apply: func(c *Call) { kernel.RSI(c.Dst[0], c.Src[0], int(c.Params[0])) },
	Start: func(params []float64) Stream {
		s := kernel.RSIStream{Window: int(params[0])}
		return single(s.Next)
	},
}, {
	Name: "macd", Title: "moving average convergence and divergence", Source: "Appel 1979, TA-Lib MACD",
	Inputs: series,
	Params: []Param{{Name: "fast", Min: 1, Default: 12}, {Name: "slow", Min: 1, Default: 26}, {Name: "signal", Min: 1, Default: 9}},
	Outputs: []Output{
		{"macd", AsInput, Follows, Stays}, {"signal", AsInput, Follows, Stays}, {"hist", AsInput, Follows, Stays},
	},
	Memory: Recursive, Cost: Heavy,
	WarmUp: func(params []float64) int { return int(max(params[0], params[1])+params[2]) - 2 },
	Apply: func(c *Call) {
		kernel.MACD(c.Dst[0], c.Dst[1], c.Dst[2], c.Src[0], int(c.Params[0]), int(c.Params[1]), int(c.Params[2]))
	},
	Start: func(params []float64) Stream {
		s := kernel.NewMACDStream(int(params[0]), int(params[1]), int(params[2]))
		return several(func(dst, src [][]float64) { s.Next(dst[0], dst[1], dst[2], src[0]) })
	},
}}
