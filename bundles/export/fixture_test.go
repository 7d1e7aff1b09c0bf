package export

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
)

// frameOf builds a Frame whose columns have the decimals of their values, as
// those of an ingest do.
func frameOf(t testing.TB, info columnar.Info, extra []string, assets ...columnar.Bars) *columnar.Frame {
	t.Helper()
	f, err := columnar.Build(columnsOf(extra, assets), assets, info)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// columnsOf are the five columns and others, with the decimals of the bars.
func columnsOf(extra []string, assets []columnar.Bars) []columnar.Column {
	columns := columnar.BarColumns()
	for _, name := range extra {
		columns = append(columns, columnar.Column{Name: name})
	}
	for c := range columns {
		var d columnar.Decimals
		for _, a := range assets {
			d.Add(a.Values[c])
		}
		columns[c].Scale = d.Scale()
	}
	return columns
}

// barsOf returns n bars from a time on, step apart: prices with two decimals
// and whole volumes, which depend on the id, and noise in other columns.
func barsOf(id string, n, columns int, from, step int64) columnar.Bars {
	b := columnar.Bars{ID: id, Times: make([]int64, n), Values: make([][]float64, columns)}
	for c := range b.Values {
		b.Values[c] = make([]float64, n)
	}
	for i := range n {
		b.Times[i] = from + int64(i)*step
		base := float64(1000*len(id)+10*i) / 100
		for c, v := range []float64{base, base + 0.5, base - 0.25, base + 0.1, float64(100 * i)} {
			b.Values[c][i] = math.Round(v*100) / 100
		}
		for c := 5; c < columns; c++ {
			b.Values[c][i] = math.Sin(float64(i * c))
		}
	}
	return b
}

// market has assets of all kinds: with events, with bars that break rules, with
// names that file systems and CSV do not take.
func market(t testing.TB) *columnar.Frame {
	start := 19_000 * day
	aapl := barsOf("AAPL", 40, 7, start, day)
	aapl.Events = []columnar.Event{
		{Time: aapl.Times[10], Type: columnar.EventSplit, Value: 4},
		{Time: aapl.Times[5], Type: columnar.EventDividend, Value: 0.205},
		{Time: aapl.Times[20] - 1, Type: columnar.EventSpinoff, Value: 0.875},
		{Time: aapl.Times[39] + day, Type: columnar.EventDividend, Value: 0.1},
	}
	odd := barsOf(`ODD,"1"; x`, 12, 7, start+2*day, day)
	odd.Values[0][3], odd.Values[4][4], odd.Values[6][5] = math.NaN(), math.NaN(), math.NaN() // nan
	odd.Values[2][6] = -1                                                                     // price
	odd.Values[1][7] = 0.01                                                                   // price, ohlc
	info := columnar.Info{Axis: columnar.Axis{Calendar: calendar.NYSE(), Label: columnar.LabelClose}}
	return frameOf(t, info, []string{"adj_close", "trades"}, aapl, odd,
		barsOf("aapl", 3, 7, start, day), barsOf("BRK/B", 5, 7, start, day), barsOf("CON", 1, 7, start+9*day, day), barsOf("Ä 50%.", 4, 7, start, day))
}

// intraday has bars of a minute with parts of a second, of which few values are
// decimal.
func intraday(t testing.TB) *columnar.Frame {
	a, b := barsOf("BTC", 500, 5, 19_000*day+1_000_000, 60*second), barsOf("ETH", 300, 5, 19_001*day, 60*second)
	for i := range b.Times {
		for c := range 4 {
			b.Values[c][i] += math.Sqrt(float64(i+1)) / 1e3
		}
	}
	return frameOf(t, columnar.Info{Axis: columnar.Axis{Calendar: calendar.AlwaysOpen()}, Adjusted: columnar.AdjustedAll}, nil, a, b)
}

// ingested reads exported files as the Reading says.
func ingested(path string, r *Reading) (*columnar.Frame, error) {
	o := ingest.Options{Calendar: r.Calendar, Label: r.Label, Adjusted: r.Adjusted, Events: r.Events, Workers: 1,
		Policies: make(map[ingest.Rule]ingest.Policy), Columns: make(map[string]string)}
	for _, rule := range r.Keep {
		o.Policies[ingest.Rule(rule)] = ingest.Keep
	}
	for _, c := range r.Columns {
		o.Columns[c] = c
	}
	result, err := ingest.Files(context.Background(), []string{path}, o)
	if err != nil {
		return nil, err
	}
	if result.Report.Rejected > 0 {
		result.Frame.Release()
		return nil, fmt.Errorf("%d rows were rejected: %v", result.Report.Rejected, result.Report.Rules)
	}
	return result.Frame, nil
}

// same compares two Frames: assets, bars by bits, events, and the digests of
// their columns.
func same(got, want *columnar.Frame) error {
	if g, w := got.Assets(), want.Assets(); !slices.Equal(g, w) {
		return fmt.Errorf("assets %q, want %q", g, w)
	}
	g, w := columnar.ColumnDigests(got), columnar.ColumnDigests(want)
	for i := range w {
		if !slices.Equal(g[i], w[i]) {
			return fmt.Errorf("asset %q: other columns: %v\n%v", want.Asset(i), got.Values(i, 0), want.Values(i, 0))
		}
		if !slices.Equal(got.Events(i), want.Events(i)) {
			return fmt.Errorf("asset %q: events %v, want %v", want.Asset(i), got.Events(i), want.Events(i))
		}
	}
	return nil
}

// listed returns the paths below a folder, for comparison.
func listed(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
