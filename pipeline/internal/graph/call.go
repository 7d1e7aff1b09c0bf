package graph

import "github.com/bowstring-engine/bowstring/pipeline/indicator"

// Caller computes indicators, and keeps the memory that calls need.
type Caller struct {
	call   indicator.Call
	params [indicator.MaxParams]float64
}

// Input gives the next input of the call that follows.
func (c *Caller) Input(src []float64) { c.call.Src = append(c.call.Src, src) }

// Output gives the next output of the call that follows.
func (c *Caller) Output(dst []float64) { c.call.Dst = append(c.call.Dst, dst) }

// Outputs gives all outputs, which stand one after another in dst.
func (c *Caller) Outputs(dst []float64, n int) {
	for i := range n {
		c.Output(Part(dst, i, n))
	}
}

// Of says whose bars the call that follows has, if it is of a row that wants to know.
func (c *Caller) Of(row *indicator.Row, asset string, times []int64) {
	if row.Whole() {
		c.call.Asset, c.call.Times = asset, times
	}
}

// Compute makes the call.
func (c *Caller) Compute(a *Arguments, scale int64) {
	c.call.Params = c.params[:copy(c.params[:], a.Params())]
	c.call.Scale = scale
	a.Row.Apply(&c.call)
	c.reset()
}

// Next lets a stream go on.
func (c *Caller) Next(s indicator.Stream) {
	s.Next(c.call.Dst, c.call.Src)
	c.reset()
}

func (c *Caller) reset() {
	clear(c.call.Src)
	clear(c.call.Dst)
	c.call.Src, c.call.Dst = c.call.Src[:0], c.call.Dst[:0]
	c.call.Asset, c.call.Times = "", nil
}

// Part returns series i of n that stand one after another.
func Part(all []float64, i, n int) []float64 {
	bars := len(all) / n
	return all[i*bars : (i+1)*bars : (i+1)*bars]
}

// Part returns the series that an OpOutput takes from those of its input.
func (p *Program) Part(n *Node, all []float64) []float64 {
	return Part(all, n.Index, p.Nodes[n.In[0]].Series)
}
