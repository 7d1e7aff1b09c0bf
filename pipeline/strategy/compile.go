package strategy

import (
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// Compile checks a definition and lowers it to a program. The error is
// [Errors], everything that is wrong at once.
func Compile(d Definition) (*Program, error) {
	c := &checker{exists: d.Exists, calendar: d.Calendar, zone: d.Zone, table: d.Table, maxBars: -1}
	c.declareFunctions(d.Functions)
	c.declareColumns(d.Columns)
	c.declareParams(slices.Clone(d.Params))
	c.declareLets(d.Let)
	for _, b := range c.lets {
		c.visit(b)
	}
	rules := c.rules(&d.Rules)
	stops := c.stops(&d.Rules)
	order := len(c.params) + len(c.lets) + int(numRules) + int(numStops)
	c.movingExits(&d.Rules, order)
	c.settings(d.Settings, order+3)
	if !c.broken {
		c.reportUnused()
	}
	if err := c.errs.sorted(); err != nil {
		return nil, err
	}
	return c.program(rules, stops)
}

// rules checks the rules and returns their formulas, nil where there is none.
func (c *checker) rules(r *Rules) (formulas [numRules]*formula) {
	order := len(c.params) + len(c.lets)
	for i, e := range r.all() {
		if e.Text == "" {
			continue
		}
		src := &source{name: e.Name, origin: e.Origin, text: e.Text, at: e.At, order: order + i}
		if src.name == "" {
			src.name = "rules." + Rule(i).String()
		}
		v := c.expression(src)
		switch {
		case v.kind.numeric():
			c.errs = append(c.errs, src.errorf(0, "a rule is true or false, not a %s: compare it with something", v.kind))
		case v.kind == KindPosition:
			c.errs = append(c.errs, src.errorf(0, "a rule is true or false, not a %s: compare it with something", v.kind))
		case v.formula.isHeld() && (Rule(i) == Entry || Rule(i) == ShortEntry):
			c.errs = append(c.errs, src.errorf(0, "an entry cannot ask for the position: there is none yet"))
		case v.formula.isHeld():
			formulas[i] = v.formula
		case v.kind.logical():
			formulas[i] = v.formula
			c.watchNamed(Rule(i).String(), e.Text, v)
		}
	}
	if r.Entry.Text == "" && r.ShortEntry.Text == "" {
		src := &source{name: "rules", order: order}
		c.errs = append(c.errs, src.errorf(0, "entry or short_entry is needed"))
	}
	return formulas
}

// reportUnused finds declarations that nothing refers to.
func (c *checker) reportUnused() {
	for i, used := range c.paramUsed {
		if !used {
			c.errs = append(c.errs, c.paramSource(i).errorf(0, "parameter $%s is not used", c.params[i].Name))
		}
	}
	for _, b := range c.lets {
		if !b.used {
			c.errs = append(c.errs, b.errorf(0, "%s is not used", b.short))
		}
	}
}

// program lowers the rules and what Inspect shows, and numbers the nodes:
// first those that the rules need.
func (c *checker) program(rules [numRules]*formula, stops [numStops]int) (*Program, error) {
	low := c.lowering()
	g := &graph.Program{Params: c.graphParams()}
	for _, col := range c.columns {
		g.Columns = append(g.Columns, col.Name)
	}
	for _, d := range c.derivedColumns {
		g.Columns = append(g.Columns, d.text(c.zone))
	}
	p := &Program{graph: g, params: c.params, stops: stops, derived: c.derivedColumns, zone: c.zone, maxBars: c.maxBars}
	var x extras
	for i, f := range rules {
		g.Roots[i] = -1
		switch {
		case f.isHeld():
			p.held[i] = c.lowerHeld(f, &x)
		case f != nil:
			g.Roots[i] = low.node(view{formula: f})
		}
	}
	g.Axes = c.frames
	p.exits, p.numbers = c.lowerExits(&x), c.lowerNumbers(&x)
	g.Extra = x.ids
	g.Watched = c.lowerWatched(low)
	if low.full {
		src := &source{name: "rules"}
		return nil, Errors{src.errorf(0, "the masks and their lags are more than %d", maxViews)}
	}
	g.Build(&c.Builder)
	return p, nil
}

// graphParams returns the parameters as the graph has them.
func (c *checker) graphParams() []graph.Param {
	params := make([]graph.Param, len(c.params))
	for i := range c.params {
		params[i] = graph.Param{Name: c.params[i].Name, Values: c.params[i].Values, Rows: c.choices[i], Count: c.params[i].size()}
	}
	return params
}
