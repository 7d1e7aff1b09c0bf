package ingest

import (
	"github.com/bowstring-engine/bowstring/ingest/internal/shape"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
	"github.com/bowstring-engine/bowstring/ingest/quality"
)

// DateOrder is the order of the parts of numeric dates.
type DateOrder = value.DateOrder

// The orders. "" lets every source decide for itself.
const (
	// YearFirst is yyyy-mm-dd, yyyymmdd, yyyy/m/d, yymmdd, yyyymmddhhmm and
	// the like.
	YearFirst = value.YearFirst
	// DayFirst is dd.mm.yyyy, dd/mm/yy, ddmmyyyy and the like.
	DayFirst = value.DayFirst
	// MonthFirst is mm/dd/yyyy, mm-dd-yy and the like.
	MonthFirst = value.MonthFirst
	// Epoch reads digits as time since 1970 where they could be a date as well.
	Epoch = value.Epoch
)

// ParseDateOrder returns the order of that name; "" is "".
func ParseDateOrder(name string) (DateOrder, error) { return value.ParseDateOrder(name) }

// RuleSession is the quality rule of second bars of a session, which an append asks
// about too.
const RuleSession = quality.Session

// NoHeader is the value of Options.Header for sources without one.
const NoHeader = shape.NoHeader

// Dialect is what is known of the files of a vendor beyond what they show.
type Dialect = shape.Dialect

// Dialects returns the names that Options.Dialect takes, in order, beside those of
// Options.Dialects.
func Dialects() []string { return shape.Dialects() }

// Finding is one thing that was decided about a source, and by what.
type Finding = shape.Finding
