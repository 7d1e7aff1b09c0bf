package pipeline

import (
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// TestColumnCache: columns go through a cache where someone will find them in
// it. The frame of plan has three assets, so a grid of 64 averages of 8 bytes a
// bar takes 3 × 64 × 8 × bars; the cases say by hand what follows.
func TestColumnCache(t *testing.T) {
	cases := []struct {
		name   string
		entry  string
		block  int
		cache  int64 // of an engine, 0 for a run of its own
		pooled bool
		want   bool
	}{
		{name: "one block, nobody later", entry: "sma(close, $n) > close", block: 128, want: false},
		{name: "dear, one block, nobody later", entry: "highest(close, $n)[1] > close", block: 128, want: false},
		{name: "cheap, a second block of the group", entry: "sma(close, $n) > close", block: 64, want: false},
		{name: "dear, a second block of the group", entry: "highest(close, $n)[1] > close", block: 64, want: true},
		{name: "a later group", entry: "sma(close, $n) > close", block: 8, want: true},
		{name: "a later run", entry: "sma(close, $n) > close", block: 128, cache: 64 << 20, want: true},
		{name: "a later run, but it does not fit", entry: "sma(close, $n) > close", block: 128, cache: 1 << 10, want: false},
		{name: "pooled", entry: "sma(close, $n) > close", block: 128, pooled: true, want: true},
	}
	for _, c := range cases {
		p, _ := plan(t, 128)
		values := make([]float64, 64)
		for i := range values {
			values[i] = float64(i + 1)
		}
		program, err := strategy.Compile(strategy.Definition{
			Columns: Columns(p.Frame), Params: []strategy.Param{{Name: "n", Values: values}, {Name: "m", Values: []float64{1, 2}}},
			Rules: strategy.Rules{Entry: strategy.Expr{Text: c.entry}, Exit: strategy.Expr{Text: "close < $m"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		p.Program, p.NumParams, p.Pooled, p.BlockTrials = program, 2, c.pooled, c.block
		p.Statistics, p.Config = metrics.Core(), backtest.Config{}
		if c.cache > 0 {
			p.Cache = NewCache(c.cache, nil)
		}
		r := newRunner(p, line(128))
		if err := r.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.columns != nil; got != c.want {
			t.Errorf("%s: through a cache: %v, want %v", c.name, got, c.want)
		}
		// Two workers and three assets: 8 tasks are 3 blocks.
		if under := cap(r.tickets); c.want && under != 8 || !c.want && under != 3 {
			t.Errorf("%s: %d blocks under way", c.name, under)
		}
	}
}
