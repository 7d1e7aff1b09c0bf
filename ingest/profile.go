package ingest

import (
	"bytes"
	"math"
	"strconv"
)

// profile is what the first rows have in one column. A value can count for
// several things: 20110301 is a date and a number.
type profile struct {
	rows    int // with anything in the column
	nothing int // of them, "-", "null" and the like
	numbers int
	// moments are dates with or without a time of day and epochs, days those
	// without.
	moments, days int
	// clocks are times of day, strict those that cannot be a price.
	clocks, strict int
	// flags are true and false.
	flags int
	// counts says that the values go on by one from row to row.
	counts bool
	last   int64
}

// add looks at a value.
func (p *profile) add(field []byte) {
	field = trimSpace(field)
	if len(field) == 0 {
		p.counts = false
		return
	}
	p.rows++
	if isNothing(field) {
		p.nothing++
		p.numbers++
		p.counts = false
		return
	}
	if numberish(field) {
		p.numbers++
	}
	moment, day := isMoment(field)
	if moment {
		p.moments++
	}
	if day {
		p.days++
	}
	if _, ok := scanClock(field, 6); ok {
		p.clocks++
		if bytes.IndexByte(field, ':') >= 0 || len(field) == 6 {
			p.strict++
		}
	}
	if isFlag(field) {
		p.flags++
	}
	n, err := strconv.ParseInt(string(field), 10, 64)
	p.counts = err == nil && (p.rows == 1 && (n == 0 || n == 1) || p.counts && n == p.last+1)
	p.last = n
}

// all reports whether n is every value that the column has.
func (p *profile) all(n int) bool { return p.rows > p.nothing && n == p.rows-p.nothing }

// isText reports whether the column holds neither numbers nor times.
func (p *profile) isText() bool {
	return p.rows > p.nothing && p.numbers == p.nothing && p.moments == 0 && p.clocks == 0
}

// isMoment reports whether a field is a date with or without a time of day, or
// an epoch, and whether it is a date alone. Six digits are a day only where
// the name of the column says so.
func isMoment(field []byte) (moment, day bool) {
	if len(field) > maxMoment {
		return false, false
	}
	if _, form, ok := parseTime(field); ok {
		const day = len("2006-01-02")
		return true, form == formISO && (len(field) <= day || midnight(field[day:]))
	}
	if _, ok := fractionalEpoch(field); ok {
		return true, false
	}
	d, rest, ok := scanWritten(field)
	if !ok {
		return false, false
	}
	for _, order := range dateOrders {
		m := moments{order: order, clockDigits: 6}
		if _, ok := m.read(field); ok {
			return len(d.run) != 6, midnight(rest)
		}
	}
	return false, false
}

// fractionalEpoch returns the unit of an epoch with decimals.
func fractionalEpoch(field []byte) (unit timeForm, ok bool) {
	whole, fraction, found := bytes.Cut(field, []byte{'.'})
	if !found || leadingDigits(fraction) != len(fraction) {
		return 0, false
	}
	_, unit, ok = parseTime(whole)
	return unit, ok && unit != formISO
}

// isFlag reports whether a field is true or false.
func isFlag(field []byte) bool {
	return bytes.EqualFold(field, []byte("true")) || bytes.EqualFold(field, []byte("false"))
}

// parseFlag reads true as 1 and false as 0.
func parseFlag(field []byte) (v float64, ok bool) {
	field = trimSpace(field)
	switch {
	case bytes.EqualFold(field, []byte("true")):
		return 1, true
	case bytes.EqualFold(field, []byte("false")):
		return 0, true
	}
	return math.NaN(), isNothing(field)
}
