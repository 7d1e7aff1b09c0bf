package shape

import (
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// Choices are the options that say how a source is read; their contracts are those
// of ingest.Options.
type Choices struct {
	Asset, Symbol      string
	Columns            map[string]string
	Drop               []string
	Dialect, Delimiter string
	Dialects           []Dialect
	Header             int
	Names              []string
	Decimal            string
	DateOrder          value.DateOrder
	Zone               string
	Label              columnar.Label
	// Day is the date of all rows, as days since 1970, where folders say it.
	Day        *int
	PriceScale int64
}

// NoHeader is the Header of sources without one.
const NoHeader = -1

// names reports whether an option speaks of a column of that name.
func (o *Choices) names(header string) bool {
	name := Normalize(header)
	if name == "" {
		return false
	}
	same := func(other string) bool { return Normalize(other) == name }
	for other := range o.Columns {
		if same(other) {
			return true
		}
	}
	return slices.ContainsFunc(o.Drop, same) || o.Symbol != "" && same(o.Symbol)
}
