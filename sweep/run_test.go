package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// walk returns generated daily bars of ragged lengths.
func walk(t testing.TB, assets, bars int) *columnar.Frame {
	t.Helper()
	f, err := sample.Walk(sample.Options{Assets: assets, Bars: bars, Seed: 5, Ragged: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// crossSpec is an SMA cross over a small grid.
func crossSpec() *spec.Spec {
	return &spec.Spec{
		Name:   "sma-cross",
		Params: []spec.Param{{Name: "fast", Axis: spec.Range(2, 11, 3)}, {Name: "slow", Axis: spec.List(8, 15, 30)}},
		Where:  "$fast < $slow",
		Let:    []spec.Expr{{Name: "fast_ma", Text: "sma(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules:  spec.Rules{Entry: "crosses_above(fast_ma, slow_ma)", Exit: "crosses_below(fast_ma, slow_ma)"},
		Simulation: backtest.Config{
			Fill: backtest.FillClose, CommissionBps: 10,
		},
		Output: spec.Output{Statistics: metrics.All()},
	}
}

// resultBytes runs a spec and returns the bytes of its result file.
func resultBytes(t *testing.T, frame *columnar.Frame, spec *spec.Spec, opts Options) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.parquet")
	r, err := Run(context.Background(), frame, spec, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if _, err := results.WriteFile(path, r); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSameBytes is the governing invariant: workers, block sizes, cache sizes
// and the order in which assets came in change no byte of a result file.
func TestSameBytes(t *testing.T) {
	frame := walk(t, 5, 400)
	var assets []columnar.Bars
	for i := range frame.NumAssets() {
		b := columnar.Bars{ID: frame.Asset(i), Times: frame.Times(i)}
		for c := range frame.Columns() {
			b.Values = append(b.Values, frame.Values(i, c))
		}
		assets = append(assets, b)
	}
	slices.Reverse(assets)
	reversed, err := columnar.Build(frame.Columns(), assets, columnar.Info{Axis: columnar.Axis{Calendar: frame.Info().Axis.Calendar}, Adjusted: frame.Info().Adjusted})
	if err != nil {
		t.Fatal(err)
	}
	defer reversed.Release()
	specs := map[string]func(*spec.Spec){
		"both":   func(*spec.Spec) {},
		"assets": func(s *spec.Spec) { s.Output = spec.Output{Rows: spec.RowsAssets} },
		"pooled": func(s *spec.Spec) { s.Output = spec.Output{Rows: spec.RowsPooled} },
		"core":   func(s *spec.Spec) { s.Output = spec.Output{} },
		"core, period, risk-free": func(s *spec.Spec) {
			s.Output = spec.Output{}
			times := frame.Times(0)
			s.Period = spec.Period{From: time.Unix(0, times[100]), To: time.Unix(0, times[300])}
			s.RiskFree = 0.02
		},
		"short, period, risk-free": func(s *spec.Spec) {
			s.Simulation = backtest.Config{Direction: backtest.Both, CommissionBps: 5, SlippageBps: 3}
			s.Rules = spec.Rules{Entry: s.Rules.Entry, ShortEntry: s.Rules.Exit}
			times := frame.Times(0)
			s.Period = spec.Period{From: time.Unix(0, times[100]), To: time.Unix(0, times[300])}
			s.RiskFree = 0.02
		},
	}
	for name, change := range specs {
		t.Run(name, func(t *testing.T) {
			spec := crossSpec()
			change(spec)
			want := resultBytes(t, frame, spec, Options{Workers: 1})
			for _, workers := range []int{1, 2, 8} {
				for _, block := range []int{0, 1, 5} {
					for _, cacheBytes := range []int64{-1, 1 << 12, 0} {
						opts := Options{Workers: workers, BlockTrials: block, CacheBytes: cacheBytes}
						for order, f := range map[string]*columnar.Frame{"": frame, "reversed": reversed} {
							if got := resultBytes(t, f, spec, opts); !bytes.Equal(got, want) {
								t.Fatalf("workers %d, block %d, cache %d, assets %s: other bytes", workers, block, cacheBytes, order)
							}
						}
					}
				}
			}
		})
	}
}

// naiveCross simulates the SMA cross on one asset from the words of the
// semantics page, all in, filled at the close: no code of the engine is used.
func naiveCross(closes []float64, fast, slow int, rate float64) (equity []float64, trades int, fees float64) {
	mean := func(t, n int) float64 {
		if t < n-1 {
			return math.NaN()
		}
		cents := int64(0)
		for _, c := range closes[t-n+1 : t+1] {
			cents += int64(math.Round(c * 100))
		}
		return float64(cents) / float64(100*n)
	}
	cash, units := 100_000.0, 0.0
	for t := range closes {
		if t > 0 {
			f0, s0, f1, s1 := mean(t-1, fast), mean(t-1, slow), mean(t, fast), mean(t, slow)
			switch {
			case f0 <= s0 && f1 > s1 && units == 0:
				units = cash / (closes[t] * (1 + rate))
				fees += cash - units*closes[t]
				cash = 0
			case f0 >= s0 && f1 < s1 && units > 0:
				cash = units * closes[t] * (1 - rate)
				fees += units * closes[t] * rate
				units = 0
				trades++
			}
		}
		equity = append(equity, cash+units*closes[t])
	}
	return equity, trades, fees
}

// TestRunAgainstNaive compares every row, pooled rows included, with a naive
// simulation.
func TestRunAgainstNaive(t *testing.T) {
	frame := walk(t, 4, 300)
	c, _ := frame.ColumnIndex(columnar.Close)
	r, err := Run(context.Background(), frame, crossSpec(), Options{Workers: 2, BlockTrials: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	rows := 0
	for r.Next() {
		rec := r.Record()
		for row := range int(rec.NumRows()) {
			get := func(name string) float64 { return ranking.Number(rec.Column(rec.Schema().FieldIndices(name)[0]), row) }
			asset := rec.Column(1).(*array.String).Value(row)
			fast, slow := int(get("fast")), int(get("slow"))
			ids := []string{asset}
			if asset == results.PooledAsset {
				ids = frame.Assets()
			}
			// The sum of the accounts at every moment that any asset has.
			sum := map[int64]float64{}
			trades, fees := 0, 0.0
			var all []int64
			for i := range frame.NumAssets() {
				if slices.Contains(ids, frame.Asset(i)) {
					all = append(all, frame.Times(i)...)
				}
			}
			slices.Sort(all)
			all = slices.Compact(all)
			for _, id := range ids {
				i, _ := frame.Lookup(id)
				equity, n, fee := naiveCross(frame.Values(i, c), fast, slow, 0.001)
				trades, fees = trades+n, fees+fee
				for _, at := range all {
					j, found := slices.BinarySearch(frame.Times(i), at)
					if !found {
						j--
					}
					if j < 0 {
						sum[at] += 100_000
					} else {
						sum[at] += equity[j]
					}
				}
			}
			start, worst := 100_000*float64(len(ids)), 0.0
			peak := start
			for _, at := range all {
				peak = max(peak, sum[at])
				worst = max(worst, 1-sum[at]/peak)
			}
			for name, want := range map[string]float64{
				"total_return": sum[all[len(all)-1]]/start - 1, "max_drawdown": worst, "trades": float64(trades), "fees": fees,
			} {
				if got := get(name); math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
					t.Fatalf("%s fast %d slow %d: %s = %v, naive %v", asset, fast, slow, name, got, want)
				}
			}
			rows++
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	// fast 2, 5, 8, 11 by slow 8, 15, 30, less (8, 8) and (11, 8)
	if want := 10 * 5; rows != want {
		t.Errorf("%d rows, want %d", rows, want)
	}
}

// TestTrialsAreNumberedInTheFullGrid: excluded combinations are gaps.
func TestTrialsAreNumberedInTheFullGrid(t *testing.T) {
	r, err := Run(context.Background(), walk(t, 1, 50), crossSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var trials []int64
	for r.Next() {
		trials = append(trials, r.Record().Column(0).(*array.Int64).Int64Values()...)
	}
	// fast 8 (index 2) and 11 (index 3) exclude slow 8 (index 0): 6 and 9.
	want := []int64{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 7, 7, 8, 8, 10, 10, 11, 11}
	if !slices.Equal(trials, want) {
		t.Errorf("trials %v, want %v", trials, want)
	}
}

// TestFailedTrialsFailAlone: a window of 0 fails its trials, and only those;
// they rank last and carry their error, pooled rows too.
func TestFailedTrialsFailAlone(t *testing.T) {
	s := crossSpec()
	s.Params = []spec.Param{{Name: "n", Axis: spec.List(1, 2, 3)}}
	s.Where = ""
	s.Let = nil
	s.Rules = spec.Rules{Entry: "close > sma(close, $n - 2)", Exit: "close < sma(close, 5)"}
	r, err := Run(context.Background(), walk(t, 2, 60), s, Options{Workers: 2, BlockTrials: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	top, err := results.Leaders(context.Background(), r, results.LeadersOptions{By: "total_return", Asset: results.PooledAsset})
	if err != nil {
		t.Fatal(err)
	}
	defer top.Release()
	trials := top.Column(0).(*array.Int64).Int64Values()
	if !slices.Equal(trials, []int64{2, 0, 1}) {
		t.Errorf("ranked %v, want the trial without an error first", trials)
	}
	errs := top.Column(int(top.NumCols()) - 1).(*array.String)
	if errs.IsValid(0) || errs.IsNull(1) || errs.IsNull(2) {
		t.Errorf("errors %v", errs)
	}
	if sharpe := top.Column(top.Schema().FieldIndices("sharpe")[0]); sharpe.IsValid(1) {
		t.Error("a failed trial has a Sharpe ratio")
	}
}

// TestMemoryIsReleased: all Arrow memory comes back, also from a run that was
// not read to its end.
func TestMemoryIsReleased(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	frame := walk(t, 3, 100)
	for _, read := range []int{0, 1, 1 << 30} {
		r, err := Run(context.Background(), frame, crossSpec(), Options{Allocator: mem})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < read && r.Next(); i++ {
		}
		r.Release()
	}
}

// bigSpec has more trials than any test waits for.
func bigSpec() *spec.Spec {
	s := crossSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 2000, 1)}, {Name: "slow", Axis: spec.Range(3, 4000, 1)}}
	return s
}

// TestEndsBeforeRows: a sweep that ends before its first rows, interrupted or
// without the memory it needs, says why and leaves no file.
func TestEndsBeforeRows(t *testing.T) {
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	for want, run := range map[error]struct {
		ctx    context.Context
		budget *columnar.Budget
	}{
		context.Canceled:   {stopped, nil},
		columnar.ErrMemory: {context.Background(), columnar.NewBudget(64 << 10)},
	} {
		r, err := Run(run.ctx, walk(t, 2, 200), bigSpec(), Options{Budget: run.budget})
		if err != nil {
			t.Fatal(want, err)
		}
		defer r.Release()
		dir := t.TempDir()
		_, err = results.WriteFile(filepath.Join(dir, "out.parquet"), r)
		var partial *results.PartialError
		if !errors.Is(err, want) || errors.As(err, &partial) {
			t.Errorf("error %v, want %v", err, want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%v: %v are left, %v", want, left, err)
		}
	}
}

// TestCancelLeavesReadablePart: what is finished when the context ends is a
// readable file that says it is partial, and equals the beginning of the
// whole; the name that was asked for does not exist.
func TestCancelLeavesReadablePart(t *testing.T) {
	frame := walk(t, 2, 200)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := Run(ctx, frame, bigSpec(), Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	go func() {
		for r.Progress().Trials < 20_000 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	path := filepath.Join(t.TempDir(), "out.parquet")
	_, err = results.WriteFile(path, r)
	var partial *results.PartialError
	if !errors.As(err, &partial) || !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the whole file exists: %v", err)
	}
	file, err := results.Open(partial.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !file.Partial() || file.NumRows() != partial.Rows || partial.Rows == 0 {
		t.Errorf("partial %v, %d rows, said %d", file.Partial(), file.NumRows(), partial.Rows)
	}
	records := file.Records()
	defer records.Release()
	last := int64(-1)
	for records.Next() {
		for _, trial := range records.Record().Column(0).(*array.Int64).Int64Values() {
			if trial < last {
				t.Fatal("trials out of order")
			}
			last = trial
		}
	}
	if err := records.Err(); err != nil {
		t.Error(err)
	}
}

func TestCancelIsPrompt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Run(ctx, walk(t, 2, 2000), bigSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for r.Next() {
	}
	if !errors.Is(r.Err(), context.Canceled) {
		t.Errorf("error %v", r.Err())
	}
	r.Release()
}

// TestWriteErrorLeavesNothing: a file that cannot be written is an error and
// leaves nothing that looks like file.
func TestWriteErrorLeavesNothing(t *testing.T) {
	r, err := Run(context.Background(), walk(t, 1, 50), crossSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if _, err := results.WriteFile(filepath.Join(t.TempDir(), "none", "out.parquet"), r); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestRunReportsSpecErrors(t *testing.T) {
	frame := walk(t, 1, 50)
	tests := map[string]func(*spec.Spec){
		`asset "NONE"`:    func(s *spec.Spec) { s.Universe = []string{"NONE"} },
		"no bars":         func(s *spec.Spec) { s.Period.From = time.Now().AddDate(50, 0, 0) },
		`did you mean "c`: func(s *spec.Spec) { s.Let[0].Text = "sma(clos, $fast)" },
	}
	for want, change := range tests {
		spec := crossSpec()
		spec.Let = slices.Clone(spec.Let)
		change(spec)
		if _, err := Run(context.Background(), frame, spec, Options{}); err == nil || !bytes.Contains([]byte(err.Error()), []byte(want)) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestBacktestEqualsSweep: one combination in detail has the numbers that a
// sweep has for it.
func TestBacktestEqualsSweep(t *testing.T) {
	frame := walk(t, 3, 250)
	spec := crossSpec()
	for name, value := range map[string]string{"fast": "5", "slow": "15"} {
		if err := spec.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	bt, err := RunBacktest(context.Background(), frame, spec, BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer bt.Release()
	r, err := Run(context.Background(), frame, spec, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	got := bt.Results()
	defer got.Release()
	if !array.RecordEqual(got, r.Record()) {
		t.Errorf("backtest\n%v\nsweep\n%v", got, r.Record())
	}
	trades := bt.Trades()
	defer trades.Release()
	closed := 0
	for i := range int(trades.NumRows()) {
		if trades.Column(11).(*array.String).Value(i) != "open" {
			closed++
		}
	}
	pooled := int(got.NumRows()) - 1
	if want := got.Column(got.Schema().FieldIndices("trades")[0]).(*array.Int64).Value(pooled); int64(closed) != want {
		t.Errorf("%d closed trades in the table, %d in the statistics", closed, want)
	}
	equity := bt.Equity()
	defer equity.Release()
	last := equity.Column(2).(*array.Float64).Value(int(equity.NumRows()) - 1)
	total := got.Column(got.Schema().FieldIndices("total_return")[0]).(*array.Float64).Value(pooled)
	if math.Abs(last/300_000-1-total) > 1e-12 {
		t.Errorf("last pooled equity %v, total return %v", last, total)
	}
	if _, err := RunBacktest(context.Background(), frame, crossSpec(), BacktestOptions{}); err == nil {
		t.Error("a backtest of a whole grid ran")
	}
}

// table is a record made by hand for ranking.
func table(t *testing.T, sharpe []float64, failed map[int]bool, assets ...string) array.RecordReader {
	t.Helper()
	spec := spec.Spec{Output: spec.Output{Statistics: []metrics.Stat{metrics.Sharpe, metrics.Trades}}}
	rb := array.NewRecordBuilder(memory.NewGoAllocator(), results.Schema(&spec))
	defer rb.Release()
	for i, v := range sharpe {
		rb.Field(0).(*array.Int64Builder).Append(int64(i))
		rb.Field(1).(*array.StringBuilder).Append(assets[i%len(assets)])
		if math.IsNaN(v) {
			rb.Field(2).AppendNull()
		} else {
			rb.Field(2).(*array.Float64Builder).Append(v)
		}
		rb.Field(3).(*array.Int64Builder).Append(int64(10 * i))
		if failed[i] {
			rb.Field(4).(*array.StringBuilder).Append("broken")
		} else {
			rb.Field(4).AppendNull()
		}
	}
	rec := rb.NewRecord()
	defer rec.Release()
	half := rec.NumRows() / 2
	parts := []arrow.Record{rec.NewSlice(0, half), rec.NewSlice(half, rec.NumRows())}
	r, err := array.NewRecordReader(rec.Schema(), parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		p.Release()
	}
	return r
}

func TestTopOrder(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	scores := []float64{1, nan, inf, 2, -inf, 2, 9}
	failed := map[int]bool{6: true}
	tests := []struct {
		opts   results.LeadersOptions
		assets []string
		want   []int64
	}{
		{results.LeadersOptions{By: "sharpe"}, []string{"*"}, []int64{2, 3, 5, 0, 4, 1, 6}},
		{results.LeadersOptions{By: "sharpe", Goal: spec.Minimize}, []string{"*"}, []int64{4, 0, 3, 5, 2, 1, 6}},
		{results.LeadersOptions{By: "sharpe", N: 2}, []string{"*"}, []int64{2, 3}},
		{results.LeadersOptions{By: "sharpe", Require: "trades >= 20 and sharpe < 3"}, []string{"*"}, []int64{3, 5, 4}},
		{results.LeadersOptions{By: "sharpe"}, []string{"A", "*"}, []int64{3, 5, 1}},
		{results.LeadersOptions{By: "sharpe"}, []string{"A", "B"}, []int64{2, 3, 5, 0, 4, 1, 6}},
		{results.LeadersOptions{By: "trades", Asset: "A"}, []string{"A", "*"}, []int64{4, 2, 0, 6}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%+v of %v", tt.opts, tt.assets), func(t *testing.T) {
			r := table(t, scores, failed, tt.assets...)
			defer r.Release()
			top, err := results.Leaders(context.Background(), r, tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			defer top.Release()
			if got := top.Column(0).(*array.Int64).Int64Values(); !slices.Equal(got, tt.want) {
				t.Errorf("trials %v, want %v", got, tt.want)
			}
		})
	}
	for _, opts := range []results.LeadersOptions{{By: "sharp"}, {By: "asset"}, {By: "sharpe", Asset: "Z"}, {By: "sharpe", Require: "trade > 3"}} {
		r := table(t, scores, nil, "*")
		if _, err := results.Leaders(context.Background(), r, opts); err == nil {
			t.Errorf("%+v: no error", opts)
		}
		r.Release()
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// longSpec has 44,850 trials and so three row groups over one asset, the last one
// short, and takes a part of a second.
func longSpec() *spec.Spec {
	s := crossSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 301, 1)}, {Name: "slow", Axis: spec.Range(2, 301, 1)}}
	s.Output = spec.Output{}
	return s
}

// stopsAfter calls stop before a record is asked for, which is the left-th: those
// before it are written then.
type stopsAfter struct {
	*Reader
	left int
	stop func()
}

func (s *stopsAfter) Next() bool {
	if s.left--; s.left == 0 {
		s.stop()
	}
	return s.Reader.Next()
}
