package search_test

import (
	"context"
	"fmt"
	"log"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/search"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// A search takes the place of a grid: 40 trials that TPE asks for, run by a Runner.
func ExampleRun() {
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()
	runner, err := sweep.NewRunner(sweep.RunnerOptions{})
	check(err)
	defer runner.Close()

	s := &spec.Spec{
		Params: []spec.Param{{Name: "fast", Axis: spec.Range(5, 50, 1).Log()}, {Name: "slow", Axis: spec.Range(20, 200, 1)}},
		Where:  "$fast < $slow",
		Search: spec.Search{Algorithm: spec.TPE, Trials: 40, Seed: 1},
		Rules:  spec.Rules{Entry: "sma(close, $fast) > sma(close, $slow)", Exit: "sma(close, $fast) < sma(close, $slow)"},
		Output: spec.Output{Rows: spec.RowsPooled},
	}
	run := func(ctx context.Context, s *spec.Spec, space pipeline.Space) (array.RecordReader, error) {
		return runner.RunFrame(ctx, frame, s, sweep.Options{Space: space})
	}
	reader, err := search.Run(context.Background(), s, run, search.Options{})
	check(err)
	defer reader.Release()
	best, err := results.Leaders(context.Background(), reader, results.LeadersOptions{By: "sharpe", N: 3})
	check(err)
	defer best.Release()
	fmt.Println(best.NumRows(), "best of", reader.Search().Spec().Search.Trials)
	fmt.Println(best.ColumnName(0), best.ColumnName(1), best.ColumnName(2), best.ColumnName(3), best.ColumnName(4))
	// Output:
	// 3 best of 40
	// trial asset generation fast slow
}

// A program with an objective of its own asks and tells.
func ExampleSearch() {
	q, err := search.New(&spec.Spec{
		Params: []spec.Param{{Name: "x", Axis: spec.Uniform(-5, 5)}, {Name: "y", Axis: spec.Uniform(0.001, 10).Log()}},
		Search: spec.Search{Algorithm: spec.TPE, Trials: 100, Seed: 1},
		Rules:  spec.Rules{Entry: "close > 0"}, // a spec has rules, which nothing here runs
	})
	check(err)
	for {
		g, err := q.Ask(context.Background())
		check(err)
		if g == nil {
			break
		}
		told := make([]search.Result, g.Len())
		for i := range told {
			x, y := g.Value(i, 0), g.Value(i, 1)
			told[i].Scores = []float64{-(x-1)*(x-1) - (y-0.1)*(y-0.1)}
		}
		check(q.Tell(g, told))
	}
	_, r, _ := q.Best()
	fmt.Println("found to a tenth:", r.Scores[0] > -0.1)
	// Output: found to a tenth: true
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
