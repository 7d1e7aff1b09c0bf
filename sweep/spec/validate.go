package spec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Validate lists everything that is wrong with s as [Errors]. Expressions
// are checked by [Spec.Compile], which knows the columns.
func (s Spec) Validate() error {
	var errs Errors
	s.validate(&errs)
	return errs.orNil()
}

// validate adds to errs what is wrong, except about keys that errs covers.
func (s *Spec) validate(errs *Errors) {
	resolved := s.Resolved()
	report := func(path string, err error) {
		if err != nil && !errs.covers(path) {
			*errs = append(*errs, s.errorAt(path, err.Error()))
		}
	}
	checkKeys("", specKeys(), &resolved, report)
	resolved.checkParams(report)
	resolved.checkSearch(report)
	resolved.checkLet(report)
	resolved.checkRules(report)
	report("output.statistics", metrics.CheckOwn(resolved.Output.Own, resolved.takenNames()...))
	report("walk_forward", resolved.WalkForward.check())
	for _, e := range resolved.Settings {
		if _, ok := pipeline.Settings()[e.Name]; !ok {
			report("simulation", fmt.Errorf("no setting %q takes an expression", e.Name))
		}
	}
	if len(*errs) == 0 {
		report("simulation", resolved.Simulation.Validate())
	}
}

// checkKeys makes the check of every key on its own.
func checkKeys(path string, keys []key, s *Spec, report func(string, error)) {
	for _, k := range keys {
		at := join(path, k.name)
		if k.check != nil {
			report(at, k.check(s))
		}
		checkKeys(at, k.keys, s, report)
	}
}

func (s *Spec) checkLet(report func(string, error)) {
	seen := make(map[string]bool, len(s.Let))
	for _, e := range s.Let {
		path := "let." + e.Name
		switch {
		case checkName(e.Name) != nil:
			report(path, checkName(e.Name))
		case seen[e.Name]:
			report(path, errors.New("is there twice"))
		case e.Text == "":
			report(path, errors.New("no expression"))
		default:
			report(path, checkExpr(e.Text))
		}
		seen[e.Name] = true
	}
}

// checkRules holds the rules against the direction.
func (s *Spec) checkRules(report func(string, error)) {
	r := s.Rules
	need := func(path, text, msg string) {
		if text == "" {
			report("rules", fmt.Errorf("%s is needed%s", path, msg))
		}
	}
	unused := func(text, name, msg string) {
		if text != "" {
			report("rules."+name, errors.New(msg))
		}
	}
	switch s.Simulation.Direction {
	case backtest.Long:
		const msg = "direction long does not use it; set direction: both, or short"
		unused(r.ShortEntry, "short_entry", msg)
		unused(r.ShortExit, "short_exit", msg)
		if r.ShortEntry == "" {
			need("entry", r.Entry, "")
		}
	case backtest.Short:
		if r.ShortEntry == "" && r.ShortExit == "" {
			need("short_entry", r.Entry, " for direction short, or entry in its place")
			break
		}
		need("short_entry", r.ShortEntry, " beside short_exit")
		const msg = "direction short does not use it beside short rules; set direction: both, or leave it out"
		unused(r.Entry, "entry", msg)
		unused(r.Exit, "exit", msg)
	case backtest.Both:
		need("entry", r.Entry, " for direction both")
		need("short_entry", r.ShortEntry, " for direction both")
	}
}

// sides returns the rules as the engine takes them: each side's under its own
// name.
func (s *Spec) sides() Rules {
	r := s.Rules
	if s.Simulation.Direction == backtest.Short && r.ShortEntry == "" && r.ShortExit == "" {
		r.Entry, r.Exit, r.ShortEntry, r.ShortExit = "", "", r.Entry, r.Exit
	}
	return r
}

// takenNames returns the names of columns that a statistic may not have.
func (s *Spec) takenNames() []string {
	taken := slices.Concat(reservedColumns, searchColumns)
	for _, p := range s.Params {
		taken = append(taken, p.Name)
	}
	return taken
}
