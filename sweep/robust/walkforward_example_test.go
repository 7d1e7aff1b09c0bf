package robust_test

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/robust"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// A walk forward: what is chosen in each window, and what it came to.
func ExampleWalkForward() {
	ctx := context.Background()
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()
	s := &spec.Spec{
		Params: []spec.Param{{Name: "n", Axis: spec.List(20, 50, 100, 200)}},
		Rules:  spec.Rules{Entry: "close > sma(close, $n)", Exit: "close < sma(close, $n)"},
		WalkForward: spec.WalkForward{
			Train: spec.Span{Years: 10}, Test: spec.Span{Years: 5},
		},
	}
	walk, err := robust.WalkForward(ctx, s, &sweep.Bound{Frame: frame}, robust.WalkOptions{})
	check(err)
	for _, c := range walk.Windows {
		fmt.Printf("window %d: n = %v of %d, Sharpe ratio %.2f then, %.2f after it\n",
			c.Number, s.Params[0].Axis.Value(c.Index[0]), c.Valid, c.InSample, c.OutOfSample)
	}
	equity := walk.EquityTable()
	defer equity.Release()
	fmt.Println(equity.NumRows(), "bars of equity that no choice has seen")
	// Output:
	// window 0: n = 50 of 4, Sharpe ratio 1.49 then, 1.53 after it
	// window 1: n = 100 of 4, Sharpe ratio 1.43 then, 1.61 after it
	// window 2: n = 100 of 4, Sharpe ratio 1.25 then, 0.80 after it
	// 3774 bars of equity that no choice has seen
}
