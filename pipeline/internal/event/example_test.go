package event_test

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// The eight bars of the package comment: ten units bought at 100 and sold at
// 121, after a fall from 110 to 99.
func Example() {
	closes := []float64{100, 100, 110, 99, 110, 121, 121, 110}
	bars := backtest.Bars{Open: closes, High: closes, Low: closes, Close: closes, Volume: closes}
	entry, exit := kernel.MakeBits(event.Tile), kernel.MakeBits(event.Tile)
	entry.Set(1)
	exit.Set(5)

	sim, err := event.New(backtest.Config{Fill: backtest.FillClose, Cash: 1000})
	if err != nil {
		panic(err)
	}
	sim.Start(bars, 0, len(closes), 0, 1, true)
	sim.Load(0, event.Tile)
	sim.Step(0, entry, exit)
	var v metrics.Values
	ok := sim.Finish(&v, 0, metrics.Account{Start: 1000, Annual: 252, Years: 1})
	fmt.Printf("%v: return %.2f, drawdown %.2f, %v trade, expectancy %.0f\n",
		ok, v[metrics.TotalReturn], v[metrics.MaxDrawdown], v[metrics.Trades], v[metrics.Expectancy])
	// Output: true: return 0.21, drawdown 0.10, 1 trade, expectancy 210
}
