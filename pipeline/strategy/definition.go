package strategy

import "github.com/bowstring-engine/bowstring/pipeline/indicator"

// Position is a place in a file, counted from 1; columns count characters.
// The zero Position is unknown.
type Position struct{ Line, Column int }

// Expr is an expression as it was written.
type Expr struct {
	// Name is what a let is called. In a rule or a condition it only replaces
	// the rule's own name in messages.
	Name string
	Text string
	// At is where Text begins. Where it is unknown, messages count from the
	// beginning of Text.
	At Position
	// Origin is what the caller calls the place that the expression is from, such as
	// a path in a file. Errors carry it, and nothing else looks at it.
	Origin string
	// Unit, of a stop, says what its number is; see [Unit].
	Unit Unit
}

// Param is a parameter and the values it takes in the trials. It has either
// Values, or Names of functions of the language, from which it chooses: with
// [sma, ema] as ma, $ma(close, 20) is one or the other.
type Param struct {
	Name   string // without the $
	Values []float64
	Names  []string
	// Exprs, where there are some, are the expressions that Names stand for: $name is
	// one or the other. Without, names may be columns too, and assets: asset($name).
	Exprs  []Expr
	At     Position
	Origin string // as that of an [Expr]
}

func (p *Param) size() int { return len(p.Values) + len(p.Names) }

// Column is a column that expressions may name.
type Column struct {
	Name string
	// Scale is 10^d for a column of decimal numbers with at most d decimals, and 0
	// for any other, of which each window is looked at. It is a matter of speed: no
	// value depends on it.
	Scale int64
}

// Rules are the expressions that make signals, and the stops. An empty Text
// means that there is no such rule; Entry or ShortEntry is needed.
type Rules struct {
	Entry, Exit, ShortEntry, ShortExit Expr
	// Stops are numbers made of constants and parameters, fractions of a
	// price, between 0 and 1; TakeProfit may be more. Or they are series, which are
	// read at the signal of the entry, of what [Expr].Unit says.
	StopLoss, TakeProfit, TrailingStop Expr
	// ExitBelow and ExitAbove are levels that move: that of a bar is held against the
	// prices of the next. Ratchet says that the tightest since the entry counts.
	ExitBelow, ExitAbove Expr
	Ratchet              bool
	// MaxBars is the number of bars after which a position is left.
	MaxBars Expr
}

// Rule names one of the rules that make signals.
type Rule uint8

// The rules.
const (
	Entry Rule = iota
	Exit
	ShortEntry
	ShortExit
	numRules
)

// String returns the rule's name in a spec file.
func (r Rule) String() string {
	return [...]string{"entry", "exit", "short_entry", "short_exit"}[r]
}

func (r *Rules) all() [numRules]Expr {
	return [...]Expr{Entry: r.Entry, Exit: r.Exit, ShortEntry: r.ShortEntry, ShortExit: r.ShortExit}
}

// Definition is a strategy before it is checked.
type Definition struct {
	// Columns are those of the data; evaluation refers to them by index.
	Columns []Column
	// Params are in the order of the trials' index.
	Params []Param
	// Exists reports whether any trial has a value of a parameter, both by position;
	// nil says that all have. What no trial has may be what no indicator accepts.
	Exists func(param, value int) bool
	// Functions are indicators beside those of the catalogue, and strategies in Go (see
	// [Function]), which expressions call by their names. They are borrowed, and do not
	// change.
	Functions []*indicator.Row
	// Let are the named expressions, in any order.
	Let   []Expr
	Rules Rules
	// Settings are numbers of the simulation that are expressions.
	Settings []Setting
	// Calendar is the name of the data's calendar: of "as-found", which knows no
	// sessions, nothing may be asked that depends on when a period ends. Empty is one
	// that is not known yet.
	Calendar string
	// Zone names the zone of hours and dates; empty is that of the calendar.
	Zone string
	// Table says that rows are no bars: what is known of times is none of theirs.
	Table bool
}

// Kind is the type of an expression.
type Kind uint8

// The kinds.
const (
	// unresolved is that of an expression with an error.
	unresolved Kind = iota
	// KindScalar is a number that is the same on every bar of a trial.
	KindScalar
	// KindSeries is a number on each bar.
	KindSeries
	// KindCondition is true, false or unknown for a whole trial.
	KindCondition
	// KindMask is true, false or unknown on each bar.
	KindMask
	// KindOutputs is an indicator of several series, of which x.name is one.
	KindOutputs
	// KindPosition is a number of the position that is held.
	KindPosition
)

// String returns the kind as messages call it.
func (k Kind) String() string {
	return [...]string{"unresolved", "number", "series", "condition", "mask", "outputs", "number of the position"}[k]
}

func (k Kind) numeric() bool { return k == KindScalar || k == KindSeries }
func (k Kind) logical() bool { return k == KindCondition || k == KindMask }

// Setting is an expression in the place of a number of the simulation.
type Setting struct {
	Expr
	// PerBar says that it may be a series.
	PerBar bool
}
