package shape

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// The columns of a bar by position.
const (
	openAt = iota
	highAt
	lowAt
	closeAt
	volumeAt
	barColumns
)

// Lacks says which columns of a bar a source does not have, by position. Prices that
// are lacking are made of those that are there, and an unknown volume is none (NaN).
type Lacks struct {
	// Any says that something is lacking.
	Any    bool
	column [barColumns]bool
}

// Volume reports whether the source has no volume.
func (l Lacks) Volume() bool { return l.column[volumeAt] }

// Has reports whether the source has a column of a bar.
func (l Lacks) Has(column int) bool { return !l.column[column] }

// Names are those of the columns that are lacking.
func (l Lacks) Names() (names []string) {
	for k, c := range columnar.BarColumns() {
		if l.column[k] {
			names = append(names, c.Name)
		}
	}
	return names
}

// Fill completes a bar. The high and low of an open and a close are the larger and
// the smaller of them; of a close alone all prices are that.
func (l Lacks) Fill(bar []float64) {
	if l.column[openAt] {
		bar[openAt] = bar[closeAt]
	}
	if l.column[highAt] {
		bar[highAt], bar[lowAt] = math.Max(bar[openAt], bar[closeAt]), math.Min(bar[openAt], bar[closeAt])
	}
	if l.column[volumeAt] {
		bar[volumeAt] = math.NaN()
	}
}

// lacking settles which columns of a bar the source does without, and returns those
// that it cannot: a close is needed, and high and low only come together.
func (r *Resolver) lacking() (missing []string) {
	var l Lacks
	for k, c := range columnar.BarColumns() {
		if _, ok := r.taken[c.Name]; !ok {
			l.column[k], l.Any = true, true
			missing = append(missing, c.Name)
		}
	}
	prices := l.column[openAt] || l.column[highAt] || l.column[lowAt]
	switch {
	case !l.Any:
		return nil
	case l.column[closeAt], prices && !(l.column[highAt] && l.column[lowAt]), prices && r.likePrices() > 1:
		return missing
	}
	r.Layout.Lacks = l
	switch {
	case l.column[openAt]:
		r.Say("lacks", strings.Join(l.Names(), ", ")+": open, high and low are the close", value.Sample{}, "")
	case prices:
		r.Say("lacks", strings.Join(l.Names(), ", ")+": high and low are those of open and close", value.Sample{}, "")
	default:
		r.Say("lacks", "volume", value.Sample{}, "")
	}
	return nil
}

// likePrices counts the columns that no name explains and whose values are about
// those of the close: prices may be among them.
func (r *Resolver) likePrices() (n int) {
	shut := r.claimants(columnar.Close)
	if len(shut) != 1 {
		return 0
	}
	number := func(row HeadRow, i int) (float64, bool) {
		v, ok := value.ParseNumber(value.TrimSpace(row.Fields[i]))
		return v, ok && v > 0
	}
	for i := range r.names {
		if name := Normalize(r.names[i]); r.claims[i].Column != "" || strings.HasPrefix(name, "adj") || r.IsKey(i) {
			continue
		}
		near, rows := 0, 0
		for _, row := range r.Rows {
			v, ok := number(row, i)
			if c, known := number(row, shut[0]); ok && known {
				rows++
				if v < 1.5*c && c < 1.5*v {
					near++
				}
			}
		}
		if rows > 0 && 10*near >= 9*rows {
			n++
		}
	}
	return n
}

// onlySeries takes a column of numbers for the close, where nothing but times and it
// is there: its name is that of the series, as FRED writes it.
func (r *Resolver) onlySeries() {
	at := -1
	for i := range r.names {
		m := r.claims[i].Column
		switch {
		case m == columnar.Time, m == skipMeaning, m == SymbolMeaning, i == r.time, i == r.clock:
			continue
		case slices.ContainsFunc(columnar.BarColumns(), func(c columnar.Column) bool { return c.Name == m }), m != "", at >= 0:
			return
		}
		at = i
	}
	if at < 0 || r.time < 0 {
		return
	}
	if p := &r.columns[at]; p.Rows > p.Nothing && p.Numbers == p.Rows {
		r.claims[at] = Meaning{columnar.Close, rankStandIn}
		r.Say("close", fmt.Sprintf("column %q, the only one with numbers", r.names[at]), value.Sample{}, "Columns")
	}
}
