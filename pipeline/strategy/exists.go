package strategy

import "github.com/bowstring-engine/bowstring/pipeline/internal/graph"

// Choices says which trials of a strategy exist whose parameters choose expressions: a
// parameter that a trial's choices do not use has its first value there. It is immutable
// and safe for concurrent use.
type Choices struct {
	picks   []int // the parameters that choose
	sizes   []int
	used    [][]bool // by the number of a combination of choices, of each parameter
	depends int
}

// maxChoices is the most combinations of choices that are looked at.
const maxChoices = 1 << 12

// Choices returns which trials exist, nil where all do.
func (p *Program) Choices() *Choices {
	c := &Choices{}
	combinations := 1
	chosen := map[int]bool{}
	for i := range p.graph.Nodes {
		if n := &p.graph.Nodes[i]; n.Op == graph.OpPick {
			chosen[n.Index] = true
		}
	}
	for i := range p.params {
		if chosen[i] {
			c.picks, c.sizes = append(c.picks, i), append(c.sizes, p.params[i].size())
			combinations *= p.params[i].size()
		}
		if combinations > maxChoices {
			return nil
		}
	}
	index := make([]int, len(p.params))
	always := make([]bool, len(p.params))
	for i := range always {
		always[i] = true
	}
	for k := range combinations {
		for i, rest := len(c.picks)-1, k; i >= 0; i-- {
			index[c.picks[i]] = rest % c.sizes[i]
			rest /= c.sizes[i]
		}
		used := p.graph.UsedParams(index, p.scalars())
		for i := range always {
			always[i] = always[i] && used[i]
		}
		c.used = append(c.used, used)
	}
	for i := range always {
		if !always[i] || chosen[i] {
			c.depends = i + 1
		}
		for k := range c.used {
			c.used[k][i] = c.used[k][i] || always[i]
		}
	}
	if combinations == 1 {
		return nil
	}
	return c
}

// scalars returns the numbers that a trial needs beside its nodes.
func (p *Program) scalars() []int {
	var ids []int
	for _, id := range append(p.stops[:len(p.stops):len(p.stops)], p.maxBars) {
		if id >= 0 {
			ids = append(ids, id)
		}
	}
	for _, n := range p.numbers {
		if n.Scalar >= 0 {
			ids = append(ids, n.Scalar)
		}
	}
	for _, h := range p.held {
		ids = h.scalars(ids)
	}
	for i := range p.exits {
		ids = p.exits[i].Held.scalars(ids)
	}
	return ids
}

func (h *Held) scalars(ids []int) []int {
	if h == nil {
		return ids
	}
	for _, n := range h.number {
		ids = n.scalars(ids)
	}
	return h.b.scalars(h.a.scalars(ids))
}

func (h *heldNumber) scalars(ids []int) []int {
	if h == nil {
		return ids
	}
	if h.op == heldScalar {
		ids = append(ids, h.index)
	}
	for _, in := range h.in {
		ids = in.scalars(ids)
	}
	return ids
}

// Holds reports whether the trial with these positions of values exists.
func (c *Choices) Holds(index []int) bool {
	k := 0
	for i, p := range c.picks {
		k = k*c.sizes[i] + index[p]
	}
	for i, used := range c.used[k] {
		if !used && index[i] != 0 {
			return false
		}
	}
	return true
}

// Depends returns how many of the parameters, counted from the first, say all about it.
func (c *Choices) Depends() int { return c.depends }
