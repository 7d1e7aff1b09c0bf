package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Check reports everything that is wrong with a spec file at once: what
// [Parse] finds, and what [Spec.Compile] finds with the columns that every
// bundle has. name is what errors call the file. The error is [Errors].
func Check(name string, text []byte) error {
	spec, errs := decodeSpec(name, text)
	if spec != nil {
		spec.compile(&errs, barColumns(), "")
	}
	return errs.orNil()
}

// Check checks s as [Spec.Compile] does, against the columns that every
// bundle has.
func (s Spec) Check() error {
	_, _, err := s.Compile(barColumns())
	return err
}

func barColumns() []strategy.Column {
	var columns []strategy.Column
	for _, c := range columnar.BarColumns() {
		columns = append(columns, strategy.Column{Name: c.Name})
	}
	return columns
}

// Compile checks all of s against the columns of the data and returns its
// strategy and its grid. The error is [Errors]: everything that is wrong
// with the spec and its expressions, with positions in the file it came from.
func (s Spec) Compile(columns []strategy.Column) (*strategy.Program, *Grid, error) {
	return s.CompileFor(columns, calendar.Calendar{})
}

// CompileFor is [Spec.Compile] for data of a calendar: without sessions, nothing may
// be asked that depends on when a period ends.
func (s Spec) CompileFor(columns []strategy.Column, c calendar.Calendar) (*strategy.Program, *Grid, error) {
	var errs Errors
	s.validate(&errs)
	program, grid := s.compile(&errs, columns, c.String())
	if err := errs.orNil(); err != nil {
		return nil, nil, err
	}
	return program, grid, nil
}

// compile compiles the expressions of s and adds what is wrong with them to
// errs, except what follows from errors that are there already.
func (s *Spec) compile(errs *Errors, columns []strategy.Column, calendar string) (*strategy.Program, *Grid) {
	c := &compiler{spec: s, errs: errs, texts: make(map[string]string)}
	resolved := s.Resolved()
	definition := c.definition(&resolved, columns)
	definition.Calendar, definition.Zone = calendar, s.Zone
	where, err := c.where(definition.Params)
	continuous := slices.ContainsFunc(s.Params, func(p Param) bool { return p.Axis.IsContinuous() })
	if err == nil && where != nil && !continuous {
		definition.Exists = func(param, value int) bool { return someTrial(where, resolved.lengths(), param, value) }
	}
	program, wrong := strategy.Compile(definition)
	c.add(wrong)
	c.add(err)
	grid := c.grid(where, program)
	c.checkBudget(&resolved, grid)
	c.objective(&resolved)
	return program, grid
}

// compiler compiles the parts of a spec. What it hands over carries its path in the
// spec as its origin.
type compiler struct {
	spec  *Spec
	errs  *Errors
	texts map[string]string // of expressions, by path
}

func (c *compiler) expr(path, name, text string) strategy.Expr {
	if text == "" {
		return strategy.Expr{}
	}
	c.texts[path] = text
	return strategy.Expr{Name: name, Text: text, Origin: path}
}

// definition returns the strategy as its package takes it.
func (c *compiler) definition(s *Spec, columns []strategy.Column) strategy.Definition {
	d := strategy.Definition{Columns: columns, Functions: s.Functions}
	for _, p := range s.Params {
		param := strategy.Param{Name: p.Name, Values: p.Axis.probes(), Names: p.Axis.Names(), Origin: "params." + p.Name}
		for _, e := range p.Axis.Exprs() {
			param.Exprs = append(param.Exprs, c.expr("params."+p.Name+".choice."+e.Name, e.Name, e.Text))
		}
		d.Params = append(d.Params, param)
	}
	for _, e := range s.Let {
		d.Let = append(d.Let, c.expr("let."+e.Name, e.Name, e.Text))
	}
	sides, short := s.sides(), "short_"
	if sides != s.Rules {
		short = ""
	}
	d.Rules = strategy.Rules{
		Entry: c.expr("rules.entry", "", sides.Entry), Exit: c.expr("rules.exit", "", sides.Exit),
		ShortEntry: c.expr("rules."+short+"entry", "", sides.ShortEntry),
		ShortExit:  c.expr("rules."+short+"exit", "", sides.ShortExit),

		StopLoss:     c.stop("rules.stop_loss", sides.StopLoss),
		TakeProfit:   c.stop("rules.take_profit", sides.TakeProfit),
		TrailingStop: c.stop("rules.trailing_stop", sides.TrailingStop),

		ExitBelow: c.expr("rules.exit_below", "", sides.ExitBelow),
		ExitAbove: c.expr("rules.exit_above", "", sides.ExitAbove),
		Ratchet:   sides.Ratchet,
		MaxBars:   c.expr("rules.max_bars", "", sides.MaxBars),
	}
	perBar := pipeline.Settings()
	for _, e := range s.Settings {
		d.Settings = append(d.Settings, strategy.Setting{Expr: c.expr(e.Name, e.Name, e.Text), PerBar: perBar[e.Name]})
	}
	return d
}

// where compiles the condition on parameters; nil where there is none.
func (c *compiler) where(params []strategy.Param) (*strategy.Condition, error) {
	if c.spec.Where == "" {
		return nil, nil //nolint:nilnil // all combinations exist
	}
	return strategy.CompileCondition(params, c.expr("where", "where", c.spec.Where), c.spec.Functions...)
}

// stop returns the expression of a stop, with what its number is said to be.
func (c *compiler) stop(path, text string) strategy.Expr {
	unit, rest := unitOf(text)
	if unit == "" {
		return c.expr(path, "", text)
	}
	e := c.expr(path+"."+unit, "", rest)
	e.Unit = strategy.Unit(unit)
	return e
}

// grid returns the grid with its condition.
func (c *compiler) grid(where *strategy.Condition, program *strategy.Program) *Grid {
	var holds condition
	depends := 0
	if where != nil {
		holds, depends = where, where.Depends()
	}
	if program != nil {
		if choices := program.Choices(); choices != nil {
			holds, depends = both{holds, choices}, max(depends, choices.Depends())
		}
	}
	// Where this fails, so has the check of the parameters.
	grid, _ := NewGrid(c.spec.lengths(), holds, depends)
	return grid
}

// both holds where the condition of the spec does, if there is one, and the choices of a
// trial leave nothing unused.
type both struct {
	where   condition
	choices *strategy.Choices
}

// Holds implements condition.
func (b both) Holds(index []int) bool {
	return b.choices.Holds(index) && (b.where == nil || b.where.Holds(index))
}

// mostTried bounds the combinations that are looked at for one with a value.
const mostTried = 1 << 20

// someTrial reports whether a condition lets any combination with a value exist. It
// says so where there are too many to look at.
func someTrial(where *strategy.Condition, lengths []int, param, value int) bool {
	tried := make([]int, len(lengths)) // what the condition does not name has one value
	combinations := 1
	for i, n := range lengths {
		tried[i] = 1
		if i != param && where.Uses(i) {
			if tried[i] = n; n > mostTried/combinations {
				return true
			}
			combinations *= n
		}
	}
	index := make([]int, len(lengths))
	for trial := range combinations {
		for i := len(tried) - 1; i >= 0; i-- {
			index[i] = trial % tried[i]
			trial /= tried[i]
		}
		index[param] = value
		if where.Holds(index) {
			return true
		}
	}
	return false
}

// objective checks the objective's expressions against the result's columns.
func (c *compiler) objective(s *Spec) {
	var columns []strategy.Column
	for _, stat := range s.Output.Statistics {
		columns = append(columns, strategy.Column{Name: stat.String()})
	}
	for _, p := range s.Params {
		if !p.Axis.IsChoice() {
			columns = append(columns, strategy.Column{Name: p.Name})
		}
	}
	if s.Objective.IsExpression() {
		_, err := strategy.CompileRowFormula(columns, c.expr("objective.metric", "objective", s.Objective.Metric))
		c.add(err)
	}
	for i, o := range s.Search.Objectives {
		if path := fmt.Sprintf("search.objectives.%d", i); o.IsExpression() {
			_, err := strategy.CompileRowFormula(columns, c.expr(path, "objectives", o.Metric))
			c.add(err)
		}
	}
	if s.Objective.Require != "" {
		_, err := strategy.CompileFilter(columns, c.expr("objective.require", "require", s.Objective.Require))
		c.add(err)
	}
}

// add takes over errors of the strategy package, unless the part is wrong
// already.
func (c *compiler) add(err error) {
	var all strategy.Errors
	if !errors.As(err, &all) {
		if err != nil {
			*c.errs = append(*c.errs, c.spec.errorAt("rules", err.Error()))
		}
		return
	}
	known := (*c.errs)[:len(*c.errs):len(*c.errs)]
	for _, e := range all {
		if found := c.translate(e); !known.covers(found.Path) && !c.follows(known, e.Msg) {
			*c.errs = append(*c.errs, found)
		}
	}
}

// follows reports whether a message about a parameter that is not declared comes of a
// declaration that is wrong, which is said already.
func (c *compiler) follows(known Errors, msg string) bool {
	name, ok := strings.CutPrefix(msg, "undeclared parameter $")
	return ok && slices.ContainsFunc(known, func(e Error) bool {
		return e.Path == "params" || e.Path == "params."+name || strings.HasPrefix(e.Path, "params."+name+".")
	})
}

// translate returns e with its path and its place in the file.
func (c *compiler) translate(e *strategy.Error) Error {
	if e.Origin == "" {
		return c.spec.errorAt("rules", e.Msg)
	}
	found := c.spec.errorAt(e.Origin, e.Msg)
	found.Suggestion = e.Suggestion
	if text := c.texts[e.Origin]; c.spec.source != nil && text != "" {
		at := c.spec.source.locate(e.Origin, text, place{e.At.Line, e.At.Column})
		found.Line, found.Column = at.line, at.column
	}
	return found
}

// Condition compiles where, nil where there is none. Its HoldsOf takes parameters of
// any values. The error is [Errors].
func (s Spec) Condition() (*strategy.Condition, error) {
	if s.Where == "" {
		return nil, nil
	}
	var errs Errors
	c := &compiler{spec: &s, errs: &errs, texts: make(map[string]string)}
	where, err := strategy.CompileCondition(c.definition(&s, nil).Params, c.expr("where", "where", s.Where))
	c.add(err)
	return where, errs.orNil()
}

// checkBudget holds the trials of a search against those that exist, where that
// is known.
func (c *compiler) checkBudget(s *Spec, grid *Grid) {
	if !s.Search.On() || grid == nil || slices.ContainsFunc(s.Params, func(p Param) bool { return p.Axis.IsContinuous() }) {
		return
	}
	n, exact := grid.Count()
	if at := "search." + string(s.Search.Algorithm); exact && int64(s.Search.Trials) > n && !c.errs.covers(at) {
		*c.errs = append(*c.errs, c.spec.errorAt(at, fmt.Sprintf(
			"%d trials, but the space has %d combinations; ask fewer, or leave search out to run them all", s.Search.Trials, n)))
	}
}
