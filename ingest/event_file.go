package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// The rules of events, which every row of an events file passes or breaks. A row
// that breaks several is counted for the first.
const (
	// EventSchema: the number of fields differs from the header's, quotes are
	// out of place, the symbol is blank or not UTF-8, the type is unknown, or
	// the value is no number.
	EventSchema Rule = "schema"
	// EventTime: the time cannot be read, or has another form than those before.
	EventTime Rule = "time"
	// EventValue: the value is outside the bounds of its type.
	EventValue Rule = "value"
	// EventAsset: no accepted bar is of this asset.
	EventAsset Rule = "asset"
	// EventDuplicate: an accepted row says the same, or a column of the bars
	// holds an event of this type for the bar that this one takes effect on. A
	// split is one too when another time of its takes effect on the same bar;
	// where the other one has another ratio the error wraps [ErrSplits].
	EventDuplicate Rule = "duplicate"
)

// EventRules returns all rules of events in the order in which they are applied.
func EventRules() []Rule {
	return []Rule{EventSchema, EventTime, EventValue, EventAsset, EventDuplicate}
}

// eventRow is a row of an events file. Without a rule it is accepted.
type eventRow struct {
	line  int
	asset string
	event columnar.Event
	rule  Rule
	text  string
}

// eventFile is an events file that has been read.
type eventFile struct {
	report.Source
	rows []eventRow
	// fields are the positions of symbol, time, type and value.
	fields [4]int
	width  int
	form   value.TimeForm
	timed  bool // form is set
	texts  bool // the text of rows is wanted, for the rejects
	split  shape.Splitter
}

// maxEvents bounds the rows of a file, which are kept in memory.
const maxEvents = 2_000_000

// readEventFile reads the file of Options.Events, or returns nil where there is
// none.
func readEventFile(ctx context.Context, o *Options, m *memory) (*eventFile, error) {
	if o.Events == "" {
		return nil, nil
	}
	info, err := os.Stat(o.Events)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, &InputError{File: o.Events, Err: errors.New("events: not a regular file")}
	}
	s := &source.File{Source: report.Source{Path: o.Events, Bytes: info.Size()}}
	st, err := s.Open(ctx, func(int) {})
	if err != nil {
		return nil, err
	}
	defer st.Close()
	f := &eventFile{Source: s.Source, texts: o.Rejects != nil}
	if err := f.read(st, m.reserve); err != nil {
		var input *InputError
		if errors.As(err, &input) || errors.Is(err, columnar.ErrMemory) {
			return nil, err
		}
		return nil, s.Wrap(err)
	}
	f.SHA256, err = st.Digest(ctx)
	return f, err
}

// read reads the rows of a file.
func (f *eventFile) read(r io.Reader, reserve func(int64) error) error {
	b := blocks{r: r, line: 1}
	buf := make([]byte, 0, 64<<10)
	for {
		text, line, _, err := b.next(buf)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f.at(line, "", err)
		}
		const perRow = 128
		if err := reserve(int64(len(text)) + perRow*int64(bytes.Count(text, []byte{'\n'}))); err != nil {
			return err
		}
		for ; len(text) > 0; line++ {
			row, rest, _ := bytes.Cut(text, []byte{'\n'})
			if err := f.line(line, shape.TrimLine(row)); err != nil {
				return err
			}
			text = rest
		}
		buf = buf[:0]
	}
	if f.width == 0 {
		return f.at(0, "", problem.Shape("the file is empty; %s", eventHeader))
	}
	return nil
}

// at names the place of what is wrong with the text.
func (f *eventFile) at(line int, column string, err error) error {
	if !errors.Is(err, ErrShape) {
		return err
	}
	return &InputError{File: f.Path, Line: line, Column: column, Err: err}
}

const eventHeader = "want a header that names symbol, date, type and value"

// line takes a line of the file.
func (f *eventFile) line(line int, text []byte) error {
	if len(text) > maxLine {
		return f.at(line, "", problem.Shape("the line has more than %d KiB", maxLine>>10))
	}
	if line == 1 {
		return f.header(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	}
	if shape.IsBlank(text) {
		return nil
	}
	if len(f.rows) == maxEvents {
		return f.at(line, "", problem.Shape("a file of more than %d events; give them in several ingests", maxEvents))
	}
	fields, q := f.split.Split(text)
	if q == shape.QuotesOpen {
		return f.at(line, "", problem.Shape("a quoted field does not end on its line; line breaks inside quotes are not read"))
	}
	row := eventRow{line: line}
	if q != shape.QuotesFine || len(fields) != f.width {
		row.rule = EventSchema
	} else {
		row.read(f, fields)
	}
	if f.texts {
		row.text = string(text)
	}
	f.rows = append(f.rows, row)
	return nil
}

// header finds the columns of an events file.
func (f *eventFile) header(text []byte) error {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return f.at(1, "", problem.Shape("line 1 is not UTF-8 text; %s", eventHeader))
	}
	// The sign that the header has most of; a comma where it has none.
	f.split.Delimiter = ','
	for _, sign := range []byte{';', '\t', '|'} {
		if bytes.Count(text, []byte{sign}) > bytes.Count(text, []byte{f.split.Delimiter}) {
			f.split.Delimiter = sign
		}
	}
	fields, q := f.split.Split(text)
	if q != shape.QuotesFine {
		return f.at(1, "", problem.Shape("the quotes of the header do not match"))
	}
	f.width, f.fields = len(fields), [4]int{-1, -1, -1, -1}
	for i, name := range fields {
		at := eventColumn(shape.Normalize(string(name)))
		switch {
		case at < 0:
			return f.at(1, string(name), problem.Shape("the column is not known; %s, and no other column", eventHeader))
		case f.fields[at] >= 0:
			return f.at(1, string(name), problem.Shape("the header names %q as well, which is the same; drop one", fields[f.fields[at]]))
		}
		f.fields[at] = i
	}
	if at := slices.Index(f.fields[:], -1); at >= 0 {
		return f.at(1, "", problem.Shape("no column %s; %s", [...]string{"symbol", "date", "type", "value"}[at], eventHeader))
	}
	return nil
}

// eventColumn returns which of symbol, time, type and value a header name is,
// or -1.
func eventColumn(name string) int {
	switch {
	case shape.MeaningOf(name).Column == shape.SymbolMeaning:
		return 0
	case shape.MeaningOf(name).Column == columnar.Time, name == "ex_date", name == "exdate":
		return 1
	case name == "type", name == "event", name == "event_type", name == "action":
		return 2
	case name == "value", name == "amount", name == "ratio":
		return 3
	}
	return -1
}

// eventType returns the type of that name; vendors write the three in a few
// ways.
func eventType(name []byte) (columnar.EventType, bool) {
	switch shape.Normalize(string(name)) {
	case "split", "splits", "stock_split":
		return columnar.EventSplit, true
	case "dividend", "dividends", "div", "cash_dividend":
		return columnar.EventDividend, true
	case "spinoff", "spin_off":
		return columnar.EventSpinoff, true
	}
	return "", false
}

// read reads the fields of a row.
func (r *eventRow) read(f *eventFile, fields [][]byte) {
	symbol, when, kind, text := value.TrimSpace(fields[f.fields[0]]), fields[f.fields[1]], fields[f.fields[2]], fields[f.fields[3]]
	t, known := eventType(kind)
	parse := value.ParseNumber
	if t == columnar.EventSplit {
		parse = shape.ParseRatio
	}
	v, number := parse(text)
	if !known || !number || v != v || !validSymbol(symbol) {
		r.rule = EventSchema
		return
	}
	at, form, ok := value.ParseTime(when)
	if ok && !f.timed {
		f.form, f.timed = form, true
	}
	if !ok || form != f.form {
		r.rule = EventTime
		return
	}
	r.asset, r.event = string(symbol), columnar.Event{Time: at, Type: t, Value: v}
	if r.event.Check() != nil {
		r.rule = EventValue
	}
}

// assign gives the events to their assets. Splits that contradict each other
// are an error: applied one after the other they would be a third one.
func (f *eventFile) assign(g *grouped) error {
	type at struct {
		asset string
		time  int64
		kind  columnar.EventType
	}
	column := make(map[at]bool)
	splits := make(map[string]splitsOfAsset)
	for _, a := range g.assets {
		for _, e := range a.events {
			column[at{a.id, e.Time, e.Type}] = true
		}
		splits[a.id] = splitsOf(g.timesOf(a), a.events)
	}
	type same struct {
		asset string
		event columnar.Event
	}
	seen := make(map[same]bool)
	for i := range f.rows {
		r := &f.rows[i]
		if r.rule != "" {
			continue
		}
		a := g.byID[r.asset]
		switch {
		case a == nil || a.rows == 0:
			r.rule = EventAsset
		case r.event.Type == columnar.EventSplit:
			known, err := splits[r.asset].add(g.timesOf(a), r.event)
			if err != nil {
				return &InputError{File: f.Path, Line: r.line, Err: fmt.Errorf("%w: asset %q: %w", ErrSplits, r.asset, err)}
			}
			if known {
				r.rule = EventDuplicate
			}
		case seen[same{r.asset, r.event}] || column[at{r.asset, g.barAt(a, r.event.Time), r.event.Type}]:
			r.rule = EventDuplicate
		}
		if r.rule == "" {
			seen[same{r.asset, r.event}] = true
			a.events = append(a.events, r.event)
		}
	}
	return nil
}

// ownDates moves events of a date to where the bars of that date are, if daily bars
// stand on the eve of it, as those of exchanges east of Greenwich do.
func (f *eventFile) ownDates(g *grouped, o *Options) {
	times := make([][]int64, len(g.assets))
	for i, a := range g.assets {
		times[i] = g.timesOf(a)
	}
	days := columnar.NewDays(columnar.NewAxis(o.Calendar, o.Label, times...), times...)
	for i := range f.rows {
		e := &f.rows[i].event
		a := g.byID[f.rows[i].asset]
		if a == nil || e.Time%value.Day != 0 {
			continue
		}
		bars := g.timesOf(a)
		from := days.Start(e.Time)
		if at, _ := slices.BinarySearch(bars, from); at < len(bars) && bars[at] < e.Time && days.Date(bars[at]) == e.Time {
			from = bars[at]
		}
		e.Time = from
	}
}

// barAt returns the time of the asset's first bar at or after a moment, which is
// when an event of that moment takes effect, or the moment.
func (g *grouped) barAt(a *asset, moment int64) int64 {
	times := g.timesOf(a)
	if bar, _ := slices.BinarySearch(times, moment); bar < len(times) {
		return times[bar]
	}
	return moment
}

// report returns the account of the rows. A file of which nothing is accepted
// or known already is an error: its dates or symbols are not those of the bars.
func (f *eventFile) report() (*report.Events, error) {
	r := &report.Events{Source: f.Source}
	r.Read = int64(len(f.rows))
	rules := EventRules()
	for _, rule := range rules {
		r.Rules = append(r.Rules, report.RuleCount{Rule: rule})
	}
	for _, row := range f.rows {
		if row.rule == "" {
			r.Accepted++
			continue
		}
		r.Rejected++
		r.Rules[slices.Index(rules, row.rule)].Rejected++
	}
	if duplicates := r.Rules[len(rules)-1].Rejected; r.Read > 0 && r.Accepted+duplicates == 0 {
		row := f.rows[0]
		return nil, &InputError{File: f.Path, Line: row.line,
			Err: fmt.Errorf("%w: all %d events are rejected, this one by rule %s (of %s)", ErrNoRows, r.Read, row.rule, joinRules(rules))}
	}
	return r, nil
}
