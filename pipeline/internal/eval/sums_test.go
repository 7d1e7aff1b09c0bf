package eval

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// oddDecimals are histories of cents: with ties, and with stretches whose prices
// are too large for sums to order averages, are no cents, or are unknown.
func oddDecimals(bars int) map[string][]float64 {
	plain := longHistories(bars)[bars][1] // whole numbers from 0 to 3, and NaN
	walk := randomWalk(1, bars)
	all := map[string][]float64{"cents": walk, "ties": plain}
	for name, x := range map[string]float64{"large": 1e10 + 0.25, "huge": 4e11 + 0.25, "no cents": 1.005, "unknown": nan, "infinite": math.Inf(1)} {
		odd := slices.Clone(walk)
		for i := range odd {
			if i%20_000 > 19_000 && i%20_000 < 19_100 {
				odd[i] = x
			}
		}
		all[name] = odd
	}
	return all
}

// TestSumsAgainstEvaluator takes few trials over long histories, whose averages
// are ordered by their sums where that is possible: every comparison and both
// crosses.
func TestSumsAgainstEvaluator(t *testing.T) {
	const bars = 3*20_000 + 700
	histories := oddDecimals(bars)
	for _, c := range []struct {
		text string
		sums bool
	}{
		{"crosses_above(sma(a, $n), sma(a, $m))", true},
		{"crosses_below(sma(a, $n), sma(a, $m)) or sma(a, $n) == sma(a, $m)", true},
		{"sma(a, $m) <= sma(a, $n) and crosses_above(sma(a, $m), sma(a, $n))", true},
		{"sma(a, $n) > sma(a, $m)", true},
		{"sma(a, $n) != sma(a, $m)", true},
		{"sma(a, $n) > sma(a, $m) and highest(a, $m) > 2", true}, // chunks of many tiles
		{"sma(a, $n) > lowest(a, $m)", true},                     // one is no average
		{"sma(a, $n) > sma(a, $m) and sma(a, $n) > 1.5", false},  // which needs the average
		{"sma(a, $n) > sma(a, $m) and sma(a, $m) < close", false},
		{"sma(close, $n) > sma(a, $m)", false},
	} {
		p := mustCompile(t, strategy.Definition{
			Columns: []strategy.Column{{Name: "a", Scale: 100}, {Name: "close", Scale: 100}},
			Params:  []strategy.Param{{Name: "n", Values: []float64{3, 900}}, {Name: "m", Values: []float64{40, 7, 3}}},
			Rules:   strategy.Rules{Entry: strategy.Expr{Text: c.text}, Exit: strategy.Expr{Text: "sma(a, $n) < sma(a, $m)"}},
		})
		for _, index := range [][]int{{0, 0}, {1, 1, 0, 2}} {
			layout := NewLayout(p, index)
			if len(layout.pairs) == 0 || layout.pairs[0].sums != c.sums {
				t.Fatalf("%s: pairs %+v", c.text, layout.pairs)
			}
			for name, column := range histories {
				asset := table(0, column, histories["cents"])
				batch, evaluator := NewBatch(p, nil), NewEvaluator(p, nil)
				batch.Bind(asset, layout)
				evaluator.Bind(asset)
				compareBatch(t, batch, evaluator, layout, bars, 0, name+": "+c.text)
				batch.Bind(asset, layout)
				compareBatch(t, batch, evaluator, layout, bars, 21*TileBars, name+" from tile 21: "+c.text)
			}
		}
	}
}

// TestSumsSpareAverages: an average that only its pair needs is not computed, but
// for the first tiles and where the prices are too large.
func TestSumsSpareAverages(t *testing.T) {
	const bars = 3*20_000 + 700
	histories := oddDecimals(bars)
	p := mustCompile(t, strategy.Definition{
		Columns: []strategy.Column{{Name: "a", Scale: 100}}, Params: []strategy.Param{{Name: "n", Values: []float64{30}}},
		Rules: strategy.Rules{Entry: strategy.Expr{Text: "crosses_above(sma(a, $n), sma(a, 150))"}, Exit: strategy.Expr{Text: "crosses_below(sma(a, $n), sma(a, 150))"}},
	})
	layout := NewLayout(p, []int{0})
	for name, column := range histories {
		batch := NewBatch(p, nil)
		batch.Bind(table(0, column), layout)
		var computed []int
		for tile := range bars / TileBars {
			if err := batch.Load(context.Background(), tile*TileBars); err != nil {
				t.Fatal(err)
			}
			batch.Signals(0)
			if pair := layout.pairs[0]; batch.stored[pair.a].series[0] != nil {
				computed = append(computed, tile)
			}
		}
		// The odd prices are in the tiles of bars 19,001, 39,001 and 59,001 and on.
		want := map[string][]int{"cents": {0}, "large": {0, 18, 38, 57}}[name]
		if want != nil && !slices.Equal(computed, want) {
			t.Errorf("%s: averages computed in tiles %v, want %v", name, computed, want)
		}
	}
}
