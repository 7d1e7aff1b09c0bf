package eval

import (
	"context"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// compute writes the values of a node in this trial.
func (e *Evaluator) compute(ctx context.Context, id int, dst Feature) error {
	n := &e.program.Nodes[id]
	args, err := e.program.Arguments(n, e.index, e.scalars)
	if err != nil {
		return err
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
		args.Fit(e.asset.Bars)
		e.call(n, &args, dst.Series)
		return nil
	}
	e.operate(n, dst)
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
	n.Compute(dst, a, b, e.scalars, e.asset.Bars, e.before)
}
