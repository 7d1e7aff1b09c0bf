package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// TestAddTrips adds the same trades one by one, and in groups that were summed up
// as kernel.ClosedTrades does, by hand here. Of a log that is empty the sums are about the
// first pnl.
func TestAddTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 21))
	for i := range 300 {
		var one, all TradeLog
		// Deviations from a large mean would drown in squares about 0.
		mean := []float64{0, 50, -1e7}[i%3]
		for range 1 + r.IntN(5) {
			group := make([]Trade, 1+r.IntN(8))
			for j := range group {
				group[j] = Trade{PnL: mean + 100*r.NormFloat64(), Return: 0.01 * r.NormFloat64(), Bars: 1 + r.IntN(90)}
				if i%5 == 0 {
					group[j].PnL = mean
				}
				one.Add(group[j])
			}
			// A price of 1 + pnl in place of a trade's makes a unit bring the pnl.
			table := new(kernel.OrderTable)
			table.Exits[9].Price = 1 + group[0].PnL
			sums, bars := kernel.ClosedTrades{Held: 1, Units: 1, Price: 1}, 0
			all.Begin(&sums, table, []int32{9})
			for _, trade := range group {
				side := &sums.Lost
				if trade.PnL > 0 {
					side = &sums.Won
					sums.Wins++
				}
				side[0] += trade.PnL
				side[1] += trade.Return
				sums.Best, sums.Worst = math.Max(sums.Best, trade.Return), math.Min(sums.Worst, trade.Return)
				d := trade.PnL - sums.Shift
				sums.Apart += d
				sums.Apart2 += d * d
				bars += trade.Bars
			}
			all.AddClosed(&sums, len(group), bars)
		}
		got, want := ofTrades(&all), ofTrades(&one)
		for s := range Stat(NumStats) {
			x, y := got[s], want[s]
			if s == SQN && i%5 == 0 {
				continue // trades that are all alike have no deviation but rounding
			}
			if x != y && !(math.Abs(x-y) <= 1e-9*math.Abs(y)) && !(math.IsNaN(x) && math.IsNaN(y)) {
				t.Errorf("case %d: %s is %v, want %v", i, s, x, y)
			}
		}
	}
}
