package spec

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	exact "github.com/bowstring-engine/bowstring/internal/decimal"
)

// MaxAxis is the largest number of values of one parameter.
const MaxAxis = 10_000_000

// Axis holds the values that one parameter takes, in order: numbers, or names
// for [Choice]. Make one with [Range], [List], [Linspace], [Choice] or, for a search,
// [Uniform]; what is
// wrong with it is reported by [Spec.Validate]. Ranges cost no memory. An Axis
// is immutable; the zero value is an axis without values, which is an error.
//
// Numbers are decimal: a float64 counts as the shortest decimal that prints
// it, and every value is the float64 nearest to its exact decimal. So
// Range(0.1, 0.5, 0.1) is 0.1, 0.2, 0.3, 0.4, 0.5, and not 0.30000000000000004.
type Axis struct {
	form           axisForm
	length         int
	from, to, step decimal  // range and linspace
	scaled         [3]int64 // the digits of the three at one scale
	scale          int
	log            bool
	list           []decimal
	names          []string
	exprs          []string // of names, where they stand for expressions
	err            error
}

type axisForm uint8

const (
	noAxis axisForm = iota
	rangeAxis
	linspaceAxis
	listAxis
	choiceAxis
	uniformAxis
)

// Range returns from, from + step, … up to and including to where it is hit.
// A negative step counts down.
func Range(from, to, step float64) Axis {
	return axisOf(func(d []decimal) (Axis, error) { return newRange(d[0], d[1], d[2]) }, from, to, step)
}

// List returns the given numbers.
func List(values ...float64) Axis { return axisOf(newList, values...) }

// Linspace returns n ≥ 2 evenly spaced numbers from from to to, both included.
func Linspace(from, to float64, n int) Axis {
	return axisOf(func(d []decimal) (Axis, error) { return newLinspace(d[0], d[1], n) }, from, to)
}

// Choice returns names, such as of kernels or columns, to choose from.
func Choice(names ...string) Axis {
	a, err := newChoice(names)
	a.err = err
	return a
}

// ChoiceOf returns names of expressions to choose from: $name is one or the other.
func ChoiceOf(choices ...Expr) Axis {
	var names, texts []string
	for _, e := range choices {
		names, texts = append(names, e.Name), append(texts, e.Text)
	}
	a, err := newChoice(names)
	a.exprs, a.err = texts, err
	return a
}

func axisOf(build func([]decimal) (Axis, error), values ...float64) Axis {
	numbers := make([]decimal, len(values))
	for i, v := range values {
		var err error
		if numbers[i], err = decimalOf(v); err != nil {
			return Axis{err: fmt.Errorf("%v: want a finite number", v)}
		}
	}
	a, err := build(numbers)
	a.err = err
	return a
}

func newRange(from, to, step decimal) (Axis, error) {
	if step.digits == 0 {
		return Axis{}, errors.New("step 0 never arrives")
	}
	d, scale, ok := rescale(from, to, step)
	if !ok {
		return Axis{}, fmt.Errorf("from %s to %s by %s needs more than %d digits", from, to, step, maxDigits)
	}
	distance := d[1] - d[0]
	if distance != 0 && (distance > 0) != (d[2] > 0) {
		return Axis{}, fmt.Errorf("step %s leads away from %s; want %s", step, to, decimal{-step.digits, step.scale})
	}
	n := distance/d[2] + 1
	if n > MaxAxis {
		return Axis{}, fmt.Errorf("%d values, at most %d", n, MaxAxis)
	}
	a := Axis{form: rangeAxis, length: int(n), from: from, to: to, step: step, scaled: d, scale: scale}
	return a, a.checkPrecision(step.float())
}

func newLinspace(from, to decimal, n int) (Axis, error) {
	if n < 2 || n > MaxAxis {
		return Axis{}, fmt.Errorf("n is %d, want 2 to %d", n, MaxAxis)
	}
	if from == to {
		return Axis{}, fmt.Errorf("both ends are %s", from)
	}
	d, scale, ok := rescale(from, to, decimal{})
	if !ok {
		return Axis{}, fmt.Errorf("%s to %s needs more than %d digits", from, to, maxDigits)
	}
	a := Axis{form: linspaceAxis, length: n, from: from, to: to, scaled: d, scale: scale}
	return a, a.checkPrecision((to.float() - from.float()) / float64(n-1))
}

// checkPrecision refuses steps that a float64 cannot resolve, whose values
// would repeat.
func (a Axis) checkPrecision(step float64) error {
	most := max(math.Abs(a.from.float()), math.Abs(a.to.float()))
	if a.length > 1 && math.Abs(step) <= math.Nextafter(most, math.Inf(1))-most {
		return fmt.Errorf("a step of %v is below the precision of numbers as large as %v", step, most)
	}
	return nil
}

func newList(values []decimal) (Axis, error) {
	if len(values) == 0 {
		return Axis{}, errors.New("no values")
	}
	if len(values) > MaxAxis {
		return Axis{}, fmt.Errorf("%d values, at most %d", len(values), MaxAxis)
	}
	seen := make(map[float64]bool, len(values))
	for _, v := range values {
		if seen[v.float()] {
			return Axis{}, fmt.Errorf("%s is there twice", v)
		}
		seen[v.float()] = true
	}
	return Axis{form: listAxis, length: len(values), list: values}, nil
}

func newChoice(names []string) (Axis, error) {
	if len(names) == 0 {
		return Axis{}, errors.New("no values")
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		switch {
		case !printable(name):
			return Axis{}, fmt.Errorf("%q is not a name", name)
		case seen[name]:
			return Axis{}, fmt.Errorf("%q is there twice", name)
		}
		seen[name] = true
	}
	return Axis{form: choiceAxis, length: len(names), names: append([]string(nil), names...)}, nil
}

// Len returns the number of values; 0 of a continuous axis, which has no positions.
func (a Axis) Len() int { return a.length }

// IsChoice tells whether the values are names.
func (a Axis) IsChoice() bool { return a.form == choiceAxis }

// Value returns value i; for a choice its position i. It panics where i is
// out of range.
func (a Axis) Value(i int) float64 {
	if i < 0 || i >= a.length {
		panic(fmt.Sprintf("sweep: value %d of an axis of %d", i, a.length))
	}
	switch a.form {
	case rangeAxis:
		return decimal{a.scaled[0] + int64(i)*a.scaled[2], a.scale}.float()
	case linspaceAxis:
		return a.between(i)
	case listAxis:
		return a.list[i].float()
	}
	return float64(i)
}

// between returns (from × (n−1−i) + to × i) / (n−1), rounded once.
func (a Axis) between(i int) float64 {
	first, last, steps := a.scaled[0], a.scaled[1], int64(a.length-1)
	if below := float64(steps) * exact.Pow10[min(a.scale, len(exact.Pow10)-1)]; below <= exact.MaxExact &&
		max(first, -first, last, -last) <= exact.MaxExact/steps/2 {
		return float64(first*(steps-int64(i))+last*int64(i)) / below // exact over exact
	}
	sum := new(big.Int).Mul(big.NewInt(first), big.NewInt(steps-int64(i)))
	sum.Add(sum, new(big.Int).Mul(big.NewInt(last), big.NewInt(int64(i))))
	below := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(a.scale)), nil)
	v, _ := new(big.Rat).SetFrac(sum, below.Mul(below, big.NewInt(steps))).Float64()
	return v
}

// Numbers returns all values, as [Axis.Value] has them; nil for a choice and for a
// continuous axis.
func (a Axis) Numbers() []float64 {
	if a.form == choiceAxis || a.length == 0 {
		return nil
	}
	values := make([]float64, a.length)
	for i := range values {
		values[i] = a.Value(i)
	}
	return values
}

// Names returns the names of a choice, and nil for numbers.
func (a Axis) Names() []string { return append([]string(nil), a.names...) }

// Exprs returns the expressions that the names of a choice stand for, nil where they are
// names of something else.
func (a Axis) Exprs() []Expr {
	var exprs []Expr
	for i, text := range a.exprs {
		exprs = append(exprs, Expr{a.names[i], text})
	}
	return exprs
}

// Text returns value i as people read it: a name, or the shortest number. It
// panics where i is out of range.
func (a Axis) Text(i int) string {
	if a.form == choiceAxis {
		return a.names[i]
	}
	return formatNumber(a.Value(i))
}

// String returns the axis as a spec file has it: {from: 5, to: 43, step: 2}.
func (a Axis) String() string { return a.node().flowText() }

// node returns the axis as it stands in a spec file.
func (a Axis) node() *node {
	switch a.form {
	case rangeAxis:
		ends := []any{"from", plain(a.from.String()), "to", plain(a.to.String()), "step", plain(a.step.String())}
		if a.log {
			ends = append(ends, "log", plain("true"))
		}
		return flowMapping(ends...)
	case uniformAxis:
		ends := []any{"from", plain(a.from.String()), "to", plain(a.to.String())}
		if a.log {
			ends = append(ends, "log", plain("true"))
		}
		return flowMapping(ends...)
	case linspaceAxis:
		ends := flowList(plain(a.from.String()), plain(a.to.String()))
		return flowMapping("linspace", ends, "n", plain(strconv.Itoa(a.length)))
	case listAxis:
		if a.length == 1 {
			return plain(a.list[0].String())
		}
		items := make([]*node, a.length)
		for i, v := range a.list {
			items[i] = plain(v.String())
		}
		return flowList(items...)
	case choiceAxis:
		if a.exprs != nil {
			m := &node{kind: mappingNode, flow: true}
			for i, name := range a.names {
				m.add(name, scalar(a.exprs[i]))
			}
			return flowMapping("choice", m)
		}
		items := make([]*node, a.length)
		for i, name := range a.names {
			items[i] = scalar(name)
		}
		return flowMapping("choice", flowList(items...))
	}
	return flowList()
}
