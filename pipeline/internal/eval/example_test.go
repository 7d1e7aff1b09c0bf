package eval_test

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// The eight bars of the documentation of pipeline/strategy.
func Example() {
	program, err := strategy.Compile(strategy.Definition{
		Columns: []strategy.Column{{Name: "close", Scale: 1}},
		Params:  []strategy.Param{{Name: "n", Values: []float64{3, 4}}},
		Let:     []strategy.Expr{{Name: "fast", Text: "sma(close, 2)"}, {Name: "slow", Text: "sma(close, $n)"}},
		Rules: strategy.Rules{
			Entry: strategy.Expr{Text: "crosses_above(fast, slow)"},
			Exit:  strategy.Expr{Text: "crosses_below(fast, slow)"},
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Print(program)
	closes := []float64{10, 9, 8, 10, 9, 11, 12, 8}
	batch := eval.NewBatch(program, nil)
	layout := eval.NewLayout(program, []int{0, 1}) // both values of $n
	batch.Bind(eval.Asset{Bars: len(closes), Column: func(int) []float64 { return closes }}, layout)
	if err := batch.Load(context.Background(), 0); err != nil {
		panic(err)
	}
	for trial := range layout.Trials() {
		entry, exit := batch.Signals(trial)
		fmt.Printf("trial %d: entry %08b exit %08b\n", trial, entry[0], exit[0])
	}
	// Output:
	// #0  close                                         series  1×
	// #1  sma(close, 2)                                 series  1×
	// #2  sma(close, $n)                                series  2×  $n
	// #3  crosses_above(sma(close, 2), sma(close, $n))  mask    2×  $n
	// #4  crosses_above(sma(close, $n), sma(close, 2))  mask    2×  $n
	// entry = #3
	// exit = #4
	// trial 0: entry 01010000 exit 10000000
	// trial 1: entry 00010000 exit 00000000
}
