package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var extremes = []Row{{
	Name: "highest", Title: "largest value of a window", Source: "TA-Lib MAX",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Highest(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "lowest", Title: "smallest value of a window", Source: "TA-Lib MIN",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Lowest(c.Dst[0], c.Src[0], int(c.Params[0])) },
}}
