package eval

import (
	"context"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Difference is a value that is another on cut data.
type Difference struct {
	// Node is the position among [strategy.Program].Nodes, Text its expression; nodes
	// behind those are parts of named expressions that no rule needs.
	Node int
	Text string
	Bar  int
	// Whole and Cut are the values: a number, or of a mask 1 and 0.
	Whole, Cut float64
}

// Audit evaluates a trial on an asset and on the same asset without its last bars, and
// returns the first node, of those in the order of computation, of which a value that
// both have is not the same, and the first bar of it; nil where there is none. What a
// node is made of comes before it, so that it is the one that looked ahead. Longer bars
// are looked at as the bars see them. The context ends it.
func Audit(ctx context.Context, s *strategy.Program, index []int, whole, cut Asset) (*Difference, error) {
	a, b := NewEvaluator(s, nil), NewEvaluator(s, nil)
	a.Bind(whole)
	b.Bind(cut)
	a.setTrial(index)
	b.setTrial(index)
	for id := range a.program.Nodes[:a.program.Used] {
		n := &a.program.Nodes[id]
		if n.Axis > 0 {
			continue
		}
		if err := a.eval(ctx, id); err != nil {
			return nil, err
		}
		if err := b.eval(ctx, id); err != nil {
			return nil, err
		}
		x, y := &a.slots[id].Feature, &b.slots[id].Feature
		for bar := range cut.Bars {
			for k := range n.Series {
				v, w := x.Series[k*whole.Bars+bar], y.Series[k*cut.Bars+bar]
				if math.Float64bits(v) != math.Float64bits(w) && (v == v || w == w) {
					return &Difference{id, n.Text, bar, v, w}, nil
				}
			}
			if n.Series == 0 && x.Mask.Get(bar) != y.Mask.Get(bar) {
				return &Difference{id, n.Text, bar, number(x.Mask.Get(bar)), number(y.Mask.Get(bar))}, nil
			}
		}
	}
	return nil, nil
}

func number(set bool) float64 {
	if set {
		return 1
	}
	return 0
}
