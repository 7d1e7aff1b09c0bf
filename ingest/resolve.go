package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// observe takes what the fields of a row say about times and numbers.
func (s *sniffer) observe(line int, fields [][]byte) {
	for i := range s.layout.fields {
		switch f := &s.layout.fields[i]; f.kind {
		case fieldTime:
			s.observeTime(line, fields[i])
		case fieldValue:
			if !f.flag && s.isText(i) {
				s.signs.Add(line, value.TrimSpace(fields[i]))
			}
		case fieldClock:
			s.observeClock(fields[i])
		}
	}
}

// observeTime counts in which forms a time can be read.
func (s *sniffer) observeTime(line int, field []byte) {
	field = value.TrimSpace(field)
	if s.counted || len(field) == 0 || len(field) > value.MaxMoment {
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
		return
	}
	s.orders.Add(line, field)
	if _, rest, ok := value.ScanWritten(field); ok && len(rest) > 0 {
		s.observeClock(rest[1:])
	}
}

// observeClock measures times of day without colons. Where they have different
// lengths they have lost zeros, and only the longest says how many digits
// there were.
func (s *sniffer) observeClock(field []byte) {
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
func (s *sniffer) lostZeros() bool {
	return s.shortest < s.clockDigits && s.clockDigits < 6
}

// finish decides on the readings. Where it fails and open is set, more rows may
// decide: look takes them, and finish is called again.
func (s *sniffer) finish() *InputError {
	s.findings, s.open, s.steps = s.findings[:s.structural], false, steps{}
	for _, decide := range []func() *InputError{s.finishTimes, s.finishNumbers, s.scaledByLEAN, s.checkUnderstood} {
		if bad := decide(); bad != nil {
			return bad
		}
	}
	s.finishOrder()
	l := s.layout
	l.usual = l.delimiter == ',' && l.moments == nil && l.locale.Decimal != ',' &&
		!slices.ContainsFunc(l.fields, func(f field) bool { return f.shift != 0 })
	return nil
}

// decided reports whether the rows so far leave nothing open.
func (s *sniffer) decided() bool {
	dates := s.forced.order == "" && s.otherTimes > s.plainTimes && s.orders.Open()
	return !dates && !s.lostZeros() && (s.forced.decimal != 0 || !s.signs.Open())
}

// finishTimes decides how times are read.
func (s *sniffer) finishTimes() *InputError {
	l, f := s.layout, s.forced
	column := l.fields[s.time].name
	l.form = s.form
	compact := s.anyEpoch && s.compact && s.plainTimes > 0
	switch {
	case s.clock < 0 && s.isTime(s.time):
		s.finishTyped()
		return nil
	case s.clock >= 0:
	case s.counted:
		l.moments = s.countedFrom()
		return nil
	case s.plainTimes+s.otherTimes == 0:
		return nil // checkUnderstood says what is wrong
	case compact && f.order == "":
		return &InputError{Line: s.nameLine(), Column: column, Err: problem.Shape(
			"the times, as %q, could be dates without dashes as well as %s; give Options.DateOrder ymd or epoch", s.firstTime.Text, s.form)}
	case compact && f.order != value.Epoch:
	case s.plainTimes >= s.otherTimes:
		if s.form == value.FormISO && s.ofDay && f.zone != nil {
			break
		}
		s.found("time", s.form.String()+", UTC", s.firstTime, "DateOrder")
		return nil
	case s.unit != value.FormISO:
		l.moments = &value.Moments{Unit: s.unit}
		s.found("time", s.unit.String()+" with decimals", value.Sample{}, "")
		return nil
	}
	if s.lostZeros() && !s.whole {
		s.open = true
		return &InputError{Column: column, Err: problem.Shape("the times of day have different lengths, and none shows how many digits they had")}
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
			s.open = open
			return &InputError{Line: at.Line, Column: column, Err: fmt.Errorf("%w: %w", ErrShape, err)}
		}
	}
	l.moments = &value.Moments{Order: order, Zone: f.zone, ClockDigits: s.clockDigits, Apart: s.clock >= 0, At: s.clock}
	zone := "UTC"
	if f.zone != nil {
		zone = f.zone.String()
	}
	if d, _, ok := value.ScanWritten(value.TrimSpace([]byte(s.orders.First.Text))); ok && d.Month >= 0 {
		s.found("date", "the month by its name", s.orders.First, "")
	} else {
		s.found("date order", string(order), at, "DateOrder")
	}
	s.found("zone", zone+", where a time has no offset", value.Sample{}, "Zone")
	return nil
}

// tie returns the order that the preset gives dates which leave it open.
func (s *sniffer) tie(text string) value.DateOrder {
	d, _, ok := value.ScanWritten([]byte(strings.TrimSpace(text)))
	if !ok {
		return ""
	}
	return s.forced.preset.ties[d.Sign]
}

// finishNumbers decides on the decimal sign.
func (s *sniffer) finishNumbers() *InputError {
	if s.forced.decimal != 0 {
		s.layout.locale = value.Locale{Decimal: s.forced.decimal}
		s.found("decimal sign", s.options.Decimal, value.Sample{}, "Decimal")
		return nil
	}
	decimal, at, open, err := s.signs.Decide()
	if err != nil {
		s.open = open
		return &InputError{Line: at.Line, Err: fmt.Errorf("%w: %w", ErrShape, err)}
	}
	s.layout.locale = value.Locale{Decimal: decimal}
	name := map[byte]string{'.': "point", ',': "comma", 0: "none seen"}[decimal]
	s.found("decimal sign", name, at, "Decimal")
	return nil
}

// checkUnderstood refuses the source when a column, or every row, is not understood.
func (s *sniffer) checkUnderstood() *InputError {
	l := s.layout
	if len(s.rows) == 0 && s.oddLine > 0 {
		return &InputError{Line: s.oddLine, Err: problem.Shape("the row has %d fields, the header names %d; name all of them with Options.Names", s.oddFields, len(l.fields))}
	}
	for i := range l.fields {
		if f := &l.fields[i]; (f.kind == fieldTime || f.kind == fieldValue) && s.isText(i) {
			if bad := s.checkColumn(i, f); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// checkColumn refuses a column of whose values none is understood.
func (s *sniffer) checkColumn(i int, f *field) *InputError {
	var bad value.Sample
	for _, r := range s.rows {
		text := r.fields[i]
		switch {
		case len(value.TrimSpace(text)) == 0:
			continue
		case f.kind == fieldTime:
			if _, ok := s.layout.timeOf(r.fields, s.time); ok {
				return nil
			}
		default:
			if v, ok := s.layout.number(f, text); v != v && ok {
				continue
			} else if ok || value.IsInfinite(text) {
				return nil
			}
		}
		if bad.Line == 0 {
			bad = value.Sample{Line: r.line, Text: string(text)}
		}
	}
	if bad.Line == 0 {
		return nil
	}
	e := &InputError{Line: bad.Line, Column: f.name}
	if f.kind == fieldTime {
		e.Err = problem.Shape("no time in the first rows is understood, as %q; %s", bad.Text, value.TimeForms)
	} else {
		e.Err = problem.Shape("no value in the first rows is a number, as %q%s", bad.Text, s.advice(f))
	}
	return e
}

// advice says how to go on without a column that need not be read.
func (s *sniffer) advice(f *field) string {
	required := slices.ContainsFunc(columnar.BarColumns(), func(c columnar.Column) bool {
		return c.Name == s.layout.columns[f.column]
	})
	if required {
		return ""
	}
	return fmt.Sprintf("; drop the column if it is not needed (Options.Drop %q)", f.name)
}

// finishOrder decides whether the rows are newest first.
func (s *sniffer) finishOrder() {
	for _, r := range s.rows {
		s.step(r.fields)
	}
	s.turn()
}

// turn has the rows read from the end where they are newest first.
func (s *sniffer) turn() {
	s.layout.backwards = s.steps.backwards()
	if s.layout.backwards {
		s.found("order", fmt.Sprintf("newest first, in %d of %d steps; read from the end", s.steps.down, s.steps.down+s.steps.up), value.Sample{}, "")
	}
}

// step takes the time of a row.
func (s *sniffer) step(fields [][]byte) {
	ns, ok := s.layout.timeOf(fields, s.time)
	if !ok {
		return
	}
	asset := ""
	if s.symbol >= 0 {
		asset = string(fields[s.symbol])
	}
	s.steps.add(asset, ns)
}

// timeOf returns the time of a row whose field at holds it, or its date.
func (l *layout) timeOf(fields [][]byte, at int) (ns int64, ok bool) {
	if m := l.moments; m != nil {
		if m.Apart {
			return m.Join(fields[at], fields[m.At])
		}
		return m.Read(fields[at])
	}
	ns, form, ok := value.ParseTime(fields[at])
	return ns, ok && form == l.form
}

// number returns the value of a field.
func (l *layout) number(f *field, text []byte) (v float64, ok bool) {
	if f.flag {
		return value.ParseFlag(text)
	}
	if f.event == columnar.EventSplit {
		if v, ok = parseRatio(text); ok {
			return v, true
		}
	}
	if l.locale.Decimal != ',' && f.shift == 0 {
		if v, ok = value.ParseNumber(text); ok {
			return v, true
		}
	}
	return l.locale.Parse(text, f.shift)
}
