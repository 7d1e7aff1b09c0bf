package graph

import (
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// The rules, as positions among the roots of a program.
const (
	Entry = iota
	Exit
	ShortEntry
	ShortExit
	NumRules
)

// Program is what a strategy is lowered to: nodes that are computed in order, and
// a root for each rule. It is immutable and safe for concurrent use.
type Program struct {
	Params  []Param
	Columns []string
	// Axes are the lengths of the longer bars that nodes are on.
	Axes    []string
	Scalars Scalars
	// Nodes are in order of computation; the first Used of them are what the rules
	// need, the others what is only watched.
	Nodes   []Node
	Used    int
	Roots   [NumRules]int // -1 where the rule is absent
	Watched []Watch
	// Extra are nodes that trials need beside the rules.
	Extra []int
}

// Param is a parameter: the values that it takes, or the rows that it chooses from.
type Param struct {
	Name   string
	Values []float64
	Rows   []*indicator.Row
	// Count is the number of values of one that chooses something else.
	Count int
}

// Size returns the number of values.
func (p *Param) Size() int { return max(len(p.Values)+len(p.Rows), p.Count) }

// Watch is an expression whose value on a bar can be asked for. What it does not
// have is -1.
type Watch struct {
	Name, Text string
	Scalar     int // of a number
	Series     int // the node of a series
	// Yes and No are the nodes of a condition or a mask: where it is known to be
	// true, where known to be false. PerBar says that it is a mask.
	Yes, No int
	PerBar  bool
}

// Nodes returns the nodes of w.
func (w *Watch) Nodes() []int {
	var ids []int
	for _, id := range [...]int{w.Series, w.Yes, w.No} {
		if id >= 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// Build completes p, whose roots and watched expressions refer to nodes of b: it
// takes over the nodes that the roots reach, then those that are only watched.
func (p *Program) Build(b *Builder) {
	p.Scalars = b.Scalars.All()
	reached := make([]bool, len(b.nodes))
	ids := make([]int, len(b.nodes))
	take := func(roots []int) {
		for id := range reachedFrom(b.nodes, roots) {
			if !reached[id] {
				reached[id] = true
				ids[id] = len(p.Nodes)
				p.Nodes = append(p.Nodes, b.nodes[id])
			}
		}
	}
	take(append(p.Roots[:len(p.Roots):len(p.Roots)], p.Extra...))
	p.Used = len(p.Nodes)
	for i := range p.Watched {
		take(p.Watched[i].Nodes())
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		renumber(n.In[:], ids)
		p.complete(n)
	}
	renumber(p.Roots[:], ids)
	renumber(p.Extra, ids)
	for i := range p.Watched {
		w := &p.Watched[i]
		for _, id := range [...]*int{&w.Series, &w.Yes, &w.No} {
			if *id >= 0 {
				*id = ids[*id]
			}
		}
	}
}

func renumber(list, ids []int) {
	for i, id := range list {
		if id >= 0 {
			list[i] = ids[id]
		}
	}
}

// reachedFrom yields the nodes that the roots need, in ascending order. Roots
// below 0 are skipped.
func reachedFrom(nodes []Node, roots []int) func(yield func(int) bool) {
	need := make([]bool, len(nodes))
	for _, r := range roots {
		if r >= 0 {
			need[r] = true
		}
	}
	for id := len(nodes) - 1; id >= 0; id-- {
		if need[id] {
			for _, in := range nodes[id].Inputs() {
				need[in] = true
			}
		}
	}
	return func(yield func(int) bool) {
		for id, ok := range need {
			if ok && !yield(id) {
				return
			}
		}
	}
}

// Uses returns the nodes that a rule needs, in the order of computation.
func (p *Program) Uses(rule int) []int {
	return slices.Collect(reachedFrom(p.Nodes, p.Roots[rule:rule+1]))
}

// UsesExtra returns the nodes that the extra nodes need, in the order of computation.
func (p *Program) UsesExtra() []int { return slices.Collect(reachedFrom(p.Nodes, p.Extra)) }

// UsedParams reports of each parameter whether a trial with these positions of values
// needs it for its rules, for the extra nodes, or for one of some scalars.
func (p *Program) UsedParams(index, scalars []int) []bool {
	used := make([]bool, len(p.Params))
	seen := make([]bool, len(p.Nodes))
	ofScalar := func(id int) {
		for _, param := range p.Scalars[id].params {
			used[param] = true
		}
	}
	var visit func(id int)
	visit = func(id int) {
		if id < 0 || seen[id] {
			return
		}
		seen[id] = true
		n := &p.Nodes[id]
		for _, s := range present(n.Scalars[:]) {
			ofScalar(s)
		}
		switch n.Op {
		case OpChoice:
			used[n.Index] = true
		case OpPick:
			used[n.Index] = true
			if index[n.Index] == n.Pick {
				visit(n.In[0])
			} else {
				visit(n.In[1])
			}
			return
		}
		for _, in := range n.Inputs() {
			visit(in)
		}
	}
	for _, id := range p.Roots {
		visit(id)
	}
	for _, id := range p.Extra {
		visit(id)
	}
	for _, id := range scalars {
		ofScalar(id)
	}
	return used
}

// complete fills in what follows from a node's parameters and inputs.
func (p *Program) complete(n *Node) {
	n.Values = 1
	n.strides = make([]int64, len(n.Params))
	for i, param := range slices.Backward(n.Params) {
		n.strides[i] = n.Values
		n.Values *= int64(p.Params[param].Size())
	}
	n.Shared = n.Op != OpColumn && n.Op != OpOutput && len(n.Params) < len(p.Params)
	n.Text = p.nodeText(n)
	if n.Named, n.Universal = p.universalText(n); p.isOwn(n) {
		n.Universal = false
	}
}

// isOwn reports whether a node is made by a row that is not of the catalogue: another
// program may have another row of that name.
func (p *Program) isOwn(n *Node) bool {
	if n.Op == OpSection { // other assets may be there in another run
		return true
	}
	if n.Op == OpCall && indicator.Find(n.Row.Name) != n.Row {
		return true
	}
	return slices.ContainsFunc(n.Inputs(), func(in int) bool { return !p.Nodes[in].Universal })
}

// KeyParams is the number of parameters that a universal node has at most.
const KeyParams = 3

// universalText reports whether the text of a node and the values of its
// parameters say all about it: no part was left out or is named by a number, and
// there are few parameters, which are returned by name.
func (p *Program) universalText(n *Node) (named []int, ok bool) {
	if len(n.Params) > KeyParams || strings.ContainsAny(n.Text, "#…") {
		return nil, false
	}
	named = slices.Clone(n.Params)
	slices.SortFunc(named, func(a, b int) int { return strings.Compare(p.Params[a].Name, p.Params[b].Name) })
	return named, true
}

// ParamValues writes the values of the parameters in a trial; those that choose a
// row have none.
func (p *Program) ParamValues(dst []float64, index []int) {
	for i := range p.Params {
		if values := p.Params[i].Values; len(values) > 0 {
			dst[i] = values[index[i]]
		}
	}
}

// Numbers writes the scalars of a trial. params is memory for the parameters.
func (p *Program) Numbers(dst, params []float64, index []int) {
	p.ParamValues(params, index)
	p.Scalars.Eval(dst, params)
}

// Origin says which parameters a number comes from, with their values.
func (p *Program) Origin(scalar int, index []int) string {
	var parts []string
	for _, i := range p.Scalars[scalar].params {
		param := &p.Params[i]
		parts = append(parts, "$"+param.Name+" = "+Format(param.Values[index[i]]))
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// ColumnsRead returns the positions of the columns that the rules read, ascending.
func (p *Program) ColumnsRead() []int {
	var columns []int
	for i := range p.Nodes[:p.Used] {
		if n := &p.Nodes[i]; n.Op == OpColumn {
			columns = append(columns, n.Index)
		}
	}
	slices.Sort(columns)
	return columns
}
