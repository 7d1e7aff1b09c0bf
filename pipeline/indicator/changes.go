package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// back are the parameters of a row that looks at one earlier bar.
var back = []Param{{Name: "bars", Min: 1, Default: 1}}

// reach is the warm-up of a row whose first parameter is how many bars it looks back.
func reach(params []float64) int { return int(params[0]) }

var changes = []Row{
	change("diff", "difference to some bars ago", "TA-Lib MOM", value(AsInput, Follows, Stays), Light, kernel.Change),
	change("pct_change", "return on some bars ago", "TA-Lib ROCP", value(Fraction, Stays, Lawless), Light, kernel.PctChange),
	change("log_return", "logarithm of the ratio to some bars ago", "ln(x / x[bars])", value(Fraction, Stays, Lawless), Heavy, kernel.LogReturn),
}

func change(name, title, source string, outputs []Output, cost Cost, f func(dst, src []float64, n int)) Row {
	return Row{
		Name: name, Title: title, Source: source, Inputs: series, Params: back, Outputs: outputs,
		Memory: Windowed, Cost: cost, WarmUp: reach,
		Apply: func(c *Call) { f(c.Dst[0], c.Src[0], int(c.Params[0])) },
	}
}

var totals = []Row{{
	Name: "sum", Title: "sum of a window", Source: "TA-Lib SUM",
	Inputs: series, Params: bars, Outputs: value(AsInput, Follows, Lawless),
	Memory: Windowed, Cost: Light, WarmUp: window,
	Apply: func(c *Call) { kernel.Sum(c.Dst[0], c.Src[0], int(c.Params[0]), c.Scale) },
}, {
	Name: "product", Title: "product of a window", Source: "pandas rolling apply of prod",
	Inputs: series, Params: bars, Outputs: value(None, Lawless, Lawless),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Product(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "cumsum", Title: "sum of all bars so far", Source: "pandas cumsum",
	Inputs: series, Outputs: value(AsInput, Follows, Lawless),
	Memory: Cumulative, Cost: Light,
	Apply: func(c *Call) { new(kernel.CumSum).Next(c.Dst[0], c.Src[0]) },
	Start: func([]float64) Stream { return single(new(kernel.CumSum).Next) },
}, {
	Name: "cummax", Title: "largest value so far", Source: "pandas cummax",
	Inputs: series, Outputs: value(AsInput, Follows, Follows),
	Memory: Cumulative, Cost: Light,
	Apply: func(c *Call) { new(kernel.CumMax).Next(c.Dst[0], c.Src[0]) },
	Start: func([]float64) Stream { return single(new(kernel.CumMax).Next) },
}, {
	Name: "cummin", Title: "smallest value so far", Source: "pandas cummin",
	Inputs: series, Outputs: value(AsInput, Follows, Follows),
	Memory: Cumulative, Cost: Light,
	Apply: func(c *Call) { (&kernel.CumMax{Least: true}).Next(c.Dst[0], c.Src[0]) },
	Start: func([]float64) Stream { return single((&kernel.CumMax{Least: true}).Next) },
}}
