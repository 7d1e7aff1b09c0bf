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

	exits   []PriceExit
	numbers []Number
	held    [numRules]*Held
	maxBars int // a scalar; -1 where there is none
	derived []Derived
	zone    string
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

// Derived returns the columns that the rules read beside those of the data, whose
// positions follow theirs.
func (p *Program) Derived() []Derived { return slices.Clone(p.derived) }

// Assets returns the assets that the program reads beside the one that is traded.
func (p *Program) Assets() []string {
	var names []string
	for _, d := range p.derived {
		if d.Asset != "" && !slices.Contains(names, d.Asset) {
			names = append(names, d.Asset)
		}
	}
	return names
}

// AcrossAssets reports whether the program holds assets against each other.
func (p *Program) AcrossAssets() bool {
	for i := range p.graph.Nodes {
		if p.graph.Nodes[i].Op == graph.OpSection {
			return true
		}
	}
	return false
}

// Timeframes returns the lengths of the longer bars that nodes are on.
func (p *Program) Timeframes() []string { return slices.Clone(p.graph.Axes) }

// Zone returns the name of the zone of hours and dates, empty for the calendar's.
func (p *Program) Zone() string { return p.zone }

// Columns returns the positions of the columns that the rules read.
func (p *Program) Columns() []int { return p.graph.ColumnsRead() }

// Has reports whether there is such a rule.
func (p *Program) Has(r Rule) bool { return p.graph.Roots[r] >= 0 || p.held[r] != nil }

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

// Exits returns the exits at prices that follow from series.
func (p *Program) Exits() []PriceExit { return slices.Clone(p.exits) }

// Numbers returns the settings of the simulation that are expressions.
func (p *Program) Numbers() []Number { return slices.Clone(p.numbers) }

// Held returns a rule that asks for the position, nil where it does not.
func (p *Program) Held(r Rule) *Held { return p.held[r] }

// MaxBars returns the scalar of the number of bars after which a position is left; it is
// false where there is none.
func (p *Program) MaxBars() (scalar int, ok bool) { return p.maxBars, p.maxBars >= 0 }

// OfPositions reports whether there is something in the program that only an engine can
// carry out that follows each position from bar to bar, and what.
func (p *Program) OfPositions() (what string, ok bool) {
	for r := range numRules {
		if p.held[r] != nil {
			return fmt.Sprintf("%s asks for the position", r), true
		}
	}
	for i := range p.exits {
		if e := &p.exits[i]; e.Moves() {
			return e.Name + " moves", true
		}
	}
	if len(p.exits) > 0 {
		return p.exits[0].Name + " is a series", true
	}
	if _, ok := p.MaxBars(); ok {
		return "max_bars counts the bars of each position", true
	}
	if len(p.numbers) > 0 {
		return p.numbers[0].Name + " is an expression", true
	}
	return "", false
}

// Uses returns the nodes that a rule needs, in the order of computation; the
// last is the rule itself. It is empty where there is no such rule.
func (p *Program) Uses(r Rule) []int {
	if !p.Has(r) {
		return nil
	}
	if p.held[r] != nil {
		return p.graph.UsesExtra()
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
		if p.held[r] != nil {
			fmt.Fprintf(&b, "%s asks for the position\n", r)
		} else if p.Has(r) {
			fmt.Fprintf(&b, "%s = #%d\n", r, p.graph.Roots[r])
		}
	}
	for _, s := range p.Stops() {
		fmt.Fprintf(&b, "%s = %s\n", s.Name, s.Text)
	}
	for _, e := range p.exits {
		fmt.Fprintf(&b, "%s = %s\n", e.Name, e.Text)
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
