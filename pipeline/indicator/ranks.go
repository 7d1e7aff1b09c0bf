package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var ranks = []Row{{
	Name: "argmax", Title: "bars since the largest value of a window, the latest of equal ones", Source: "TA-Lib MAXINDEX, counted back from the bar",
	Inputs: series, Params: bars, Outputs: value(Count, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.ExtremeAge(c.Dst[0], c.Src[0], int(c.Params[0]), 1) },
}, {
	Name: "argmin", Title: "bars since the smallest value of a window, the latest of equal ones", Source: "TA-Lib MININDEX, counted back from the bar",
	Inputs: series, Params: bars, Outputs: value(Count, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.ExtremeAge(c.Dst[0], c.Src[0], int(c.Params[0]), -1) },
}, {
	Name: "rolling_rank", Title: "rank in a window, 1 the lowest, equal ones their middle", Source: "pandas rolling rank",
	Inputs: series, Params: bars, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.RollingRank(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "percentile", Title: "percentile of a window, between two values in proportion", Source: "Hyndman and Fan 1996, type 7; pandas rolling quantile",
	Inputs: series, Params: []Param{{Name: "window", Min: 1}, {Name: "p", Kind: Number, Max: 100}}, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Percentile(c.Dst[0], c.Src[0], int(c.Params[0]), c.Params[1]) },
}, {
	Name: "quantile", Title: "quantile of a window, between two values in proportion", Source: "percentile of 100 q",
	Inputs: series, Params: []Param{{Name: "window", Min: 1}, {Name: "q", Kind: Number, Max: 1, Default: 0.5}}, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Percentile(c.Dst[0], c.Src[0], int(c.Params[0]), 100*c.Params[1]) },
}, {
	Name: "median", Title: "median of a window", Source: "pandas rolling median",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Percentile(c.Dst[0], c.Src[0], int(c.Params[0]), 50) },
}, {
	Name: "mad", Title: "median absolute deviation from the median of a window", Source: "Hampel 1974, SciPy median_abs_deviation",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.MedianDeviation(c.Dst[0], c.Src[0], int(c.Params[0])) },
}}
