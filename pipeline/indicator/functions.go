package indicator

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

var functions = []Row{
	ofTwo("max", "larger of two", "IEEE 754 maximum", AsInput, Follows, Follows, Light, kernel.Max),
	ofTwo("min", "smaller of two", "IEEE 754 minimum", AsInput, Follows, Follows, Light, kernel.Min),
	{
		Name: "clamp", Title: "x within bounds, high where low is above it", Source: "min(max(x, low), high)",
		Inputs: []string{"x", "low", "high"}, Outputs: value(AsInput, Follows, Follows),
		Memory: Pointwise, Cost: Light, OfNumber: kernel.Within,
		Apply: func(c *Call) { kernel.Clamp(c.Dst[0], c.Src[0], c.Src[1], c.Src[2]) },
	},
	function("sign", "1, 0 or −1", "the sign of x", None, Stays, Light, kernel.Sign),
	function("sqrt", "square root, unknown below 0", "IEEE 754 squareRoot", None, Lawless, Light, math.Sqrt),
	function("log", "natural logarithm, unknown below 0", "TA-Lib LN", None, Lawless, Heavy, math.Log),
	function("exp", "e to the power of x", "TA-Lib EXP", None, Lawless, Heavy, math.Exp),
	ofTwo("pow", "x to the power of y", "IEEE 754 pow", None, Lawless, Lawless, Heavy, math.Pow),
	function("floor", "largest whole number ≤ x", "TA-Lib FLOOR", AsInput, Lawless, Light, math.Floor),
	function("ceil", "least whole number ≥ x", "TA-Lib CEIL", AsInput, Lawless, Light, math.Ceil),
	function("round", "nearest whole number, halves away from 0", "IEEE 754 roundToIntegralTiesToAway", AsInput, Lawless, Light, math.Round),
}

// ofOne is the OfNumber of a function of one number.
func ofOne(f func(float64) float64) func(a, b, c float64) float64 {
	return func(a, _, _ float64) float64 { return f(a) }
}

// function returns the row of a function of one number.
func function(name, title, source string, d Dimension, scaled Law, cost Cost, f func(float64) float64) Row {
	return Row{
		Name: name, Title: title, Source: source,
		Inputs: []string{"x"}, Outputs: value(d, scaled, Lawless),
		Memory: Pointwise, Cost: cost, OfNumber: ofOne(f),
		Apply: func(c *Call) { kernel.Map(c.Dst[0], c.Src[0], f) },
	}
}

// ofTwo returns the row of a function of two numbers.
func ofTwo(name, title, source string, d Dimension, scaled, shifted Law, cost Cost, f func(a, b float64) float64) Row {
	inputs := []string{"a", "b"}
	if name == "pow" {
		inputs = []string{"x", "y"}
	}
	return Row{
		Name: name, Title: title, Source: source,
		Inputs: inputs, Outputs: value(d, scaled, shifted),
		Memory: Pointwise, Cost: cost, OfNumber: func(a, b, _ float64) float64 { return f(a, b) },
		Apply: func(c *Call) { kernel.Map2(c.Dst[0], c.Src[0], c.Src[1], f) },
	}
}
