package export

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/internal/decimal"
)

// TestCSVRoundTrip exports in every shape of CSV and ingests what comes of it:
// the digest is that of the Frame, which is the name of a version.
func TestCSVRoundTrip(t *testing.T) {
	for name, f := range map[string]*columnar.Frame{"market": market(t), "intraday": intraday(t)} {
		for _, c := range []Compression{None, Gzip, Zstd} {
			for _, split := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/split=%v", name, c, split), func(t *testing.T) {
					dir := t.TempDir()
					o := Options{Format: CSV, Compress: c, Events: filepath.Join(dir, "e.csv")}
					path, write := filepath.Join(dir, "bars"), Folder
					if !split {
						path, write = path+o.extension(), File
					}
					r, err := write(context.Background(), path, f, o)
					if err != nil {
						t.Fatal(err)
					}
					if r.Reading.Differs != nil || r.Reading.Refused != nil {
						t.Errorf("%+v", r.Reading)
					}
					if r.Rows != int64(f.NumRows()) || r.Assets != f.NumAssets() || r.Events != int64(f.NumEvents()) || (r.EventsFile == "") != (r.Events == 0) {
						t.Errorf("%+v", r)
					}
					got, err := ingested(path, &r.Reading)
					if err != nil {
						t.Fatal(err)
					}
					defer got.Release()
					if err := same(got, f); err != nil {
						t.Error(err)
					}
					if g, w := got.Info().Digest, f.Info().Digest; g != w {
						t.Errorf("digest %s, want %s: %v %v\n%v %v", g, w, got.Columns(), got.Info(), f.Columns(), f.Info())
					}
				})
			}
		}
	}
}

// TestCSVText has the whole text by hand.
func TestCSVText(t *testing.T) {
	nan := math.NaN()
	at := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC).UnixNano()
	f := frameOf(t, columnar.Info{}, []string{"x"},
		columnar.Bars{ID: "B,1", Times: []int64{at, at + day}, Values: [][]float64{{1, 2}, {1.5, 2}, {1, 1.25}, {1, 2}, {10, nan}, {0.1, 1e21}},
			Events: []columnar.Event{{Time: at + day, Type: columnar.EventSplit, Value: 0.1}}},
		columnar.Bars{ID: "A", Times: []int64{at}, Values: [][]float64{{3}, {3}, {3}, {3}, {0}, {math.Inf(-1)}}})
	const want = `asset,time,open,high,low,close,volume,x
A,2024-01-02,3,3.0,3.00,3,0,-inf
"B,1",2024-01-02,1,1.5,1.00,1,10,0.1
"B,1",2024-01-03,2,2.0,1.25,2,,1e+21
`
	var out bytes.Buffer
	events := filepath.Join(t.TempDir(), "events.csv")
	r, err := Write(context.Background(), &out, f, Options{Events: events})
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
	if text, err := os.ReadFile(events); err != nil || string(text) != "symbol,date,type,value\n\"B,1\",2024-01-03,split,0.1\n" {
		t.Errorf("events %s %v", text, err)
	}
	if r.Bytes != int64(out.Len()) || r.Files != 1 || fmt.Sprint(r.Reading.Refused) != `[column "x" has infinities]` {
		t.Errorf("%+v", r)
	}
	out.Reset()
	o := Options{Columns: []string{"volume", "time", "close"}, Symbols: []string{"B,1"}, From: time.Unix(0, at+1)}
	if _, err := Write(context.Background(), &out, f, o); err != nil || out.String() != "asset,time,volume,close\n\"B,1\",2024-01-03,,2\n" {
		t.Errorf("got\n%s%v", out.String(), err)
	}
}

// Any Frame comes back from its text, with the digest that the Reading promises.
func TestCSVProperty(t *testing.T) {
	dir := t.TempDir()
	path, events := filepath.Join(dir, "bars.csv"), filepath.Join(dir, "events.csv")
	rapid.Check(t, func(t *rapid.T) {
		f := anyFrame(t)
		defer f.Release()
		_ = os.Remove(events)
		var out bytes.Buffer
		r, err := Write(context.Background(), &out, f, Options{Events: events})
		if err != nil {
			t.Fatal(err)
		}
		if r.Reading.Refused != nil || r.Reading.Differs != nil {
			t.Fatalf("%+v", r.Reading)
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ingested(path, &r.Reading)
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		defer got.Release()
		if err := same(got, f); err != nil || got.Info().Digest != f.Info().Digest {
			t.Fatalf("%v\n%v\n%v\n%s", err, got.Info(), f.Info(), out.String())
		}
	})
}

// anyFrame draws a Frame of a few assets with hard values.
func anyFrame(t *rapid.T) *columnar.Frame {
	step := rapid.SampledFrom([]int64{1, 1000, second, 60 * second, day}).Draw(t, "step")
	places := rapid.IntRange(0, 7).Draw(t, "places")
	value := rapid.OneOf(
		rapid.Map(rapid.Int64Range(1, 1e9), func(m int64) float64 { return float64(m) / decimal.Pow10[places] }),
		rapid.Map(rapid.Uint64(), func(b uint64) float64 {
			if v := math.Float64frombits(b); v-v == 0 {
				return v
			}
			return math.NaN()
		}),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 10000, math.MaxFloat64, 5e-324, 1e21, 1e-7, math.NaN()}),
	)
	extra := rapid.SampledFrom([][]string{nil, {"adj_close"}, {"last", "price", "trades"}, {"a", "ticker", "timestamp", "vwap"}}).Draw(t, "extra")
	ids := rapid.SliceOfNDistinct(rapid.StringMatching(`([A-Za-z0-9"',;|.\x{e9}-][A-Za-z0-9"',;|. \x{e9}-]{0,3})?[A-Z0-9]`), 1, 4, rapid.ID[string]).Draw(t, "ids")
	assets := make([]columnar.Bars, len(ids))
	for i, id := range ids {
		n := rapid.IntRange(1, 6).Draw(t, "bars")
		b := columnar.Bars{ID: id, Values: make([][]float64, 5+len(extra))}
		at := rapid.Int64Range(-10_000, 20_000).Draw(t, "day") * day
		for range n {
			at += step * rapid.Int64Range(1, 3).Draw(t, "steps")
			b.Times = append(b.Times, at)
			for c := range b.Values {
				b.Values[c] = append(b.Values[c], value.Draw(t, "value"))
			}
		}
		for k := range rapid.IntRange(0, 2).Draw(t, "events") {
			b.Events = append(b.Events, columnar.Event{Time: b.Times[0] + int64(k)*step, Type: rapid.SampledFrom(columnar.EventTypes()).Draw(t, "type"),
				Value: rapid.Float64Range(0.01, 0.99).Draw(t, "of")})
		}
		assets[i] = b
	}
	f, err := columnar.Build(columnsOf(extra, assets), assets, columnar.Info{Axis: columnar.Axis{Calendar: calendar.FX()}, Adjusted: columnar.AdjustedSplits})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestDiffers says why an export is no longer the bundle.
func TestDiffers(t *testing.T) {
	f := market(t)
	events := func(o Options) Options { o.Events = filepath.Join(t.TempDir(), "e.csv"); return o }
	for _, c := range []struct {
		name string
		f    *columnar.Frame
		o    Options
		want string
	}{
		{"symbols", f, events(Options{Symbols: []string{"AAPL", "CON"}}), "2 of 6 assets were asked for"},
		{"time", f, events(Options{From: time.Unix(0, 19_000*day+1)}), "not all of the time was asked for"},
		{"some without bars", f, events(Options{To: time.Unix(0, 19_005*day)}), "1 assets have no bars there; not all of the time"},
		{"adjusted", f, events(Options{Adjust: columnar.AdjustedSplits}), "the prices are adjusted for splits"},
		{"events", f, Options{}, "the events are not in a file"},
		{"columns", f, events(Options{Columns: []string{"open", "high", "low", "close", "volume", "trades"}}), "the columns are chosen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bars.csv")
			r, err := File(context.Background(), path, c.f, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(r.Reading.Differs, "; "); !strings.Contains(got, c.want) || r.Reading.Refused != nil {
				t.Errorf("%q, want %q; refused %q", got, c.want, r.Reading.Refused)
			}
			got, err := ingested(path, &r.Reading) // another bundle, and one all the same
			if err != nil {
				t.Fatal(err)
			}
			defer got.Release()
			if got.Info().Digest == f.Info().Digest {
				t.Error("the same digest")
			}
		})
	}
	odd := frameOf(t, columnar.Info{}, []string{"Odd"}, barsOf("A", 2, 6, 0, day))
	r, err := Write(context.Background(), new(bytes.Buffer), odd, Options{})
	if err != nil || !slices.Equal(r.Reading.Refused, []string{`column "Odd" is not called as columns are`}) {
		t.Errorf("%+v %v", r, err)
	}
	r, err = Write(context.Background(), new(bytes.Buffer), odd, Options{Columns: []string{"close"}})
	if err != nil || len(r.Reading.Refused) != 4 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestAdjustedExport exports adjusted prices: those of columnar.Adjusted.
func TestAdjustedExport(t *testing.T) {
	f := market(t)
	for _, mode := range []columnar.Adjustment{columnar.AdjustedSplits, columnar.AdjustedAll} {
		dir := t.TempDir()
		path := filepath.Join(dir, "bars.csv")
		r, err := File(context.Background(), path, f, Options{Adjust: mode, Events: filepath.Join(dir, "events.csv")})
		if err != nil {
			t.Fatal(err)
		}
		want, err := columnar.Adjusted(context.Background(), f, mode, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ingested(path, &r.Reading)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(got, want); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		got.Release()
		want.Release()
	}
}

// TestEventsOfWindow gives a window the events that its Slice has.
func TestEventsOfWindow(t *testing.T) {
	f := market(t)
	aapl, _ := f.Lookup("AAPL")
	for from := int64(-1); from < 41; from += 3 {
		for to := from + 1; to < 42; to += 2 {
			o := Options{From: time.Unix(0, (19_000+from)*day), To: time.Unix(0, (19_000+to)*day)}
			s, err := choose(context.Background(), f, o)
			if err != nil {
				continue
			}
			cut := f.Slice(o.From, o.To)
			for _, a := range s.assets {
				if got, want := s.events(a), cut.Events(a.at); a.at == aapl && !slices.Equal(got, want) {
					t.Errorf("from %d to %d: %v, want %v", from, to, got, want)
				}
			}
			cut.Release()
		}
	}
}
