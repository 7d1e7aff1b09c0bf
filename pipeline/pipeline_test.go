package pipeline

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	goleak.VerifyTestMain(m)
}

// line is a space of n trials of one parameter, without gaps.
type line int64

func (l line) Size() int64 { return int64(l) }

func (l line) Count() (int64, bool) { return int64(l), true }

func (l line) Block(ctx context.Context, from, to int64, dst []int64) ([]int64, int64, error) {
	dst = dst[:0]
	for ; from < min(to, int64(l)) && len(dst) < cap(dst); from++ {
		dst = append(dst, from)
	}
	return dst, from, ctx.Err()
}

func (line) Index(trial int64, dst []int) { dst[0] = int(trial) }

// plan is a strategy of one window over ragged generated bars.
func plan(t testing.TB, trials int) (Plan, line) {
	t.Helper()
	f, err := sample.Walk(sample.Options{Assets: 3, Bars: 120, Ragged: true, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	values := make([]float64, trials)
	for i := range values {
		values[i] = float64(i + 1)
	}
	p, err := strategy.Compile(strategy.Definition{
		Columns: Columns(f), Params: []strategy.Param{{Name: "n", Values: values}},
		Rules: strategy.Rules{
			Entry: strategy.Expr{Name: "entry", Text: "close > sma(close, $n + 0)"},
			Exit:  strategy.Expr{Name: "exit", Text: "close < sma(close, 4)"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return Plan{Frame: f, Program: p, NumParams: 1, Assets: true, Pooled: true, Statistics: metrics.Core(), Workers: 2, BlockTrials: 2}, line(trials)
}

func TestBlocksComeInOrder(t *testing.T) {
	p, space := plan(t, 23)
	var trials []int64
	stats, err := Run(context.Background(), p, space, func(b *Block) error {
		if len(b.Rows) != len(b.Trials)*4 {
			t.Errorf("%d rows for %d trials", len(b.Rows), len(b.Trials))
		}
		for i, trial := range b.Trials {
			if b.Index[i] != int(trial) {
				t.Errorf("trial %d has index %v", trial, b.Index)
			}
			for _, r := range b.Rows[i*4 : i*4+4] {
				if r.Err != nil || math.IsNaN(r.Values[metrics.TotalReturn]) {
					t.Errorf("trial %d: %v, %v", trial, r.Err, r.Values[metrics.TotalReturn])
				}
			}
		}
		trials = append(trials, b.Trials...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := space.Block(context.Background(), 0, 23, make([]int64, 0, 23))
	if !slices.Equal(trials, want) || stats.Trials != 23 {
		t.Errorf("trials %v, %d counted", trials, stats.Trials)
	}
	// The average of 4 bars and the exit rule serve all trials on 3 assets.
	if c := stats.Cache; c.Pinned.Misses != 2*3 || c.Pinned.Entries != 2*3 || c.Pinned.Hits == 0 || c.LRU != (cache.TierStats{Limit: DefaultCacheBytes - c.Pinned.Bytes}) {
		t.Errorf("cache %+v", c)
	}
}

func TestSinkErrorStopsEverything(t *testing.T) {
	p, space := plan(t, 5000)
	full := errors.New("disk full")
	calls := 0
	_, err := Run(context.Background(), p, space, func(*Block) error {
		if calls++; calls == 3 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || calls != 3 {
		t.Errorf("error %v after %d calls", err, calls)
	}
}

// TestSinkErrorIsNotHidden: tasks that are under way when the sink fails end
// with the error of their context, which is not that of the run.
func TestSinkErrorIsNotHidden(t *testing.T) {
	p, space := plan(t, 200)
	full := errors.New("disk full")
	for range 50 {
		if _, err := Run(context.Background(), p, space, func(*Block) error { return full }); !errors.Is(err, full) {
			t.Fatalf("error %v", err)
		}
	}
}

// brokenSpace fails after its first block.
type brokenSpace struct{ line }

var errSpace = errors.New("space is broken")

func (s brokenSpace) Block(ctx context.Context, from, to int64, dst []int64) ([]int64, int64, error) {
	if from > 0 {
		return nil, from, errSpace
	}
	return s.line.Block(ctx, from, to, dst)
}

func TestSpaceErrorStopsEverything(t *testing.T) {
	p, space := plan(t, 50)
	if _, err := Run(context.Background(), p, brokenSpace{space}, func(*Block) error { return nil }); !errors.Is(err, errSpace) {
		t.Errorf("error %v", err)
	}
}

func TestCancelStopsWithin100ms(t *testing.T) {
	p, space := plan(t, 1_000_000)
	ctx, cancel := context.WithCancel(context.Background())
	var cancelled time.Time
	_, err := Run(ctx, p, space, func(*Block) error {
		if cancelled.IsZero() {
			cancelled = time.Now()
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	// The promise is about a quiet machine; this only catches a hang.
	if late := time.Since(cancelled); late > 5*time.Second {
		t.Errorf("stopped after %s", late)
	}
}

// panicking gives the trial of one index a position outside its parameter.
type panicking struct{ line }

func (p panicking) Index(trial int64, dst []int) {
	dst[0] = int(trial)
	if trial == 1 {
		dst[0] = 1 << 40
	}
}

func TestPanicIsTheErrorOfItsTrial(t *testing.T) {
	p, space := plan(t, 4)
	_, err := Run(context.Background(), p, panicking{space}, func(b *Block) error {
		for i, trial := range b.Trials {
			for _, r := range b.Rows[i*4 : i*4+4] {
				if (r.Err != nil) != (trial == 1) {
					t.Errorf("trial %d: error %v", trial, r.Err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlanIsChecked(t *testing.T) {
	good, space := plan(t, 1)
	tests := map[string]func(*Plan){
		"rows":     func(p *Plan) { p.Assets, p.Pooled = false, false },
		"frame":    func(p *Plan) { p.Frame = nil },
		"program":  func(p *Plan) { p.Program = nil },
		"workers":  func(p *Plan) { p.Workers = -1 },
		"config":   func(p *Plan) { p.Config.Cash = -1 },
		"noassets": func(p *Plan) { p.Frame, _ = columnar.Build(columnar.BarColumns(), nil, columnar.Info{}) },
		"nocolumn": func(p *Plan) { p.Frame, _ = columnar.Build(nil, []columnar.Bars{{ID: "A"}}, columnar.Info{}) },
	}
	for name, spoil := range tests {
		p := good
		spoil(&p)
		if _, err := Run(context.Background(), p, space, func(*Block) error { return nil }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestPoolByHand: two accounts of 100. A has bars at 1, 2 and 4; its 10 units
// are worth 110, 120 and 90, sold and bought again at 2. B has bars at 2 and 3,
// where its 100 units are worth 50 and 60. On the union 1, 2, 3, 4 the sum is
// 110 + 100, 120 + 50, 120 + 60, 90 + 60. A holds at 1, then at 2, 3 and 4; B
// at 2 and 3.
func TestPoolByHand(t *testing.T) {
	a := Asset{ID: "A", Times: []int64{1, 2, 4}, Hi: 3, Bars: backtest.Bars{Close: []float64{11, 12, 9}}}
	b := Asset{ID: "B", Times: []int64{2, 3}, Hi: 2, Bars: backtest.Bars{Close: []float64{0.5, 0.6}}}
	axis := newPoolAxis(newFrame(t), []Asset{a, b}, 252)
	if !slices.Equal(axis.times, []int64{1, 2, 3, 4}) || axis.from[0] != -1 || axis.from[1] != 1 {
		t.Fatalf("union %v, plain from %v", axis.times, axis.from)
	}
	sum := account{equity: []float64{7, 7, 7, 7}}
	sum.reset()
	axis.add(&sum, 0, &a, &contribution{path: backtest.Path{{Bar: 0, Units: 10}, {Bar: 1, Cash: 120}, {Bar: 1, Units: 10}}}, 100)
	axis.add(&sum, 1, &b, &contribution{path: backtest.Path{{Bar: 0, Units: 100}}, ruined: true, deficit: 5}, 100)
	if want := []float64{210, 170, 180, 150}; !slices.Equal(sum.equity, want) {
		t.Errorf("equity %v, want %v", sum.equity, want)
	}
	if sum.held != 6 || sum.ruined != 1 || sum.deficit != 5 {
		t.Errorf("held %d, ruined %d, deficit %v", sum.held, sum.ruined, sum.deficit)
	}
	c := axis.curve(&sum, 2, 100, 0)
	if c.Start != 200 || c.HeldOf != 8 {
		t.Errorf("curve starts at %v, held of %d", c.Start, c.HeldOf)
	}
}

// newFrame returns a frame for its axis.
func newFrame(t *testing.T) *columnar.Frame {
	t.Helper()
	f, err := sample.Walk(sample.Options{Assets: 1, Bars: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// TestPoolAgainstCurves adds up the accounts of random simulations, with
// unknown prices and gaps in the union calendar, and compares with the sum of
// the equity curves, bar by bar and to the bit.
func TestPoolAgainstCurves(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 200 {
		assets := make([]Asset, 1+rng.IntN(3))
		for i := range assets {
			n := 1 + rng.IntN(150)
			a := &assets[i]
			*a = Asset{ID: string(rune('A' + i)), Hi: n}
			at := int64(rng.IntN(20))
			column := make([]float64, n)
			for j := range column {
				a.Times = append(a.Times, at)
				if at++; round%2 == 0 && rng.IntN(10) == 0 {
					at += 2
				}
				if column[j] = 10 + 5*rng.Float64(); round%3 == 0 && rng.IntN(8) == 0 {
					column[j] = math.NaN()
				}
			}
			a.Lo = rng.IntN(n)
			a.Bars = backtest.Bars{Open: column, High: column, Low: column, Close: column, Volume: column}
		}
		axis := newPoolAxis(newFrame(t), assets, 252)
		sum := account{equity: make([]float64, len(axis.times))}
		want := make([]float64, len(axis.times))
		held := 0
		for i := range assets {
			a := &assets[i]
			engine, err := reference.New(backtest.Config{Direction: backtest.Both, CommissionBps: 10, Cash: 1000,
				Sizing: backtest.Sizing{Mode: backtest.SizePercent, Amount: 60}})
			if err != nil {
				t.Fatal(err)
			}
			signals := reference.Signals{Entry: kernel.MakeBits(a.Hi), Exit: kernel.MakeBits(a.Hi), ShortEntry: kernel.MakeBits(a.Hi)}
			for j := range a.Hi {
				switch rng.IntN(12) {
				case 0:
					signals.Entry.Set(j)
				case 1:
					signals.Exit.Set(j)
				case 2:
					signals.ShortEntry.Set(j)
				}
			}
			r := engine.Run(a.Bars, signals, a.Lo, a.Hi)
			var c contribution
			c.take(&r)
			axis.add(&sum, i, a, &c, 1000)
			value, j := 1000.0, a.Lo
			for u, at := range axis.times {
				if j < a.Hi && a.Times[j] == at {
					value = r.Equity[j-a.Lo]
					j++
				}
				want[u] += value
			}
			for _, trade := range r.Trades {
				end := slices.Index(axis.times, a.Times[trade.Exit])
				if trade.Open() {
					end++
				}
				held += end - slices.Index(axis.times, a.Times[trade.Entry])
			}
		}
		if !slices.Equal(sum.equity, want) || sum.held != held {
			t.Fatalf("round %d: held %d, want %d, equity\n%v, want\n%v", round, sum.held, held, sum.equity, want)
		}
	}
}

func TestUnionAgainstNaive(t *testing.T) {
	for _, sequences := range [][][]int64{nil, {{}}, {{1}, {1}}, {{3, 4}, {1, 2}}, {{1, 3, 5}, {2, 3, 6}, {0, 9}}, {{1, 2}, {1, 2}, {2}}} {
		var want []int64
		for _, s := range sequences {
			want = append(want, s...)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if got := union(sequences); !slices.Equal(got, want) {
			t.Errorf("union of %v is %v, want %v", sequences, got, want)
		}
	}
}

// TestDetailEqualsRun: the trial in detail has the numbers of the run.
func TestDetailEqualsRun(t *testing.T) {
	p, space := plan(t, 6)
	p.Reference, p.Statistics = true, nil
	d, err := RunDetail(context.Background(), p, []int{4})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Run(context.Background(), p, space, func(b *Block) error {
		for i, trial := range b.Trials {
			if trial != 4 {
				continue
			}
			rows := b.Rows[i*4 : i*4+4]
			for a := range d.Assets {
				same(t, d.Assets[a].Values, rows[a].Values)
			}
			same(t, d.Pooled, rows[3].Values)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// same compares to the bit, with NaN equal to NaN.
func same(t *testing.T, a, b metrics.Values) {
	t.Helper()
	for s := range a {
		if math.Float64bits(a[s]) != math.Float64bits(b[s]) && !(math.IsNaN(a[s]) && math.IsNaN(b[s])) {
			t.Errorf("%s: %v and %v", metrics.Stat(s), a[s], b[s])
		}
	}
}

// TestExplainBarOfAStop: the report on the bar of a stop has the levels that
// the bar was held against, and the trade that ended at one of them.
func TestExplainBarOfAStop(t *testing.T) {
	p, _ := plan(t, 1)
	program, err := strategy.Compile(strategy.Definition{
		Columns: Columns(p.Frame), Params: []strategy.Param{{Name: "x", Values: []float64{0.02}}},
		Rules: strategy.Rules{
			Entry: strategy.Expr{Text: "close > 0"}, StopLoss: strategy.Expr{Text: "$x"}, TakeProfit: strategy.Expr{Text: "50 * $x"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Program = program
	ctx := context.Background()
	d, err := RunDetail(ctx, p, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	trade := d.Assets[0].Result.Trades[0]
	if trade.Reason != backtest.ReasonStopLoss {
		t.Fatalf("the first trade is %+v", trade)
	}
	rep, err := ExplainBar(ctx, p, []int{0}, 0, trade.Exit)
	if err != nil {
		t.Fatal(err)
	}
	want := backtest.Levels{Stop: trade.EntryPrice * 0.98, Target: trade.EntryPrice * 2}
	if got := rep.After.Levels; math.Abs(got.Stop-want.Stop) > 1e-9 || math.Abs(got.Target-want.Target) > 1e-9 || got.Trailing {
		t.Errorf("levels %+v, want %+v", got, want)
	}
	if rep.Trades[0] != trade || rep.After.Fills != rep.Before.Fills+1 {
		t.Errorf("the bar of the stop: %+v", rep)
	}
	shown := map[string]string{}
	for _, n := range rep.Nodes {
		shown[n.Name] = n.Value()
	}
	if shown["stop_loss"] != "0.02" || shown["take_profit"] != "1" {
		t.Errorf("shown %v", shown)
	}
}

// TestExplainBar follows one entry: the signal's bar leaves an order, the
// next bar fills it at its open.
func TestExplainBar(t *testing.T) {
	p, _ := plan(t, 6)
	d, err := RunDetail(context.Background(), p, []int{4})
	if err != nil {
		t.Fatal(err)
	}
	trade := d.Assets[1].Result.Trades[0]
	ctx := context.Background()
	before, err := ExplainBar(ctx, p, []int{4}, 1, trade.Entry-1)
	if err != nil {
		t.Fatal(err)
	}
	if before.After.Side != backtest.SideFlat || !before.After.Pending || before.After.Target != backtest.SideLong || len(before.Trades) != 0 {
		t.Errorf("the bar of the signal: %+v", before)
	}
	fill, err := ExplainBar(ctx, p, []int{4}, 1, trade.Entry)
	if err != nil {
		t.Fatal(err)
	}
	if fill.Before != before.After || fill.After.Side != backtest.SideLong || len(fill.Trades) != 1 || fill.Trades[0].EntryPrice != fill.Open {
		t.Errorf("the bar of the fill: %+v", fill)
	}
	named := map[string]string{}
	for _, n := range before.Nodes {
		if n.Name != "" {
			named[n.Name] = n.Value()
		}
	}
	if named["entry"] != "true" || named["exit"] != "false" {
		t.Errorf("rules on the bar of the signal: %v", named)
	}
	for i, n := range fill.Previous {
		if n != before.Nodes[i] && !(math.IsNaN(n.Number) && math.IsNaN(before.Nodes[i].Number)) {
			t.Errorf("%s on the bar before the fill: %v, on the bar of the signal: %v", n.Text, n, before.Nodes[i])
		}
	}
	if len(fill.Previous) != len(fill.Nodes) {
		t.Errorf("%d expressions on the bar before, %d on the bar", len(fill.Previous), len(fill.Nodes))
	}
	first, err := ExplainBar(ctx, p, []int{4}, 1, 0)
	if err != nil || first.Previous != nil {
		t.Errorf("the first bar: %v, %v", first, err)
	}
	if _, err := ExplainBar(ctx, p, []int{4}, 1, 1<<20); err == nil {
		t.Error("a bar that does not exist was explained")
	}
}
