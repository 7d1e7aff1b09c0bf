package strategy

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// Program is a checked strategy: a graph whose nodes are computed in order, and a
// root for each rule. It is immutable and safe for concurrent use.
type Program struct {
	graph  *graph.Program
	params []Param
	stops  [numStops]int // scalars; -1 where the stop is absent
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
	// Shared says that trials have values in common, which are kept for them.
	Shared bool
}

// Graph returns the graph, which the evaluators compute.
func (p *Program) Graph() *graph.Program { return p.graph }

// Params returns the parameters, in the order of a trial's index.
func (p *Program) Params() []Param { return slices.Clone(p.params) }

// Columns returns the positions of the columns that the rules read.
func (p *Program) Columns() []int { return p.graph.ColumnsRead() }

// Has reports whether there is such a rule.
func (p *Program) Has(r Rule) bool { return p.graph.Roots[r] >= 0 }

// Stops returns the stops that there are: their names in a spec file and their
// expressions in the canonical form of [Node]. They are of either side.
func (p *Program) Stops() []Expr {
	var stops []Expr
	for i, id := range p.stops {
		if id >= 0 {
			stops = append(stops, Expr{Name: stopKind(i).String(), Text: p.graph.Scalars[id].Text})
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
	return p.graph.Uses(int(r))
}

// Nodes describes the nodes that the rules need, in the order of computation.
func (p *Program) Nodes() []Node {
	nodes := make([]Node, p.graph.Used)
	for i := range nodes {
		n := &p.graph.Nodes[i]
		nodes[i] = Node{
			ID: i, Text: n.Text, Kind: kindOf(n), Params: slices.Clone(n.Params), Inputs: slices.Clone(n.Inputs()),
			Values: n.Values, Shared: n.Shared,
		}
	}
	return nodes
}

func kindOf(n *graph.Node) Kind {
	switch n.Series {
	case 0:
		return KindMask
	case 1:
		return KindSeries
	}
	return KindOutputs
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
			fmt.Fprintf(&b, "%s = #%d\n", r, p.graph.Roots[r])
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

// StopsOf returns the stops of a trial, given by the position of each parameter's
// value. An error means that the trial fails.
func (p *Program) StopsOf(index []int) (Stops, error) {
	if !slices.ContainsFunc(p.stops[:], func(id int) bool { return id >= 0 }) {
		return Stops{}, nil
	}
	scalars := make([]float64, len(p.graph.Scalars))
	p.graph.Numbers(scalars, make([]float64, len(p.params)), index)
	var values [numStops]float64
	for i, id := range p.stops {
		if id < 0 {
			continue
		}
		kind, v := stopKind(i), scalars[id]
		if !kind.accepts(v) {
			return Stops{}, fmt.Errorf("%s: %s", kind, kind.message(v, p.graph.Origin(id, index)))
		}
		values[i] = v
	}
	return Stops{Loss: values[stopLoss], Profit: values[takeProfit], Trailing: values[trailingStop]}, nil
}
