package ingest

import (
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/table"
)

// fieldKind is what a parser does with a field.
type fieldKind uint8

const (
	fieldSkip fieldKind = iota
	fieldTime
	fieldSymbol
	fieldValue
	// fieldClock is the time of day where it stands apart from the date.
	fieldClock
)

// field describes a column of a source.
type field struct {
	name string // as the header has it
	kind fieldKind
	// column is the position among the value columns of the Frame.
	column int
	// shift is how many places the decimal point moves to the right.
	shift int
	// flag says that the column holds true and false.
	flag bool
	// event is the kind of event that a column of values holds, or "".
	event columnar.EventType
}

// layout is what the header and the first rows of a source say about it. It
// does not change while the source is parsed.
type layout struct {
	fields []field
	// columns are the value columns of the Frame: open, high, low, close,
	// volume, then the others by name.
	columns []string
	// asset is the id where no field holds the symbol.
	asset string
	long  bool
	form  value.TimeForm
	// events says that a field holds events.
	events bool

	delimiter byte
	locale    value.Locale
	// moments reads times that form does not; nil where it reads them all.
	moments *value.Moments
	// usual says that rows mostly have the form that parser.scan reads.
	usual bool
	// backwards says that the rows are newest first.
	backwards bool
	// table are the columns of a source that has types, nil for text, read the
	// positions of those that rows are made of, and zone that of local times.
	table []table.Column
	read  []int
	zone  *time.Location
	// header is the line that names the columns, 0 where none does, and first
	// the line of the first row.
	header, first int
}
