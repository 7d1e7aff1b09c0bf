package value

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// DateOrder is the order of the parts of numeric dates.
type DateOrder string

// The orders. "" lets every source decide for itself.
const (
	// YearFirst is yyyy-mm-dd, yyyymmdd, yyyy/m/d, yymmdd, yyyymmddhhmm and
	// the like.
	YearFirst DateOrder = "ymd"
	// DayFirst is dd.mm.yyyy, dd/mm/yy, ddmmyyyy and the like.
	DayFirst DateOrder = "dmy"
	// MonthFirst is mm/dd/yyyy, mm-dd-yy and the like.
	MonthFirst DateOrder = "mdy"
	// Epoch reads digits as time since 1970 where they could be a date as well.
	Epoch DateOrder = "epoch"
)

// DateOrders are the orders that a date can have, as they are tried.
var DateOrders = [...]DateOrder{YearFirst, DayFirst, MonthFirst}

// ParseDateOrder returns the order of that name; "" is "".
func ParseDateOrder(name string) (DateOrder, error) {
	switch o := DateOrder(strings.ToLower(name)); o {
	case "", YearFirst, DayFirst, MonthFirst, Epoch:
		return o, nil
	}
	return "", fmt.Errorf("date order %q: want ymd, dmy, mdy or epoch", name)
}

// Written is a date as it is written: three numbers, or a run of digits.
type Written struct {
	parts  [3]int
	digits [3]int // how many digits each part has
	// Month is the position of a month's name among the parts, or -1.
	Month int
	// run holds 6 or 8 digits without separators.
	run []byte
	// Sign is what stands between the parts.
	Sign byte
}

// Two-digit years are 1969 to 2068, as POSIX has them. Dates without
// separators and with their year last are of these years.
const (
	pivotYear    = 69
	earliestYear = 1900
	latestYear   = 2100
)

// days returns the date in an order as days since 1970, or false where it is
// none.
func (d *Written) days(order DateOrder) (days int, ok bool) {
	var year, month, day int
	switch {
	case d.run != nil:
		return RunDays(d.run, order)
	case d.digits[0] == 4 && d.Month != 0:
		if d.Month >= 0 && d.Month != 1 {
			return 0, false
		}
		year, month, day = d.parts[0], d.parts[1], d.parts[2]
	case d.Month == 0:
		month, day, year = d.parts[0], d.parts[1], d.year(2)
	case d.Month == 1:
		day, month, year = d.parts[0], d.parts[1], d.year(2)
	case d.Month == 2:
		return 0, false
	case order == DayFirst:
		day, month, year = d.parts[0], d.parts[1], d.year(2)
	case order == MonthFirst:
		month, day, year = d.parts[0], d.parts[1], d.year(2)
	case d.digits[0] == 2 && d.digits[2] <= 2:
		year, month, day = d.year(0), d.parts[1], d.parts[2]
	default:
		return 0, false
	}
	if year < firstYear || year > lastYear || !validDay(year, month, day) {
		return 0, false
	}
	return daysSince1970(year, month, day), true
}

// year returns a part as a year, or 0 where it has another length.
func (d *Written) year(part int) int {
	switch d.digits[part] {
	case 4:
		return d.parts[part]
	case 2:
		return fullYear(d.parts[part])
	}
	return 0
}

func fullYear(short int) int {
	if short < pivotYear {
		return 2000 + short
	}
	return 1900 + short
}

// RunDays reads 6 or 8 digits.
func RunDays(run []byte, order DateOrder) (int, bool) {
	pair := func(at int) int { return int(run[at]-'0')*10 + int(run[at+1]-'0') }
	var year, month, day int
	long := len(run) == 8
	switch {
	case order == YearFirst && long:
		year, month, day = pair(0)*100+pair(2), pair(4), pair(6)
	case order == YearFirst:
		year, month, day = fullYear(pair(0)), pair(2), pair(4)
	default:
		day, month = pair(0), pair(2)
		if order == MonthFirst {
			day, month = month, day
		}
		if long {
			year = pair(4)*100 + pair(6)
		} else {
			year = fullYear(pair(4))
		}
	}
	if year < earliestYear || year > latestYear || !validDay(year, month, day) {
		return 0, false
	}
	return daysSince1970(year, month, day), true
}

// ScanWritten reads a date that starts text, and returns what follows it.
func ScanWritten(text []byte) (d Written, rest []byte, ok bool) {
	d.Month = -1
	digits := LeadingDigits(text)
	switch digits {
	case 8, 6, 10, 12, 14:
		n := 8
		if digits == 6 {
			n = 6
		}
		d.run = text[:n]
		return d, text[n:], true
	}
	rest = text
	for k := range d.parts {
		if k > 0 {
			if rest, ok = d.separator(rest, k); !ok {
				return d, nil, false
			}
		}
		n := LeadingDigits(rest)
		switch {
		case n >= 1 && n <= 4 && n != 3:
			d.parts[k], d.digits[k] = Whole(rest[:n]), n
			rest = rest[n:]
		case n == 0 && d.Month < 0:
			month, length := monthName(rest)
			if month == 0 {
				return d, nil, false
			}
			d.parts[k], d.Month = month, k
			rest = rest[length:]
		default:
			return d, nil, false
		}
	}
	for _, end := range []string{"日", "일", " г.", " г"} { // day, day, "of the year"
		if after, ok := bytes.CutPrefix(rest, []byte(end)); ok {
			return d, after, true
		}
	}
	return d, rest, true
}

// separator takes what stands before part k of a date.
func (d *Written) separator(text []byte, k int) ([]byte, bool) {
	for _, sign := range []string{"年", "月", "년", "월", " de ", " del ", ". ", ", "} {
		if rest, ok := bytes.CutPrefix(text, []byte(sign)); ok {
			d.Sign = ' '
			return bytes.TrimLeft(rest, " "), true
		}
	}
	if len(text) == 0 {
		return nil, false
	}
	switch c := text[0]; c {
	case '-', '/', '.', ' ':
		// The two separators are equal, but for "Aug 17, 2023" and "17. Aug 2023".
		if k == 2 && c != d.Sign && d.Month < 0 {
			return nil, false
		}
		d.Sign = c
		return text[1:], true
	}
	return nil, false
}

// LeadingDigits returns how many digits a text begins with.
func LeadingDigits(text []byte) int {
	n := 0
	for n < len(text) && text[n]-'0' <= 9 {
		n++
	}
	return n
}

// Whole returns the value of a few digits.
func Whole(digits []byte) int {
	v := 0
	for _, c := range digits {
		v = v*10 + int(c-'0')
	}
	return v
}

// Orders is what the dates of a source say about their order.
type Orders struct {
	// readable counts the dates that an order understands, only those that no
	// other does, onlyAt is the first of them.
	readable, only [len(DateOrders)]int
	onlyAt         [len(DateOrders)]Sample
	// differs is the first date that orders understand differently.
	differs Sample
	First   Sample
}

// Add looks at one date.
func (o *Orders) Add(line int, field []byte) {
	d, _, ok := ScanWritten(TrimSpace(field))
	if !ok {
		return
	}
	if o.First.Line == 0 {
		o.First = Sample{line, string(field)}
	}
	last, n, day := 0, 0, 0
	for i, order := range DateOrders {
		days, ok := d.days(order)
		if !ok {
			continue
		}
		o.readable[i]++
		if n > 0 && days != day && o.differs.Line == 0 {
			o.differs = Sample{line, string(field)}
		}
		last, day = i, days
		n++
	}
	if n == 1 {
		Note(&o.only[last], &o.onlyAt[last], line, field)
	}
}

// best returns the order that understands most dates, how many others
// understand as many, and the order that contradicts it, or -1.
func (o *Orders) best() (best, equals, other int) {
	for i := range DateOrders {
		switch n := o.readable[i]; {
		case n > o.readable[best]:
			best, equals = i, 0
		case i != best && n > 0 && n == o.readable[best]:
			equals++
		}
	}
	other = -1
	for i := range DateOrders {
		if i != best && o.only[i]*contrary > o.only[best] {
			other = i
		}
	}
	return best, equals, other
}

// Open reports whether dates have two readings and none decides.
func (o *Orders) Open() bool {
	_, equals, other := o.best()
	return o.differs.Line > 0 && equals > 0 && other < 0
}

// Decide returns the order and the date that shows it. open says that more
// dates may decide, and err is what is wrong when there are none.
func (o *Orders) Decide() (order DateOrder, at Sample, open bool, err error) {
	best, _, other := o.best()
	switch {
	case other >= 0 && o.only[best] == 0:
		return DateOrders[other], o.onlyAt[other], false, nil
	case other >= 0:
		return "", o.onlyAt[other], false, fmt.Errorf("%q in line %d is a date with Options.DateOrder %s only, %q in line %d with %s only; give one of them",
			o.onlyAt[best].Text, o.onlyAt[best].Line, DateOrders[best], o.onlyAt[other].Text, o.onlyAt[other].Line, DateOrders[other])
	case o.only[best] > 0:
		return DateOrders[best], o.onlyAt[best], false, nil
	case !o.Open():
		return DateOrders[best], o.First, false, nil
	}
	var readings []string
	d, _, _ := ScanWritten(TrimSpace([]byte(o.differs.Text)))
	for i, order := range DateOrders {
		if days, ok := d.days(order); ok && o.readable[i] == o.readable[best] {
			at := time.Unix(int64(days)*86400, 0).UTC()
			readings = append(readings, fmt.Sprintf("%s (Options.DateOrder %s)", at.Format("2 January 2006"), order))
		}
	}
	return "", o.differs, true, fmt.Errorf("%q may be %s, and no other date decides; give the order", o.differs.Text, strings.Join(readings, " or "))
}

// DottedDay reports whether a date of numbers has points between its parts and its
// year last, as in 31.12.2023.
func (d *Written) DottedDay() bool {
	return d.run == nil && d.Month < 0 && d.Sign == '.' && d.digits[2] >= 2 && d.digits[0] <= 2 && (d.digits[2] == 4 || d.parts[0] <= 31)
}

// Likely returns the order that understands most dates, whether or not others do.
func (o *Orders) Likely() DateOrder {
	best, _, _ := o.best()
	return DateOrders[best]
}
