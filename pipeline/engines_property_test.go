package pipeline

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// combinations is the space of all positions in lists of these sizes. Every
// skip-th trial does not exist, where skip is above 0.
type combinations struct {
	sizes []int
	skip  int64
}

func (c combinations) Size() int64 {
	n := int64(1)
	for _, s := range c.sizes {
		n *= int64(s)
	}
	return n
}

// Count says how many there are, or guesses badly where every second one is a
// gap.
func (c combinations) Count() (int64, bool) {
	n, size := int64(0), c.Size()
	for i := range size {
		if c.skip == 0 || i%c.skip != c.skip-1 {
			n++
		}
	}
	if c.skip == 2 {
		return 3*n + 1, false // whatever it says, results are the same
	}
	return n, true
}

func (c combinations) Block(ctx context.Context, from, to int64, dst []int64) ([]int64, int64, error) {
	dst = dst[:0]
	for ; from < min(to, c.Size()) && len(dst) < cap(dst); from++ {
		if c.skip == 0 || from%c.skip != c.skip-1 {
			dst = append(dst, from)
		}
	}
	return dst, from, ctx.Err()
}

func (c combinations) Index(trial int64, dst []int) {
	for i, s := range c.sizes {
		dst[i] = int(trial % int64(s))
		trial /= int64(s)
	}
}

// drawFrame draws one asset or a few of different lengths, whose prices move by
// ticks or freely, with prices that are none in some, and cuts a window.
func drawFrame(t *rapid.T) *columnar.Frame {
	lengths := rapid.SampledFrom([][]int{
		{1}, {2}, {65, 1}, {300, 700, 150}, {1024, 1023}, {1025, 2049}, {2500}, {0, 40}, {1800, 3, 1100}, {17_500}, {splitBars + 70},
	}).Draw(t, "lengths")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	tick := rapid.SampledFrom([]float64{0, 0.01, 0.5}).Draw(t, "tick")
	holes := rapid.SampledFrom([]float64{0, 0, 0, 0.001, 0.02}).Draw(t, "holes")
	round := func(p float64) float64 {
		if tick > 0 {
			p = max(math.Round(p/tick)*tick, tick)
		}
		return p
	}
	longest := 0
	for _, n := range lengths {
		longest = max(longest, n)
	}
	var assets []columnar.Bars
	for i, n := range lengths {
		a := columnar.Bars{ID: fmt.Sprintf("A%d", i), Times: make([]int64, n), Values: make([][]float64, 5)}
		for c := range a.Values {
			a.Values[c] = make([]float64, n)
		}
		price, at := 40.0, int64(0)
		if i > 0 {
			at = int64(rng.IntN(max(longest-n, 0) + 1))
		}
		for bar := range n {
			a.Times[bar] = at * int64(24*time.Hour)
			if at++; rng.IntN(50) == 0 {
				at += 2
			}
			open := round(price * math.Exp(0.005*rng.NormFloat64()))
			price = round(open * math.Exp(0.015*rng.NormFloat64()))
			high, low := round(max(open, price)*(1+0.01*rng.Float64())), round(min(open, price)*(1-0.01*rng.Float64()))
			for c, v := range [...]float64{open, high, low, price, float64(rng.IntN(6))} {
				if c < 4 && holes > 0 && rng.Float64() < holes {
					v = []float64{math.NaN(), 0, -v, math.Inf(1)}[rng.IntN(4)]
				}
				a.Values[c][bar] = v
			}
		}
		assets = append(assets, a)
	}
	columns := columnar.BarColumns()
	if tick == 0.01 && holes == 0 {
		for c := range 4 {
			for i := range assets {
				for bar, v := range assets[i].Values[c] {
					assets[i].Values[c][bar] = math.Round(v*100) / 100
				}
			}
			columns[c].Scale = 100
		}
	}
	whole, err := columnar.Build(columns, assets, columnar.Info{Axis: columnar.NewAxis(calendar.AlwaysOpen(), columnar.LabelOpen, []int64{0, int64(24 * time.Hour)})})
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Release()
	day := func(n int) time.Time { return time.Unix(0, int64(n)*int64(24*time.Hour)).UTC() }
	from := rapid.SampledFrom([]int{0, 0, 1, longest / 2, min(1023, longest-1), min(1024, longest-1), longest - 1}).Draw(t, "from")
	to := rapid.SampledFrom([]int{2 * longest, 2 * longest, from + 1, (from + longest) / 2, from + 64}).Draw(t, "to")
	return whole.Slice(day(from), day(max(to, from+1)))
}

// drawCondition draws a rule from a small grammar.
func drawCondition(t *rapid.T, deep int) string {
	window := func() string {
		return rapid.SampledFrom([]string{"$n", "$m", "$n", "$m", "3", "20", "$n + $m", "$n - 2", "$n * 90"}).Draw(t, "window")
	}
	series := func() string {
		text := rapid.SampledFrom([]string{
			"close", "open", "high", "sma(close, W)", "sma(close, W)", "ema(close, W)", "highest(high, W)[1]", "lowest(low, W)[1]",
			"sma(ema(close, 3), W)", "ema(sma(close, W), W)", "(close + stddev(close, W))", "lag(close, W)", "(high + low) / 2",
			"close * (1 + $x / 1000)", "sma(close * $x, W) / $x",
			"bbands(close, W, $x / 20).upper", "bbands(open, W).lower", "(close - atr(W) / 2)", "(close + macd(close, W, 9, 4).hist)",
		}).Draw(t, "series")
		for strings.Contains(text, "W") {
			text = strings.Replace(text, "W", window(), 1)
		}
		return text
	}
	switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
	case kind == 0 && deep > 0:
		return "not (" + drawCondition(t, deep-1) + ")"
	case kind <= 3 && deep > 0:
		return "(" + drawCondition(t, deep-1) + rapid.SampledFrom([]string{" and ", " or "}).Draw(t, "logic") + drawCondition(t, deep-1) + ")"
	case kind <= 5:
		return rapid.SampledFrom([]string{"crosses_above(", "crosses_below("}).Draw(t, "cross") + series() + ", " + series() + ")"
	case kind == 6:
		return "rsi(close, " + window() + ")" + rapid.SampledFrom([]string{" < ", " > "}).Draw(t, "compare") + "$x"
	case kind == 7:
		return "$x > 40 and close > 0"
	}
	return series() + rapid.SampledFrom([]string{" > ", " < ", " >= ", " != "}).Draw(t, "compare") + series()
}

// drawRun draws a strategy, settings and a space, on a frame.
func drawRun(t *rapid.T, f *columnar.Frame) (Plan, combinations) {
	rules := strategy.Rules{Entry: strategy.Expr{Text: drawCondition(t, 2)}}
	if rapid.IntRange(0, 9).Draw(t, "no exit") > 0 {
		rules.Exit = strategy.Expr{Text: drawCondition(t, 2)}
	}
	direction := rapid.SampledFrom([]backtest.Direction{backtest.Long, backtest.Long, backtest.Short, backtest.Both}).Draw(t, "direction")
	if direction != backtest.Long && rapid.Bool().Draw(t, "short rules") {
		rules.ShortEntry = strategy.Expr{Text: drawCondition(t, 1)}
		if rapid.Bool().Draw(t, "short exit") {
			rules.ShortExit = strategy.Expr{Text: drawCondition(t, 1)}
		}
	}
	stop := func(name string) (e strategy.Expr) {
		e.Text = rapid.SampledFrom([]string{"", "", "", "0.004", "0.03", "$x / 1000", "($x - 20) / 400"}).Draw(t, name)
		return e
	}
	if direction == backtest.Long || rapid.IntRange(0, 3).Draw(t, "stops of shorts") == 0 {
		rules.StopLoss, rules.TakeProfit, rules.TrailingStop = stop("loss"), stop("profit"), stop("trailing")
	}
	d := strategy.Definition{Columns: Columns(f), Rules: rules}
	space := combinations{skip: rapid.SampledFrom([]int64{0, 0, 2, 3}).Draw(t, "skip")}
	all := rules.Entry.Text + rules.Exit.Text + rules.ShortEntry.Text + rules.ShortExit.Text + rules.StopLoss.Text + rules.TakeProfit.Text + rules.TrailingStop.Text
	size := rapid.SampledFrom([]int{1, 2, 3, 5}).Draw(t, "size")
	if f.NumRows() > 5000 {
		size = 1 + size%2
	}
	for _, param := range []strategy.Param{
		{Name: "n", Values: []float64{3, 2, 11, 40, 7}}, {Name: "m", Values: []float64{5, 21, 2, 33, 60}},
		{Name: "x", Values: []float64{30, 20, 55, 70, 45}},
	} {
		if strings.Contains(all, "$"+param.Name) {
			param.Values = param.Values[:size]
			d.Params = append(d.Params, param)
			space.sizes = append(space.sizes, size)
		}
	}
	program, err := strategy.Compile(d)
	if err != nil {
		t.Skip(err) // such as a window that no trial can have
	}
	cfg := backtest.Config{
		Fill:      rapid.SampledFrom([]backtest.Fill{backtest.FillNextOpen, backtest.FillClose, backtest.FillNextClose}).Draw(t, "fill"),
		Conflict:  rapid.SampledFrom([]backtest.Conflict{backtest.ConflictIgnore, backtest.ConflictEntry, backtest.ConflictExit}).Draw(t, "conflict"),
		Start:     rapid.SampledFrom([]backtest.Start{backtest.StartInherit, backtest.StartFlat}).Draw(t, "start"),
		Direction: direction,
		Sizing: rapid.SampledFrom([]backtest.Sizing{
			{}, {}, {Mode: backtest.SizePercent, Amount: 40}, {Mode: backtest.SizeUnits, Amount: 3},
		}).Draw(t, "sizing"),
		Cash:            1000, // a fixed commission of 40 eats it up
		CommissionBps:   rapid.SampledFrom([]float64{0, 10}).Draw(t, "bps"),
		CommissionFixed: rapid.SampledFrom([]float64{0, 0, 1, 40}).Draw(t, "fixed"),
		SlippageBps:     rapid.SampledFrom([]float64{0, 5}).Draw(t, "slippage"),
		RequireVolume:   rapid.IntRange(0, 9).Draw(t, "volume") == 0,
	}
	rows := rapid.IntRange(0, 3).Draw(t, "rows")
	return Plan{
		Frame: f, Program: program, NumParams: len(d.Params), Config: cfg, Assets: rows != 0, Pooled: rows != 1,
		Statistics: drawStatistics(t), RiskFree: rapid.SampledFrom([]float64{0, 0, 0.03, -0.01}).Draw(t, "risk free"),
	}, space
}

// drawStatistics draws all that add up over trades, mostly, else a few of any
// kind: a statistic that the event engine does not know must not be a number
// there.
func drawStatistics(t *rapid.T) []metrics.Stat {
	var additive []metrics.Stat
	for _, s := range metrics.All() {
		if s.Describe().Basis.Additive() {
			additive = append(additive, s)
		}
	}
	if rapid.IntRange(0, 29).Draw(t, "statistics") > 0 {
		return additive
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(metrics.All()), 1, 4, rapid.ID[metrics.Stat]).Draw(t, "asked for")
}

// TestEnginesAgree holds whole runs by the chosen engine to those by the
// reference engine, and to the bit to themselves, whatever the workers, the
// blocks and the cache.
func TestEnginesAgree(t *testing.T) {
	var events, runs, rowsDone, failures int
	proptest.Examples(t, 300)
	pool := NewWorkers(3)
	defer pool.Close()
	cache := NewCache(1<<20, nil)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFrame(t)
		defer f.Release()
		p, space := drawRun(t, f)
		run := func(change func(*Plan)) (rows []Row) {
			p := p
			change(&p)
			if _, err := Run(context.Background(), p, space, func(b *Block) error {
				rows = append(rows, b.Rows...)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		want := run(func(p *Plan) { p.Workers, p.Reference = 1, true })
		got := run(func(p *Plan) { p.Workers = 1 })
		runs++
		if e, _ := p.Engine(); e == EngineEvent {
			events++
		}
		if len(got) != len(want) {
			t.Fatalf("%d rows, want %d", len(got), len(want))
		}
		for i := range got {
			rowsDone++
			if want[i].Err != nil {
				failures++
			}
			if fmt.Sprint(got[i].Err) != fmt.Sprint(want[i].Err) {
				t.Fatalf("row %d: error %v, want %v", i, got[i].Err, want[i].Err)
			}
			if s, ok := agree(p.statistics(), &got[i].Values, &want[i].Values); !ok {
				t.Fatalf("row %d: %s = %v, want %v", i, s, got[i].Values[s], want[i].Values[s])
			}
		}
		for name, rows := range map[string][]Row{
			"3 workers":          run(func(p *Plan) { p.Workers = 3 }),
			"2 workers, 1 block": run(func(p *Plan) { p.Workers, p.BlockTrials = 2, int(space.Size()) }),
			"shared memory": run(func(p *Plan) {
				p.Pool, p.Cache, p.BlockTrials = pool, cache, 1+int(space.Size())/3
			}),
		} {
			for i := range rows {
				for s, v := range rows[i].Values {
					if math.Float64bits(v) != math.Float64bits(got[i].Values[s]) && !(v != v && got[i].Values[s] != got[i].Values[s]) {
						t.Fatalf("%s: row %d: %s = %v, with one worker %v", name, i, metrics.Stat(s), v, got[i].Values[s])
					}
				}
			}
		}
	})
	t.Logf("%d runs by the event engine, %d rows, of which %d failed", events, rowsDone, failures)
	if events*2 < runs || failures == 0 {
		t.Errorf("%d of %d runs by the event engine, %d failed rows: the cases say too little", events, runs, failures)
	}
}

// agree compares statistics: counts to be equal, others to 1e-9 of their
// value, or of what a value near 0 is the difference of.
func agree(stats []metrics.Stat, got, want *metrics.Values) (metrics.Stat, bool) {
	for _, s := range stats {
		a, b := got[s], want[s]
		if a == b || a != a && b != b {
			continue
		}
		scale := 1e-3
		switch s {
		case metrics.MaxDrawdown:
			scale = 1e-5
		case metrics.Expectancy, metrics.Fees:
			scale = 1
		}
		if s.Describe().Kind == metrics.Count || !(math.Abs(a-b) <= 1e-9*max(math.Abs(b), scale)) {
			return s, false
		}
	}
	return 0, true
}
