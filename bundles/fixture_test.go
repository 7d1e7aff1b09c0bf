package bundles

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

const day = int64(86_400_000_000_000)

// asset returns n bars, one a day or, where they are very many, one a minute,
// whose values depend on the id, the column and
// the bar, so that no two are equal.
func asset(id string, n, columns int) columnar.Bars {
	b := columnar.Bars{ID: id, Times: make([]int64, n), Values: make([][]float64, columns)}
	base := 0.0
	for _, c := range id {
		base = base*31 + float64(c)
	}
	step := day
	if n > 50_000 {
		step = day / 1440
	}
	for i := range n {
		b.Times[i] = 20_000*day + int64(i)*step
	}
	for c := range columns {
		b.Values[c] = make([]float64, n)
		for i := range n {
			b.Values[c][i] = base + float64(c)/8 + float64(i)/1024
		}
	}
	return b
}

func build(t testing.TB, columns []columnar.Column, assets ...columnar.Bars) *columnar.Frame {
	t.Helper()
	f, err := columnar.Build(columns, assets, columnar.Info{Axis: columnar.Axis{Calendar: calendar.NYSE()}, Adjusted: columnar.AdjustedSplits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// small has three assets of different lengths, one without bars.
func small(t testing.TB) *columnar.Frame {
	columns := columnar.BarColumns()
	columns[3].Scale = 100
	return build(t, columns, asset("BBB", 5, 5), asset("AAA", 3, 5), asset("EMPTY", 0, 5))
}

// another is small with one more bar, and with events.
func another(t testing.TB) *columnar.Frame {
	return build(t, columnar.BarColumns(), withEvents(asset("BBB", 6, 5)), asset("AAA", 3, 5))
}

// withEvents gives an asset a split on its third bar, a dividend on its second
// and a spin-off after its last.
func withEvents(b columnar.Bars) columnar.Bars {
	n := len(b.Times)
	b.Events = []columnar.Event{
		{Time: b.Times[2], Type: columnar.EventSplit, Value: 4},
		{Time: b.Times[1], Type: columnar.EventDividend, Value: 0.1},
		{Time: b.Times[n-1] + 1, Type: columnar.EventSpinoff, Value: 0.875},
	}
	return b
}

var account = report.Account{
	Read: 10, Accepted: 8, Rejected: 2,
	Rules:   report.RuleCounts{{Rule: "ohlc", Rejected: 2}},
	Sources: []report.Source{{Path: "a.csv", Bytes: 99, SHA256: "00", Read: 10, Accepted: 8, Rejected: 2}},
	Options: map[string]string{"calendar": "nyse"},
}

func newStore(t testing.TB) *Store {
	t.Helper()
	noMappings(t)
	s, err := OpenStore(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// noMappings fails the test if it leaves a file mapped.
func noMappings(t testing.TB) {
	t.Cleanup(func() {
		if n := columnar.OpenMappings(); n != 0 {
			t.Errorf("%d mappings left", n)
		}
	})
}

func ingest(s *Store, bundle string, f *columnar.Frame, options PublishOptions) (Published, error) {
	ctx := context.Background()
	i, err := s.Begin(ctx, bundle)
	if err != nil {
		return Published{}, err
	}
	defer i.Abort()
	if _, err := fmt.Fprintln(i.Rejects(), "file,line,rule,text"); err != nil {
		return Published{}, err
	}
	return i.Publish(ctx, f, account, options)
}

func mustIngest(t testing.TB, s *Store, bundle string, f *columnar.Frame, options PublishOptions) Published {
	t.Helper()
	p, err := ingest(s, bundle, f, options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustOpen(t testing.TB, s *Store, ref string, options OpenOptions) *Bundle {
	t.Helper()
	b, err := s.Open(context.Background(), ref, options)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// equal compares two Frames by bits.
func equal(got, want *columnar.Frame) error {
	if g, w := fmt.Sprint(got.Assets(), got.Columns(), got.Info().Axis, got.Info().Adjusted), fmt.Sprint(want.Assets(), want.Columns(), want.Info().Axis, want.Info().Adjusted); g != w {
		return fmt.Errorf("got %s, want %s", g, w)
	}
	for i := range want.NumAssets() {
		if g, w := got.Events(i), want.Events(i); !slices.Equal(g, w) {
			return fmt.Errorf("asset %q: events %v, want %v", want.Asset(i), g, w)
		}
	}
	for i := range want.NumAssets() {
		if g, w := got.Times(i), want.Times(i); fmt.Sprint(g) != fmt.Sprint(w) {
			return fmt.Errorf("asset %q: times %v, want %v", want.Asset(i), g, w)
		}
		for c := range want.Columns() {
			g, w := got.Values(i, c), want.Values(i, c)
			for k := range w {
				if math.Float64bits(g[k]) != math.Float64bits(w[k]) {
					return fmt.Errorf("asset %q column %d bar %d: %v, want %v", want.Asset(i), c, k, g[k], w[k])
				}
			}
		}
	}
	return nil
}
