package spec

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Version is the version of the spec file format.
const Version = 1

// Spec says everything about a sweep but the data: the strategy, the space of
// its parameters, the simulation and the output. It comes from a file by
// [Parse] or is built in code; every field but Rules has a default, which
// its zero value means. A Spec is a plain value; methods do not change it,
// except [Spec.Set].
type Spec struct {
	// Version is the format's version; 0 means [Version].
	Version int
	// Name is a title for people.
	Name string
	// Bundle names the bundle to run on; the command's flag overrides it.
	Bundle string
	// Universe lists the assets to run on; empty means all.
	Universe []string
	// Period bounds the valued bars; the zero value is all of them.
	Period Period
	// Zone names the time zone of hours and dates in expressions, such as
	// Europe/Berlin; empty is that of the bundle's calendar.
	Zone string
	// Adjust says what prices and volumes are adjusted for by the events of the
	// bundle; see [columnar.Adjusted]. Empty means its default: for everything
	// where there are events.
	Adjust columnar.Adjustment
	// Params span the grid, the last one moving fastest.
	Params []Param
	// Where is a condition on parameters; combinations that it rejects do not
	// exist. Empty keeps all.
	Where string
	// Search says which trials are run; the zero value is the whole grid.
	Search Search
	// Let names expressions that the rules and each other may use.
	Let []Expr
	// Rules say when to trade.
	Rules Rules
	// Functions are indicators beside those of the catalogue, and strategies in Go (see
	// [strategy.Function]), which expressions call by their names. A file has none, and
	// neither has what [Spec.String] writes: whoever runs a spec again gives them again.
	Functions []*indicator.Row
	// Simulation holds the rules of fills, cash and costs, and the direction.
	Simulation backtest.Config
	// Settings are numbers of Simulation that are expressions, named by their paths in
	// a spec file, such as simulation.commission.bps; see [pipeline.Settings].
	Settings []Expr
	// Ann is the number of bars a year; 0 means that of the bundle.
	Ann float64
	// RiskFree is the risk-free return a year: 0.02 is 2 %.
	RiskFree float64
	// Objective ranks trials.
	Objective Objective
	// Output selects what is written.
	Output Output
	// Segments are where the sums of every trial are put aside.
	Segments Segments
	// WalkForward chooses on one part of the history and runs the choice on the next.
	WalkForward WalkForward
	// Robust says how the selection is looked at; it changes no result.
	Robust Robust

	source *source // positions of a file's texts; nil for a spec built in code
}

// Period is the time from From, included, to To, excluded. A zero time leaves
// that end open. Bars before From still warm indicators up.
type Period struct{ From, To time.Time }

// Param is a parameter: its name without the $, and its values.
type Param struct {
	Name string
	Axis Axis
}

// Rules are the expressions that say when to trade; empty never fires. Entry
// and Exit are the long side's. A strategy with direction short may have its
// rules as ShortEntry and ShortExit or as Entry and Exit; direction both needs
// Entry and ShortEntry.
type Rules struct {
	Entry, Exit, ShortEntry, ShortExit string
	// StopLoss, TakeProfit and TrailingStop are exits of either side that
	// prices trigger: fractions of a price, as a number such as 0.05 or an
	// expression of parameters such as 0.5 * $sl; empty is no such exit. All
	// are above 0, and but for TakeProfit below 1.
	//
	// Or they are series, read at the signal of the entry: of a series of prices, such
	// as 2 * atr(14), the distance, and with "fraction: ", "distance: " or "level: "
	// before the expression what that says.
	StopLoss, TakeProfit, TrailingStop string
	// ExitBelow and ExitAbove are levels that move: series of prices, whose value at a
	// close is held against the prices of the next bar. Ratchet says that the tightest
	// one since the entry counts.
	ExitBelow, ExitAbove string
	Ratchet              bool
	// MaxBars is the number of bars after which a position is left, or an expression
	// of parameters; empty is never.
	MaxBars string
}

// Goal says whether higher or lower values of the objective are better.
type Goal string

// The goals.
const (
	Maximize Goal = "maximize" // default
	Minimize Goal = "minimize"
)

// DefaultMetric is the statistic that ranks trials where none is named.
const DefaultMetric = "sharpe"

// Objective ranks trials: by the statistic Metric, default [DefaultMetric], or by
// an expression over the statistics of the output and numeric parameters, such as
// sharpe - 2 * max_drawdown.
// Require is a condition on statistics, such as trades >= 30 and max_drawdown
// < 0.4; trials that fail it are written but not ranked.
type Objective struct {
	Metric  string
	Goal    Goal
	Require string
}

// IsExpression reports whether Metric is an expression, and not the name of a
// statistic.
func (o Objective) IsExpression() bool { return o.Metric != "" && !identifier.MatchString(o.Metric) }

// Rows says which rows a result has.
type Rows string

// The choices of rows.
const (
	RowsBoth   Rows = "both"   // a row for each asset and a pooled one (default)
	RowsAssets Rows = "assets" // no pooled rows
	RowsPooled Rows = "pooled" // pooled rows only
)

// Output selects rows and columns of the result. No Statistics means
// [metrics.Core].
type Output struct {
	Rows       Rows
	Statistics []metrics.Stat
	// Own are statistics beside those, computed in Go; their columns come last. A file
	// has none, as of [Spec].Functions.
	Own []metrics.Own
}

// Resolved returns s with every default filled in that does not depend on the
// data.
func (s Spec) Resolved() Spec {
	if s.Version == 0 {
		s.Version = Version
	}
	s.Simulation = s.Simulation.Resolved()
	if s.Objective.Metric == "" {
		s.Objective.Metric = DefaultMetric
	}
	if s.Objective.Goal == "" {
		s.Objective.Goal = Maximize
	}
	s.Search = s.Search.resolved()
	if s.Output.Rows == "" {
		s.Output.Rows = RowsBoth
	}
	if len(s.Output.Statistics) == 0 {
		s.Output.Statistics = metrics.Core()
	}
	texts := []string{s.Objective.Metric, s.Objective.Require}
	for _, o := range s.Search.Objectives {
		texts = append(texts, o.Metric)
	}
	s.Output.Statistics = withNamed(s.Output.Statistics, texts)
	return s
}

// Set gives a parameter other values, as the command's --set does: one, a number or a
// name of its choices, several, 5,10,20, or a range of numbers, 5..50/5, whose step is 1
// where it is left out.
func (s *Spec) Set(name, value string) error {
	for i, p := range s.Params {
		if p.Name != name {
			continue
		}
		axis, err := fixed(p.Axis, value)
		if err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
		params := append([]Param(nil), s.Params...)
		params[i].Axis = axis
		s.Params = params
		return nil
	}
	names := make([]string, len(s.Params))
	for i, p := range s.Params {
		names[i] = p.Name
	}
	return Error{Path: "params", Msg: fmt.Sprintf("no parameter %q", name), Suggestion: suggest.Nearest(name, names)}
}

// fixed returns an axis of the values of a text.
func fixed(axis Axis, text string) (Axis, error) {
	values := strings.Split(text, ",")
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	if exprs := axis.Exprs(); exprs != nil {
		var chosen []Expr
		for _, value := range values {
			i := slices.Index(axis.names, value)
			if i < 0 {
				return Axis{}, fmt.Errorf("%q: want one of %s", value, strings.Join(axis.names, ", "))
			}
			chosen = append(chosen, exprs[i])
		}
		return ChoiceOf(chosen...), nil
	}
	if axis.IsChoice() {
		return newChoice(values)
	}
	if from, rest, ok := strings.Cut(text, ".."); ok {
		return rangeOf(text, from, rest)
	}
	numbers := make([]decimal, len(values))
	for i, value := range values {
		var err error
		if numbers[i], err = parseDecimal(value); err != nil {
			return Axis{}, fmt.Errorf("%q: %w", value, err)
		}
	}
	return newList(numbers)
}

// rangeOf returns the axis of a text from..to/step, of which rest is behind the dots.
func rangeOf(text, from, rest string) (Axis, error) {
	to, step, stepped := strings.Cut(rest, "/")
	if !stepped {
		step = "1"
	}
	var numbers [3]decimal
	for i, value := range []string{from, to, step} {
		var err error
		if numbers[i], err = parseDecimal(strings.TrimSpace(value)); err != nil {
			return Axis{}, fmt.Errorf("%q: want a range as 5..50/5", text)
		}
	}
	return newRange(numbers[0], numbers[1], numbers[2])
}
