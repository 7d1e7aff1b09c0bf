package sweep

import (
	"context"
	"flag"
	"fmt"
	"math"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// workloads names the workloads to measure; `make bench-engine` sets it.
var (
	workloads = flag.String("workloads", "", "regexp of the workloads that TestWorkloads measures")
	rounds    = flag.Int("rounds", 7, "runs of each side of a workload")
)

// workload is a sweep that stands for a kind of use.
type workload struct {
	name, what string
	frame      func(*testing.T) *columnar.Frame
	spec       *spec.Spec
}

// cross is an SMA cross over axes of fast and slow windows.
func cross(fast, slow spec.Axis) *spec.Spec {
	s := gridSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: fast}, {Name: "slow", Axis: slow}}
	s.Output.Rows = spec.RowsAssets
	return s
}

// daily returns eight assets with 40,985 daily bars in all, two short of the 40,987
// of the production grid.
func daily(t *testing.T) *columnar.Frame {
	f, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	times := f.Times(0)
	// The demonstration has 42,801 bars; the last 227 of each go.
	cut := f.Slice(time.Time{}, time.Unix(0, times[len(times)-227]))
	return cut
}

// minutes returns one asset of n bars of cents.
func minutes(n int) func(*testing.T) *columnar.Frame {
	return func(t *testing.T) *columnar.Frame {
		f, err := sample.Walk(sample.Options{Assets: 1, Bars: n, Seed: 11, Frequency: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}

func measured() []workload {
	w1 := cross(spec.Range(5, 43, 2), spec.Range(50, 240, 10))
	pooled := cross(spec.Range(5, 43, 2), spec.Range(50, 240, 10))
	pooled.Output.Rows = spec.RowsBoth
	w2 := cross(spec.Range(2, 101, 1), spec.Range(105, 303, 2))
	m1 := cross(spec.Range(5, 203, 2), spec.Range(210, 1200, 10))
	one := cross(spec.List(30), spec.List(150))
	guarded := cross(spec.List(30), spec.List(150))
	guarded.Rules.StopLoss, guarded.Rules.TakeProfit = "0.02", "0.04"
	stops := cross(spec.Range(5, 43, 2), spec.Range(50, 240, 10))
	stops.Rules.StopLoss, stops.Rules.TakeProfit = "0.02", "0.04"
	rsi := func(n, low spec.Axis) *spec.Spec {
		return &spec.Spec{Params: []spec.Param{{Name: "n", Axis: n}, {Name: "low", Axis: low}}, Let: []spec.Expr{{Name: "r", Text: "rsi(close, $n)"}},
			Rules: spec.Rules{Entry: "crosses_above(r, $low)", Exit: "r > 100 - $low"}, Output: spec.Output{Rows: spec.RowsAssets}}
	}
	donchian := func(up, down spec.Axis) *spec.Spec {
		return &spec.Spec{Params: []spec.Param{{Name: "up", Axis: up}, {Name: "down", Axis: down}}, Output: spec.Output{Rows: spec.RowsAssets},
			Rules: spec.Rules{Entry: "close > highest(high, $up)[1]", Exit: "close < lowest(low, $down)[1]"}}
	}
	// The same signals under other accounts; short_entry is the exit of the long side.
	account := func(change func(*spec.Spec)) *spec.Spec {
		s := cross(spec.Range(5, 103, 2), spec.Range(110, 600, 10))
		change(s)
		return s
	}
	long := account(func(*spec.Spec) {})
	reversal := account(func(s *spec.Spec) {
		s.Simulation.Direction = backtest.Both
		s.Rules.ShortEntry, s.Rules.ShortExit = s.Rules.Exit, s.Rules.Entry
	})
	short := account(func(s *spec.Spec) { s.Simulation.Direction = backtest.Short })
	share := account(func(s *spec.Spec) { s.Simulation.Sizing = backtest.Sizing{Mode: backtest.SizePercent, Amount: 40} })
	turnover := cross(spec.List(2), spec.List(4))
	turnover.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 3, 1)}, {Name: "slow", Axis: spec.Range(4, 8, 1)}, {Name: "drop", Axis: spec.Linspace(0, 0.02, 40)}}
	turnover.Rules = spec.Rules{Entry: "fast_ma > slow_ma and close > (1 - $drop) * slow_ma", Exit: "fast_ma < slow_ma"}
	return []workload{
		{"W1", "8 assets, 41 k days, 400 crosses", daily, w1},
		{"W1 pooled", "the same, rows: both", daily, pooled},
		{"W2", "the same, 10,000 crosses", daily, w2},
		{"W3", "1 M minutes, 400 crosses", minutes(1_000_000), cross(spec.Range(5, 43, 2), spec.Range(50, 240, 10))},
		{"M1", "200 k minutes, 10,000 crosses", minutes(200_000), m1},
		{"long", "200 k minutes, 2,500 crosses, all in", minutes(200_000), long},
		{"reversal", "the same, long and short in turn", minutes(200_000), reversal},
		{"short", "the same, short only", minutes(200_000), short},
		{"40 %", "the same, long with 40 % of equity", minutes(200_000), share},
		{"one", "10 M minutes, one cross", minutes(10_000_000), one},
		{"one stops", "the same with stop and target", minutes(10_000_000), guarded},
		{"W1 stops", "W1 with stop and target", daily, stops},
		{"RSI 400", "8 assets, 400 RSI", daily, rsi(spec.Range(5, 24, 1), spec.Range(15, 34, 1))},
		{"RSI 10k", "8 assets, 10,000 RSI", daily, rsi(spec.Range(3, 102, 1), spec.Linspace(10, 45, 100))},
		{"Donchian 400", "8 assets, 400 breakouts", daily, donchian(spec.Range(10, 105, 5), spec.Range(5, 100, 5))},
		{"Donchian 10k", "8 assets, 10,000 breakouts", daily, donchian(spec.Range(5, 104, 1), spec.Range(3, 102, 1))},
		{"turnover", "8 assets, 400 that trade every few bars", daily, turnover},
		{"1 of W1", "8 assets, 1 cross", daily, cross(spec.List(21), spec.List(100))},
		{"2 of W1", "8 assets, 2 crosses", daily, cross(spec.List(21, 23), spec.List(100))},
		{"5 of W1", "8 assets, 5 crosses", daily, cross(spec.List(21, 23, 25, 27, 29), spec.List(100))},
		{"25 of W1", "8 assets, 25 crosses", daily, cross(spec.List(21, 23, 25, 27, 29), spec.List(100, 110, 120, 130, 140))},
	}
}

// TestWorkloads measures the runners: results are compared first, then the
// sides run in turns, and medians, spread and ratios are printed.
func TestWorkloads(t *testing.T) {
	if *workloads == "" {
		t.Skip("measures only with -workloads; see make bench-engine")
	}
	only := regexp.MustCompile(*workloads)
	fmt.Printf("%-14s %-40s %24s %24s %24s %7s %7s %9s %9s\n", "workload", "", "1 worker", "2 workers", "reference, 2 workers", "x ref", "2nd", "peak heap", "ns/step")
	for _, w := range measured() {
		if only.MatchString(w.name) {
			w.measure(t)
		}
	}
}

func (w *workload) measure(t *testing.T) {
	frame := w.frame(t)
	defer frame.Release()
	var runners [2]*Runner
	for i := range runners {
		e, err := NewRunner(RunnerOptions{Workers: i + 1})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		runners[i] = e
	}
	run := func(e *Runner, reference bool) time.Duration {
		start := time.Now()
		r, err := runShared(e, frame, w.spec, reference)
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
		}
		took := time.Since(start)
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		r.Release()
		return took
	}
	compareTables(t, w.name, tableOf(t, runners[0], frame, w.spec, false), tableOf(t, runners[1], frame, w.spec, true))
	heap := peakHeap(func() { run(runners[1], false) })
	var took [3][]time.Duration
	for i := range *rounds {
		took[0] = append(took[0], run(runners[0], false))
		took[1] = append(took[1], run(runners[1], false))
		if i < 3 {
			took[2] = append(took[2], run(runners[1], true))
		}
	}
	j, err := prepare(t.Context(), frame, w.spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps := float64(j.grid.Size()) * float64(frame.NumRows())
	j.release()
	one, two, ref := median(took[0]), median(took[1]), median(took[2])
	fmt.Printf("%-14s %-40s %24s %24s %24s %6.1fx %6.2fx %5.1f MiB %9.3f\n", w.name, w.what,
		spread(took[0]), spread(took[1]), spread(took[2]), float64(ref)/float64(two), float64(one)/float64(two), heap, float64(two)/steps)
}

// runShared runs a sweep on a runner, by the reference engine if asked to.
func runShared(e *Runner, frame *columnar.Frame, spec *spec.Spec, reference bool) (*Reader, error) {
	return run(context.Background(), frame, spec, Options{}, shared{workers: e.workers, cache: e.cache, ended: func() {}, reference: reference})
}

// tableOf returns the statistics of every row.
func tableOf(t *testing.T, e *Runner, frame *columnar.Frame, spec *spec.Spec, reference bool) []arrow.Record {
	r, err := runShared(e, frame, spec, reference)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var records []arrow.Record
	for r.Next() {
		r.Record().Retain()
		records = append(records, r.Record())
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return records
}

// compareTables holds two tables equal: whole numbers exactly, others to 1e-10
// of their value, or of what leastOf says where that is larger. It releases them.
func compareTables(t *testing.T, name string, got, want []arrow.Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d records, want %d", name, len(got), len(want))
	}
	for i := range got {
		for c := range int(got[i].NumCols()) {
			a, ok := got[i].Column(c).(*array.Float64)
			s, known := metrics.ParseStat(got[i].ColumnName(c))
			if !ok || !known {
				if !array.Equal(got[i].Column(c), want[i].Column(c)) {
					t.Fatalf("%s: column %s differs", name, got[i].ColumnName(c))
				}
				continue
			}
			b := want[i].Column(c).(*array.Float64)
			for row := range a.Len() {
				x, y := a.Value(row), b.Value(row)
				if a.IsNull(row) != b.IsNull(row) || !a.IsNull(row) && x != y && !(math.Abs(x-y) <= 1e-10*max(math.Abs(y), leastOf(s))) {
					t.Fatalf("%s: %s of row %d is %v, want %v", name, got[i].ColumnName(c), row, x, y)
				}
			}
		}
		got[i].Release()
		want[i].Release()
	}
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}

// spread is the median and the range.
func spread(d []time.Duration) string {
	ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
	return fmt.Sprintf("%.1f (%.1f-%.1f) ms", ms(median(d)), ms(slices.Min(d)), ms(slices.Max(d)))
}

// peakHeap returns how far the heap in use rises above where it stands, in
// MiB.
func peakHeap(work func()) float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	base, peak := m.HeapAlloc, m.HeapAlloc
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
		}
	}()
	work()
	close(stop)
	<-stopped
	return float64(peak-base) / (1 << 20)
}
