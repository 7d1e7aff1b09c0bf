package results_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// groupRows is about how many rows a row group of a sweep has.
const groupRows = 32_768

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
		Params:     []spec.Param{{Name: "fast", Axis: spec.Range(2, 11, 3)}, {Name: "slow", Axis: spec.List(8, 15, 30)}},
		Where:      "$fast < $slow",
		Let:        []spec.Expr{{Name: "fast_ma", Text: "sma(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules:      spec.Rules{Entry: "crosses_above(fast_ma, slow_ma)", Exit: "crosses_below(fast_ma, slow_ma)"},
		Simulation: backtest.Config{Fill: backtest.FillClose, CommissionBps: 10},
		Output:     spec.Output{Statistics: metrics.All()},
	}
}

// rankedSpec has trials that fail (a window of 0), that hardly trade, many ties
// and several row groups.
func rankedSpec() *spec.Spec {
	s := crossSpec()
	s.Params = []spec.Param{
		{Name: "fast", Axis: spec.Range(1, 12, 1)}, {Name: "slow", Axis: spec.List(8, 15, 30, 45, 10_000)},
		{Name: "drop", Axis: spec.Linspace(0.9, 0.99, 310)},
	}
	s.Where = "$fast != 3"
	s.Rules.Entry, s.Rules.Exit = "close > sma(close, $slow - 8) and fast_ma > 0", "close < $drop * slow_ma"
	return s
}

// write sweeps a spec over three assets into a file, and returns its path.
func write(t *testing.T, frame *columnar.Frame, s *spec.Spec) string {
	t.Helper()
	r, err := sweep.Run(context.Background(), frame, s, sweep.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	path := filepath.Join(t.TempDir(), "out.parquet")
	if _, err := results.WriteFile(path, r); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
