package shape

import (
	"bytes"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/table"
)

// FieldKind is what a parser does with a field.
type FieldKind uint8

// The kinds.
const (
	FieldSkip FieldKind = iota
	FieldTime
	FieldSymbol
	FieldValue
	// fieldClock is the time of day where it stands apart from the date.
	fieldClock
)

// Field describes a column of a source.
type Field struct {
	Name string // as the header has it
	Kind FieldKind
	// Column is the position among the value columns of the Frame.
	Column int
	// Shift is how many places the decimal point moves to the right.
	Shift int
	// whole says that the values are whole numbers by what the preset knows, so that
	// one with a decimal point is none.
	whole bool
	// flag says that the column holds true and false.
	flag bool
	// event is the kind of event that a column of values holds, or "".
	event columnar.EventType
}

// Layout is what the header and the first rows of a source say about it. It
// does not change while the source is parsed.
type Layout struct {
	Fields []Field
	// Columns are the value columns of the Frame: open, high, low, close,
	// volume, then the others by name.
	Columns []string
	// Asset is the id where no field holds the symbol.
	Asset string
	// Lacks are the columns of a bar that the source does not have.
	Lacks Lacks
	Long  bool
	Form  value.TimeForm
	// Events says that a field holds events.
	Events bool

	Delimiter byte
	Locale    value.Locale
	// Moments reads times that form does not; nil where it reads them all.
	Moments *value.Moments
	// Usual says that rows mostly have the form that parser.scan reads.
	Usual bool
	// Backwards says that the rows are newest first.
	Backwards bool
	// Table are the columns of a source that has types, nil for text, read the
	// positions of those that rows are made of, and zone that of local times.
	Table []table.Column
	Read  []int
	Zone  *time.Location
	// LocalZone is the zone of times that are written without an offset; nil where
	// they have one, or none has been given.
	LocalZone *time.Location
	// header is the line that names the columns, 0 where none does, and first
	// the line of the first row.
	header, First int
}

// Reading names what field k becomes.
func (l *Layout) Reading(k int) string {
	switch f := &l.Fields[k]; f.Kind {
	case FieldTime:
		if l.Moments != nil && l.Moments.Apart {
			return "date"
		}
		return "time"
	case fieldClock:
		return "time of day"
	case FieldSymbol:
		return "symbol"
	case FieldValue:
		return l.Columns[f.Column]
	}
	return ""
}

// TimeOf returns the time of a row whose field at holds it, or its date.
func (l *Layout) TimeOf(fields [][]byte, at int) (ns int64, ok bool) {
	if m := l.Moments; m != nil {
		if at < 0 {
			return m.Midnight(), m.Given
		}
		if m.Apart {
			return m.Join(fields[at], fields[m.At])
		}
		return m.Read(fields[at])
	}
	ns, form, ok := value.ParseTime(fields[at])
	return ns, ok && form == l.Form
}

// Number returns the value of a field.
func (l *Layout) Number(f *Field, text []byte) (v float64, ok bool) {
	if f.flag {
		return value.ParseFlag(text)
	}
	if f.whole && bytes.IndexByte(text, '.') >= 0 {
		return 0, false
	}
	if f.event == columnar.EventSplit {
		if v, ok = ParseRatio(text); ok {
			return v, true
		}
	}
	if l.Locale.Decimal != ',' && f.Shift == 0 {
		if v, ok = value.ParseNumber(text); ok {
			return v, true
		}
	}
	return l.Locale.Parse(text, f.Shift)
}
