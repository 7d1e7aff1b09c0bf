package shape

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Observe takes what the fields of a row say about times and numbers.
func (s *Sniffer) Observe(line int, fields [][]byte) {
	for i := range s.Layout.Fields {
		switch f := &s.Layout.Fields[i]; f.Kind {
		case FieldTime:
			if s.dayGiven(i) {
				s.observeClock(fields[i])
				s.observeOfDay(line, fields[i])
				continue
			}
			s.observeTime(line, fields[i])
		case FieldValue:
			if !f.flag && s.IsText(i) {
				s.signs.Add(line, value.TrimSpace(fields[i]))
			}
		case fieldClock:
			s.observeClock(fields[i])
			s.observeOfDay(line, fields[i])
		}
	}
}

// observeTime counts in which forms a time can be read.
func (s *Sniffer) observeTime(line int, field []byte) {
	field = value.TrimSpace(field)
	if s.counted || len(field) == 0 || len(field) > value.MaxMoment {
		return
	}
	s.epochs.Add(field)
	if _, ok := value.ExcelSerial(field); ok {
		value.Note(&s.serials, &s.firstSerial, line, field)
		return
	}
	if _, ok := value.MonthOf(field, false); ok {
		value.Note(&s.monthly, &s.firstMonth, line, field)
		return
	}
	_, form, ok := value.ParseTime(field)
	if ok {
		value.Note(&s.plainTimes, &s.firstTime, line, field)
		if s.plainTimes == 1 {
			s.form = form
		}
		if form != value.FormISO {
			s.anyEpoch = true
			s.compact = s.compact && value.CompactDate(field)
		}
		s.ofDay = s.ofDay || form == value.FormISO && len(field) > len("2006-01-02")
	} else if unit, ok := value.FractionalEpoch(field); ok {
		s.unit = unit
		s.otherTimes++
	} else if moment, day := value.IsMoment(field); moment || day {
		s.otherTimes++
	}
	if ok {
		if day := len("2006-01-02"); form == value.FormISO && len(field) > day {
			s.observeOfDay(line, field[day+1:])
		}
		return
	}
	s.orders.Add(line, field)
	if _, rest, ok := value.ScanWritten(field); ok && len(rest) > 0 {
		s.observeClock(rest[1:])
		s.observeOfDay(line, rest)
	}
}

// observeOfDay counts what a time of day is: midnight, which is none where all are,
// local, or of an offset.
func (s *Sniffer) observeOfDay(line int, text []byte) {
	text = value.TrimSpace(text)
	switch c, ok := value.OfDay(text); {
	case value.Midnight(text) || ok && !c.Zoned && c.Nanos == 0:
		s.midnights++
	case ok && !c.Zoned:
		value.Note(&s.locals, &s.firstLocal, line, text)
	case ok:
		s.zoned++
	default:
		s.locals++ // what it is, its reading says
	}
}

// daysOnly reports whether all times of day so far are midnight, so that they are none
// and the times are dates, which have no zone.
func (s *Sniffer) daysOnly() bool { return s.midnights > 0 && s.locals+s.zoned == 0 }

// sayZone says of which zone times of day without an offset are.
func (s *Sniffer) sayZone() {
	switch {
	case s.locals == 0:
	case s.Forced.Zone == nil:
		s.Say("zone", "UTC, for times without an offset", s.firstLocal, "Zone")
	default:
		s.Say("zone", s.Forced.Zone.String()+", for times without an offset", s.firstLocal, "Zone")
	}
}

// observeClock measures times of day without colons. Where they have different
// lengths they have lost zeros, and only the longest says how many digits
// there were.
func (s *Sniffer) observeClock(field []byte) {
	field = value.TrimSpace(field)
	n := value.LeadingDigits(field)
	if n != len(field) || n == 0 || n > 6 {
		return
	}
	if n <= 2 && value.Whole(field) > 23 {
		n = 3 // minutes: no hour
	}
	s.shortest = min(s.shortest, n)
	s.clockDigits = max(s.clockDigits, (n+1)&^1)
}

// lostZeros reports whether rows to come may show longer times of day.
func (s *Sniffer) lostZeros() bool {
	return s.shortest < s.clockDigits && s.clockDigits < 6
}

// Finish decides on the readings. Where it fails and open is set, more rows may
// decide: look takes them, and finish is called again.
func (s *Sniffer) Finish() *problem.InputError {
	s.Findings, s.Open, s.Steps = s.Findings[:s.Structural], false, steps{}
	for _, decide := range []func() *problem.InputError{s.finishTimes, s.finishNumbers, s.checkScale, s.checkUnderstood} {
		if bad := decide(); bad != nil {
			return bad
		}
	}
	s.finishOrder()
	s.finishLocal()
	l := s.Layout
	l.Usual = l.Delimiter == ',' && l.Moments == nil && l.Locale.Decimal != ',' &&
		!slices.ContainsFunc(l.Fields, func(f Field) bool { return f.Shift != 0 })
	return nil
}

// Decided reports whether the rows so far leave nothing open.
func (s *Sniffer) Decided() bool {
	dates := s.Forced.order == "" && s.otherTimes > s.plainTimes && s.orders.Open()
	return !dates && !s.lostZeros() && !(s.Forced.Zone != nil && s.daysOnly()) && !s.epochs.Backwards() && (s.Forced.decimal != 0 || !s.signs.Open(s.continental()))
}

// finishTimes decides how times are read.
func (s *Sniffer) finishTimes() *problem.InputError {
	l, f := s.Layout, s.Forced
	if s.clock < 0 && s.dayGiven(s.time) {
		l.Moments = &value.Moments{Given: true, Days: *s.options.Day, Zone: f.Zone, ClockDigits: s.clockDigits}
		s.Found("date", value.DayName(*s.options.Day)+", as the folder says", value.Sample{}, "")
		s.sayZone()
		return nil
	}
	column := l.Fields[s.time].Name
	l.Form = s.form
	if s.clock < 0 && !s.isTime(s.time) && (f.order == "" || f.order == value.Epoch) {
		if bad, done := s.finishEpochs(column); done {
			return bad
		}
	}
	compact := s.anyEpoch && s.compact && s.plainTimes > 0
	local := f.Zone
	if local != nil && s.daysOnly() {
		if !s.Whole {
			s.Open = true
			return &problem.InputError{Column: column, Err: problem.Shape("the times of day are midnight in the first rows")}
		}
		s.Say("time of day", "midnight in every row, so that the times are dates", value.Sample{}, "")
		local, l.Zone = nil, nil
	}
	switch {
	case s.clock < 0 && s.isTime(s.time):
		s.finishTyped()
		return nil
	case s.clock >= 0:
	case s.counted:
		l.Moments = s.countedFrom()
		return nil
	case f.order == "" && s.serials > 0 && s.serials > s.plainTimes+s.otherTimes+s.monthly:
		l.Moments = &value.Moments{Serial: true, Zone: local}
		s.Say("time", "days as Excel counts them, from 1899-12-30", s.firstSerial, "")
		return nil
	case f.order == "" && (s.monthly > 0 && s.monthly > s.plainTimes+s.otherTimes || s.monthRuns()):
		l.Moments = &value.Moments{Months: true}
		s.Say("time", "months, each as its first day", s.firstMonth, "")
		return nil
	case s.plainTimes+s.otherTimes == 0:
		return nil // checkUnderstood says what is wrong
	case compact && f.order == "":
		return &problem.InputError{Line: s.NameLine(), Column: column, Err: problem.Shape(
			"the times, as %q, could be dates without dashes as well as %s; give Options.DateOrder ymd or epoch", s.firstTime.Text, s.form)}
	case compact && f.order != value.Epoch:
	case s.plainTimes >= s.otherTimes:
		if s.form == value.FormISO && s.ofDay && local != nil {
			break
		}
		s.Found("time", s.form.String()+", UTC", s.firstTime, "DateOrder")
		s.sayZone()
		return nil
	case s.unit != value.FormISO:
		l.Moments = &value.Moments{Unit: s.unit}
		s.Found("time", s.unit.String()+" with decimals", value.Sample{}, "")
		return nil
	}
	if s.lostZeros() && !s.Whole {
		s.Open = true
		return &problem.InputError{Column: column, Err: problem.Shape("the times of day have different lengths, and none shows how many digits they had")}
	}
	order, at := f.order, value.Sample{}
	if order == "" || order == value.Epoch {
		var open bool
		var err error
		order, at, open, err = s.orders.Decide()
		if err != nil && open {
			if tie := s.tie(at.Text); tie != "" {
				order, err = tie, nil
			}
		}
		if err != nil {
			s.Open = open
			return &problem.InputError{Line: at.Line, Column: column, Err: fmt.Errorf("%w: %w", problem.ErrShape, err)}
		}
	}
	l.Moments = &value.Moments{Order: order, Zone: local, ClockDigits: s.clockDigits, Apart: s.clock >= 0, At: s.clock, Names: &value.Zones{}}
	if d, _, ok := value.ScanWritten(value.TrimSpace([]byte(s.orders.First.Text))); ok && d.Month >= 0 {
		s.Found("date", "the month by its name", s.orders.First, "")
	} else {
		s.Found("date order", string(order), at, "DateOrder")
	}
	s.sayZone()
	return nil
}

// monthRuns reports whether six digits are years and months: they go on by a month
// from row to row, beyond the end of a year.
func (s *Sniffer) monthRuns() bool {
	last, steps, turns, rows := -1, 0, 0, 0
	for _, r := range s.Rows {
		text := value.TrimSpace(r.Fields[s.time])
		if len(text) == 0 {
			continue
		}
		if _, ok := value.MonthOf(text, true); !ok || len(text) != 6 || value.LeadingDigits(text) != 6 {
			return false
		}
		at := value.Whole(text[:4])*12 + value.Whole(text[4:])
		if s.firstMonth.Line == 0 {
			s.firstMonth = value.Sample{Line: r.Line, Text: string(text)}
		}
		if d := at - last; last >= 0 && (d == 1 || d == -1 || d == 0) {
			steps++
			if (at-1)/12 != (last-1)/12 {
				turns++
			}
		}
		last = at
		rows++
	}
	return turns > 0 && 10*steps >= 9*(rows-1)
}

// finishEpochs decides on the unit of whole numbers where their digits do not say it.
// The first times of a source that is newest first stand at its end.
func (s *Sniffer) finishEpochs(column string) (bad *problem.InputError, done bool) {
	if s.epochs.Backwards() && !s.Whole {
		s.Open = true
		return &problem.InputError{Column: column, Err: problem.Shape("the unit of the times is not known by the first rows")}, true
	}
	unit, err := s.epochs.Unit()
	switch {
	case err != nil:
		return &problem.InputError{Column: column, Err: problem.Shape("%s", err)}, true
	case unit == value.FormISO:
		return nil, false
	}
	s.Layout.Form, s.Layout.Moments = unit, &value.Moments{Unit: unit, Wide: true}
	s.Say("time", unit.String()+", as the distances of the times are those of bars", s.firstTime, "DateOrder")
	return nil, true
}

// tie returns the order that the preset gives dates which leave it open.
func (s *Sniffer) tie(text string) value.DateOrder {
	d, _, ok := value.ScanWritten([]byte(strings.TrimSpace(text)))
	if !ok {
		return ""
	}
	return s.Forced.preset.Dates[d.Sign]
}

// finishNumbers decides on the decimal sign.
func (s *Sniffer) finishNumbers() *problem.InputError {
	if s.Forced.decimal != 0 {
		s.Layout.Locale = value.Locale{Decimal: s.Forced.decimal}
		s.Found("decimal sign", s.options.Decimal, value.Sample{}, "Decimal")
		return nil
	}
	decimal, at, open, err := s.signs.Decide(s.continental())
	if err != nil {
		s.Open = open
		return &problem.InputError{Line: at.Line, Err: fmt.Errorf("%w: %w", problem.ErrShape, err)}
	}
	s.Layout.Locale = value.Locale{Decimal: decimal}
	name := map[byte]string{'.': "point", ',': "comma", 0: "none seen"}[decimal]
	s.Found("decimal sign", name, at, "Decimal")
	return nil
}

// checkUnderstood refuses the source when a column, or every row, is not understood.
func (s *Sniffer) checkUnderstood() *problem.InputError {
	l := s.Layout
	if len(s.Rows) == 0 && s.oddLine > 0 {
		return &problem.InputError{Line: s.oddLine, Err: problem.Shape("the row has %d fields, the header names %d; name all of them with Options.Names", s.oddFields, len(l.Fields))}
	}
	for i := range l.Fields {
		if f := &l.Fields[i]; (f.Kind == FieldTime || f.Kind == FieldValue) && s.IsText(i) {
			if bad := s.checkColumn(i, f); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// checkColumn refuses a column of whose values none is understood.
func (s *Sniffer) checkColumn(i int, f *Field) *problem.InputError {
	var bad value.Sample
	for _, r := range s.Rows {
		text := r.Fields[i]
		switch {
		case len(value.TrimSpace(text)) == 0:
			continue
		case f.Kind == FieldTime:
			if _, ok := s.Layout.TimeOf(r.Fields, s.time); ok {
				return nil
			}
		default:
			if v, ok := s.Layout.Number(f, text); v != v && ok {
				continue
			} else if ok || value.IsInfinite(text) {
				return nil
			}
		}
		if bad.Line == 0 {
			bad = value.Sample{Line: r.Line, Text: string(text)}
		}
	}
	if bad.Line == 0 {
		return nil
	}
	e := &problem.InputError{Line: bad.Line, Column: f.Name}
	if f.Kind == FieldTime {
		e.Err = problem.Shape("no time in the first rows is understood, as %q; %s", bad.Text, value.TimeForms)
	} else {
		e.Err = problem.Shape("no value in the first rows is a number, as %q%s", bad.Text, s.advice(f))
	}
	return e
}

// advice says how to go on without a column that need not be read.
func (s *Sniffer) advice(f *Field) string {
	required := slices.ContainsFunc(columnar.BarColumns(), func(c columnar.Column) bool {
		return c.Name == s.Layout.Columns[f.Column]
	})
	if required {
		return ""
	}
	return fmt.Sprintf("; drop the column if it is not needed (Options.Drop %q)", f.Name)
}

// finishOrder decides whether the rows are newest first.
func (s *Sniffer) finishOrder() {
	for _, r := range s.Rows {
		s.Step(r.Fields)
	}
	s.Turn()
}

// finishLocal notes the zone of times that have no offset of their own.
func (s *Sniffer) finishLocal() {
	l := s.Layout
	switch {
	case s.clock < 0 && s.isTime(s.time):
		if c := &s.Typed[s.time]; c.Local {
			l.LocalZone = l.Zone
		}
	case l.Moments != nil && l.Moments.Zone != nil:
		utc := *l.Moments
		utc.Zone = nil
		other := Layout{Moments: &utc}
		for _, r := range s.Rows {
			local, ok := l.TimeOf(r.Fields, s.time)
			if plain, okToo := other.TimeOf(r.Fields, s.time); ok && okToo && local != plain {
				l.LocalZone = l.Moments.Zone
				return
			}
		}
	}
}

// Turn has the rows read from the end where they are newest first.
func (s *Sniffer) Turn() {
	s.Layout.Backwards = s.Steps.backwards()
	if s.Layout.Backwards {
		s.Found("order", fmt.Sprintf("newest first, in %d of %d steps; read from the end", s.Steps.Down, s.Steps.Down+s.Steps.Up), value.Sample{}, "")
	}
}

// Step takes the time of a row.
func (s *Sniffer) Step(fields [][]byte) {
	ns, ok := s.Layout.TimeOf(fields, s.time)
	if !ok {
		return
	}
	asset := ""
	if s.symbol >= 0 {
		asset = string(fields[s.symbol])
	}
	s.Steps.add(asset, ns)
}
