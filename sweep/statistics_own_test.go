package sweep

import (
	"bytes"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// ownStatistics are a ratio of two that rows have, a count, and one of a statistic that
// the output does not have.
func ownStatistics() []metrics.Own {
	return []metrics.Own{
		{Name: "return_per_trade", Of: []metrics.Stat{metrics.TotalReturn, metrics.Trades}, Value: func(v *metrics.Values) float64 {
			if v[metrics.Trades] == 0 {
				return math.NaN()
			}
			return v[metrics.TotalReturn] / v[metrics.Trades]
		}},
		{Name: "all_trades", Kind: metrics.Count, Of: []metrics.Stat{metrics.Trades, metrics.OpenTrades}, Value: func(v *metrics.Values) float64 {
			return v[metrics.Trades] + v[metrics.OpenTrades]
		}},
		{Name: "half_tail", Of: []metrics.Stat{metrics.TailRatio}, Value: func(v *metrics.Values) float64 { return v[metrics.TailRatio] / 2 }},
	}
}

// TestOwnStatistics: each value is the function of the row's other columns, for any
// number of workers, of all trials and of the best.
func TestOwnStatistics(t *testing.T) {
	frame := walk(t, 2, 400)
	s := crossSpec()
	s.Output.Statistics = []metrics.Stat{metrics.TotalReturn, metrics.Sharpe, metrics.Trades, metrics.OpenTrades, metrics.TailRatio}
	s.Output.Own = ownStatistics()
	for _, o := range []Options{{}, {Top: 3}} {
		r, err := Run(t.Context(), frame, s, o)
		if err != nil {
			t.Fatal(err)
		}
		rows, undefined := 0, 0
		for r.Next() {
			rec := r.Record()
			column := func(name string) *array.Float64 {
				return rec.Column(rec.Schema().FieldIndices(name)[0]).(*array.Float64)
			}
			count := func(name string) *array.Int64 {
				return rec.Column(rec.Schema().FieldIndices(name)[0]).(*array.Int64)
			}
			per, tails := column("return_per_trade"), column("half_tail")
			for i := range int(rec.NumRows()) {
				rows++
				trades := count("trades").Value(i)
				if per.IsNull(i) != (trades == 0) || tails.IsNull(i) != column("tail_ratio").IsNull(i) {
					t.Fatalf("row %d: null %v and %v", i, per.IsNull(i), tails.IsNull(i))
				}
				if per.IsNull(i) {
					undefined++
				} else if want := column("total_return").Value(i) / float64(trades); per.Value(i) != want {
					t.Errorf("row %d: %v a trade, want %v", i, per.Value(i), want)
				}
				if got, want := count("all_trades").Value(i), trades+count("open_trades").Value(i); got != want {
					t.Errorf("row %d: %d trades in all, want %d", i, got, want)
				}
				if !tails.IsNull(i) && tails.Value(i) != column("tail_ratio").Value(i)/2 {
					t.Errorf("row %d: half tail %v", i, tails.Value(i))
				}
			}
		}
		if r.Err() != nil || rows == 0 || undefined == rows {
			t.Errorf("%+v: %d rows, %d undefined, %v", o, rows, undefined, r.Err())
		}
		if got := r.Metadata()[results.MetaGo]; got != "statistic return_per_trade, statistic all_trades, statistic half_tail" {
			t.Errorf("metadata %q", got)
		}
		r.Release()
	}
	s.Output.Statistics = nil // core, which the tail ratio is not in: it is computed all the same
	one := resultBytes(t, frame, s, Options{Workers: 1})
	if !bytes.Equal(one, resultBytes(t, frame, s, Options{Workers: 3, BlockTrials: 2})) {
		t.Error("other bytes with three workers")
	}
	b, err := RunBacktest(t.Context(), frame, set(t, crossSpec(), ownStatistics()), BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	rec := b.Results()
	defer rec.Release()
	if len(rec.Schema().FieldIndices("half_tail")) != 1 {
		t.Errorf("a backtest has %v", rec.Schema())
	}
}

// set fixes the parameters of a spec and adds statistics.
func set(t *testing.T, s *spec.Spec, own []metrics.Own) *spec.Spec {
	t.Helper()
	for _, p := range s.Params {
		if err := s.Set(p.Name, p.Axis.Text(0)); err != nil {
			t.Fatal(err)
		}
	}
	s.Output.Own = own
	return s
}

// TestOwnStatisticsResume: a file with other columns is not gone on from.
func TestOwnStatisticsResume(t *testing.T) {
	frame, path := walk(t, 1, 200), filepath.Join(t.TempDir(), "r.parquet")
	s := crossSpec()
	s.Output.Own = ownStatistics()
	r, err := Run(t.Context(), frame, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := results.WriteFile(path, r); err != nil {
		t.Fatal(err)
	}
	r.Release()
	other, err := Run(t.Context(), frame, crossSpec(), Options{Resume: path})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	if other.Resumed().Complete {
		t.Error("without the statistics the file is taken for complete")
	}
	if _, err := results.WriteFile(path, other); err == nil || !strings.Contains(err.Error(), results.MetaGo) {
		t.Errorf("without the statistics: %v", err)
	}
	if again, err := Run(t.Context(), frame, s, Options{Resume: path}); err != nil || !again.Resumed().Complete {
		t.Errorf("the same: %v", err)
	} else {
		again.Release()
	}
}

func TestOwnStatisticsAreChecked(t *testing.T) {
	for want, change := range map[string]func(*metrics.Own){
		"does not begin with":  func(o *metrics.Own) { o.Name = "1" },
		"a column of that nam": func(o *metrics.Own) { o.Name = "sharpe" },
		"needs Value":          func(o *metrics.Own) { o.Value = nil },
		"is unknown":           func(o *metrics.Own) { o.Kind = 9 },
		"a statistic that is":  func(o *metrics.Own) { o.Of = []metrics.Stat{200} },
	} {
		s := crossSpec()
		s.Output.Own = ownStatistics()
		change(&s.Output.Own[0])
		if _, err := Run(t.Context(), walk(t, 1, 50), s, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	s := crossSpec()
	s.Output.Own = ownStatistics()
	s.Output.Own[0].Name = s.Params[0].Name
	if _, err := Run(t.Context(), walk(t, 1, 50), s, Options{}); err == nil || !strings.Contains(err.Error(), "a column of that name") {
		t.Errorf("the name of a parameter: %v", err)
	}
}
