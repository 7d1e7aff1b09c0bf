package eval

import (
	"context"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// TestBatchBesideFailingTrials: a value that only failing trials need is never
// computed, and the trials beside them have their signals, also where so many
// compare it that values are rounded first.
func TestBatchBesideFailingTrials(t *testing.T) {
	windows := make([]float64, 40)
	for i := range windows {
		windows[i] = float64(i + 1)
	}
	p, err := strategy.Compile(strategy.Definition{
		Columns: []strategy.Column{{Name: "a", Scale: 100}}, Params: []strategy.Param{grid("n", windows...), grid("m", windows...)},
		Rules: strategy.Rules{Entry: strategy.Expr{Text: "sma(a, $n - 2) > sma(a, $m)"}, Exit: strategy.Expr{Text: "crosses_below(sma(a, $n - 2), sma(a, $m))"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var index []int
	for n := range windows {
		for m := range windows {
			index = append(index, n, m)
		}
	}
	const bars = 1500
	data := randomWalk(1, bars)
	asset := table(0, data)
	layout, batch, evaluator := NewLayout(p, index), NewBatch(p, nil), NewEvaluator(p, nil)
	if !slices.ContainsFunc(layout.pairs, func(p pair) bool { return p.quanta }) {
		t.Fatal("no values are rounded")
	}
	batch.Bind(asset, layout)
	evaluator.Bind(asset)
	for from := 0; from < bars; from += TileBars {
		if err := batch.Load(context.Background(), from); err != nil {
			t.Fatal(err)
		}
		for trial := range layout.Trials() {
			if failed := index[2*trial] < 2; failed != (layout.Err(trial) != nil) {
				t.Fatalf("trial %d: error %v", trial, layout.Err(trial))
			} else if failed {
				continue
			}
			want, err := evaluator.Signals(context.Background(), index[2*trial:2*trial+2])
			if err != nil {
				t.Fatal(err)
			}
			entry, exit := batch.Signals(trial)
			to := min(from/64+TileBars/64, kernel.Words(bars))
			if !slices.Equal(entry, want.Entry[from/64:to]) || !slices.Equal(exit, want.Exit[from/64:to]) {
				t.Fatalf("trial %d differs in the tile at %d", trial, from)
			}
		}
	}
}

// TestBatchCrossAfterUnknown: nothing crosses from a value that is not known,
// also where that is the last of a tile.
func TestBatchCrossAfterUnknown(t *testing.T) {
	p, err := strategy.Compile(strategy.Definition{
		Columns: []strategy.Column{{Name: "a", Scale: 0}, {Name: "b", Scale: 0}},
		Rules:   strategy.Rules{Entry: strategy.Expr{Text: "crosses_above(a, b)"}, Exit: strategy.Expr{Text: "crosses_above(b, a)"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	a, b := make([]float64, TileBars+64), make([]float64, TileBars+64)
	for i := range a {
		a[i], b[i] = 2, 1
	}
	a[TileBars-1] = nan
	a[TileBars+9] = 0 // crosses below here, and above on the next bar
	batch := NewBatch(p, nil)
	batch.Bind(table(0, a, b), NewLayout(p, nil))
	if err := batch.Load(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	if err := batch.Load(context.Background(), TileBars); err != nil {
		t.Fatal(err)
	}
	entry, exit := batch.Signals(0)
	if entry[0] != 1<<10 || exit[0] != 1<<9 {
		t.Errorf("entry on bars %b, exit on bars %b of the second tile", entry[0], exit[0])
	}
}
