package sweep_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/bowstring-engine/bowstring/sweep/spec"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/sweep"
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

// An engine for programs that run many sweeps, one after another or at once: it
// keeps the workers and the indicators, and opens bundles once.
func ExampleEngine() {
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
	engine, err := sweep.NewEngine(sweep.EngineOptions{Bundles: pool})
	check(err)
	defer engine.Close()

	for _, bps := range []float64{0, 5, 10} {
		study.Simulation.CommissionBps = bps
		results, err := engine.Run(ctx, study, sweep.Options{}) // on the bundle that study.Bundle names
		check(err)
		best, err := sweep.Top(ctx, results, sweep.TopOptions{By: "sharpe", N: 1})
		check(err)
		fmt.Println(bps, "bps:", best.NumRows(), "row")
		best.Release()
		results.Release()
	}
	// Output:
	// 0 bps: 1 row
	// 5 bps: 1 row
	// 10 bps: 1 row
}

// The best combinations of a sweep, from a spec file.
func ExampleTop() {
	ctx := context.Background()
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()

	text, err := os.ReadFile("../examples/sma_cross.yaml")
	check(err)
	study, err := spec.Parse("sma_cross.yaml", text)
	check(err)
	results, err := sweep.Run(ctx, frame, study, sweep.Options{})
	check(err)
	defer results.Release()
	best, err := sweep.Top(ctx, results, sweep.TopOptions{By: "sharpe", N: 3})
	check(err)
	defer best.Release()
	fmt.Println(best.NumRows(), "rows, the best first")
	// Output: 3 rows, the best first
}
