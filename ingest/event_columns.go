package ingest

import (
	"bytes"
	"math"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// The canonical names of columns of bars that hold corporate actions: cash a
// share, and new shares for one old. They become events, not columns.
const (
	dividendColumn = "dividend"
	splitColumn    = "split"
)

// eventSynonyms returns the canonical name of a normalized header name that
// vendors give a column of dividends or splits, or "". Capital gains of funds
// are none of them and stay an ordinary column.
func eventSynonyms(name string) string {
	switch name {
	case dividendColumn, "dividends", "div", "divs", "dividend_amount", "cash_dividend", "cash_dividends", "divcash", "div_cash", "ex_dividend":
		return dividendColumn
	case splitColumn, "splits", "stock_split", "stock_splits", "split_ratio", "splitratio", "split_factor", "splitfactor", "split_coefficient":
		return splitColumn
	}
	return ""
}

// eventOf returns the kind of event that a column of that canonical name holds,
// or "".
func eventOf(canonical string) columnar.EventType {
	switch canonical {
	case dividendColumn:
		return columnar.EventDividend
	case splitColumn:
		return columnar.EventSplit
	}
	return ""
}

// parseRatio reads new shares for old: a number, or two as in 4:1, 1/10, 3 for
// 2 and 3-for-2.
func parseRatio(text []byte) (float64, bool) {
	for _, sign := range []string{":", "/", "-for-", " for "} {
		left, right, found := bytes.Cut(bytes.ToLower(text), []byte(sign))
		if !found {
			continue
		}
		a, okA := value.ParseNumber(left)
		b, okB := value.ParseNumber(right)
		v := a / b
		return v, okA && okB && a >= 0 && b > 0 && !math.IsInf(v, 0)
	}
	return value.ParseNumber(text)
}

// noEvent reports whether a value of a column stands for no event: a blank, 0,
// or a split of 1.
func noEvent(t columnar.EventType, v float64) bool {
	return v != v || v == 0 || t == columnar.EventSplit && v == 1
}

// badEvent returns the name of a column whose value in a row is an event that
// cannot be, or "".
func (l *layout) badEvent(row []float64) string {
	for i := range l.fields {
		f := &l.fields[i]
		if f.event == "" || noEvent(f.event, row[f.column]) {
			continue
		}
		if (columnar.Event{Type: f.event, Value: row[f.column]}).Check() != nil {
			return f.name
		}
	}
	return ""
}

// takeEvents turns the columns of events into events of the assets, and returns
// the names of the columns that are left.
func (g *grouped) takeEvents(names []string) []string {
	var left []string
	var values [][]float64
	for c, name := range names {
		t := eventOf(name)
		if t == "" {
			left, values = append(left, name), append(values, g.values[c])
			continue
		}
		for _, a := range g.assets {
			for row := a.base; row < a.base+a.rows; row++ {
				if v := g.values[c][row]; !noEvent(t, v) {
					a.events = append(a.events, columnar.Event{Time: g.times[row], Type: t, Value: v})
				}
			}
		}
	}
	g.values = values
	return left
}

// asPaid brings the dividends among the first n events of an asset, those of
// columns, from the terms of split-adjusted prices beside them to those of
// their day. Vendors that adjust prices for splits adjust the dividends in the
// same file, too.
func (g *grouped) asPaid(a *asset, n int) {
	for i := range a.events[:n] {
		if e := &a.events[i]; e.Type == columnar.EventDividend {
			e.Value *= laterSplits(g.timesOf(a), a.events, e.Time)
		}
	}
}
