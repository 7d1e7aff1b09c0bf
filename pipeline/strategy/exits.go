package strategy

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// seriesStop checks a stop that is no number of a trial.
func (c *checker) seriesStop(src *source, kind stopKind, e Expr, v value) {
	fail := func(format string, args ...any) { c.errs = append(c.errs, src.errorf(0, format, args...)) }
	if v.kind == KindPosition {
		fail("a stop is read at the signal of the entry, when there is no position yet; exit_below and exit_above may ask for one")
		return
	}
	if !v.kind.numeric() {
		fail("a stop is a number, such as 0.05 or $x, or a series of prices, such as 2 * atr(14), not a %s", v.kind)
		return
	}
	unit := e.Unit
	if unit == "" {
		if c.dimension(v.id) != indicator.Price {
			fail("what the number is of is not clear: write {fraction: …} of the price, {distance: …} in prices, or {level: …}")
			return
		}
		unit = Distance
	}
	if unit == Level && kind == trailingStop {
		fail("a trailing stop has no level of its own; write exit_below or exit_above for a level that moves")
		return
	}
	if v.kind == KindScalar {
		v = value{kind: KindSeries, id: c.Number(v.id)}
	}
	c.exits = append(c.exits, exit{PriceExit{Name: kind.String(), Text: e.Text, Unit: unit}, v})
}

// movingExits checks the levels that move.
func (c *checker) movingExits(r *Rules, order int) {
	for i, e := range []Expr{r.ExitBelow, r.ExitAbove} {
		name := [...]string{"exit_below", "exit_above"}[i]
		if e.Text == "" {
			continue
		}
		src := ruleSource(e, name, order+i)
		v := c.expression(src)
		switch {
		case v.kind == unresolved:
		case v.kind != KindSeries && v.kind != KindPosition:
			c.errs = append(c.errs, src.errorf(0, "the level is a series of prices, not a %s", v.kind))
		default:
			if v.kind == KindSeries {
				c.watchNamed(name, e.Text, v)
			}
			c.exits = append(c.exits, exit{PriceExit{Name: name, Text: e.Text, Unit: Level, Ratchet: r.Ratchet}, v})
		}
	}
	if e := r.MaxBars; e.Text != "" {
		src := ruleSource(e, "max_bars", order+2)
		v := c.expression(src)
		switch {
		case v.kind == unresolved:
		case v.kind != KindScalar:
			c.errs = append(c.errs, src.errorf(0, "max_bars is one number for a whole trial, not a %s", v.kind))
		default:
			if msg := c.badScalar(v.id, acceptsBars, badBars); msg != "" {
				c.errs = append(c.errs, src.errorf(0, "%s", msg))
			}
			c.maxBars = v.id
			c.watchNamed("max_bars", e.Text, v)
		}
	}
}

func acceptsBars(v float64) bool { return v >= 1 && v == float64(int64(v)) }

func badBars(v float64, origin string) string {
	return fmt.Sprintf("%g is not a whole number ≥ 1%s", v, origin)
}

func ruleSource(e Expr, name string, order int) *source {
	src := &source{name: e.Name, origin: e.Origin, text: e.Text, at: e.At, order: order}
	if src.name == "" {
		src.name = "rules." + name
	}
	return src
}

// lowerExits returns the exits with their series as nodes.
func (c *checker) lowerExits(x *extras) []PriceExit {
	var exits []PriceExit
	for _, e := range c.exits {
		if e.value.kind == KindPosition {
			e.Held = &Held{op: formulaHeld, number: [2]*heldNumber{e.value.held.lower(x)}}
		} else {
			e.Extra = x.place(e.value.id)
		}
		exits = append(exits, e.PriceExit)
	}
	return exits
}

// lowerHeld returns a formula that asks for the position, with its masks as nodes.
func (c *checker) lowerHeld(f *formula, x *extras) *Held {
	h := &Held{op: f.op, compare: f.compare}
	switch {
	case f.op == formulaHeld:
		h.number = [2]*heldNumber{f.numbers[0].lower(x), f.numbers[1].lower(x)}
	case !f.isHeld():
		low := c.lowering()
		h.op = formulaCompare
		h.yes, h.no = x.place(low.node(view{formula: f})), x.place(low.node(view{formula: f, not: true}))
	default:
		h.a = c.lowerHeld(f.a, x)
		if f.b != nil {
			h.b = c.lowerHeld(f.b, x)
		}
	}
	return h
}
