package eval

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// randomWalk returns prices of a random walk in cents.
func randomWalk(seed uint64, bars int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	v, cents := make([]float64, bars), 10000
	for i := range v {
		cents += rng.IntN(201) - 100
		v[i] = float64(max(cents, 1)) / 100
	}
	return v
}

// trials calls visit with every index of a grid of a × b, the last fastest.
func trials(a, b int, visit func(index []int)) {
	index := make([]int, 2)
	for index[0] = range a {
		for index[1] = range b {
			visit(index)
		}
	}
}

// counting returns an evaluator that adds up how often it computes each node.
func counting(p *strategy.Program, c *FeatureCache) (*Evaluator, []int) {
	e, counts := NewEvaluator(p, c), make([]int, len(p.Graph().Nodes))
	e.onCompute = func(id int) { counts[id]++ }
	return e, counts
}

// TestOncePerDistinctValue counts kernel evaluations over a grid of 20 × 30
// trials on two assets: an average once an asset and window, whatever the
// number of evaluators; what depends on all parameters once a trial.
func TestOncePerDistinctValue(t *testing.T) {
	p := mustCompile(t, smaCross(20, 30))
	c := NewFeatureCache(1<<20, nil)
	one, counts := counting(p, c)
	two, more := counting(p, c)
	for key := range 2 {
		asset := flat(key, randomWalk(uint64(key), 100)...)
		one.Bind(asset)
		two.Bind(asset)
		trials(20, 30, func(index []int) {
			e := one
			if (index[0]+index[1])%2 == 1 {
				e = two
			}
			if _, err := e.Signals(context.Background(), index); err != nil {
				t.Fatal(err)
			}
		})
	}
	for id, n := range p.Nodes() {
		want := int(n.Values) * 2
		if n.Text == "close" {
			want = 0
		}
		if got := counts[id] + more[id]; got != want {
			t.Errorf("%s was computed %d times, want %d", n.Text, got, want)
		}
	}
	if s := c.Stats().Total(); s.Misses != 2*(20+30) || s.Bytes != 2*(20+30)*100*8 {
		t.Errorf("cache %+v", s)
	}
}

// TestPinned: what no parameter touches is computed once an asset, also in a
// cache that is too small for the rest and over an order of assets in which
// every LRU value has left when it is asked for.
func TestPinned(t *testing.T) {
	d := smaCross(20, 30)
	d.Rules.Entry.Text += " and close > sma(close, 7)"
	p := mustCompile(t, d)
	const series, mask = 100 * 8, 2 * 8
	c := NewFeatureCache(2*2*(series+mask), nil) // half of it holds the pinned values of two assets
	e, counts := counting(p, c)
	trials(20, 30, func(index []int) {
		for key := range 2 {
			e.Bind(flat(key, randomWalk(uint64(key), 100)...))
			if _, err := e.Signals(context.Background(), index); err != nil {
				t.Fatal(err)
			}
		}
	})
	for id, n := range p.Nodes() {
		switch shared := n.Shared && n.Text != "close"; {
		case shared && n.Values == 1 && counts[id] != 2:
			t.Errorf("%s was computed %d times", n.Text, counts[id])
		case shared && n.Values > 1 && counts[id] <= 2*int(n.Values):
			t.Errorf("%s was computed %d times: the cache is not too small", n.Text, counts[id])
		}
	}
	// Every trial asks for the mask; its first computation asks for the average.
	want := cache.TierStats{Hits: 2 * (20*30 - 1), Misses: 2 * 2, Entries: 2 * 2, Bytes: 2 * (series + mask), Limit: 2 * (series + mask)}
	if s := c.Stats(); s.Pinned != want {
		t.Errorf("pinned %+v, want %+v", s.Pinned, want)
	}
}

// TestMemo shows that without a cache a node is kept while its parameters
// stay: of two nested loops the outer average is computed once a value.
func TestMemo(t *testing.T) {
	p := mustCompile(t, smaCross(5, 7))
	e, counts := counting(p, nil)
	e.Bind(flat(0, randomWalk(1, 100)...))
	trials(5, 7, func(index []int) {
		for range 2 { // the same trial again costs nothing
			if _, err := e.Signals(context.Background(), index); err != nil {
				t.Fatal(err)
			}
		}
	})
	want := map[string]int{
		"close": 0, "sma(close, $fast)": 5, "sma(close, $slow)": 35,
		"crosses_above(sma(close, $fast), sma(close, $slow))": 35,
		"crosses_above(sma(close, $slow), sma(close, $fast))": 35,
	}
	for id, n := range p.Nodes() {
		if counts[id] != want[n.Text] {
			t.Errorf("%s: %d, want %d", n.Text, counts[id], want[n.Text])
		}
	}
}

// mixed is a strategy of every kind of node.
func mixed() strategy.Definition {
	return strategy.Definition{
		Columns: ohlc,
		Params:  []strategy.Param{grid("n", 2, 3, 5), grid("m", 4, 7), {Name: "f", Names: []string{"sma", "ema", "stddev"}}, grid("x", 0.5, 1)},
		Let: lets(
			"apart = abs($f(close, $n) - lowest(low, $m)) / high",
			"calm = stddev(close, $m) < $x or rsi(close, $n) > 100 * $x / 2",
			"up = close > lag(open, $n) and not crosses_below(close, apart * 20)",
		),
		Rules: strategy.Rules{
			Entry:      strategy.Expr{Text: "up and calm[1] and ($n < $m or true)"},
			Exit:       strategy.Expr{Text: "not (up or calm)"},
			ShortEntry: strategy.Expr{Text: "crosses_above(-ema(close, $m), -close) and not calm"},
			ShortExit:  strategy.Expr{Text: "10 - close > highest(close - 10, $m) or 1 > apart"},
		},
	}
}

// TestCachesAgree runs several evaluators at once on caches of every size:
// all get the masks of an evaluator without one.
func TestCachesAgree(t *testing.T) {
	p := mustCompile(t, mixed())
	assets := []Asset{flat(0, randomWalk(1, 300)...), flat(1, randomWalk(2, 129)...), flat(2, 5)}
	var grid [][]int
	for i := range 3 * 2 * 3 * 2 {
		grid = append(grid, []int{i / 12, i / 6 % 2, i / 2 % 3, i % 2})
	}
	want := map[string]string{}
	run := func(e *Evaluator, check func(key, masks string) error) error {
		for _, a := range assets {
			e.Bind(a)
			for _, index := range grid {
				s, err := e.Signals(context.Background(), index)
				if err != nil {
					return err
				}
				masks := bitText(s.Entry, a.Bars) + bitText(s.Exit, a.Bars) + bitText(s.ShortEntry, a.Bars) + bitText(s.ShortExit, a.Bars)
				if err := check(string(rune(a.Key.Asset[0]))+intText(index), masks); err != nil {
					return err
				}
			}
		}
		return nil
	}
	record := func(key, masks string) error { want[key] = masks; return nil }
	if err := run(NewEvaluator(p, nil), record); err != nil {
		t.Fatal(err)
	}
	distinct := map[string]bool{}
	for _, masks := range want {
		distinct[masks] = true
	}
	if len(distinct) < 20 {
		t.Fatalf("only %d different answers: the test shows little", len(distinct))
	}
	for _, limit := range []int64{0, 1, 5000, 1 << 20} {
		c := NewFeatureCache(limit, nil)
		var g errgroup.Group
		for range 4 {
			e := NewEvaluator(p, c)
			g.Go(func() error {
				return run(e, func(key, masks string) error {
					if masks != want[key] {
						return errors.New("another answer for " + key)
					}
					return nil
				})
			})
		}
		if err := g.Wait(); err != nil {
			t.Errorf("cache of %d bytes: %v", limit, err)
		}
		if s := c.Stats().Total(); s.Bytes > limit {
			t.Errorf("cache of %d bytes holds %d", limit, s.Bytes)
		}
	}
}

func intText(index []int) string {
	var b strings.Builder
	for _, i := range index {
		b.WriteByte('0' + byte(i))
	}
	return b.String()
}

// TestNoAllocation: a trial allocates nothing once the cache is warm, nor
// without a cache once the evaluator has its memory.
func TestNoAllocation(t *testing.T) {
	for _, limit := range []int64{0, 1 << 20} {
		for _, d := range []strategy.Definition{smaCross(5, 5), mixed()} {
			p := mustCompile(t, d)
			e := NewEvaluator(p, NewFeatureCache(limit, nil))
			assets := []Asset{flat(0, randomWalk(1, 500)...), flat(1, randomWalk(1, 400)...)}
			index := make([]int, len(d.Params))
			run := func() {
				for _, a := range assets {
					e.Bind(a)
					for i := range 4 {
						index[0], index[1] = i/2, i%2
						if _, err := e.Signals(context.Background(), index); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			run()
			if n := testing.AllocsPerRun(20, run); n != 0 {
				t.Errorf("cache of %d bytes, %s: %v allocations", limit, d.Rules.Entry.Text, n)
			}
		}
	}
	c, err := strategy.CompileCondition([]strategy.Param{grid("a", 1, 2), grid("b", 1, 2)}, strategy.Expr{Text: "$a < $b and not $a / 2 == $b"})
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { c.Holds([]int{0, 1}) }); n != 0 {
		t.Errorf("Holds: %v allocations", n)
	}
}

func TestTrialErrors(t *testing.T) {
	for _, tc := range []struct{ rule, want string }{
		{"sma(close, $a - 1) > 1", "sma: window 0 is not a whole number ≥ 1 ($a = 1)"},
		{"ema(close, $a / $b) > 1", "ema: window 0.25 is not a whole number ≥ 1 ($a = 1, $b = 4)"},
		{"lag(close, $a - $b) > 1", "lag: bars -3 is not a whole number ≥ 0 ($a = 1, $b = 4); look-ahead is impossible"},
		{"sma(rsi(close, $b - 4), $a) > 1", "rsi: window 0 is not a whole number ≥ 1 ($b = 4)"},
		{"highest(close, $b / ($a - 1)) > 1", "highest: window +Inf is not a whole number ≥ 1 ($a = 1, $b = 4)"},
		{"lowest(close, 0 / ($a - 1)) > 1", "lowest: window NaN is not a whole number ≥ 1 ($a = 1)"},
	} {
		for _, limit := range []int64{0, 1 << 20} {
			p := mustCompile(t, strategy.Definition{
				Columns: ohlc, Params: []strategy.Param{grid("a", 2, 1), grid("b", 4), grid("c", 1, 2)},
				Rules: strategy.Rules{Entry: strategy.Expr{Text: tc.rule + " and $a + $b + $c > 0"}},
			})
			e := NewEvaluator(p, NewFeatureCache(limit, nil))
			e.Bind(flat(0, 1, 2, 3))
			for range 2 { // an error is not kept
				if _, err := e.Signals(context.Background(), []int{1, 0, 0}); err == nil || err.Error() != tc.want {
					t.Errorf("%s: %v", tc.rule, err)
				}
				if _, err := e.Inspect(context.Background(), []int{1, 0, 0}, 0); err == nil || err.Error() != tc.want {
					t.Errorf("inspect %s: %v", tc.rule, err)
				}
			}
		}
	}
}

// TestWindowsBeyondTheColumn: no value on any bar, and no trouble with sizes
// that no integer holds.
func TestWindowsBeyondTheColumn(t *testing.T) {
	prices := []float64{1, 2, 3}
	for _, window := range []string{"4", "2147483648", "1e300", "9007199254740993"} {
		for _, f := range []string{"sma", "ema", "rsi", "stddev", "highest", "lowest", "lag"} {
			rule := f + "(close, " + window + ") > -1"
			if got := evaluate(t, ohlc, nil, rule, nil, prices, prices, prices, prices, prices); got != "000" {
				t.Errorf("%s: %s", rule, got)
			}
		}
		for _, rule := range []string{"close[" + window + "] > 0", "(close > 0)[" + window + "][" + window + "]"} {
			if got := evaluate(t, ohlc, nil, rule, nil, prices, prices, prices, prices, prices); got != "000" {
				t.Errorf("%s: %s", rule, got)
			}
		}
	}
}

func TestCancelled(t *testing.T) {
	p := mustCompile(t, smaCross(2, 2))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []*FeatureCache{nil, NewFeatureCache(1<<20, nil)} {
		e := NewEvaluator(p, c)
		e.Bind(flat(0, 1, 2, 3))
		if _, err := e.Signals(ctx, []int{0, 1}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if _, err := e.Signals(context.Background(), []int{0, 1}); err != nil {
			t.Errorf("after that: %v", err)
		}
	}
}

func TestCallersMistakesPanic(t *testing.T) {
	p := mustCompile(t, smaCross(2, 2))
	for name, call := range map[string]func(e *Evaluator){
		"no asset":    func(e *Evaluator) { _, _ = e.Signals(context.Background(), []int{0, 0}) },
		"short index": func(e *Evaluator) { e.Bind(flat(0, 1)); _, _ = e.Signals(context.Background(), []int{0}) },
		"short column": func(e *Evaluator) {
			e.Bind(Asset{Bars: 3, Column: func(int) []float64 { return make([]float64, 2) }})
			_, _ = e.Signals(context.Background(), []int{0, 0})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call(NewEvaluator(p, nil))
		}()
	}
}

func TestInspect(t *testing.T) {
	d := smaCross(3, 3)
	d.Let = append(d.Let, lets("calm = abs(close - open) < $fast * 0.5", "half = $slow / 2")...)
	d.Rules.Entry.Text += " and calm and close > half"
	p := mustCompile(t, d)
	e := NewEvaluator(p, nil)
	// Averages of 1 and of 2 bars: 1 2 4 3 - and - 1.5 3 3.5 -.
	prices := []float64{1, 2, 4, 3, nan}
	e.Bind(table(0, prices, prices, prices, prices, prices))
	for bar, want := range map[int]string{
		0: `close=1 $fast=1 fast_ma=1 $slow=2 slow_ma=unknown open=1 close - open=0 abs(close - open)=0 $fast * 0.5=0.5 calm=true half=1 ` +
			`crosses_above(fast_ma, slow_ma)=unknown close > half=false entry=false exit=unknown`,
		3: `close=3 $fast=1 fast_ma=3 $slow=2 slow_ma=3.5 open=3 close - open=0 abs(close - open)=0 $fast * 0.5=0.5 calm=true half=1 ` +
			`crosses_above(fast_ma, slow_ma)=false close > half=true entry=false exit=true`,
		4: `close=unknown $fast=1 fast_ma=unknown $slow=2 slow_ma=unknown open=unknown close - open=unknown abs(close - open)=unknown $fast * 0.5=0.5 calm=unknown half=1 ` +
			`crosses_above(fast_ma, slow_ma)=unknown close > half=unknown entry=unknown exit=unknown`,
	} {
		values, err := e.Inspect(context.Background(), []int{0, 1}, bar)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range values {
			got = append(got, cmp.Or(v.Name, v.Text)+"="+v.Value())
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("bar %d\n got %s\nwant %s", bar, got, want)
		}
	}
}

// TestDoubling compiles names that double what they stand for sixty times.
// Only shared nodes and bounded texts end.
func TestDoubling(t *testing.T) {
	d := strategy.Definition{Columns: ohlc, Params: []strategy.Param{grid("x", 1, 2)}, Rules: strategy.Rules{
		Entry: strategy.Expr{Text: "v60 > s60 and not m60"}, Exit: strategy.Expr{Text: "m60[1]"},
	}}
	d.Let = lets("v0 = close - open", "s0 = $x - 1", "m0 = close > open + $x")
	for i := range 60 {
		prev, next := strconv.Itoa(i), strconv.Itoa(i+1)
		d.Let = append(d.Let, lets(
			"v"+next+" = v"+prev+" - v"+prev+"[1]",
			"s"+next+" = s"+prev+" - (s"+prev+" - 1)",
			"m"+next+" = m"+prev+" or (not m"+prev+" and m"+prev+"[1])",
		)...)
	}
	p := mustCompile(t, d)
	e := NewEvaluator(p, nil)
	e.Bind(flat(0, 1, 2, 3, 4))
	if _, err := e.Signals(context.Background(), []int{0}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Inspect(context.Background(), []int{0}, 3); err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Nodes() {
		if len(n.Text) > 3*400 {
			t.Fatalf("#%d has a text of %d bytes", n.ID, len(n.Text))
		}
	}
}
