package eval

import (
	"context"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// compute writes the values of a node in this trial.
func (e *Evaluator) compute(ctx context.Context, id int, dst Feature) error {
	n := &e.program.Nodes[id]
	args, err := e.program.Arguments(n, e.index, e.scalars)
	if err != nil {
		return err
	}
	switch n.Op {
	case graph.OpPick:
		return e.pick(ctx, n, dst)
	case graph.OpSection:
		return e.across(ctx, id, dst)
	case graph.OpExpand:
		return e.expand(ctx, n, dst)
	}
	for _, in := range n.Inputs() {
		if err := e.eval(ctx, in); err != nil {
			return err
		}
	}
	if e.onCompute != nil {
		e.onCompute(id)
	}
	if args.Row != nil {
		args.Fit(e.bars(n))
		e.call(n, &args, dst.Series)
		return nil
	}
	e.operate(n, dst)
	return nil
}

// pick takes the values of the input that a parameter chooses; the other one is not
// computed.
func (e *Evaluator) pick(ctx context.Context, n *graph.Node, dst Feature) error {
	in := n.In[1]
	if e.index[n.Index] == n.Pick {
		in = n.In[0]
	}
	if err := e.eval(ctx, in); err != nil {
		return err
	}
	copy(dst.Series, e.slots[in].Series)
	copy(dst.Mask, e.slots[in].Mask)
	return nil
}

// expand writes what is known of a series on longer bars.
func (e *Evaluator) expand(ctx context.Context, n *graph.Node, dst Feature) error {
	if err := e.eval(ctx, n.In[0]); err != nil {
		return err
	}
	longer := e.slots[n.In[0]].Series
	for i, at := range e.asset.Axes[e.program.Nodes[n.In[0]].Axis-1]().Known {
		if dst.Series[i] = math.NaN(); at >= 0 {
			dst.Series[i] = longer[at]
		}
	}
	return nil
}

// call computes an indicator over the bars that its inputs have in their slots.
func (e *Evaluator) call(n *graph.Node, args *graph.Arguments, dst []float64) {
	for _, in := range n.Inputs() {
		e.caller.Input(e.slots[in].Series)
	}
	e.caller.Outputs(dst, n.Series)
	e.caller.Of(args.Row, e.asset.Key.Asset, e.asset.Times)
	e.caller.Compute(args, e.asset.scale(e.program, n.In[0]))
}

// operate computes what looks at no other bar, but for crosses, over the bars that
// its inputs have in their slots.
func (e *Evaluator) operate(n *graph.Node, dst Feature) {
	if n.Op == graph.OpCall {
		args := graph.Arguments{Row: n.Row}
		args.Take(n, e.scalars)
		e.call(n, &args, dst.Series)
		return
	}
	var a, b *graph.Values
	if n.In[0] >= 0 {
		a = &e.slots[n.In[0]].Feature
	}
	if n.In[1] >= 0 {
		b = &e.slots[n.In[1]].Feature
	}
	n.Compute(dst, a, b, e.scalars, e.bars(n), e.before)
}
