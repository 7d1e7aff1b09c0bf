package indicator

import (
	"math"
	"strconv"
	"strings"
)

// MaxInputs and MaxParams are how many inputs and parameters a row may have.
const (
	MaxInputs = 5
	MaxParams = 4
)

// Row is everything that is known of one indicator. It is immutable.
type Row struct {
	// Name is how a strategy calls it, Title what books call it.
	Name, Title string
	// Inputs are the series that a call gives, Columns those of the bars that the
	// row reads without being given them, such as high; a computation has them in
	// this order.
	Inputs, Columns []string
	// Masks is the number of inputs, from the first on, that are masks: true, false or
	// unknown, which a computation has as 1, 0 and NaN. OrMasks says that a mask may
	// stand where a series does.
	Masks   int
	OrMasks bool
	// Params are the numbers that a call gives after its series.
	Params []Param
	// Outputs are the series that it makes. Where there are several, a call takes
	// one of them by its name: bbands(close, 20, 2).upper.
	Outputs []Output
	Memory  Memory
	Cost    Cost
	// Source names where the definition is from.
	Source string

	// WarmUp returns the number of bars before the first value, of inputs that
	// have one on every bar. For a windowed row that is one less than the number
	// of bars that it looks at. Nil is 0.
	WarmUp func(params []float64) int
	// Settles is the number of bars before its window that a windowed row is told
	// of as well, so that each value is what it is in the whole column.
	Settles int
	// Apply computes the row over a whole history, or of one that does not
	// [Row.GoesOn] over a stretch. It allocates nothing. Start begins the same for a
	// history that comes in pieces, of a row that does; nil of a row that goes on and
	// is computed over whole histories only, which takes the memory of them.
	Apply func(*Call)
	Start func(params []float64) Stream

	// ExactMean says that the row is the mean of a window, and that of decimal
	// columns it is an exact sum and one division: columns of sums that all
	// windows share may take its place.
	ExactMean bool
	// KeepsScale says that each value is one of the input's, so that decimals stay
	// decimals.
	KeepsScale bool
	// OwnUnknown says that the row has a rule of its own for what an unknown input
	// makes of its values, in place of that of its [Memory]: its title or source says
	// which.
	OwnUnknown bool
	// OfNumber, which may be nil, is a pointwise row of numbers in place of its
	// series, which are three at most; those that it does not have are 0. Of such a
	// row, a call may also give series for some and numbers for others.
	OfNumber func(a, b, c float64) float64
}

// Call is one computation of a row: over the whole history, or over a stretch of
// it that begins at a multiple of 1,024 bars and as far back as the row looks.
type Call struct {
	// Dst has a slice for each output, Src one for each input, all of one length.
	// Dst is of any content and overlaps neither Src nor itself.
	Dst, Src [][]float64
	// Params are values that the row accepts. Windows may have been shortened to
	// one bar more than the history has, which leaves no value on any bar.
	Params []float64
	// Scale is 10^d where the first input is a column of decimal numbers with at
	// most d decimals, −1 where it is another column, each of whose windows may be
	// decimal, and 0 where it is no column.
	Scale int64
	// Asset and Times are whose bars these are and their timestamps in nanoseconds, of
	// rows that are computed over whole histories only (see [Row.Whole]).
	Asset string
	Times []int64
}

// Stream is a row that goes through a history from its first bar, piece by piece.
type Stream interface {
	// Next writes the values of the bars that follow those of the call before:
	// slices as those of [Call].
	Next(dst, src [][]float64)
}

// Memory says which bars a value depends on, beside its own.
type Memory uint8

// What a value depends on. A NaN among the inputs makes pointwise values NaN on its
// own bar, and windowed ones on bars whose window has it; no other value changes.
// Recursive and cumulative values are NaN on its bar, which is otherwise skipped as
// if it did not exist.
const (
	// Pointwise: no other bar.
	Pointwise Memory = iota
	// Windowed: a number of bars that the parameters say.
	Windowed
	// Recursive: all bars before, the less the longer ago.
	Recursive
	// Cumulative: all bars before, equally.
	Cumulative
)

// String returns the word of the documentation.
func (m Memory) String() string {
	return [...]string{"pointwise", "windowed", "recursive", "cumulative"}[m]
}

// Cost says whether computing a value a second time is better than keeping it.
type Cost uint8

const (
	// Light is a bar that takes less time than fresh memory to keep its value in takes
	// to get, which is about 2 ns.
	Light Cost = iota
	// Heavy is one that takes more.
	Heavy
)

// Output is one of the series that a row makes.
type Output struct {
	Name      string
	Dimension Dimension
	// Scaled says what becomes of the output where all inputs are multiplied by
	// one number above 0, Shifted where one number is added to all of them.
	Scaled, Shifted Law
}

// Dimension says what an output is measured in.
type Dimension uint8

// The dimensions.
const (
	_        Dimension = iota
	AsInput            // what the first input that is no mask is measured in
	Price              // a price or a distance of prices
	Fraction           // a part of something, 1 being the whole
	Volume             // a volume
	Count              // a number of bars
	None               // a number such as an index of 0 to 100
	Truth              // true, false or unknown, as 1, 0 and NaN: a mask
)

// String returns the word of the documentation.
func (d Dimension) String() string {
	return [...]string{"", "as the input", "price", "fraction", "volume", "count", "none", "mask"}[d]
}

// Law says how an output follows its inputs.
type Law uint8

// The laws.
const (
	_       Law = iota
	Follows     // it is multiplied, or shifted, by the same number
	Stays       // it does not change
	Lawless     // neither
)

// ParamKind says which numbers a parameter takes.
type ParamKind uint8

// The kinds.
const (
	Window ParamKind = iota // a whole number of bars
	Number                  // any number
	Factor                  // a multiple of something
)

// Param is a parameter of a row.
type Param struct {
	Name string
	Kind ParamKind
	// Min and Max bound it, both included; 0 as Max means that nothing does.
	Min, Max float64
	// Default is the value that a call without it has; 0 means that there is none.
	Default float64
}

// Accepts reports whether v is a value of the parameter.
func (p *Param) Accepts(v float64) bool {
	if math.IsNaN(v) || math.IsInf(v, 0) || p.Kind == Window && v != math.Trunc(v) {
		return false
	}
	return v >= p.Min && (p.Max == 0 || v <= p.Max)
}

// Wants says which numbers the parameter takes: "a whole number ≥ 1".
func (p *Param) Wants() string {
	text := "a number"
	if p.Kind == Window {
		text = "a whole number"
	}
	text += " ≥ " + format(p.Min)
	if p.Max != 0 {
		text += " and ≤ " + format(p.Max)
	}
	return text
}

func format(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Signature returns how the row is called: "bbands(series, window = 20, k = 2)".
func (r *Row) Signature() string {
	parts := append([]string(nil), r.Inputs...)
	for _, p := range r.Params {
		if p.Default != 0 {
			p.Name += " = " + format(p.Default)
		}
		parts = append(parts, p.Name)
	}
	return r.Name + "(" + strings.Join(parts, ", ") + ")"
}

// MakesMask reports whether what the row makes is a mask.
func (r *Row) MakesMask() bool { return r.Outputs[0].Dimension == Truth }

// Output returns the position of an output, or -1.
func (r *Row) Output(name string) int {
	for i := range r.Outputs {
		if r.Outputs[i].Name == name {
			return i
		}
	}
	return -1
}

// OutputNames returns the names of the outputs.
func (r *Row) OutputNames() []string {
	names := make([]string, len(r.Outputs))
	for i := range r.Outputs {
		names[i] = r.Outputs[i].Name
	}
	return names
}

// Fit shortens the windows among params to one bar more than a history has, which
// stands for every longer one.
func (r *Row) Fit(params []float64, bars int) {
	for i := range params {
		if r.Params[i].Kind == Window {
			params[i] = min(params[i], float64(bars)+1)
		}
	}
}

// FirstValue returns the bar of the first value, counted from 0, of inputs that
// have one on every bar.
func (r *Row) FirstValue(params []float64) int {
	if r.WarmUp == nil {
		return 0
	}
	return r.WarmUp(params)
}

// GoesOn reports whether the row has to be told of all bars from the first on.
func (r *Row) GoesOn() bool { return r.Memory >= Recursive }

// String returns the name.
func (r *Row) String() string { return r.Name }
