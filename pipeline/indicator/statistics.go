package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// pair is the window of a row that needs two bars at least.
var pair = []Param{{Name: "window", Min: 2}}

var statistics = []Row{{
	Name: "zscore", Title: "standard deviations, ddof 0, above the mean of a window", Source: "(x − sma) / stddev",
	Inputs: series, Params: pair, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.ZScore(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "linreg", Title: "linear regression on the bars of a window",
	Source: "TA-Lib LINEARREG, _SLOPE, _INTERCEPT and TSF; stderr is that of the regression, ddof 2",
	Inputs: series, Params: []Param{{Name: "window", Min: 2, Default: 14}},
	Outputs: []Output{
		{"value", AsInput, Follows, Follows}, {"slope", AsInput, Follows, Stays}, {"intercept", AsInput, Follows, Follows},
		{"r2", Fraction, Stays, Stays}, {"stderr", AsInput, Follows, Stays}, {"forecast", AsInput, Follows, Follows},
	},
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) {
		kernel.Linreg(c.Dst[0], c.Dst[1], c.Dst[2], c.Dst[3], c.Dst[4], c.Dst[5], c.Src[0], int(c.Params[0]))
	},
}, {
	Name: "correlation", Title: "Pearson's correlation over a window", Source: "TA-Lib CORREL",
	Inputs: []string{"a", "b"}, Params: pair, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Correlation(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0]), 0) },
}, {
	Name: "beta", Title: "slope of the returns of b on those of a over a window", Source: "TA-Lib BETA",
	Inputs: []string{"a", "b"}, Params: pair, Outputs: value(None, Stays, Lawless),
	Memory: Windowed, Cost: Heavy, WarmUp: reach,
	Apply: func(c *Call) { kernel.Beta(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0])) },
}, {
	Name: "autocorr", Title: "correlation with the values of some bars ago over a window", Source: "Pearson; pandas autocorr, of a window",
	Inputs: series, Params: []Param{{Name: "window", Min: 2}, {Name: "bars", Min: 1, Default: 1}}, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: func(params []float64) int { return int(params[0]+params[1]) - 1 },
	Apply: func(c *Call) { kernel.Correlation(c.Dst[0], c.Src[0], c.Src[0], int(c.Params[0]), int(c.Params[1])) },
}, {
	Name: "skew", Title: "skewness of a window, biased", Source: "SciPy skew",
	Inputs: series, Params: pair, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Skew(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "kurtosis", Title: "kurtosis of a window, biased, 3 for normal values", Source: "SciPy kurtosis, fisher false",
	Inputs: series, Params: pair, Outputs: value(None, Stays, Stays),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Kurtosis(c.Dst[0], c.Src[0], int(c.Params[0])) },
}}
