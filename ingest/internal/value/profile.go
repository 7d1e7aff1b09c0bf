package value

import (
	"bytes"
	"math"
	"strconv"
)

// Profile is what the first rows have in one column. A value can count for
// several things: 20110301 is a date and a number.
type Profile struct {
	Rows    int // with anything in the column
	Nothing int // of them, "-", "null" and the like
	Numbers int
	// Moments are dates with or without a time of day and epochs, days those
	// without.
	Moments, Days int
	// Clocks are times of day, strict those that cannot be a price.
	Clocks, Strict int
	// Flags are true and false.
	Flags int
	// Counts says that the values go on by one from row to row.
	Counts bool
	last   int64
}

// Add looks at a value.
func (p *Profile) Add(field []byte) {
	field = TrimSpace(field)
	if len(field) == 0 {
		p.Counts = false
		return
	}
	p.Rows++
	if IsNothing(field) {
		p.Nothing++
		p.Numbers++
		p.Counts = false
		return
	}
	if plainPrice(field) {
		p.Numbers++
		p.Counts = false
		return
	}
	if Numberish(field) {
		p.Numbers++
	}
	moment, day := IsMoment(field)
	if moment {
		p.Moments++
	}
	if day {
		p.Days++
	}
	if _, ok := scanClock(field, 6); ok {
		p.Clocks++
		if bytes.IndexByte(field, ':') >= 0 || len(field) == 6 {
			p.Strict++
		}
	}
	if isFlag(field) {
		p.Flags++
	}
	if !p.Counts && p.Rows > 1 {
		return
	}
	n, err := strconv.ParseInt(string(field), 10, 64)
	p.Counts = err == nil && (p.Rows == 1 && (n == 0 || n == 1) || p.Counts && n == p.last+1)
	p.last = n
}

// All reports whether n is every value that the column has.
func (p *Profile) All(n int) bool { return p.Rows > p.Nothing && n == p.Rows-p.Nothing }

// IsText reports whether the column holds neither numbers nor times.
func (p *Profile) IsText() bool {
	return p.Rows > p.Nothing && p.Numbers == p.Nothing && p.Moments == 0 && p.Clocks == 0
}

// IsMoment reports whether a field is a date with or without a time of day, or
// an epoch, and whether it is a date alone. Six digits are a day only where
// the name of the column says so.
func IsMoment(field []byte) (moment, day bool) {
	if len(field) > MaxMoment {
		return false, false
	}
	if _, form, ok := ParseTime(field); ok {
		const day = len("2006-01-02")
		return true, form == FormISO && (len(field) <= day || Midnight(field[day:]))
	}
	if _, ok := FractionalEpoch(field); ok {
		return true, false
	}
	if _, ok := MonthOf(field, false); ok {
		return true, true
	}
	d, rest, ok := ScanWritten(field)
	if !ok {
		return false, false
	}
	for _, order := range DateOrders {
		m := Moments{Order: order, ClockDigits: 6}
		if _, ok := m.Read(field); ok {
			return len(d.run) != 6, Midnight(rest)
		}
	}
	return false, false
}

// isFlag reports whether a field is true or false.
func isFlag(field []byte) bool {
	return bytes.EqualFold(field, []byte("true")) || bytes.EqualFold(field, []byte("false"))
}

// ParseFlag reads true as 1 and false as 0.
func ParseFlag(field []byte) (v float64, ok bool) {
	field = TrimSpace(field)
	switch {
	case bytes.EqualFold(field, []byte("true")):
		return 1, true
	case bytes.EqualFold(field, []byte("false")):
		return 0, true
	}
	return math.NaN(), IsNothing(field)
}
