package search

import (
	"math"
	"sort"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// space is what trials are drawn from: the parameters of a spec under its where.
type space struct {
	dims  []dim // of all parameters
	free  []int // those that have more than one value
	where *strategy.Condition
	// size is the number of combinations, those that where refuses included; 0 where
	// a parameter is continuous.
	size int64
}

// trial is one combination: of each parameter the number or, of a choice, the
// position of its name. Of a parameter with positions it has that as well.
type trial struct {
	values []float64
	index  []int
}

// dim is a parameter as a search sees it: coordinates on a line between low and
// high. Those of a continuous parameter are its numbers, or their logarithms. A parameter
// with positions has a cell of the line for each: positions ± ½, or on a scale of
// logarithms what lies nearest to its number.
type dim struct {
	axis      spec.Axis
	kind      dimKind
	log       bool
	n         int // positions
	low, high float64
	step      float64 // of a range, where it is looked at by logarithms
}

type dimKind uint8

const (
	choice    dimKind = iota // names, in no order
	ordinal                  // numbers with positions
	anyNumber                // every number of a range
)

func newDim(a spec.Axis) dim {
	d := dim{axis: a, kind: ordinal, log: a.IsLog(), n: a.Len()}
	switch from, to := a.Ends(); {
	case a.IsContinuous():
		d.kind, d.low, d.high = anyNumber, from, to
		if d.log {
			d.low, d.high = math.Log(from), math.Log(to)
		}
	case d.log:
		if d.n > 1 {
			d.step = (to - from) / float64(d.n-1)
		}
		// Half a step below the first number, where there is as much.
		d.low, d.high = math.Log(max(from-d.step/2, from/2)), math.Log(to+d.step/2)
	default:
		d.low, d.high = -0.5, float64(d.n)-0.5
	}
	if a.IsChoice() {
		d.kind = choice
	}
	return d
}

func newSpace(params []spec.Param, where *strategy.Condition) *space {
	s := &space{where: where, size: 1}
	for i, p := range params {
		d := newDim(p.Axis)
		s.dims = append(s.dims, d)
		s.size *= int64(d.n) // the spec is checked: it fits
		if d.kind == anyNumber || d.n > 1 {
			s.free = append(s.free, i)
		}
	}
	return s
}

// finite reports whether combinations can be counted.
func (s *space) finite() bool { return s.size > 0 }

// number returns the place of a trial among all combinations of a finite space.
func (s *space) number(t trial) int64 {
	at := int64(0)
	for i := range s.dims {
		at = at*int64(s.dims[i].n) + int64(t.index[i])
	}
	return at
}

// numbered is the inverse of number.
func (s *space) numbered(at int64) trial {
	t := s.blank()
	for i := len(s.dims) - 1; i >= 0; i-- {
		n := int64(s.dims[i].n)
		t.set(i, &s.dims[i], int(at%n))
		at /= n
	}
	return t
}

func (s *space) blank() trial {
	t := trial{make([]float64, len(s.dims)), make([]int, len(s.dims))}
	for i := range s.dims {
		if s.dims[i].kind == anyNumber {
			t.index[i] = -1
		} else {
			t.set(i, &s.dims[i], 0)
		}
	}
	return t
}

func (t *trial) set(i int, d *dim, position int) {
	t.index[i], t.values[i] = position, d.axis.Value(position)
}

// holds reports whether a trial exists.
func (s *space) holds(t trial) bool { return s.where == nil || s.where.HoldsOf(t.values) }

// at returns the trial at a point of the unit cube, one number of [0, 1) for each
// free parameter.
func (s *space) at(u []float64) trial {
	t := s.blank()
	for i, free := range s.free {
		d := &s.dims[free]
		if d.kind != anyNumber && !d.log {
			t.set(free, d, min(int(u[i]*float64(d.n)), d.n-1))
			continue
		}
		s.place(&t, free, d.low+u[i]*(d.high-d.low))
	}
	return t
}

// place gives a trial the value of a parameter at a coordinate.
func (s *space) place(t *trial, i int, x float64) {
	switch d := &s.dims[i]; {
	case d.kind != anyNumber:
		t.set(i, d, d.position(x))
	case d.log:
		from, to := d.axis.Ends()
		t.values[i] = min(max(math.Exp(x), from), to)
	default:
		t.values[i] = min(max(x, d.low), d.high)
	}
}

// position returns the position whose cell has a coordinate, the nearest one where
// none has it.
func (d *dim) position(x float64) int {
	if !d.log {
		return int(min(max(math.Round(x), 0), float64(d.n-1)))
	}
	return min(sort.Search(d.n-1, func(i int) bool { return x < d.cellEnd(i) }), d.n-1)
}

// cellEnd returns where the cell of a position ends, and that of the next begins.
func (d *dim) cellEnd(position int) float64 {
	switch {
	case !d.log:
		return float64(position) + 0.5
	case position < 0:
		return d.low
	case position == d.n-1:
		return d.high
	}
	return math.Log((d.axis.Value(position) + d.axis.Value(position+1)) / 2)
}

// coordinate returns where a trial's value of a parameter is.
func (s *space) coordinate(t trial, i int) float64 {
	switch d := &s.dims[i]; {
	case d.log:
		return math.Log(t.values[i])
	case d.kind == anyNumber:
		return t.values[i]
	}
	return float64(t.index[i])
}
