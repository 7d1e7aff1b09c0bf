package eval

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// longHistories are data of three columns: decimal ones with NaN and ties, and
// one of any numbers, over histories that are evaluated whole and in chunks.
func longHistories(lengths ...int) map[int][][]float64 {
	all := map[int][][]float64{}
	for _, bars := range lengths {
		rng := rand.New(rand.NewPCG(uint64(bars), 5))
		data := [][]float64{randomWalk(1, bars), make([]float64, bars), make([]float64, bars)}
		for i := range bars {
			data[1][i] = float64(rng.IntN(4))
			data[2][i] = 100 + rng.NormFloat64()
			if rng.IntN(500) == 0 {
				data[1][i] = nan
			}
			if i > 5000 && i < 5300 {
				data[2][i] = 7 // a constant stretch
			}
		}
		all[bars] = data
	}
	return all
}

// drawDeep draws a condition over indicators of every kind, nested as well.
func drawDeep(t *rapid.T) string {
	column := func() string { return rapid.SampledFrom([]string{"a", "b", "c", "(a + c) / 2"}).Draw(t, "column") }
	window := func() string {
		return rapid.SampledFrom([]string{"$n", "$x", "$n + $x", "3", "700", "$n * 400", "2 * $n / $x"}).Draw(t, "window")
	}
	call := func(of string) string {
		f := rapid.SampledFrom([]string{"sma", "ema", "rsi", "stddev", "highest", "lowest", "lag"}).Draw(t, "function")
		return f + "(" + of + ", " + window() + ")"
	}
	series := func() string {
		switch rapid.IntRange(0, 4).Draw(t, "series") {
		case 0:
			return call(call(column()))
		case 1:
			return "(" + call(column()) + " - " + call(column()) + ")"
		case 2:
			return column()
		}
		return call(column())
	}
	leaf := func() string {
		switch rapid.IntRange(0, 3).Draw(t, "leaf") {
		case 0:
			return "crosses_above(" + series() + ", " + series() + ")"
		case 1:
			return "not crosses_below(" + series() + ", 2 * $x)"
		case 2:
			return series() + " >= $n * 25"
		}
		return series() + rapid.SampledFrom([]string{" > ", " <= ", " == ", " != "}).Draw(t, "compare") + series()
	}
	return leaf() + rapid.SampledFrom([]string{" and ", " or not "}).Draw(t, "logic") + leaf()
}

// TestBatchAgainstEvaluator holds every word of every tile equal to what the
// evaluator computes over the whole history.
func TestBatchAgainstEvaluator(t *testing.T) {
	histories := longHistories(1, 63, 64, 1024, 1025, 3000, wholeBars, wholeBars+1, wholeBars+chunkBars+77)
	params := []strategy.Param{grid("n", 1, 2, 3), grid("x", 1, 2, 5, 40)}
	rapid.Check(t, func(t *rapid.T) {
		text := drawDeep(t)
		if rapid.Bool().Draw(t, "shallow") {
			text = drawTruth(t, 3).text
		}
		used := []strategy.Param{}
		for _, p := range params {
			if strings.Contains(text, "$"+p.Name) {
				used = append(used, p)
			}
		}
		p, err := strategy.Compile(strategy.Definition{
			Columns: []strategy.Column{{Name: "a", Scale: 100}, {Name: "b", Scale: 1}, {Name: "c", Scale: 0}}, Params: used,
			Rules: strategy.Rules{Entry: strategy.Expr{Text: text}, Exit: strategy.Expr{Text: "not (" + text + ")"}},
		})
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		var index []int
		for range rapid.IntRange(1, 12).Draw(t, "trials") {
			for _, q := range used {
				index = append(index, rapid.IntRange(0, len(q.Values)-1).Draw(t, q.Name))
			}
			if len(used) == 0 {
				break
			}
		}
		var c *FeatureCache
		if rapid.Bool().Draw(t, "cache") {
			c = NewFeatureCache(1<<20, nil)
		}
		batch, evaluator := NewBatch(p, c), NewEvaluator(p, nil)
		layout := NewLayout(p, index)
		for i := range 2 { // the second asset meets the memory of the first
			bars := rapid.SampledFrom([]int{1, 63, 64, 1024, 1025, 3000, wholeBars, wholeBars + 1, wholeBars + chunkBars + 77}).Draw(t, "bars")
			asset := table(i, histories[bars]...)
			batch.Bind(asset, layout)
			evaluator.Bind(asset)
			first := rapid.SampledFrom([]int{0, 0, (bars - 1) / 3}).Draw(t, "first") / TileBars * TileBars
			compareBatch(t, batch, evaluator, layout, bars, first, text)
		}
	})
}

// fataler is what a test and a property have in common.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func compareBatch(t fataler, b *Batch, e *Evaluator, l *Layout, bars, first int, text string) {
	ctx := context.Background()
	var want []Signals
	for trial := range l.Trials() {
		s, err := e.Signals(ctx, l.indexOf(trial))
		if (err != nil) != (l.Err(trial) != nil) || err != nil && err.Error() != l.Err(trial).Error() {
			t.Fatalf("%s, trial %d: error %v, want %v", text, trial, l.Err(trial), err)
		}
		want = append(want, Signals{Entry: append([]uint64(nil), s.Entry...), Exit: append([]uint64(nil), s.Exit...)})
	}
	for from := first; from < bars; from += TileBars {
		if err := b.Load(ctx, from); err != nil {
			t.Fatal(err)
		}
		for trial := range l.Trials() {
			if l.Err(trial) != nil {
				continue
			}
			entry, exit := b.Signals(trial)
			for w := range min(TileBars, bars-from+63) / 64 {
				at := from/64 + w
				if entry[w] != want[trial].Entry[at] || exit[w] != want[trial].Exit[at] {
					t.Fatalf("%s\n%d bars, trial %d, word %d: %x %x, want %x %x\n%s", text, bars, trial, at,
						entry[w], exit[w], want[trial].Entry[at], want[trial].Exit[at], describe(l, trial))
				}
			}
		}
	}
}

// TestQuantaAgainstEvaluator takes grids that are large enough for values to
// be rounded before they are compared: every comparison and both crosses, of
// averages of cents that often tie, and of columns with unknown values.
func TestQuantaAgainstEvaluator(t *testing.T) {
	lengths := []int{1, 63, 65, 1025, 2100, wholeBars + 70}
	histories := longHistories(lengths...)
	count := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i + 1)
		}
		return v
	}
	for _, text := range []string{
		"crosses_above(sma(a, $n), sma(a, $m))", "crosses_below(sma(a, $n), sma(a, $m)) or sma(a, $n) == sma(a, $m)",
		"sma(b, $n) > highest(b, $m)[1]", "sma(b, $m) <= sma(b, $n) and crosses_above(sma(b, $m), sma(b, $n))",
		"sma(a, $n) != ema(c, $m)", "sma(c, $n) < lowest(a, $m) or sma(c, $n) >= rsi(a, $m)",
	} {
		p := mustCompile(t, strategy.Definition{
			Columns: []strategy.Column{{Name: "a", Scale: 100}, {Name: "b", Scale: 1}, {Name: "c", Scale: 0}},
			Params:  []strategy.Param{{Name: "n", Values: count(30)}, {Name: "m", Values: count(30)}},
			Rules:   strategy.Rules{Entry: strategy.Expr{Text: text}, Exit: strategy.Expr{Text: "not (" + text + ")"}},
		})
		var index []int
		trials(30, 30, func(i []int) { index = append(index, i...) })
		layout := NewLayout(p, index)
		if len(layout.pairs) == 0 || !layout.pairs[0].quanta {
			t.Fatalf("%s: pairs %+v are not rounded", text, layout.pairs)
		}
		batches := []*Batch{NewBatch(p, nil), NewBatch(p, NewFeatureCache(1<<28, nil))}
		evaluator := NewEvaluator(p, NewFeatureCache(1<<28, nil))
		for i, bars := range lengths {
			asset := table(i, histories[bars]...)
			evaluator.Bind(asset)
			for _, batch := range batches {
				batch.Bind(asset, layout)
				compareBatch(t, batch, evaluator, layout, bars, 0, text)
			}
		}
	}
}

func describe(l *Layout, trial int) string {
	return fmt.Sprint(l.indexOf(trial), " stored ", l.stored, " own ", l.own, "\n", l.program)
}
