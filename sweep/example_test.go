package sweep_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// publishDemo stores the demo's bars as the bundle "demo" of a new store, and
// returns its folder.
func publishDemo(ctx context.Context) string {
	dir, err := os.MkdirTemp("", "bowstring")
	check(err)
	store, err := bundles.OpenStore(dir)
	check(err)
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()
	in, err := store.Begin(ctx, "demo")
	check(err)
	_, err = in.Publish(ctx, frame, report.Account{Read: 42801, Accepted: 42801}, bundles.PublishOptions{})
	check(err)
	return dir
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// A sweep over a bundle: results come as Arrow record batches.
func Example() {
	ctx := context.Background()
	dir := publishDemo(ctx)
	defer os.RemoveAll(dir)

	store, err := bundles.OpenStore(dir)
	check(err)
	bundle, err := store.Open(ctx, "demo", bundles.OpenOptions{})
	check(err)
	defer bundle.Close()

	study := &spec.Spec{
		Params: []spec.Param{{Name: "fast", Axis: spec.Range(5, 43, 2)}, {Name: "slow", Axis: spec.Range(50, 240, 10)}},
		Rules:  spec.Rules{Entry: "crosses_above(sma(close, $fast), sma(close, $slow))", Exit: "crosses_below(sma(close, $fast), sma(close, $slow))"},
	}
	results, err := sweep.Run(ctx, bundle.Frame(), study, sweep.Options{})
	check(err)
	defer results.Release()
	for results.Next() {
		fmt.Println(results.Record().NumRows(), "rows") // an arrow.Record: trial, asset, fast, slow, total_return, …
	}
	check(results.Err())
	// Output: 3600 rows
}

// A runner for programs that run many sweeps, one after another or at once: it
// keeps the workers and the indicators, and opens bundles once.
func ExampleRunner() {
	ctx := context.Background()
	dir := publishDemo(ctx)
	defer os.RemoveAll(dir)
	study := &spec.Spec{
		Bundle: "demo",
		Params: []spec.Param{{Name: "fast", Axis: spec.Range(5, 43, 2)}, {Name: "slow", Axis: spec.Range(50, 240, 10)}},
		Rules:  spec.Rules{Entry: "crosses_above(sma(close, $fast), sma(close, $slow))", Exit: "crosses_below(sma(close, $fast), sma(close, $slow))"},
	}

	store, err := bundles.OpenStore(dir)
	check(err)
	pool := bundles.NewPool(store, bundles.PoolOptions{})
	defer pool.Close()
	runner, err := sweep.NewRunner(sweep.RunnerOptions{Bundles: pool})
	check(err)
	defer runner.Close()

	for _, bps := range []float64{0, 5, 10} {
		study.Simulation.CommissionBps = bps
		table, err := runner.Run(ctx, study, sweep.Options{}) // on the bundle that study.Bundle names
		check(err)
		best, err := results.Leaders(ctx, table, results.LeadersOptions{By: "sharpe", N: 1})
		check(err)
		fmt.Println(bps, "bps:", best.NumRows(), "row")
		best.Release()
		table.Release()
	}
	// Output:
	// 0 bps: 1 row
	// 5 bps: 1 row
	// 10 bps: 1 row
}

// frames is a source of bars that were made in Go.
type frames map[string]*columnar.Frame

func (f frames) AcquireFrame(_ context.Context, name string, _ columnar.Adjustment) (*columnar.Frame, func(), error) {
	frame, ok := f[name]
	if !ok {
		return nil, nil, fmt.Errorf("there are no bars called %q", name)
	}
	frame.Retain()
	return frame, frame.Release, nil
}

// A runner on bars that are in no bundle: ten days of a price that rises by one.
func ExampleSource() {
	ctx := context.Background()
	columns := columnar.BarColumns()
	bars := columnar.Bars{ID: "UP", Values: make([][]float64, len(columns))}
	for day := range 10 {
		bars.Times = append(bars.Times, time.Date(2024, 1, 1+day, 0, 0, 0, 0, time.UTC).UnixNano())
		for c := range columns {
			bars.Values[c] = append(bars.Values[c], float64(100+day))
		}
	}
	frame, err := columnar.Build(columns, []columnar.Bars{bars}, columnar.Info{})
	check(err)
	defer frame.Release()

	runner, err := sweep.NewRunner(sweep.RunnerOptions{Bundles: frames{"rising": frame}})
	check(err)
	defer runner.Close()
	table, err := runner.Run(ctx, &spec.Spec{
		Bundle: "rising",
		Params: []spec.Param{{Name: "back", Axis: spec.Range(1, 3, 1)}},
		Rules:  spec.Rules{Entry: "close > lag(close, $back)", Exit: "close < lag(close, $back)"},
		Output: spec.Output{Rows: spec.RowsAssets},
	}, sweep.Options{})
	check(err)
	defer table.Release()
	for table.Next() {
		fmt.Println(table.Record().NumRows(), "rows, of", table.Record().Column(1).ValueStr(0))
	}
	check(table.Err())
	// Output: 3 rows, of UP
}
