package value

import (
	"bytes"
	"time"
)

// clock is a time of day as it is written.
type clock struct {
	ns int64 // since midnight
	// zoned says that the text has an offset, of so many nanoseconds.
	zoned  bool
	offset int64
	// zone is that which the text names, "" where it names none.
	zone string
}

// scanClock reads a time of day that fills text: hh:mm, h:mm:ss.fff, an hour
// with AM or PM, or a run of digits, with an offset from UTC where it stands.
// digits is how many a run has, 2 (hours), 4 (hhmm) or 6 (hhmmss); shorter ones
// have lost zeros at their front.
func scanClock(text []byte, digits int) (c clock, ok bool) {
	text = TrimSpace(text)
	n := LeadingDigits(text)
	var hour, minute, second int
	switch {
	case n > 0 && n <= 2 && n < len(text) && text[n] == ':':
		hour = Whole(text[:n])
		if minute, text, ok = twoOf(text[n+1:]); !ok {
			return c, false
		}
		if len(text) > 0 && text[0] == ':' {
			if second, text, ok = twoOf(text[1:]); !ok {
				return c, false
			}
			if c.ns, text, ok = fractionOf(text); !ok {
				return c, false
			}
		}
	case n > 0 && n <= 2 && halfDay(text[n:]) != 0:
		hour, text = Whole(text[:n]), text[n:]
	case n > 0 && n <= digits:
		v := Whole(text[:n])
		for d := digits; d < 6; d += 2 {
			v *= 100
		}
		hour, minute, second, text = v/10000, v/100%100, v%100, text[n:]
	default:
		return c, false
	}
	if mark := halfDay(text); mark != 0 {
		if hour < 1 || hour > 12 {
			return c, false
		}
		hour %= 12
		if mark == 'p' {
			hour += 12
		}
		text = bytes.TrimLeft(text, " -")[2:]
	}
	if hour > 23 && !(hour == 24 && minute == 0 && second == 0 && c.ns == 0) || minute > 59 || second > 59 {
		return c, false // 24:00 is the end of the day
	}
	c.ns += int64(hour)*Hour + int64(minute)*Minute + int64(second)*Second
	text = TrimSpace(text)
	if c.offset, c.zoned, ok = scanOffset(text); !ok {
		c.offset, c.zone, ok = namedZone(text)
		c.zoned = ok && c.zone == ""
	}
	return c, ok
}

// Clock is a time of day, and whether it has an offset from UTC.
type Clock struct {
	Nanos int64 // since midnight
	Zoned bool
}

// OfDay reads a time of day, as it may follow a date: with a sign before it, and
// digits without colons as hours, hours and minutes, or with seconds.
func OfDay(text []byte) (c Clock, ok bool) {
	text = bytes.TrimLeft(text, " T-_,:")
	digits := LeadingDigits(text)
	x, ok := scanClock(text, min(max((digits+1)&^1, 2), 6))
	return Clock{x.ns, x.zoned}, ok
}

// halfDay returns 'a' or 'p' where text goes on with AM or PM, after a blank,
// a dash or nothing, and else 0.
func halfDay(text []byte) byte {
	mark := bytes.TrimLeft(text, " -")
	if len(mark) < 2 || mark[1]|0x20 != 'm' {
		return 0
	}
	if half := mark[0] | 0x20; half == 'a' || half == 'p' {
		return half
	}
	return 0
}

// twoOf reads two digits.
func twoOf(text []byte) (v int, rest []byte, ok bool) {
	if LeadingDigits(text) != 2 {
		return 0, nil, false
	}
	return Whole(text[:2]), text[2:], true
}

// fractionOf reads the decimals of a second, if there are any.
func fractionOf(text []byte) (ns int64, rest []byte, ok bool) {
	if len(text) == 0 || text[0] != '.' && text[0] != ',' {
		return 0, text, true
	}
	n := LeadingDigits(text[1:])
	if n == 0 || n > 9 {
		return 0, nil, false
	}
	ns = int64(Whole(text[1 : n+1]))
	for range 9 - n {
		ns *= 10
	}
	return ns, text[n+1:], true
}

// scanOffset reads nothing, Z, UTC or GMT, and ±hh, ±hhmm or ±hh:mm.
func scanOffset(text []byte) (ns int64, zoned, ok bool) {
	for _, name := range []string{"UTC", "GMT", "Z"} {
		if rest, found := bytes.CutPrefix(text, []byte(name)); found {
			text, zoned = TrimSpace(rest), true
			break
		}
	}
	if len(text) == 0 {
		return 0, zoned, true
	}
	sign := text[0]
	if sign != '+' && sign != '-' {
		return 0, false, false
	}
	text = text[1:]
	n := LeadingDigits(text)
	var hours, minutes int
	switch {
	case n == 4 && len(text) == 4:
		hours, minutes = Whole(text[:2]), Whole(text[2:])
	case n == 2 && len(text) == 2:
		hours = Whole(text)
	case n == 2 && len(text) == 5 && text[2] == ':' && LeadingDigits(text[3:]) == 2:
		hours, minutes = Whole(text[:2]), Whole(text[3:])
	default:
		return 0, false, false
	}
	if hours > 23 || minutes > 59 {
		return 0, false, false
	}
	ns = int64(hours)*Hour + int64(minutes)*Minute
	if sign == '-' {
		ns = -ns
	}
	return ns, true, true
}

// Moments reads the times of a source that has them in a form of its own. A
// source whose times are ISO 8601 or whole epochs needs none.
type Moments struct {
	Order DateOrder
	// Zone is that of times of day without an offset; nil is UTC.
	Zone *time.Location
	// ClockDigits is the length of times of day without colons: 2, 4 or 6; 0
	// where there are none.
	ClockDigits int
	// Unit is set where the times are epochs with decimals.
	Unit TimeForm
	// Serial says that the times are days as Excel counts them, and Months that they
	// are months of years.
	Serial, Months bool
	// Names keeps the zones that times name; nil looks each up anew.
	Names *Zones
	// Wide says that the epochs have any digits, since the bars have told the unit.
	Wide bool
	// Counted says that the times are milliseconds since the midnight of days,
	// a day since 1970.
	Counted bool
	Days    int
	// Given says that days is the date of all rows, and fields hold times of day.
	Given bool
	// Apart says that the time of day is in a field of its own, at.
	Apart bool
	At    int
}

// Midnight returns the beginning of the day that is given.
func (m *Moments) Midnight() int64 { return int64(m.Days) * Day }

// DayName writes a day since 1970 as yyyy-mm-dd.
func DayName(days int) string {
	return time.Unix(int64(days)*(Day/Second), 0).UTC().Format(time.DateOnly)
}

// MaxMoment is the most bytes that a date with a time of day may have.
const MaxMoment = 64

// Read returns the time of a field that holds a date and, after it, maybe a
// time of day. A date without one is its midnight in UTC, whatever the zone,
// as days have no zone.
func (m *Moments) Read(field []byte) (ns int64, ok bool) {
	field = TrimSpace(field)
	if len(field) > MaxMoment {
		return 0, false
	}
	switch {
	case m.Counted:
		return m.count(field)
	case m.Given:
		return m.add(m.Days, field, m.ClockDigits)
	case m.Wide:
		return m.wide(field)
	case m.Unit != FormISO:
		return m.epoch(field)
	case m.Serial:
		return m.serial(field)
	case m.Months:
		days, ok := MonthOf(field, true)
		return int64(days) * Day, ok
	}
	days, rest, ok := m.date(field)
	if !ok {
		return 0, false
	}
	if len(rest) == 0 {
		return int64(days) * Day, true
	}
	switch rest[0] {
	case ' ', 'T', '-', '_', ',', ':':
		return m.add(days, rest[1:], m.ClockDigits)
	}
	// yyyymmddhh, yyyymmddhhmm, yyyymmddhhmmss
	switch n := LeadingDigits(rest); n {
	case 2:
		return m.add(days, append(bytes.Clone(rest[:2]), "00"...), 4)
	case 4, 6:
		return m.add(days, rest, n)
	}
	return 0, false
}

// Any is read for a source whose form is not known yet.
func (m *Moments) Any(field []byte) (ns int64, ok bool) {
	if ns, _, ok := ParseTime(field); ok {
		return ns, true
	}
	if unit, ok := FractionalEpoch(TrimSpace(field)); ok {
		return (&Moments{Unit: unit}).Read(field)
	}
	return m.Read(field)
}

// Join returns the time of a date and a time of day in two fields.
func (m *Moments) Join(date, clock []byte) (ns int64, ok bool) {
	if len(date) > MaxMoment || len(clock) > MaxMoment {
		return 0, false
	}
	days, rest, ok := m.date(TrimSpace(date))
	if !ok || !Midnight(rest) {
		return 0, false
	}
	return m.add(days, clock, m.ClockDigits)
}

// Midnight reports whether what follows a date says nothing: exporters of
// dates write "00:00:00" after them.
func Midnight(rest []byte) bool {
	return len(bytes.Trim(rest, " T0:.")) == 0
}

func (m *Moments) date(field []byte) (days int, rest []byte, ok bool) {
	d, rest, ok := ScanWritten(field)
	if !ok {
		return 0, nil, false
	}
	days, ok = d.days(m.Order)
	return days, rest, ok
}

// add adds a time of day to a date.
func (m *Moments) add(days int, text []byte, digits int) (ns int64, ok bool) {
	c, ok := scanClock(text, digits)
	if !ok {
		return 0, false
	}
	ns = int64(days)*Day + c.ns
	if c.zoned {
		return ns - c.offset, true
	}
	if c.zone != "" {
		zone, ok := m.Names.find(c.zone)
		if !ok {
			return 0, false
		}
		return InZone(ns, zone)
	}
	if m.Zone == nil {
		return ns, true
	}
	return InZone(ns, m.Zone)
}

// InZone returns the moment at which clocks of a zone show a local time. A
// time that they skip is none; of a time that they show twice it is the first,
// so that the second is a duplicate.
func InZone(local int64, zone *time.Location) (ns int64, ok bool) {
	offset := func(at int64) int64 {
		_, seconds := time.Unix(0, at).In(zone).Zone()
		return int64(seconds) * Second
	}
	// Clocks change by less than a day, so the offsets a day before and after
	// are those that come into question; the larger gives the earlier moment.
	before, after := offset(local-Day), offset(local+Day)
	for _, o := range [...]int64{max(before, after), min(before, after)} {
		if offset(local-o) == o {
			return local - o, true
		}
	}
	// Two changes within two days, as some zones had: look closer.
	if o := offset(local - before); offset(local-o) == o {
		return local - o, true
	}
	return 0, false
}

// Repeated returns how much later clocks of a zone show the time of a moment once
// more, since they are set back between; 0 where they do not.
func Repeated(ns int64, zone *time.Location) int64 {
	offset := func(at int64) int64 {
		_, seconds := time.Unix(0, at).In(zone).Zone()
		return int64(seconds) * Second
	}
	now := offset(ns)
	for _, later := range [...]int64{3 * Hour, Day} { // a second change may follow within the day
		if back := now - offset(ns+later); back > 0 && offset(ns+back) == now-back {
			return back
		}
	}
	return 0
}

// serial reads a day as Excel counts it, with a time of day in the zone.
func (m *Moments) serial(field []byte) (ns int64, ok bool) {
	ns, ok = ExcelSerial(field)
	if !ok || m.Zone == nil || ns%Day == 0 {
		return ns, ok
	}
	return InZone(ns, m.Zone)
}

// epoch reads a whole number with decimals, as "1577836800.0" or
// "1577836800.5".
func (m *Moments) epoch(field []byte) (ns int64, ok bool) {
	whole, fraction, _ := bytes.Cut(field, []byte{'.'})
	ns, form, ok := ParseTime(whole)
	if !ok || form != m.Unit {
		return 0, false
	}
	unit := form.unit()
	part := int64(0)
	for _, c := range fraction {
		if c-'0' > 9 {
			return 0, false
		}
		unit /= 10
		part += int64(c-'0') * unit
	}
	if ns < 0 {
		part = -part
	}
	return ns + part, true
}

// count reads a number of milliseconds since a midnight.
func (m *Moments) count(field []byte) (ns int64, ok bool) {
	n := LeadingDigits(field)
	if n == 0 || n != len(field) || n > len("86399999") || Whole(field) >= int(Day/1e6) {
		return 0, false
	}
	ns = int64(m.Days)*Day + int64(Whole(field))*1e6
	if m.Zone == nil {
		return ns, true
	}
	return InZone(ns, m.Zone)
}
