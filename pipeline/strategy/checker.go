package strategy

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// lagRow is the indicator that x[k] is.
var lagRow = indicator.Find("lag")

// value is a checked expression: a scalar, a node or a formula, by its kind.
type value struct {
	kind    Kind
	id      int // of a scalar or of a node
	formula *formula
	held    *heldNumber // of KindPosition
}

func (v value) operand() operand { return operand{v.kind == KindSeries, v.id} }

// binding is a named expression. It is checked when it is first asked for.
type binding struct {
	source
	short string // its name in other expressions
	state bindingState
	value value
	used  bool
	// cyclic says that its cycle is reported.
	cyclic bool
}

// axisKey is a named expression on longer bars.
type axisKey struct {
	*binding
	axis int
}

type bindingState uint8

const (
	unvisited bindingState = iota
	visiting
	visited
)

// checker finds the kinds of expressions and builds the graph. Expressions
// with an error are unresolved, and nothing more is said of what they are in.
type checker struct {
	graph.Builder
	columns   []Column
	params    []Param
	choices   [][]*indicator.Row // of each parameter with Names
	paramUsed []bool
	lets      []*binding
	path      []*binding // those being visited
	broken    bool       // an expression could not be parsed
	watched   []watched
	isWatched map[value]bool
	errs      Errors
	exists    func(param, value int) bool
	// calendar and zone are those of the definition; table says that rows are no bars.
	calendar, zone string
	table          bool
	derivedColumns []Derived
	exits          []exit
	numbers        []setting
	maxBars        int      // a scalar, -1 where there is none
	frames         []string // the lengths of longer bars
	// onAxes are named expressions on longer bars, alternatives those that parameters
	// choose.
	onAxes       map[axisKey]value
	alternatives [][]*binding
	// own are the functions that the definition adds, ownNames their names in order.
	own      map[string]*indicator.Row
	ownNames []string
	low      lowering
	// conditionOnly forbids what changes from bar to bar.
	conditionOnly bool
}

// lowering returns what turns formulas into nodes.
func (c *checker) lowering() *lowering {
	c.low.graph = &c.Builder
	return &c.low
}

// exit is an exit before it is lowered.
type exit struct {
	PriceExit
	value value
}

// setting is a number of the simulation before it is lowered.
type setting struct {
	Number
	value value
}

// walk checks one expression.
type walk struct {
	*checker
	src   *source
	runes []rune
	depth int
	count int // of nodes checked
}

func (w *walk) fail(offset int, format string, args ...any) value {
	w.errs = append(w.errs, w.src.errorf(offset, format, args...))
	return value{}
}

func (w *walk) suggest(offset int, suggestion, format string, args ...any) value {
	err := w.src.errorf(offset, format, args...)
	err.Suggestion = suggestion
	w.errs = append(w.errs, err)
	return value{}
}

// badScalar returns the message about a value that is not accepted of a scalar
// that is a constant or a bare parameter. Others are checked in each trial.
func (c *checker) badScalar(id int, accepts func(float64) bool, message func(v float64, origin string) string) string {
	if v, ok := c.Scalars.Value(id); ok {
		if !accepts(v) {
			return message(v, "")
		}
		return ""
	}
	if param, ok := c.Scalars.Bare(id); ok {
		for i, v := range c.params[param].Values {
			if !accepts(v) && (c.exists == nil || c.exists(param, i)) {
				return message(v, fmt.Sprintf(" ($%s = %s)", c.params[param].Name, graph.Format(v)))
			}
		}
	}
	return ""
}

func (c *checker) let(name string) *binding {
	for _, b := range c.lets {
		if b.short == name {
			return b
		}
	}
	return nil
}

// derived returns the node of a derived column.
func (c *checker) derived(d Derived) int {
	for i, known := range c.derivedColumns {
		if known == d {
			return c.Column(len(c.columns)+i, 0)
		}
	}
	c.derivedColumns = append(c.derivedColumns, d)
	return c.Column(len(c.columns)+len(c.derivedColumns)-1, 0)
}
