package spec

import (
	"errors"
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Check reports everything that is wrong with a spec file at once: what
// [Parse] finds, and what [Spec.Compile] finds with the columns that every
// bundle has. name is what errors call the file. The error is [Errors].
func Check(name string, text []byte) error {
	spec, errs := decodeSpec(name, text)
	if spec != nil {
		spec.compile(&errs, barColumns())
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
	var errs Errors
	s.validate(&errs)
	program, grid := s.compile(&errs, columns)
	if err := errs.orNil(); err != nil {
		return nil, nil, err
	}
	return program, grid, nil
}

// compile compiles the expressions of s and adds what is wrong with them to
// errs, except what follows from errors that are there already.
func (s *Spec) compile(errs *Errors, columns []strategy.Column) (*strategy.Program, *Grid) {
	c := &compiler{spec: s, errs: errs, texts: make(map[string]string)}
	resolved := s.Resolved()
	definition := c.definition(&resolved, columns)
	program, err := strategy.Compile(definition)
	c.add(err)
	grid := c.grid(definition.Params)
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
		d.Params = append(d.Params, strategy.Param{Name: p.Name, Values: p.Axis.probes(), Names: p.Axis.Names(), Origin: "params." + p.Name})
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

		StopLoss:     c.expr("rules.stop_loss", "", sides.StopLoss),
		TakeProfit:   c.expr("rules.take_profit", "", sides.TakeProfit),
		TrailingStop: c.expr("rules.trailing_stop", "", sides.TrailingStop),
	}
	return d
}

// grid returns the grid with its condition.
func (c *compiler) grid(params []strategy.Param) *Grid {
	var where condition
	depends := 0
	if text := c.spec.Where; text != "" {
		w, err := strategy.CompileCondition(params, c.expr("where", "where", text), c.spec.Functions...)
		c.add(err)
		if err == nil {
			where, depends = w, w.Depends()
		}
	}
	// Where this fails, so has the check of the parameters.
	grid, _ := NewGrid(c.spec.lengths(), where, depends)
	return grid
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
		if found := c.translate(e); !known.covers(found.Path) {
			*c.errs = append(*c.errs, found)
		}
	}
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
