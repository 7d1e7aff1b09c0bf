package strategy

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// Program is a checked strategy: a graph whose nodes are computed in order,
// and a root for each rule. It is immutable and safe for concurrent use.
type Program struct {
	params  []Param
	choices [][]fn
	columns []Column
	scalars []scalar
	// nodes are in order of computation; the first used of them are what the
	// rules need, the others what only Inspect shows.
	nodes   []node
	used    int
	roots   [numRules]int // -1 where the rule is absent
	stops   [numStops]int // scalars; -1 where the stop is absent
	watched []watch
}

// Node describes one node of a program.
type Node struct {
	ID int
	// Text is the expression in a canonical form, with names replaced by what
	// they stand for. Long inputs are written as #id.
	Text string
	Kind Kind
	// Params are the positions in [Program.Params] of the parameters that it
	// depends on, Inputs the nodes that it is computed from.
	Params, Inputs []int
	// Values is the number of distinct values an asset: the product of the
	// sizes of Params.
	Values int64
	// Shared says that trials have values in common, so a [FeatureCache]
	// keeps them.
	Shared bool
}

// number keeps the nodes that are reached from the rules, then those reached
// from what is watched, and completes them.
func (p *Program) number(g *graph) {
	reached := make([]bool, len(g.nodes))
	ids := make([]int, len(g.nodes))
	take := func(roots []int) {
		for id := range reachedFrom(g.nodes, roots) {
			if !reached[id] {
				reached[id] = true
				ids[id] = len(p.nodes)
				p.nodes = append(p.nodes, g.nodes[id])
			}
		}
	}
	take(p.roots[:])
	p.used = len(p.nodes)
	take(watchedNodes(p.watched))
	for i := range p.nodes {
		n := &p.nodes[i]
		if n.a >= 0 {
			n.a = ids[n.a]
		}
		if n.b >= 0 {
			n.b = ids[n.b]
		}
		p.complete(n)
	}
	for r, root := range p.roots {
		if root >= 0 {
			p.roots[r] = ids[root]
		}
	}
	for i := range p.watched {
		p.watched[i].renumber(ids)
	}
}

// reachedFrom yields the nodes that the roots need, in ascending order.
// Roots below 0 are skipped.
func reachedFrom(nodes []node, roots []int) func(yield func(int) bool) {
	need := make([]bool, len(nodes))
	for _, r := range roots {
		if r >= 0 {
			need[r] = true
		}
	}
	for id := len(nodes) - 1; id >= 0; id-- {
		if need[id] {
			for _, in := range nodes[id].inputs() {
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

// complete fills in what follows from a node's parameters and inputs.
func (p *Program) complete(n *node) {
	n.values = 1
	n.strides = make([]int64, len(n.params))
	for i, param := range slices.Backward(n.params) {
		n.strides[i] = n.values
		n.values *= int64(p.params[param].size())
	}
	n.shared = n.op != opColumn && len(n.params) < len(p.params)
	n.text = p.nodeText(n)
	n.named, n.universal = p.universalText(n)
}

// Params returns the parameters, in the order of a trial's index.
func (p *Program) Params() []Param { return slices.Clone(p.params) }

// Columns returns the positions of the columns that the rules read.
func (p *Program) Columns() []int {
	var columns []int
	for i := range p.nodes[:p.used] {
		if n := &p.nodes[i]; n.op == opColumn {
			columns = append(columns, n.index)
		}
	}
	slices.Sort(columns)
	return columns
}

// Has reports whether there is such a rule.
func (p *Program) Has(r Rule) bool { return p.roots[r] >= 0 }

// Stops returns the stops that there are: their names in a spec file and their
// expressions in the canonical form of [Node]. They are of either side.
func (p *Program) Stops() []Expr {
	var stops []Expr
	for i, id := range p.stops {
		if id >= 0 {
			stops = append(stops, Expr{Name: stopKind(i).String(), Text: p.scalars[id].text})
		}
	}
	return stops
}

// Uses returns the nodes that a rule needs, in the order of computation; the
// last is the rule itself. It is empty where there is no such rule.
func (p *Program) Uses(r Rule) []int {
	if !p.Has(r) {
		return nil
	}
	return slices.Collect(reachedFrom(p.nodes, p.roots[r:r+1]))
}

// Nodes describes the nodes that the rules need, in the order of computation.
func (p *Program) Nodes() []Node {
	nodes := make([]Node, p.used)
	for i := range nodes {
		n := &p.nodes[i]
		nodes[i] = Node{
			ID: i, Text: n.text, Kind: n.kind, Params: slices.Clone(n.params), Inputs: n.inputs(),
			Values: n.values, Shared: n.shared,
		}
	}
	return nodes
}

// String lists the nodes and the rules, one a line.
func (p *Program) String() string {
	var b strings.Builder
	tab := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, n := range p.Nodes() {
		var params []string
		for _, i := range n.Params {
			params = append(params, "$"+p.params[i].Name)
		}
		fmt.Fprintf(tab, "#%d\t%s\t%s\t%d×\t%s\n", n.ID, n.Text, n.Kind, n.Values, strings.Join(params, " "))
	}
	// The writer is a strings.Builder, which does not fail.
	_ = tab.Flush()
	for r := range numRules {
		if p.Has(r) {
			fmt.Fprintf(&b, "%s = #%d\n", r, p.roots[r])
		}
	}
	for _, s := range p.Stops() {
		fmt.Fprintf(&b, "%s = %s\n", s.Name, s.Text)
	}
	return trimLines(b.String())
}

// trimLines removes the spaces that end lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// valueNumber returns the mixed-radix number of a node's value in a trial:
// that of the positions of its own parameters.
func (n *node) valueNumber(index []int) int64 {
	number := int64(0)
	for i, param := range n.params {
		number += n.strides[i] * int64(index[param])
	}
	return number
}

// clampWindow returns a window as an integer. One more bar than the column
// has stands for every longer window.
func clampWindow(v float64, bars int) int {
	return int(math.Min(v, float64(bars)+1))
}
