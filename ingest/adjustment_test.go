package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
)

// history are daily bars of a company that moves by about 1 % a day around a
// price, with a split on a row: before it prices are times old. extra is what
// follows the volume of a row, or of the header.
func history(n, split int, old float64, header string, extra func(row int, price float64) string) string {
	var b strings.Builder
	b.WriteString("Date,Open,High,Low,Close,Volume" + header + "\n")
	for i := range n {
		price := []float64{100, 101, 102, 101}[i%4]
		if i < split {
			price *= old
		}
		day := time.Date(2023, 1, 2+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		fmt.Fprintf(&b, "%s,%g,%g,%g,%g,500%s\n", day, price, price, price, price, extra(i, price))
	}
	return b.String()
}

// The kind of ingest-yfinance-double-split: a column of splits beside prices that
// are adjusted for them. What is right follows from how each file is made.
func TestAdjustedBesideSplits(t *testing.T) {
	plain := func(ratio string) func(int, float64) string {
		return func(i int, _ float64) string {
			if i == 40 {
				return "," + ratio
			}
			return ",0"
		}
	}
	// A dividend of 1 on row 20, before which the close is 101: adjusted closes
	// before it are 100/101 of the others.
	adjusted := func(full bool) func(int, float64) string {
		return func(i int, price float64) string {
			adj, dividend, split := price, "0", "0"
			if i < 20 && !full {
				adj *= 100. / 101
			}
			if i == 20 {
				dividend = "1"
			}
			if i == 40 {
				split = "4"
			}
			return fmt.Sprintf(",%.8f,%s,%s", adj, dividend, split)
		}
	}
	dividends := func(i int, _ float64) string {
		return map[int]string{20: ",0.25,0", 40: ",0,4"}[i]
	}
	withDividends := func(i int, price float64) string {
		if text := dividends(i, price); text != "" {
			return text
		}
		return ",0,0"
	}
	for _, c := range []struct {
		name, text string
		want       columnar.Adjustment // "": asked
	}{
		{"yfinance without dividends", history(80, 40, 1, ",Stock Splits", plain("4.0")), columnar.AdjustedSplits},
		{"yfinance", history(80, 40, 1, ",Dividends,Stock Splits", withDividends), ""},
		{"with an adjusted close", history(80, 40, 1, ",Adj Close,Dividends,Stock Splits", adjusted(false)), columnar.AdjustedSplits},
		{"with an adjusted close that is the close", history(80, 40, 1, ",Adj Close,Dividends,Stock Splits", adjusted(true)), columnar.AdjustedAll},
		{"a reverse split", history(80, 40, 1, ",split factor", plain("0.1")), columnar.AdjustedSplits},
		{"as traded", history(80, 40, 4, ",Stock Splits", plain("4")), columnar.AdjustedNone},
		{"a reverse split as traded", history(80, 40, 0.1, ",splitFactor", plain("0.1")), columnar.AdjustedNone},
		{"as traded with dividends", history(80, 40, 4, ",Dividends,Stock Splits", withDividends), columnar.AdjustedNone},
		{"the wrong way round", history(80, 40, 0.25, ",Stock Splits", plain("4")), ""},
		{"another ratio", history(80, 40, 2, ",Stock Splits", plain("4")), ""},
		{"a small split alone", history(80, 40, 1, ",Stock Splits", plain("3:2")), ""},
		{"a stock dividend", history(80, 40, 1.05, ",Stock Splits", plain("1.05")), ""},
		{"a split on the first bar", history(80, 0, 1, ",Stock Splits", func(i int, _ float64) string { return map[bool]string{true: ",2", false: ",0"}[i == 0] }), columnar.AdjustedNone},
	} {
		r, _, err := ingestText(t, c.text, "", Options{})
		if c.want == "" {
			if !errors.Is(err, ErrAdjustment) || !strings.Contains(err.Error(), "2023-02-11") {
				t.Errorf("%s: not asked: %v", c.name, err)
			}
			if r, _, err = ingestText(t, c.text, "", Options{Adjusted: columnar.AdjustedSplits}); err != nil || r.Frame.Info().Adjusted != columnar.AdjustedSplits {
				t.Errorf("%s: said: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := r.Report.Adjustment; r.Frame.Info().Adjusted != c.want || got.Adjusted != c.want || r.Report.Options["adjusted"] != got.String() {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if f := found(r); len(f) > 0 && strings.Contains(strings.Join(f, " "), string(quality.SplitStep)) {
			t.Errorf("%s: %q", c.name, f)
		}
		// The closes of a run differ by the 2 % that they move, and a dividend.
		all, err := columnar.Adjusted(context.Background(), r.Frame, r.Frame.DefaultAdjustment(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if first := all.Values(0, 3)[0] / all.Values(0, 3)[79]; first < 0.95 || first > 1.05 {
			t.Errorf("%s: the first close is %v of the last", c.name, first)
		}
		all.Release()
	}
}

// The kind of corporate-action-oddities. A company is split 10 for 1 on
// 4 January, at a price of 100; right is a return of 0, or an error.
func TestOddSplits(t *testing.T) {
	bars := "date,open,high,low,close,volume\n2024-01-02,100,100,100,100,100\n2024-01-03,100,100,100,100,100\n2024-01-04,10,10,10,10,1000\n2024-01-08,10,10,10,10,1000\n"
	column := strings.NewReplacer("volume\n", "volume,split\n", ",100\n", ",100,1\n", "04,10,10,10,10,1000\n", "04,10,10,10,10,1000,10\n", "08,10,10,10,10,1000\n", "08,10,10,10,10,1000,1\n").Replace(bars)
	shifted := strings.Replace(column, "08,10,10,10,10,1000,1\n", "08,10,10,10,10,1000,10\n", 1)
	const head = "symbol,date,type,value\n"
	for _, c := range []struct {
		name, bars, events string
		want               string // of the error; "" is a return of 0
		duplicates         int64
	}{
		{"one split", bars, "A,2024-01-04,split,10\n", "", 0},
		{"twice", bars, "A,2024-01-04,split,10\nA,2024-01-04,split,10\n", "", 1},
		{"twice as ratios", bars, "A,2024-01-04,split,10:1\nA,2024-01-04,Split,10/1\n", "", 1},
		{"two ratios", bars, "A,2024-01-04,split,10\nA,2024-01-04,split,5\n", ":3: splits contradict each other: asset \"A\": the split of 10 on 2024-01-04 and the split of 5 on 2024-01-04", 0},
		{"inverted", bars, "A,2024-01-04,split,0.1\n", "close from 100 to 10, a step by the ratio the wrong way round", 0},
		{"twice, on a day without bars", bars, "A,2024-01-06,split,2\nA,2024-01-08,split,2\nA,2024-01-04,split,10\n", "not clear: of 2 splits", 0},
		{"on two days that are one bar", strings.Replace(bars, "2024-01-04", "2024-01-05", 1), "A,2024-01-04,split,10\nA,2024-01-05,split,10\n", "", 1},
		{"two ratios on two days that are one bar", strings.Replace(bars, "2024-01-04", "2024-01-05", 1), "A,2024-01-04,split,10\nA,2024-01-05,split,20\n", "take effect on one bar", 0},
		{"of a column and a file", column, "A,2024-01-04,split,10\n", "", 1},
		{"rounded in the file", column, "A,2024-01-04,split,10.0001\n", "", 1},
		{"another one in the file", column, "A,2024-01-04,split,5\n", "take effect on one bar", 0},
		{"a bar later in the file", column, "A,2024-01-08,split,10\n", "look like one split", 0},
		{"twice in the column", shifted, "A,2024-01-02,dividend,1\n", "does not at 1", 0},
		{"the first bar, and before", bars, "A,2024-01-02,split,2\nA,2024-01-01,split,2\nA,2024-01-04,split,10\n", "", 1},
	} {
		r, _, err := ingestText(t, c.bars, head+c.events, Options{})
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrAdjustment) && !errors.Is(err, ErrSplits) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		all, err := columnar.Adjusted(context.Background(), r.Frame, "all", nil)
		if err != nil {
			t.Fatal(err)
		}
		closes, rules := all.Values(0, 3), r.Report.Events.Rules
		if closes[0] != closes[3] || rules[len(rules)-1].Rejected != c.duplicates {
			t.Errorf("%s: closes %v, rules %v", c.name, closes, rules)
		}
		all.Release()
	}
}

// What Options.Adjusted says goes before the prices, which are held against it.
func TestAdjustedSaid(t *testing.T) {
	split := func(ratio string) func(int, float64) string {
		return func(i int, _ float64) string { return map[bool]string{true: "," + ratio, false: ",1"}[i == 40] }
	}
	for _, c := range []struct {
		name, text string
		said       columnar.Adjustment
		detail     string
	}{
		{"no step", history(80, 40, 1, ",split", split("4")), columnar.AdjustedNone, "close from 101 to 100 at a split of 4: no step"},
		{"a step", history(80, 40, 4, ",split", split("4")), columnar.AdjustedSplits, "close from 404 to 100 at a split of 4: a step"},
		{"a step", history(80, 40, 4, ",split", split("4")), columnar.AdjustedAll, "close from 404 to 100 at a split of 4: a step"},
		{"inverted", history(80, 40, 4, ",split", split("1:4")), columnar.AdjustedNone, "close from 404 to 100 at a split of 0.25: a step the wrong way round"},
		{"right", history(80, 40, 4, ",split", split("4")), columnar.AdjustedNone, ""},
	} {
		r, _, err := ingestText(t, c.text, "", Options{Adjusted: c.said})
		if err != nil {
			t.Fatal(err)
		}
		var detail string
		for _, a := range r.Report.Quality {
			for _, f := range a.Findings {
				if f.Rule == quality.SplitStep {
					detail = f.Examples[0].Detail
				}
			}
		}
		if detail != c.detail || (len(r.Report.Adjustment.Contradictions) > 0) != (c.detail != "") || r.Report.Adjustment.Source != AdjustmentSaid {
			t.Errorf("%s: %q, %+v", c.name, detail, r.Report.Adjustment)
		}
		// Assumed, where that is what the bars are added to, is refused instead.
		_, _, err = ingestText(t, c.text, "", Options{Assumed: c.said})
		if errors.Is(err, ErrAdjustment) != (c.detail != "") {
			t.Errorf("%s: assumed: %v", c.name, err)
		}
	}
	_, _, err := ingestText(t, history(80, 40, 1, ",split", split("4")), "", Options{Adjusted: columnar.AdjustedNone, Policies: map[Rule]Policy{quality.SplitStep: Fail}})
	if !errors.Is(err, ErrQuality) {
		t.Error(err)
	}
}

// Dividends alone tell nothing without an adjusted close; files of two assets that
// are adjusted differently are asked about, with a date of each.
func TestAdjustmentAccount(t *testing.T) {
	paid := func(i int, _ float64) string { return map[bool]string{true: ",1", false: ",0"}[i == 20] }
	r, _, err := ingestText(t, history(40, 0, 1, ",dividend", paid), "", Options{})
	if err != nil || r.Report.Adjustment.String() != "none, default: dividends alone do not tell" {
		t.Error(err, r.Report.Adjustment)
	}
	if r, _, err = ingestText(t, history(40, 0, 1, "", func(int, float64) string { return "" }), "", Options{}); err != nil || r.Report.Adjustment != nil {
		t.Error("an account of nothing", err)
	}
	var mixed strings.Builder
	mixed.WriteString("date,symbol,open,high,low,close,volume,split\n")
	for symbol, old := range []float64{4, 1} {
		for _, line := range strings.Split(strings.TrimSpace(history(80, 40+symbol, old, ",split", func(i int, _ float64) string {
			return map[bool]string{true: ",4", false: ",1"}[i == 40+symbol]
		})), "\n")[1:] {
			date, rest, _ := strings.Cut(line, ",")
			fmt.Fprintf(&mixed, "%s,S%d,%s\n", date, symbol, rest)
		}
	}
	_, _, err = ingestText(t, mixed.String(), "", Options{})
	want := "of 2 splits the close steps at 1, does not at 1: S0: split of 4 on 2023-02-11: close from 404 to 100, a step by the ratio; S1: split of 4 on 2023-02-12: close from 100 to 101, no step"
	if !errors.Is(err, ErrAdjustment) || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}

// TestUS8Adjustment: the README of the data says which of the two is adjusted.
func TestUS8Adjustment(t *testing.T) {
	for path, want := range map[string]string{
		"us8/as_traded":      "none, found: of 18 splits the close steps at 18, does not at 0",
		"us8/split_adjusted": "splits, found: of 18 splits the close steps at 0, does not at 18",
	} {
		o := Options{Calendar: calendar.NYSE(), Events: data(t, "us8/events.csv")}
		if strings.Contains(path, "traded") {
			o.Drop = []string{"dividend", "split"}
		}
		r, err := Files(context.Background(), []string{data(t, path)}, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Report.Adjustment.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", path, got)
		} else {
			t.Log(got)
		}
		r.Frame.Release()
	}
}
