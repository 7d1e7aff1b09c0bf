package reference

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// 606 in cash buy 50 units at 12 for 600 and a fixed 6. Sold at 0.12 they bring 6, which
// the second commission takes: equity is 0, ruined, and nothing is missing.
func TestRuinedByNothing(t *testing.T) {
	e, err := New(backtest.Config{Cash: 606, CommissionFixed: 6})
	if err != nil {
		t.Fatal(err)
	}
	open := []float64{10, 11, 12, 13, 0.12, 15}
	r := e.Run(bars(open, close6), Signals{Entry: on(6, 1), Exit: on(6, 3)}, 0, 6)
	if !r.Ruined || r.Deficit != 0 || math.Signbit(r.Deficit) {
		t.Errorf("ruined %v with a deficit of %v, want true with 0", r.Ruined, r.Deficit)
	}
}
