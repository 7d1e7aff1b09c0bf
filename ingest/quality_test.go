package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// daily writes bars of one price each, a line a close, on the days after
// 2024-01-01, with a volume of 1; high and low are 1 % around the price.
func daily(closes ...float64) string {
	var b strings.Builder
	b.WriteString(header)
	for i, c := range closes {
		day := time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		fmt.Fprintf(&b, "%s,%g,%g,%g,%g,1\n", day, c, c*1.01, c*0.99, c)
	}
	return b.String()
}

// wave is n closes that move by about +1, +2, -1 and -2 %. The median return is
// one of ±1 % and the deviations from it 0, 1, 2 and 3 %, so that the robust
// deviation is 1.5 to 3 %, and ten of them between 15 and 30 %.
func wave(n int) []float64 {
	closes := make([]float64, n)
	for i := range closes {
		closes[i] = []float64{100, 101, 103, 102}[i%4]
	}
	return closes
}

// found returns the findings of a report as "rule count first-day".
func found(r *Result) []string {
	var out []string
	for _, a := range r.Report.Quality {
		for _, f := range a.Findings {
			out = append(out, fmt.Sprintf("%s %d %s", f.Rule, f.Count, f.First.Format("01-02")))
		}
	}
	return out
}

// Each series is a wave with one thing wrong, and the findings are by hand.
func TestQualityRules(t *testing.T) {
	with := func(n, at int, values ...float64) []float64 {
		closes := wave(n)
		copy(closes[at:], values)
		return closes
	}
	for _, c := range []struct {
		name string
		text string
		o    Options
		want []string
	}{
		{"sound", daily(wave(40)...), Options{Calendar: calendar.AlwaysOpen()}, nil},
		{"jump", daily(with(40, 30, 100, 101, 140, 141, 140, 141, 140, 141, 140, 141)...), Options{}, []string{"jump 1 02-02"}},
		// Ten equal closes begin on the 12th of January; the next is 101.
		{"stale", daily(with(40, 11, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100)...), Options{}, []string{"stale 10 01-12"}},
		// The levels of a split of 2:1, to the end.
		{"split", daily(with(40, 30, 50, 50.5, 50, 50.5, 50, 50.5, 50, 50.5, 50, 50.5)...), Options{}, []string{"jump 1 01-31", "split-like 1 01-31"}},
		{"half that comes back", daily(with(40, 30, 50)...), Options{}, []string{"jump 2 01-31"}},
		{"hundredfold", daily(with(40, 30, 10000, 10100)...), Options{}, []string{"scale 2 01-31"}},
		{"hundredth of few bars", daily(100, 101, 1, 101), Options{}, []string{"scale 1 01-03"}},
		{"future", daily(wave(40)...), Options{Quality: quality.Options{Now: time.Date(2024, 2, 7, 12, 0, 0, 0, time.UTC)}}, []string{"future 1 02-09"}},
		{"flat and no volume", header + "2024-01-01,1,1,1,1,0\n2024-01-02,1,1,1,1,0\n2024-01-03,1,1,1,1,2\n2024-01-04,1,2,1,1,2\n", Options{}, []string{"flat 3 01-01", "zero-volume 2 01-01"}},
		{"negative volume", header + "2024-01-01,1,2,1,1,5\n2024-01-02,1,2,1,1,-5\n", Options{Policies: map[Rule]Policy{RulePrice: Keep}}, []string{"negative-volume 1 01-02"}},
		// The 6th was a Saturday; the 4th is missing.
		{"calendar", header + "2024-01-02,1,2,1,1,5\n2024-01-03,1,2,1,1,5\n2024-01-05,1,2,1,1,5\n2024-01-06,1,2,1,1,5\n", Options{Calendar: calendar.NYSE()}, []string{"gap 1 01-05", "off-grid 1 01-06"}},
		// 200 days after the first two bars, at 1.5 times the price.
		{"reuse", header + "2024-01-01,1,2,1,1,5\n2024-01-02,1,2,1,1,5\n2024-07-20,1.5,2,1,1.5,5\n", Options{}, []string{"ticker-reuse 1 07-20"}},
		{"off", daily(with(40, 30, 10000, 10100)...), Options{Quality: quality.Options{Off: true}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _, err := read(t, c.text, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if got := found(r); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q: %+v", got, c.want, r.Report.Quality)
			}
		})
	}
}

// The two bars of another scale are taken out with their lines, 32 and 33 (the
// header is 1), and everything adds up; as Fail they end the ingest.
func TestQualityPolicies(t *testing.T) {
	closes := wave(40)
	closes[30], closes[31] = 10000, 10100
	text := daily(closes...)
	r, rejects, err := read(t, text, Options{Policies: map[Rule]Policy{quality.Scale: RejectRow}})
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Report; p.Accepted != 38 || p.Rejected != 2 || r.Frame.NumRows() != 38 || p.Rules[len(p.Rules)-1] != (report.RuleCount{Rule: quality.Scale, Rejected: 2}) {
		t.Errorf("report %+v", p)
	}
	if !strings.Contains(rejects, ",32,scale,") || !strings.Contains(rejects, ",33,scale,") || strings.Count(rejects, "\n") != 3 {
		t.Errorf("rejects %q", rejects)
	}
	if shut := r.Frame.Values(0, 3); slices.Max(shut) != 103 || shut[30] != 100 || r.Frame.Times(0)[30] != time.Date(2024, 2, 2, 0, 0, 0, 0, time.UTC).UnixNano() {
		t.Errorf("closes %v", shut)
	}
	_, _, err = read(t, text, Options{Policies: map[Rule]Policy{quality.Scale: Fail}})
	var input *InputError
	if !errors.Is(err, ErrQuality) || !errors.As(err, &input) || input.Rule != quality.Scale {
		t.Errorf("fail: %v", err)
	}
	for rule, policy := range map[Rule]Policy{quality.Gap: RejectRow, quality.Flat: Keep, RuleOHLC: ReportOnly} {
		if err := (&Options{Policies: map[Rule]Policy{rule: policy}}).Validate(); !errors.Is(err, ErrOptions) {
			t.Errorf("%s=%s: %v", rule, policy, err)
		}
	}
}

// The README of the data: us8 has no gaps, and moves beyond 30 % are real.
func TestQualityOfUS8(t *testing.T) {
	r, err := Files(context.Background(), []string{data(t, "us8/split_adjusted")}, Options{Calendar: calendar.NYSE(), Adjusted: columnar.AdjustedSplits})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	jumps := map[string]string{}
	for _, a := range r.Report.Quality {
		for _, f := range a.Findings {
			switch f.Rule {
			case quality.Jump:
				jumps[a.Asset] = fmt.Sprint(f.Examples)
			case quality.Gap, quality.OffGrid, quality.SplitLike, quality.Scale, quality.TickerReuse, quality.Absurd, quality.Swapped:
				t.Errorf("%s: %+v", a.Asset, f)
			}
		}
	}
	// The Frame says the same again.
	again, err := quality.Check(context.Background(), r.Frame, quality.Options{})
	if got, want := fmt.Sprintf("%+v", again), fmt.Sprintf("%+v", r.Report.Quality); err != nil || got != want {
		t.Errorf("checked again: %s, %v; want %s", got, err, want)
	}
	if !strings.Contains(jumps["AAPL"], "2000-09-29") || !strings.Contains(jumps["NFLX"], "2022-04-20") {
		t.Errorf("jumps %v", jumps)
	}
}

// The README of the data: 2,267 minutes missing, the longest 5 h 55 m on
// 2020-02-19, from bar to bar, which is 354 bars; 81 bars without volume.
func TestQualityOfMinutes(t *testing.T) {
	if proptest.Race {
		t.Skip("a million rows, read by the goroutines of TestMinutes")
	}
	path := data(t, "minute/BTCUSDT-1m-2020-2021.csv.zst")
	var reports []string
	for _, workers := range []int{1, 4} {
		r, err := Files(context.Background(), []string{path}, Options{Calendar: calendar.AlwaysOpen(), Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Frame.Release()
		reports = append(reports, fmt.Sprintf("%+v", r.Report.Quality))
		if len(r.Report.Quality) != 1 {
			t.Fatalf("quality %+v", r.Report.Quality)
		}
		for _, f := range r.Report.Quality[0].Findings {
			switch f.Rule {
			case quality.Gap:
				if f.Count != 2267 || !slices.ContainsFunc(f.Examples, func(e report.Example) bool {
					return strings.HasPrefix(e.Detail, "354 missing since 2020-02-19")
				}) {
					t.Errorf("gaps %+v", f)
				}
			case quality.ZeroVolume:
				if f.Count != 81 {
					t.Errorf("zero volume %+v", f)
				}
			case quality.OffGrid, quality.Scale, quality.Absurd:
				t.Errorf("%+v", f)
			}
		}
	}
	if reports[0] != reports[1] {
		t.Errorf("reports differ with the workers")
	}
}

// The README of the data: fb reuses an older company's ticker, and qqq has a
// hole from 2004-12 to 2011-03.
func TestQualityOfReusedTickers(t *testing.T) {
	for id, want := range map[string]string{"fb": "2012-05-18", "qqq": "2011-03-23"} {
		r, err := Files(context.Background(), []string{data(t, "lean/equity_daily/"+id+".zip")}, Options{Calendar: calendar.NYSE(), Dialect: "lean"})
		if err != nil {
			t.Skipf("%s: %v", id, err)
		}
		defer r.Frame.Release()
		ok := false
		for _, f := range r.Report.Quality[0].Findings {
			ok = ok || f.Rule == quality.TickerReuse && f.First.Format(time.DateOnly) == want
		}
		if !ok {
			t.Errorf("%s: %+v", id, r.Report.Quality)
		}
	}
}

// The README of the data: Close and Adj Close are swapped in BAS.DE, 4,281
// rows break rule ohlc.
func TestQualityOfSwappedColumns(t *testing.T) {
	r, err := Files(context.Background(), []string{data(t, "messy/yahoo_null_rows/BAS.DE.csv")}, Options{Rejects: new(bytes.Buffer), RejectLimit: RejectAll()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	for _, a := range r.Report.Quality {
		for _, f := range a.Findings {
			if f.Rule == quality.Swapped && f.Count == 4281 && strings.Contains(f.Examples[0].Detail, `"close" and "adj_close" changed places`) {
				return
			}
		}
	}
	t.Errorf("quality %+v", r.Report.Quality)
}
