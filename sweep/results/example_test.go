package results_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// The best combinations of a sweep, from a spec file, as they pass by.
func ExampleLeaders() {
	ctx := context.Background()
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()

	text, err := os.ReadFile("../../examples/sma_cross.yaml")
	check(err)
	study, err := spec.Parse("sma_cross.yaml", text)
	check(err)
	table, err := sweep.Run(ctx, frame, study, sweep.Options{})
	check(err)
	defer table.Release()
	best, err := results.Leaders(ctx, table, results.LeadersOptions{By: "sharpe", N: 3})
	check(err)
	defer best.Release()
	fmt.Println(best.NumRows(), "rows, the best first")
	// Output: 3 rows, the best first
}

// A file is written, read and ranked; any other Arrow record reader with the columns
// of results is written the same way.
func ExampleWriteFile() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bowstring")
	check(err)
	defer os.RemoveAll(dir)
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()

	study := &spec.Spec{
		Params: []spec.Param{{Name: "fast", Axis: spec.Range(5, 43, 2)}},
		Rules:  spec.Rules{Entry: "close > sma(close, $fast)", Exit: "close < sma(close, $fast)"},
	}
	table, err := sweep.Run(ctx, frame, study, sweep.Options{})
	check(err)
	defer table.Release()
	rows, err := results.WriteFile(filepath.Join(dir, "results.parquet"), table)
	check(err)
	fmt.Println(rows, "rows")

	file, err := results.Open(filepath.Join(dir, "results.parquet"))
	check(err)
	defer file.Close()
	best, err := file.Leaders(ctx, results.LeadersOptions{By: "sharpe", N: 1})
	check(err)
	defer best.Release()
	fmt.Println(best.NumRows(), "row,", best.NumCols(), "columns")

	// The same table as CSV.
	records := file.Records()
	defer records.Release()
	rows, err = results.WriteFile(filepath.Join(dir, "results.csv"), records)
	check(err)
	fmt.Println(rows, "rows as CSV")
	// Output:
	// 180 rows
	// 1 row, 28 columns
	// 180 rows as CSV
}
