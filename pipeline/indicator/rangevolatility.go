package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// ranged are volatilities of a bar, not of a year.
var ranged = []Row{{
	Name: "realized_vol", Title: "realised volatility of a bar, about no mean", Source: "Andersen and Bollerslev 1998, √(Σ r² / window) of logarithmic returns",
	Inputs: series, Params: bars, Outputs: value(Fraction, Stays, Lawless),
	Memory: Windowed, Cost: Heavy, WarmUp: reach,
	Apply: func(c *Call) { kernel.RealizedVolatility(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "parkinson", Title: "volatility of a bar by its range", Source: "Parkinson 1980",
	Columns: []string{"high", "low"}, Params: bars, Outputs: value(Fraction, Stays, Lawless),
	Memory: Windowed, Cost: Heavy, WarmUp: window,
	Apply: func(c *Call) { kernel.Parkinson(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0])) },
},
	estimator("garman_klass", "volatility of a bar by range and move", "Garman and Klass 1980", bars, window, kernel.GarmanKlass),
	estimator("rogers_satchell", "volatility of a bar that may drift", "Rogers and Satchell 1991", bars, window, kernel.RogersSatchell),
	estimator("yang_zhang", "volatility of a bar that may drift and open apart", "Yang and Zhang 2000", pair, reach, kernel.YangZhang),
}

func estimator(name, title, source string, params []Param, warmUp func([]float64) int, f func(dst, open, high, low, closes []float64, n int)) Row {
	return Row{
		Name: name, Title: title, Source: source,
		Columns: []string{"open", "high", "low", "close"}, Params: params, Outputs: value(Fraction, Stays, Lawless),
		Memory: Windowed, Cost: Heavy, WarmUp: warmUp,
		Apply: func(c *Call) { f(c.Dst[0], c.Src[0], c.Src[1], c.Src[2], c.Src[3], int(c.Params[0])) },
	}
}
