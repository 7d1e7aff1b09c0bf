package value

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"
)

// TimeForm is how a source writes times.
type TimeForm uint8

// The forms: ISO 8601, and epochs by their unit.
const (
	FormISO TimeForm = iota
	FormSeconds
	FormMillis
	FormMicros
	FormNanos
)

// String names the form in error messages.
func (f TimeForm) String() string {
	return [...]string{"ISO 8601", "epoch seconds", "epoch milliseconds", "epoch microseconds", "epoch nanoseconds"}[f]
}

// unit is the length of one step of an epoch form in nanoseconds.
func (f TimeForm) unit() int64 {
	return [...]int64{0, 1e9, 1e6, 1e3, 1}[f]
}

// epochForm returns the epoch form whose numbers have so many digits, formISO
// where none has.
func epochForm(digits int) TimeForm {
	switch digits {
	case 9, 10:
		return FormSeconds
	case 12, 13:
		return FormMillis
	case 15, 16:
		return FormMicros
	case 18, 19:
		return FormNanos
	}
	return FormISO
}

// TimeForms is what an error message offers.
const TimeForms = "want yyyy-mm-dd, yyyy-mm-ddThh:mm[:ss[.fraction]][Z|±hh:mm], or epoch s (9-10 digits), ms (12-13), µs (15-16), ns (18-19)"

// scan reads a time that starts at b[i], in nanoseconds UTC, and returns the
// position after it. The byte after it must exist.
func (f TimeForm) scan(b []byte, i int) (ns int64, end int, ok bool) {
	if f == FormISO {
		return scanISO(b, i)
	}
	form, ns, end, ok := scanEpoch(b, i)
	return ns, end, ok && form == f
}

// ParseTime reads a whole field in any form. Blanks around it do not count.
func ParseTime(field []byte) (ns int64, form TimeForm, ok bool) {
	const longest = len("2006-01-02T15:04:05.999999999+00:00")
	field = bytes.Trim(field, " \t")
	if len(field) == 0 || len(field) > longest {
		return 0, 0, false
	}
	var buf [longest + 1]byte
	b := append(append(buf[:0], field...), '\n')
	if ns, end, ok := scanISO(b, 0); ok && end == len(b)-1 {
		return ns, FormISO, true
	}
	form, ns, end, ok := scanEpoch(b, 0)
	return ns, form, ok && end == len(b)-1
}

// scanEpoch reads a whole number of seconds, milliseconds, microseconds or
// nanoseconds since 1970, told apart by the number of digits. Up to eight
// digits may be a date (20130208), and the lengths between the units would be
// years before 1973 of one unit and after 2262 of the other: all refused.
func scanEpoch(b []byte, i int) (form TimeForm, ns int64, end int, ok bool) {
	negative := b[i] == '-'
	if negative {
		i++
	}
	start := i
	var v uint64
	for {
		d := b[i] - '0'
		if d > 9 || i-start > maxDigits {
			break
		}
		v = v*10 + uint64(d)
		i++
	}
	if b[start] == '0' {
		return 0, 0, i, false
	}
	if form = epochForm(i - start); form == FormISO {
		return 0, 0, i, false
	}
	unit := uint64(form.unit())
	if v > math.MaxInt64/unit {
		return 0, 0, i, false
	}
	ns = int64(v * unit)
	if negative {
		ns = -ns
	}
	return form, ns, i, true
}

// Whole years that nanoseconds since 1970 hold in an int64.
const (
	firstYear = 1678
	lastYear  = 2261
)

// Durations in nanoseconds.
const (
	Day    = int64(24 * time.Hour)
	Hour   = int64(time.Hour)
	Minute = int64(time.Minute)
	Second = int64(time.Second)
)

// scanISO reads yyyy-mm-dd, optionally with a time of day and a zone.
func scanISO(b []byte, i int) (ns int64, end int, ok bool) {
	days, ok := scanDate(b, i)
	if !ok {
		return 0, i, false
	}
	ns, i = int64(days)*Day, i+10
	if b[i] != 'T' && b[i] != ' ' {
		return ns, i, true
	}
	hour, okH := twoDigits(b, i+1)
	if !okH || hour > 23 || b[i+3] != ':' {
		return 0, i, false
	}
	minute, okM := twoDigits(b, i+4)
	if !okM || minute > 59 {
		return 0, i, false
	}
	ns, i = ns+hour*Hour+minute*Minute, i+6
	if b[i] == ':' {
		second, okS := twoDigits(b, i+1)
		if !okS || second > 59 {
			return 0, i, false
		}
		ns, i = ns+second*Second, i+3
		if b[i] == '.' {
			var fraction int64
			if fraction, i, ok = scanFraction(b, i+1); !ok {
				return 0, i, false
			}
			ns += fraction
		}
	}
	return scanZone(b, i, ns)
}

// scanFraction reads one to nine decimals of a second as nanoseconds.
func scanFraction(b []byte, i int) (ns int64, end int, ok bool) {
	unit := Second
	for ; b[i]-'0' <= 9; i++ {
		if unit == 1 {
			return 0, i, false
		}
		unit /= 10
		ns += int64(b[i]-'0') * unit
	}
	return ns, i, unit < Second
}

// scanZone reads Z, ±hh:mm or nothing, and returns ns in UTC.
func scanZone(b []byte, i int, ns int64) (utc int64, end int, ok bool) {
	switch b[i] {
	case 'Z':
		return ns, i + 1, true
	case '+', '-':
	default:
		return ns, i, true
	}
	hour, okH := twoDigits(b, i+1)
	if !okH || hour > 23 || b[i+3] != ':' {
		return 0, i, false
	}
	minute, okM := twoDigits(b, i+4)
	if !okM || minute > 59 {
		return 0, i, false
	}
	offset := hour*Hour + minute*Minute
	if b[i] == '-' {
		offset = -offset
	}
	return ns - offset, i + 6, true
}

// twoDigits reads two digits. When it answers true, the byte after them
// exists, since the text ends in a line break.
func twoDigits(b []byte, i int) (n int64, ok bool) {
	tens := b[i] - '0'
	if tens > 9 {
		return 0, false
	}
	ones := b[i+1] - '0'
	return int64(tens)*10 + int64(ones), ones <= 9
}

// scanDate reads yyyy-mm-dd as days since 1970-01-01.
func scanDate(b []byte, i int) (days int, ok bool) {
	if len(b)-i < 11 {
		return 0, false
	}
	// Eight bytes at a time: after the exclusive or every digit is its value
	// and every dash zero, and a byte above nine shows in its upper half after
	// adding six.
	const (
		pattern = 0x2d30302d30303030 // "0000-00-", little endian
		dashes  = 0xff0000ff00000000
		high    = 0xf0f0f0f0f0f0f0f0
		six     = 0x0606060606060606
	)
	x := binary.LittleEndian.Uint64(b[i:]) ^ pattern
	d := binary.LittleEndian.Uint16(b[i+8:]) ^ 0x3030
	if (x|(x+six))&high != 0 || x&dashes != 0 || (d|(d+0x0606))&0xf0f0 != 0 {
		return 0, false
	}
	year := int(x&15)*1000 + int(x>>8&15)*100 + int(x>>16&15)*10 + int(x>>24&15)
	month := int(x>>40&15)*10 + int(x>>48&15)
	day := int(d&15)*10 + int(d>>8&15)
	if year < firstYear || year > lastYear || !validDay(year, month, day) {
		return 0, false
	}
	return daysSince1970(year, month, day), true
}

func validDay(year, month, day int) bool {
	switch month {
	case 1, 3, 5, 7, 8, 10, 12:
		return day >= 1 && day <= 31
	case 4, 6, 9, 11:
		return day >= 1 && day <= 30
	case 2:
		leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
		return day >= 1 && (day <= 28 || leap && day == 29)
	}
	return false
}

// daysSince1970 counts days in the proleptic Gregorian calendar, for years
// after 0. Formula: H. Hinnant, "chrono-Compatible Low-Level Date
// Algorithms", days_from_civil; the year starts in March.
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year, month = year-1, month+12
	}
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	return 365*year + year/4 - year/100 + year/400 + dayOfYear - 719468
}

// CompactDate reports whether a run of digits can be read as yyyymmddhh,
// yyyymmddhhmm or longer, as well as a number of seconds or milliseconds.
func CompactDate(field []byte) bool {
	n := len(field)
	if n < 10 || n%2 != 0 || n > 14 {
		return false
	}
	pair := func(at int) int { return int(field[at]-'0')*10 + int(field[at+1]-'0') }
	year := pair(0)*100 + pair(2)
	if year < 1900 || year > 2100 || !validDay(year, pair(4), pair(6)) {
		return false
	}
	limits := [...]int{23, 59, 59}
	for at := 8; at < n; at += 2 {
		if v := pair(at); v < 0 || v > limits[at/2-4] {
			return false
		}
	}
	return true
}
