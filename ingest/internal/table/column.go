package table

import (
	"math"
	"strconv"
	"time"
)

// Kind is what the values of a column are.
type Kind uint8

// The kinds, and where a [Vector] has their values.
const (
	// Other is what has no single values, as lists have none: it is not read.
	Other Kind = iota
	// Text is in Texts, as it stands.
	Text
	// Int, Decimal and Bool are in Ints, times 10^Scale, or in Wide.
	Int
	Decimal
	Bool
	// Float is in Floats.
	Float
	// Time, Date and Clock are in Ints, in steps of Unit: since 1970, and for a
	// Clock since midnight.
	Time
	Date
	Clock
)

// Column describes a column of a table.
type Column struct {
	Name string
	Kind Kind
	// Type is what the format calls it, for people.
	Type string
	// Unit is the length of a step of a Time, Date or Clock in nanoseconds.
	Unit int64
	// Scale is the number of decimals of a Decimal.
	Scale int
	// Local says that a Time is what clocks show at some place, in UTC as far as
	// the table knows.
	Local bool
	// Single says that a Float has 32 bits or fewer.
	Single bool
}

// Vector holds the values of a column for some rows, in the one field that its
// Kind has.
type Vector struct {
	Ints   []int64
	Floats []float64
	Texts  [][]byte
	// Nulls says which rows have no value; nil where all have.
	Nulls []bool
	// Wide holds the digits of whole numbers that int64 does not hold; "" is in
	// Ints, nil where all are.
	Wide []string
}

// Null reports whether a row has no value.
func (v *Vector) Null(row int) bool { return v.Nulls != nil && v.Nulls[row] }

// slice returns rows from to to, over the same memory.
func (v *Vector) slice(from, to int) (s Vector) {
	if v.Ints != nil {
		s.Ints = v.Ints[from:to]
	}
	if v.Floats != nil {
		s.Floats = v.Floats[from:to]
	}
	if v.Texts != nil {
		s.Texts = v.Texts[from:to]
	}
	if v.Nulls != nil {
		s.Nulls = v.Nulls[from:to]
	}
	if v.Wide != nil {
		s.Wide = v.Wide[from:to]
	}
	return s
}

// rows returns the number of rows.
func (v *Vector) rows() int { return max(len(v.Ints), len(v.Floats), len(v.Texts)) }

// reset empties the vector and keeps its memory.
func (v *Vector) reset() {
	v.Ints, v.Floats, v.Texts = v.Ints[:0], v.Floats[:0], v.Texts[:0]
	v.Nulls, v.Wide = nil, nil
}

// add appends the rows of w.
func (v *Vector) add(w Vector) {
	had, more := v.rows(), w.rows()
	v.Ints, v.Floats, v.Texts = append(v.Ints, w.Ints...), append(v.Floats, w.Floats...), append(v.Texts, w.Texts...)
	if v.Nulls != nil || w.Nulls != nil {
		if v.Nulls == nil {
			v.Nulls = make([]bool, had, had+more)
		}
		if w.Nulls == nil {
			w.Nulls = make([]bool, more)
		}
		v.Nulls = append(v.Nulls, w.Nulls...)
	}
	if v.Wide != nil || w.Wide != nil {
		if v.Wide == nil {
			v.Wide = make([]string, had, had+more)
		}
		if w.Wide == nil {
			w.Wide = make([]string, more)
		}
		v.Wide = append(v.Wide, w.Wide...)
	}
}

// Nanoseconds returns a Time, Date or Clock of a row in nanoseconds, and false
// where it has none or one that int64 does not hold.
func (c *Column) Nanoseconds(v *Vector, row int) (ns int64, ok bool) {
	x := v.Ints[row]
	if v.Null(row) || x > math.MaxInt64/c.Unit || x < math.MinInt64/c.Unit {
		return 0, false
	}
	return x * c.Unit, true
}

// Append appends a value as text that reads as the same value: numbers with a
// decimal point, times by ISO 8601, nothing for null.
func (c *Column) Append(dst []byte, v *Vector, row int) []byte {
	if c.Kind == Other || v.Null(row) {
		return dst
	}
	switch c.Kind {
	case Text:
		return append(dst, v.Texts[row]...)
	case Float:
		return c.appendFloat(dst, v.Floats[row])
	case Bool:
		return strconv.AppendBool(dst, v.Ints[row] != 0)
	case Int, Decimal:
		return appendDecimal(dst, v, row, c.Scale)
	}
	return c.appendTime(dst, v.Ints[row])
}

// appendFloat writes a number with the digits that tell it from its neighbours,
// without an exponent where that is not much longer.
func (c *Column) appendFloat(dst []byte, x float64) []byte {
	bits, form := 64, byte('f')
	if c.Single {
		bits = 32
	}
	if a := math.Abs(x); a != 0 && (a < 1e-9 || a >= 1e21) {
		form = 'g'
	}
	return strconv.AppendFloat(dst, x, form, -1, bits)
}

// appendDecimal writes a whole number divided by ten to the scale.
func appendDecimal(dst []byte, v *Vector, row, scale int) []byte {
	var buf [24]byte
	digits := digitsOf(buf[:0], v, row)
	if len(digits) > 0 && digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	whole := len(digits) - scale
	if whole <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, digits[:whole]...)
	}
	if scale <= 0 {
		for ; scale < 0; scale++ {
			dst = append(dst, '0')
		}
		return dst
	}
	dst = append(dst, '.')
	for ; whole < 0; whole++ {
		dst = append(dst, '0')
	}
	return append(dst, digits[whole:]...)
}

// digitsOf writes the whole number of a row.
func digitsOf(dst []byte, v *Vector, row int) []byte {
	if v.Wide != nil && v.Wide[row] != "" {
		return append(dst, v.Wide[row]...)
	}
	return strconv.AppendInt(dst, v.Ints[row], 10)
}

// appendTime writes a Time, Date or Clock.
func (c *Column) appendTime(dst []byte, x int64) []byte {
	var at time.Time
	if step := c.Unit / int64(time.Second); step > 0 {
		at = time.Unix(x*step, 0).UTC()
	} else {
		steps := int64(time.Second) / c.Unit
		at = time.Unix(x/steps, x%steps*c.Unit).UTC()
	}
	switch {
	case c.Kind == Date:
		return at.AppendFormat(dst, time.DateOnly)
	case c.Kind == Clock:
		return at.AppendFormat(dst, "15:04:05.999999999")
	case c.Local:
		return at.AppendFormat(dst, "2006-01-02T15:04:05.999999999")
	}
	return at.AppendFormat(dst, "2006-01-02T15:04:05.999999999Z")
}
