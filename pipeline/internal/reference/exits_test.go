package reference

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// TestExitsByHand: each of the bars and prices was worked out by hand. The entry's
// signal is on bar 0, and fills at 100, the open of bar 1.
func TestExitsByHand(t *testing.T) {
	nan := math.NaN()
	climb := []candle{calm, {100, 104, 99, 103}, {103, 110, 102, 109}, {108, 109, 100, 101}, {101, 102, 90, 92}, {92, 93, 80, 85}}
	at := func(v ...float64) []float64 { return append(v, make([]float64, 6-len(v))...) }
	moving := func(kind backtest.ExitKind, ratchet bool, v ...float64) Signals {
		return Signals{Exits: []backtest.Exit{{Kind: kind, Unit: backtest.Level, Ratchet: ratchet, At: at(v...)}}}
	}
	fixed := func(kind backtest.ExitKind, unit backtest.Unit, v float64) Signals {
		return Signals{Exits: []backtest.Exit{{Kind: kind, Unit: unit, At: at(v, 1, 1, 1, 1, 1)}}}
	}
	for _, c := range []struct {
		name    string
		signals Signals
		exit    int // -1: no trade at all
		price   float64
		reason  backtest.Reason
	}{
		{"distance below the entry", fixed(backtest.ExitLoss, backtest.Distance, 8), 4, 92, backtest.ReasonStopLoss},
		{"level", fixed(backtest.ExitLoss, backtest.Level, 95), 4, 95, backtest.ReasonStopLoss},
		{"fraction", fixed(backtest.ExitLoss, backtest.Fraction, 0.07), 4, 93, backtest.ReasonStopLoss},
		{"target at a distance", fixed(backtest.ExitProfit, backtest.Distance, 9), 2, 109, backtest.ReasonTakeProfit},
		// The peak before bar 3 is 110, and its low 100.
		{"trailing by a distance", fixed(backtest.ExitTrailing, backtest.Distance, 9), 3, 101, backtest.ReasonTrailingStop},
		{"unknown distance", fixed(backtest.ExitLoss, backtest.Distance, nan), -1, 0, 0},
		{"level on the wrong side", fixed(backtest.ExitLoss, backtest.Level, 101), -1, 0, 0},
		// Of the levels 98, 90, 101, 106 of bars 0 to 3 bar 3 is held against 101.
		{"level that moves", moving(backtest.ExitBelow, false, 98, 90, 101, 106), 3, 101, backtest.ReasonExitLevel},
		{"open beyond the level", moving(backtest.ExitBelow, false, 0, 0, 108.5), 3, 108, backtest.ReasonExitLevel},
		{"level of the bar before the entry", moving(backtest.ExitBelow, false, 99.5), 1, 99.5, backtest.ReasonExitLevel},
		{"level that falls", moving(backtest.ExitBelow, false, 98, 95, 94, 93, 91), 4, 93, backtest.ReasonExitLevel},
		{"level that may not fall", moving(backtest.ExitBelow, true, 98, 95, nan, 93, 91), 4, 98, backtest.ReasonExitLevel},
		{"level above", moving(backtest.ExitAbove, false, 120, 107, 105), 2, 107, backtest.ReasonExitLevel},
		// Bars 1, 2 and 3 are held; the order of the third one's close fills at 101.
		{"three bars", Signals{MaxBars: 3}, 4, 101, backtest.ReasonMaxBars},
		{"rule of the position", Signals{HeldExit: func(_ int, p backtest.Position) bool {
			return p.OpenReturn > 0.08 && p.Peak == 110 && p.BarsSinceEntry == 1
		}}, 3, 108, backtest.ReasonSignal},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := New(backtest.Config{Sizing: backtest.Sizing{Mode: backtest.SizeUnits, Amount: 10}})
			if err != nil {
				t.Fatal(err)
			}
			signals := c.signals
			signals.Entry = from(6, 0, 1, 2, 3, 4, 5)
			r := e.Run(candles(climb), signals, 0, 6)
			if c.exit < 0 {
				if len(r.Trades) != 0 || r.Log.Rejected != 1 {
					t.Errorf("trades %v, %d rejected", r.Trades, r.Log.Rejected)
				}
				return
			}
			if len(r.Trades) != 1 {
				t.Fatalf("trades %v", r.Trades)
			}
			tr := r.Trades[0]
			if tr.Entry != 1 || tr.EntryPrice != 100 || tr.Exit != c.exit || math.Abs(tr.ExitPrice-c.price) > 1e-12 || tr.Reason != c.reason {
				t.Errorf("entry %d at %v, exit %d at %v by %s, want %d at %v by %s", tr.Entry, tr.EntryPrice, tr.Exit, tr.ExitPrice, tr.Reason, c.exit, c.price, c.reason)
			}
		})
	}
}

// TestAmountsByHand: the size is that of the signal's bar, and an unknown one is no order.
func TestAmountsByHand(t *testing.T) {
	e, err := New(backtest.Config{Sizing: backtest.Sizing{Mode: backtest.SizeUnits, Amount: 1}, Cash: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	bars := candles([]candle{calm, calm, calm, calm, calm})
	r := e.Run(bars, Signals{Entry: from(5, 0, 1, 3, 4), Exit: from(5, 1, 2, 3, 4), Amounts: []float64{7, 1, math.NaN(), 1, 1}}, 0, 5)
	if len(r.Trades) != 1 || r.Trades[0].Units != 7 || r.Log.Rejected != 1 {
		t.Errorf("trades %v, %d rejected; want one of 7 units and one rejected", r.Trades, r.Log.Rejected)
	}
}
