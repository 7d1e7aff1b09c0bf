package shape

import (
	"bytes"
	"math"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
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

// EventOf returns the kind of event that a column of that canonical name holds,
// or "".
func EventOf(canonical string) columnar.EventType {
	switch canonical {
	case dividendColumn:
		return columnar.EventDividend
	case splitColumn:
		return columnar.EventSplit
	}
	return ""
}

// ParseRatio reads new shares for old: a number, or two as in 4:1, 1/10, 3 for
// 2 and 3-for-2.
func ParseRatio(text []byte) (float64, bool) {
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

// BadEvent returns the name of a column whose value in a row is an event that
// cannot be, or "".
func (l *Layout) BadEvent(row []float64) string {
	for i := range l.Fields {
		f := &l.Fields[i]
		if f.event == "" || NoEvent(f.event, row[f.Column]) {
			continue
		}
		if (columnar.Event{Type: f.event, Value: row[f.Column]}).Check() != nil {
			return f.Name
		}
	}
	return ""
}

// NoEvent reports whether a value of a column stands for no event: a blank, 0,
// or a split of 1.
func NoEvent(t columnar.EventType, v float64) bool {
	return v != v || v == 0 || t == columnar.EventSplit && v == 1
}
