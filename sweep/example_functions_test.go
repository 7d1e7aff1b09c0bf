package sweep_test

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// upDays enters after n rising closes in a row and is out after the first fall.
type upDays struct{}

func (upDays) Describe() strategy.Description {
	return strategy.Description{
		Name: "up_days", Columns: []string{columnar.Close},
		Params: []indicator.Param{{Name: "n", Kind: indicator.Window, Min: 1}},
	}
}

func (upDays) Fill(masks strategy.Masks, bars strategy.Bars, params []float64) {
	closes, rising := bars.Columns[0], 0
	for i := 1; i < len(closes); i++ {
		if rising++; closes[i] <= closes[i-1] {
			rising = 0
		}
		masks.Entry.Set(i, rising >= int(params[0]))
		masks.Exit.Set(i, closes[i] < closes[i-1])
	}
}

// A strategy in Go: a spec calls it by its name, mixes it with expressions and sweeps
// its parameters.
func Example_strategyInGo() {
	ctx := context.Background()
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()

	study := &spec.Spec{
		Params:    []spec.Param{{Name: "n", Axis: spec.Range(2, 6, 1)}},
		Rules:     spec.Rules{Entry: "up_days($n).entry and close > sma(close, 200)", Exit: "up_days($n).exit"},
		Functions: []*indicator.Row{strategy.Function(upDays{})},
		Output:    spec.Output{Rows: spec.RowsPooled},
	}
	table, err := sweep.Run(ctx, frame, study, sweep.Options{})
	check(err)
	defer table.Release()
	best, err := results.Leaders(ctx, table, results.LeadersOptions{By: "sharpe", N: 3})
	check(err)
	defer best.Release()
	fmt.Println(best.NumRows(), "best of 5 trials")
	// Output: 3 best of 5 trials
}

// An indicator of one's own: a row like those of the catalogue. Without Start it is
// computed over whole histories.
func Example_indicatorInGo() {
	ctx := context.Background()
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()

	// range_share is the place of the close between the low and the high of its bar.
	share := &indicator.Row{
		Name: "range_share", Title: "Place of the close in its bar", Columns: []string{columnar.High, columnar.Low, columnar.Close},
		Outputs: []indicator.Output{{Dimension: indicator.Fraction, Scaled: indicator.Stays, Shifted: indicator.Stays}},
		Memory:  indicator.Pointwise,
		Apply: func(c *indicator.Call) {
			for i := range c.Dst[0] {
				high, low, last := c.Src[0][i], c.Src[1][i], c.Src[2][i]
				c.Dst[0][i] = (last - low) / (high - low)
			}
		},
	}
	study := &spec.Spec{
		Params:    []spec.Param{{Name: "weak", Axis: spec.List(0.1, 0.2, 0.3)}},
		Rules:     spec.Rules{Entry: "range_share() < $weak", Exit: "range_share() > 0.8"},
		Functions: []*indicator.Row{share},
	}
	plan, err := sweep.Explain(ctx, frame, study, sweep.ExplainOptions{})
	check(err)
	fmt.Println(plan.Trials, "trials by the", plan.Engine, "engine")
	for _, node := range plan.Nodes {
		fmt.Println(node.Text)
	}
	// Output:
	// 3 trials by the event engine
	// high
	// low
	// close
	// range_share()
	// range_share() < $weak
	// range_share() > 0.8
}

// A statistic of one's own is a function of those of its row, and the last column.
func Example_statisticInGo() {
	ctx := context.Background()
	frame, err := sample.Demo(sample.DemoSeed)
	check(err)
	defer frame.Release()

	study := &spec.Spec{
		Params: []spec.Param{{Name: "n", Axis: spec.List(20, 50)}},
		Rules:  spec.Rules{Entry: "close > sma(close, $n)", Exit: "close < sma(close, $n)"},
		Output: spec.Output{Own: []metrics.Own{{
			Name: "return_per_trade", Kind: metrics.Fraction, Better: metrics.Higher,
			Of:    []metrics.Stat{metrics.TotalReturn, metrics.Trades},
			Value: func(v *metrics.Values) float64 { return v[metrics.TotalReturn] / v[metrics.Trades] },
		}}},
	}
	table, err := sweep.Run(ctx, frame, study, sweep.Options{})
	check(err)
	defer table.Release()
	fields := table.Schema().Fields()
	fmt.Println(fields[len(fields)-2].Name, fields[len(fields)-2].Type)
	// Output: return_per_trade float64
}
