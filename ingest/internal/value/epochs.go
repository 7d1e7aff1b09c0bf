package value

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// Epochs is what times that are whole numbers say of their unit. Where they have the
// digits of one unit, as those since 1973 have, that is it; else the bars tell, which
// are of a usual length in one unit only, and of years that there are bars of.
type Epochs struct {
	n, others int
	// forms counts the numbers by the unit that their digits have, FormISO for none.
	forms        [5]int
	lengths      [20]bool // that there are of digits
	dates        int      // of eight digits that are a date in some order
	steps        map[int64]int
	last, widest int64
	low, high    int64
	ups, downs   int
	small, large int64 // of those with the digits of seconds and of milliseconds, the last and the first
}

// leastStep is the least distance of numbers that tells of a unit: days that are
// counted are one apart.
const leastStep = 60

// Add looks at a time.
func (e *Epochs) Add(field []byte) {
	whole, fraction, _ := bytes.Cut(field, []byte{'.'})
	v, err := strconv.ParseInt(string(whole), 10, 64)
	if err != nil || LeadingDigits(fraction) != len(fraction) {
		e.others++
		return
	}
	digits := len(bytes.TrimLeft(whole, "-+"))
	e.n++
	e.forms[epochForm(digits)]++
	e.lengths[min(digits, len(e.lengths)-1)] = true
	if isRunOfDate(whole) {
		e.dates++
	}
	if digits == 9 || digits == 10 {
		e.small = v
	} else if (digits == 12 || digits == 13) && e.large == 0 {
		e.large = v
	}
	if e.n == 1 {
		e.low, e.high, e.steps = v, v, make(map[int64]int)
	} else if step := v - e.last; step != 0 {
		if step > 0 {
			e.ups++
		} else {
			e.downs++
		}
		step = max(step, -step)
		e.widest = max(e.widest, step)
		if len(e.steps) < 4096 || e.steps[step] > 0 {
			e.steps[step]++
		}
	}
	e.last, e.low, e.high = v, min(e.low, v), max(e.high, v)
}

// isRunOfDate reports whether eight digits are a date.
func isRunOfDate(text []byte) bool {
	if len(text) != len("20060102") || LeadingDigits(text) != len(text) {
		return false
	}
	return slices.ContainsFunc(DateOrders[:], func(o DateOrder) bool { _, ok := RunDays(text, o); return ok })
}

// Backwards reports whether all are whole numbers, and no dates, that mostly fall, so
// that the first times are at the end.
func (e *Epochs) Backwards() bool { return e.others == 0 && e.downs > e.ups && e.dates < e.n }

// Unit returns the unit where it is another than the digits say, FormISO else. The
// error says that there are numbers of two units.
func (e *Epochs) Unit() (TimeForm, error) {
	if e.others > 0 || e.n < 3 {
		return FormISO, nil
	}
	// A row of the other unit is rejected; where they are many, the source is.
	few := min(e.forms[FormSeconds], e.forms[FormMillis])
	if e.small != 0 && math.Abs(float64(e.large)/float64(e.small)/1000-1) < 0.2 {
		if few < 4 || few*3 < e.n {
			return FormISO, nil
		}
		return FormISO, fmt.Errorf("times as %d are seconds, and as %d milliseconds; write them in one unit", e.small, e.large)
	}
	lengths := 0
	for _, seen := range e.lengths {
		if seen {
			lengths++
		}
	}
	if lengths == 1 && (e.dates == e.n || e.lengths[6]) {
		return FormISO, nil
	}
	step := e.step()
	if step < leastStep {
		return FormISO, nil
	}
	var can []TimeForm
	for _, f := range []TimeForm{FormSeconds, FormMillis, FormMicros, FormNanos} {
		if e.inYears(f) && usualLength(float64(step)*float64(f.unit())) {
			can = append(can, f)
		}
	}
	byDigits := FormISO
	for f := FormSeconds; f <= FormNanos; f++ {
		if e.forms[f] == e.n {
			byDigits = f
		}
	}
	if len(can) != 1 || can[0] == byDigits {
		return FormISO, nil
	}
	// Where most have the digits of a unit, the others go on from them, or are odd.
	most := slices.Max(e.forms[FormSeconds:])
	if hole := float64(3*365*Day) / float64(can[0].unit()); most*2 > e.n && most < e.n && float64(e.widest) > max(hole, 400*float64(step)) {
		return FormISO, nil
	}
	return can[0], nil
}

// step is the most common distance, the least of several.
func (e *Epochs) step() (step int64) {
	most := 0
	for d, n := range e.steps {
		if n > most || n == most && d < step {
			step, most = d, n
		}
	}
	return step
}

// inYears reports whether all times are from 1800 to 2200 in a unit.
func (e *Epochs) inYears(f TimeForm) bool {
	limit := func(year int) float64 {
		return float64(daysSince1970(year, 1, 1)) * float64(Day)
	}
	return float64(e.low)*float64(f.unit()) >= limit(1800) && float64(e.high)*float64(f.unit()) < limit(2200)
}

// usualLength reports whether bars are of so many nanoseconds.
func usualLength(ns float64) bool {
	if ns != math.Trunc(ns/1e9)*1e9 || ns < 1e9 || ns > 366*float64(Day) {
		return false
	}
	d := time.Duration(ns)
	some := []time.Duration{1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30}
	switch {
	case d < time.Minute:
		return slices.Contains(some, d/time.Second)
	case d < time.Hour:
		return d%time.Minute == 0 && slices.Contains(some, d/time.Minute)
	case d < 24*time.Hour:
		return d%time.Hour == 0 && slices.Contains([]time.Duration{1, 2, 3, 4, 6, 8, 12}, d/time.Hour)
	}
	days := d / (24 * time.Hour)
	return d%(24*time.Hour) == 0 && (slices.Contains([]time.Duration{1, 7, 28, 29, 30, 31, 89, 90, 91, 92, 365, 366}, days))
}

// wide reads a number of any digits in a unit.
func (m *Moments) wide(field []byte) (ns int64, ok bool) {
	whole, fraction, _ := bytes.Cut(field, []byte{'.'})
	v, err := strconv.ParseInt(string(whole), 10, 64)
	unit := m.Unit.unit()
	if err != nil || v > math.MaxInt64/unit-1 || v < math.MinInt64/unit+1 || LeadingDigits(fraction) != len(fraction) {
		return 0, false
	}
	part := int64(0)
	for _, c := range fraction {
		unit /= 10
		part += int64(c-'0') * unit
	}
	if bytes.HasPrefix(whole, []byte{'-'}) {
		part = -part
	}
	return v*m.Unit.unit() + part, true
}

// FractionalEpoch returns the unit of an epoch with decimals.
func FractionalEpoch(field []byte) (unit TimeForm, ok bool) {
	whole, fraction, found := bytes.Cut(field, []byte{'.'})
	if !found || LeadingDigits(fraction) != len(fraction) {
		return 0, false
	}
	_, unit, ok = ParseTime(whole)
	return unit, ok && unit != FormISO
}
