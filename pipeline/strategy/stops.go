package strategy

import (
	"fmt"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// Stops are the stops of one trial as fractions of a price, 0 where there is
// none. Loss and Trailing are below 1, Profit is finite.
type Stops struct{ Loss, Profit, Trailing float64 }

// stopKind is one of the stops.
type stopKind uint8

const (
	stopLoss stopKind = iota
	takeProfit
	trailingStop
	numStops
)

// String returns the stop's name in a spec file.
func (k stopKind) String() string {
	return [...]string{"stop_loss", "take_profit", "trailing_stop"}[k]
}

// accepts reports whether v is a fraction that the stop can have. A target may
// be more than the entry price away.
func (k stopKind) accepts(v float64) bool {
	if k == takeProfit {
		return v > 0 && !math.IsInf(v, 0)
	}
	return v > 0 && v < 1
}

// message says that v is no fraction for the stop, and where it comes from.
func (k stopKind) message(v float64, origin string) string {
	want := "a fraction between 0 and 1"
	if k == takeProfit {
		want = "a finite fraction above 0"
	}
	return fmt.Sprintf("%s is not %s%s", graph.Format(v), want, origin)
}

func (r *Rules) stops() [numStops]Expr {
	return [...]Expr{stopLoss: r.StopLoss, takeProfit: r.TakeProfit, trailingStop: r.TrailingStop}
}

// stops checks the stops and returns their scalars, -1 where there is none.
func (c *checker) stops(r *Rules) (scalars [numStops]int) {
	order := len(c.params) + len(c.lets) + int(numRules)
	for i, e := range r.stops() {
		scalars[i] = -1
		if e.Text == "" {
			continue
		}
		kind := stopKind(i)
		src := &source{name: e.Name, origin: e.Origin, text: e.Text, at: e.At, order: order + i}
		if src.name == "" {
			src.name = "rules." + kind.String()
		}
		v := c.expression(src)
		if v.kind == unresolved {
			continue
		}
		if v.kind != KindScalar || e.Unit == Distance || e.Unit == Level {
			c.seriesStop(src, kind, e, v)
			continue
		}
		if err := c.badScalar(v.id, kind.accepts, kind.message); err != "" {
			c.errs = append(c.errs, src.errorf(0, "%s", err))
		}
		scalars[i] = v.id
		c.watchNamed(kind.String(), e.Text, v)
	}
	return scalars
}
