package strategy

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Holding is what rules may ask of the position that is held, at the close of a bar.
type Holding struct {
	// BarsSinceEntry is 0 on the bar on which the entry filled.
	BarsSinceEntry float64
	// EntryPrice is the price that was paid or got, slippage included, and Peak the best
	// price since then, of a short position the lowest.
	EntryPrice, Peak float64
	// Side is 1 of a long position and −1 of a short one.
	Side float64
	// OpenReturn is the return on the entry price at the close, without costs.
	OpenReturn float64
}

// positionNames are the names of the language for the parts of a [Holding].
var positionNames = []struct {
	name string
	of   func(p *Holding) float64
	says string
}{
	{"bars_since_entry", func(p *Holding) float64 { return p.BarsSinceEntry }, "bars since the entry filled, 0 on that bar"},
	{"entry_price", func(p *Holding) float64 { return p.EntryPrice }, "price of the entry, slippage included"},
	{"position", func(p *Holding) float64 { return p.Side }, "1 long, -1 short"},
	{"open_return", func(p *Holding) float64 { return p.OpenReturn }, "return on the entry price at the close"},
	{"peak_since_entry", func(p *Holding) float64 { return p.Peak }, "best price since the entry, the lowest of a short"},
}

// PositionNames returns the names of the language for what is known of the position that
// is held, each with what it says.
func PositionNames() (names, says []string) {
	for _, n := range positionNames {
		names, says = append(names, n.name), append(says, n.says)
	}
	return names, says
}

func positionNamed(name string) int {
	for i := range positionNames {
		if positionNames[i].name == name {
			return i
		}
	}
	return -1
}

// heldOp says how a number is made that depends on the position.
type heldOp uint8

const (
	heldName   heldOp = iota // part index of the position
	heldScalar               // scalar index
	heldSeries               // node index
	heldNegate
	heldArith
	heldRow // a row of numbers
)

// heldNumber is a number that depends on the position: what the engine asks bar by bar.
type heldNumber struct {
	op    heldOp
	index int
	extra int // of heldSeries: its place among the extra series of the graph
	arith kernel.Arith
	row   *indicator.Row
	in    []*heldNumber
}

// Held is a rule, or the level of one, that asks for the position that is held.
type Held struct {
	op      formulaOp
	a, b    *Held
	yes, no int // of a mask: its places among the extra nodes of the graph
	compare kernel.Compare
	number  [2]*heldNumber
}

// HeldValues are the values that a [Held] reads beside the position: those of the
// graph's extra nodes, and the numbers of the trial.
type HeldValues struct {
	Extra   []graph.Values
	Scalars []float64
}

func (h *heldNumber) at(v *HeldValues, bar int, p *Holding) float64 {
	switch h.op {
	case heldName:
		return positionNames[h.index].of(p)
	case heldScalar:
		return v.Scalars[h.index]
	case heldSeries:
		if bar < 0 {
			return math.NaN()
		}
		return v.Extra[h.extra].Series[bar]
	case heldNegate:
		return -h.in[0].at(v, bar, p)
	}
	var x [3]float64
	for i, in := range h.in {
		x[i] = in.at(v, bar, p)
	}
	if h.op == heldRow {
		return h.row.OfNumber(x[0], x[1], x[2])
	}
	switch h.arith {
	case kernel.AddOp:
		return x[0] + x[1]
	case kernel.SubOp:
		return x[0] - x[1]
	case kernel.MulOp:
		return x[0] * x[1]
	}
	return x[0] / x[1]
}

// Number returns the level that h is, at the close of a bar.
func (h *Held) Number(v *HeldValues, bar int, p *Holding) float64 {
	return h.number[0].at(v, bar, p)
}

// Truth returns what the rule is at the close of a bar.
func (h *Held) Truth(v *HeldValues, bar int, p *Holding) Truth {
	switch h.op {
	case formulaHeld:
		holds, known := graph.CompareNumbers(h.compare, h.number[0].at(v, bar, p), h.number[1].at(v, bar, p))
		if !known {
			return Unknown
		}
		return truthOf(holds)
	case formulaNot:
		return h.a.Truth(v, bar, p).not()
	case formulaAnd:
		return h.a.Truth(v, bar, p).and(h.b.Truth(v, bar, p))
	case formulaOr:
		return h.a.Truth(v, bar, p).not().and(h.b.Truth(v, bar, p).not()).not()
	}
	switch {
	case v.Extra[h.yes].Mask.Get(bar):
		return True
	case v.Extra[h.no].Mask.Get(bar):
		return False
	}
	return Unknown
}

// extras are nodes that trials need beside the rules.
type extras struct {
	ids   []int
	known map[int]int
}

func (e *extras) place(id int) int {
	if at, ok := e.known[id]; ok {
		return at
	}
	if e.known == nil {
		e.known = map[int]int{}
	}
	e.ids = append(e.ids, id)
	e.known[id] = len(e.ids) - 1
	return len(e.ids) - 1
}

func (h *heldNumber) lower(x *extras) *heldNumber {
	if h.op == heldSeries {
		h.extra = x.place(h.index)
	}
	for _, in := range h.in {
		in.lower(x)
	}
	return h
}
