package pipeline

import (
	"context"
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// rowsOf returns the rows of all trials.
func rowsOf(t *testing.T, p Plan, space Space) []Row {
	t.Helper()
	var rows []Row
	if _, err := Run(context.Background(), p, space, func(b *Block) error {
		rows = append(rows, b.Rows...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestSplitNoticesUnknownPrices: a close that is no price, while a position is
// held, has to be noticed by whoever values the tile, also where that is not
// who goes through the trades.
func TestSplitNoticesUnknownPrices(t *testing.T) {
	whole, err := sample.Walk(sample.Options{Bars: splitBars + 100, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Release()
	values := make([][]float64, len(whole.Columns()))
	for c := range values {
		values[c] = append([]float64(nil), whole.WholeValues(0, c)...)
	}
	at, _ := whole.ColumnIndex(columnar.Close)
	for bar := 500; bar < len(values[at]); bar += 9_973 {
		values[at][bar] = math.NaN()
	}
	f, err := columnar.Build(whole.Columns(), []columnar.Bars{{ID: "A", Times: whole.WholeTimes(0), Values: values}}, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	program, err := strategy.Compile(strategy.Definition{
		Columns: Columns(f), Params: []strategy.Param{{Name: "n", Values: []float64{0, 50}}},
		Rules: strategy.Rules{Entry: strategy.Expr{Text: "open > $n"}, Exit: strategy.Expr{Text: "open < 0"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := Plan{Frame: f, Program: program, NumParams: 1, Assets: true, Statistics: metrics.Core(), Workers: 1, BlockTrials: 2}
	want := rowsOf(t, p, line(2))
	p.Workers = 2
	for i, row := range rowsOf(t, p, line(2)) {
		same(t, row.Values, want[i].Values)
	}
	p.Reference = true
	for i, row := range rowsOf(t, p, line(2)) {
		same(t, row.Values, want[i].Values)
	}
}
