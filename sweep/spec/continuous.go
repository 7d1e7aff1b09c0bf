package spec

import (
	"errors"
	"fmt"
	"math"
)

// Uniform returns every number from from to to, both included. Only a search has
// such a parameter: a grid needs a step.
func Uniform(from, to float64) Axis {
	return axisOf(func(d []decimal) (Axis, error) { return newUniform(d[0], d[1]) }, from, to)
}

// Log returns a as a search is to look at it: on the scale of its logarithms, so
// that 1 to 10 is as much of it as 10 to 100. Its values, which stay as they are,
// are above 0; it is of a [Range] or [Uniform].
func (a Axis) Log() Axis {
	if a.err != nil {
		return a
	}
	a, err := a.logarithmic()
	a.err = err
	return a
}

func newUniform(from, to decimal) (Axis, error) {
	if from.float() >= to.float() {
		return Axis{}, fmt.Errorf("from %s to %s: want from below to; one value stands alone", from, to)
	}
	if math.IsInf(to.float()-from.float(), 0) {
		return Axis{}, fmt.Errorf("from %s to %s is wider than a float64", from, to)
	}
	return Axis{form: uniformAxis, from: from, to: to}, nil
}

func (a Axis) logarithmic() (Axis, error) {
	switch {
	case a.form != rangeAxis && a.form != uniformAxis:
		return a, errors.New("log: true is of a range; want {from: 1, to: 100, log: true}, with a step or without")
	case a.form == rangeAxis && a.step.digits < 0:
		return a, errors.New("log: true wants a step above 0")
	case a.from.digits <= 0:
		return a, fmt.Errorf("log: true wants numbers above 0, but the range is from %s to %s", a.from, a.to)
	}
	a.log = true
	return a, nil
}

// IsContinuous tells whether a has every number of a range, and no positions: Len
// is 0 then.
func (a Axis) IsContinuous() bool { return a.form == uniformAxis }

// IsLog tells whether a search looks at the logarithms of the values.
func (a Axis) IsLog() bool { return a.log }

// Ends returns the ends of a continuous axis, and else the first and the last
// value; 0 and 0 of an axis without values.
func (a Axis) Ends() (from, to float64) {
	switch {
	case a.IsContinuous():
		return a.from.float(), a.to.float()
	case a.length == 0:
		return 0, 0
	}
	return a.Value(0), a.Value(a.length - 1)
}

// searchOnly says why a grid cannot have the axis; nil where it can.
func (a Axis) searchOnly() error {
	switch {
	case a.IsContinuous():
		return errors.New("a range without a step is for searches; give it a step, or add a search such as search: {random: 500}")
	case a.log:
		return errors.New("log: true is for searches; leave it out, or add a search such as search: {random: 500}")
	}
	return nil
}

// probes returns numbers by which a strategy is checked: all values, or the ends
// of a continuous axis and a number between them that is no round one.
func (a Axis) probes() []float64 {
	if !a.IsContinuous() {
		return a.Numbers()
	}
	from, to := a.Ends()
	return []float64{from, from + (to-from)*(math.Phi-1), to}
}
