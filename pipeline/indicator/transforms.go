package indicator

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

var transforms = []Row{{
	Name: "lag", Title: "value of some bars ago", Source: "x[k] of the strategy language",
	Inputs: series, Params: []Param{{Name: "bars"}}, Outputs: value(AsInput, Follows, Follows),
	Memory: Windowed, Cost: Heavy, WarmUp: func(params []float64) int { return int(params[0]) }, KeepsScale: true,
	Apply: func(c *Call) { kernel.Lag(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "abs", Title: "magnitude", Source: "IEEE 754",
	Inputs: []string{"x"}, Outputs: value(AsInput, Follows, Lawless),
	Memory: Pointwise, Cost: Light, OfNumber: ofOne(math.Abs),
	Apply: func(c *Call) { kernel.Abs(c.Dst[0], c.Src[0]) },
}}
