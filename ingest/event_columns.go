package ingest

import (
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/shape"
)

// takeEvents turns the columns of events into events of the assets, and returns
// the names of the columns that are left; which there were is in eventColumns.
func (g *grouped) takeEvents(names []string) []string {
	var left []string
	var values [][]float64
	for c, name := range names {
		t := shape.EventOf(name)
		if t == "" {
			left, values = append(left, name), append(values, g.values[c])
			continue
		}
		g.eventColumns = append(g.eventColumns, t)
		for _, a := range g.assets {
			for row := a.base; row < a.base+a.rows; row++ {
				if v := g.values[c][row]; !shape.NoEvent(t, v) {
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
