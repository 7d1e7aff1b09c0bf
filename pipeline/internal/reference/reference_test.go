package reference

import (
	"math"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}

// The bars of the hand-computed tests. Every expected value below is worked
// out in the test from these prices, by exact constant arithmetic.
var (
	open6  = []float64{10, 11, 12, 13, 14, 15}
	close6 = []float64{10.5, 11.5, 12.5, 13.5, 14.5, 15.5}
	nan    = math.NaN()
)

func bars(open, closes []float64) backtest.Bars {
	b := backtest.Bars{Open: open, Close: closes, High: make([]float64, len(open)), Low: make([]float64, len(open)), Volume: make([]float64, len(open))}
	for t := range open {
		b.High[t], b.Low[t], b.Volume[t] = max(open[t], closes[t]), min(open[t], closes[t]), 1000
	}
	return b
}

// on is the mask of n bars that is set at the given ones.
func on(n int, at ...int) kernel.Bits {
	m := kernel.MakeBits(n)
	for _, t := range at {
		m.Set(t)
	}
	return m
}

func close10(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(want) && math.IsNaN(got) {
		return
	}
	if !(math.Abs(got-want) <= 1e-10*max(1, math.Abs(want))) {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func TestReferenceByHand(t *testing.T) {
	type trade struct {
		side                           backtest.Side
		entry, exit                    int
		entryPrice, exitPrice          float64
		units, fees, PnL, returnOnSize float64
		reason                         backtest.Reason
	}
	tests := []struct {
		name     string
		cfg      backtest.Config
		open     []float64 // default open6
		closes   []float64 // default close6
		volume   []float64
		lo, hi   int // default all
		signals  Signals
		equity   []float64
		trades   []trade
		fees     float64
		held     int
		partial  int
		rejected int
		dropped  int
		deficit  float64
	}{
		{
			// Signal at the close of bar 1 buys at the open of bar 2 for 12.
			// units = 1000 / (12 × 1.01), fee = 1000 − units × 12.
			// Signal at the close of bar 3 sells at the open of bar 4 for 14.
			name:    "next_open, all in, 100 bps",
			cfg:     backtest.Config{Fill: backtest.FillNextOpen, Cash: 1000, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity: []float64{
				1000, 1000,
				1000 / (12 * 1.01) * 12.5,
				1000 / (12 * 1.01) * 13.5,
				1000 / (12 * 1.01) * 14 * 0.99,
				1000 / (12 * 1.01) * 14 * 0.99,
			},
			trades: []trade{{
				backtest.SideLong, 2, 4, 12, 14, 1000 / (12 * 1.01),
				1000/(12*1.01)*12*0.01 + 1000/(12*1.01)*14*0.01,
				1000/(12*1.01)*14*0.99 - 1000,
				(1000/(12*1.01)*14*0.99 - 1000) / (1000 / 1.01), backtest.ReasonSignal,
			}},
			fees: 1000/(12*1.01)*12*0.01 + 1000/(12*1.01)*14*0.01,
			held: 2,
		},
		{
			// The same signals fill on their own bars: 11.5 and 13.5.
			name:    "close, all in, 100 bps",
			cfg:     backtest.Config{Fill: backtest.FillClose, Cash: 1000, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity: []float64{
				1000,
				1000 / 1.01, // the fee is paid, the position worth its price
				1000 / (11.5 * 1.01) * 12.5,
				1000 / (11.5 * 1.01) * 13.5 * 0.99,
				1000 / (11.5 * 1.01) * 13.5 * 0.99,
				1000 / (11.5 * 1.01) * 13.5 * 0.99,
			},
			trades: []trade{{
				backtest.SideLong, 1, 3, 11.5, 13.5, 1000 / (11.5 * 1.01),
				1000 / (11.5 * 1.01) * (11.5 + 13.5) * 0.01,
				1000/(11.5*1.01)*13.5*0.99 - 1000,
				(1000/(11.5*1.01)*13.5*0.99 - 1000) / (1000 / 1.01), backtest.ReasonSignal,
			}},
			fees: 1000 / (11.5 * 1.01) * (11.5 + 13.5) * 0.01,
			held: 2,
		},
		{
			// A bar later than close: 12.5 and 14.5.
			name:    "next_close, all in, 100 bps",
			cfg:     backtest.Config{Fill: backtest.FillNextClose, Cash: 1000, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity: []float64{
				1000, 1000,
				1000 / 1.01,
				1000 / (12.5 * 1.01) * 13.5,
				1000 / (12.5 * 1.01) * 14.5 * 0.99,
				1000 / (12.5 * 1.01) * 14.5 * 0.99,
			},
			trades: []trade{{
				backtest.SideLong, 2, 4, 12.5, 14.5, 1000 / (12.5 * 1.01),
				1000 / (12.5 * 1.01) * (12.5 + 14.5) * 0.01,
				1000/(12.5*1.01)*14.5*0.99 - 1000,
				(1000/(12.5*1.01)*14.5*0.99 - 1000) / (1000 / 1.01), backtest.ReasonSignal,
			}},
			fees: 1000 / (12.5 * 1.01) * (12.5 + 14.5) * 0.01,
			held: 2,
		},
		{
			// Slippage of 1 %: bought at 12 × 1.01 = 12.12, sold at
			// 14 × 0.99 = 13.86; valued at closes in between.
			name:    "slippage moves both fills against the trader",
			cfg:     backtest.Config{Cash: 1212, SlippageBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1212, 1212, 1250, 1350, 1386, 1386},
			trades:  []trade{{backtest.SideLong, 2, 4, 12.12, 13.86, 100, 0, 174, 174.0 / 1212, backtest.ReasonSignal}},
			held:    2,
		},
		{
			// 1 a unit and 10 an order: units = (1310 − 10) / (12 + 1) = 100,
			// fee 110. Sold for 1400 − 110.
			name:    "per-unit and fixed commission",
			cfg:     backtest.Config{Cash: 1310, CommissionPerUnit: 1, CommissionFixed: 10},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1310, 1310, 1250, 1350, 1290, 1290},
			trades:  []trade{{backtest.SideLong, 2, 4, 12, 14, 100, 220, -20, -20.0 / 1200, backtest.ReasonSignal}},
			fees:    220,
			held:    2,
		},
		{
			// Half of 2400 buys 100 units for 12; 1200 stay in cash.
			name:    "percent of equity",
			cfg:     backtest.Config{Cash: 2400, Sizing: backtest.Sizing{Mode: backtest.SizePercent, Amount: 50}},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{2400, 2400, 2450, 2550, 2600, 2600},
			trades:  []trade{{backtest.SideLong, 2, 4, 12, 14, 100, 0, 200, 200.0 / 1200, backtest.ReasonSignal}},
			held:    2,
		},
		{
			name:    "units, with 1 a fill",
			cfg:     backtest.Config{Cash: 1000, Sizing: backtest.Sizing{Mode: backtest.SizeUnits, Amount: 10}, CommissionFixed: 1},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1000, 1000, 1000 - 120 - 1 + 125, 1000 - 120 - 1 + 135, 1000 - 120 - 1 + 140 - 1, 1018},
			trades:  []trade{{backtest.SideLong, 2, 4, 12, 14, 10, 2, 18, 18.0 / 120, backtest.ReasonSignal}},
			fees:    2,
			held:    2,
		},
		{
			// 100 units cost 1200, but 606 in cash pay (606 − 6) / 12 = 50.
			name:    "cash shortfall is filled in part",
			cfg:     backtest.Config{Cash: 606, Sizing: backtest.Sizing{Mode: backtest.SizeUnits, Amount: 100}, CommissionFixed: 6},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{606, 606, 625, 675, 694, 694},
			trades:  []trade{{backtest.SideLong, 2, 4, 12, 14, 50, 12, 88, 88.0 / 600, backtest.ReasonSignal}},
			fees:    12, held: 2, partial: 1,
		},
		{
			// The fixed commission takes all of the cash: nothing is left to cut to.
			name:    "an order cut to zero units is rejected",
			cfg:     backtest.Config{Cash: 6, Sizing: backtest.Sizing{Mode: backtest.SizeUnits, Amount: 100}, CommissionFixed: 6},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{6, 6, 6, 6, 6, 6}, rejected: 1,
		},
		{
			name:    "cash shortfall is rejected",
			cfg:     backtest.Config{Cash: 606, Sizing: backtest.Sizing{Mode: backtest.SizeUnits, Amount: 100}, CashShort: backtest.CashReject},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{606, 606, 606, 606, 606, 606}, rejected: 1,
		},
		{
			// Sells 10 at 12, fee 1.2: cash 1000 + 120 − 1.2 = 1118.8, equity
			// cash − 10 × close. Buys back at 14, fee 1.4.
			name:    "short, constant shares",
			cfg:     backtest.Config{Cash: 1000, Direction: backtest.Short, Sizing: backtest.Sizing{Mode: backtest.SizeUnits, Amount: 10}, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1000, 1000, 1118.8 - 125, 1118.8 - 135, 1118.8 - 140 - 1.4, 977.4},
			trades:  []trade{{backtest.SideShort, 2, 4, 12, 14, 10, 2.6, -22.6, -22.6 / 120, backtest.ReasonSignal}},
			fees:    2.6, held: 2,
		},
		{
			// All in, 1 %: units = 1212 / (12 × 1.01) = 100, fee 12, cash
			// 1212 + 1200 − 12 = 2400.
			name:    "short, all in, still open at the end",
			cfg:     backtest.Config{Cash: 1212, Direction: backtest.Short, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1)},
			equity:  []float64{1212, 1212, 2400 - 1250, 2400 - 1350, 2400 - 1450, 2400 - 1550},
			trades:  []trade{{backtest.SideShort, 2, 5, 12, 15.5, 100, 12, -362, -362.0 / 1200, backtest.ReasonOpen}},
			fees:    12, held: 4,
		},
		{
			// Long 100 at 12. Short entry at bar 3: sells 100 at 14 for 1400,
			// then sells 100 short (1400 / 14) and holds 2800 in cash.
			name:    "both: a reversal closes, then opens with what is left",
			cfg:     backtest.Config{Cash: 1200, Direction: backtest.Both},
			signals: Signals{Entry: on(6, 1), ShortEntry: on(6, 3)},
			equity:  []float64{1200, 1200, 1250, 1350, 2800 - 1450, 2800 - 1550},
			trades: []trade{
				{backtest.SideLong, 2, 4, 12, 14, 100, 0, 200, 200.0 / 1200, backtest.ReasonSignal},
				{backtest.SideShort, 4, 5, 14, 15.5, 100, 0, -150, -150.0 / 1400, backtest.ReasonOpen},
			},
			held: 4,
		},
		{
			// 1 % on each side. Long: units = 1212 / (12 × 1.01) = 100, fee 12.
			// Reversal at 14: 1400 − 14 = 1386; then 1386 / (14 × 1.01) short.
			name:    "both: the second leg is sized after the costs of the first",
			cfg:     backtest.Config{Cash: 1212, Direction: backtest.Both, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), ShortEntry: on(6, 3)},
			equity: []float64{
				1212, 1212, 1250, 1350,
				1386 + 1386/(14*1.01)*(14-0.14-14.5),
				1386 + 1386/(14*1.01)*(14-0.14-15.5),
			},
			trades: []trade{
				{backtest.SideLong, 2, 4, 12, 14, 100, 26, 174, 174.0 / 1200, backtest.ReasonSignal},
				{
					backtest.SideShort, 4, 5, 14, 15.5, 1386 / (14 * 1.01), 1386 / (14 * 1.01) * 0.14,
					1386 / (14 * 1.01) * (14 - 15.5 - 0.14), (14 - 15.5 - 0.14) / 14, backtest.ReasonOpen,
				},
			},
			fees: 26 + 1386/(14*1.01)*0.14, held: 4,
		},
		{
			// Short 100 at 10 with 1000: cash 2000. At a close of 25 the
			// account is worth 2000 − 2500 = −500: closed, 0 from then on.
			name:    "a short that is ruined",
			cfg:     backtest.Config{Cash: 1000, Direction: backtest.Short, Fill: backtest.FillClose},
			open:    []float64{10, 10, 10, 10, 10},
			closes:  []float64{10, 15, 25, 5, 5},
			signals: Signals{Entry: on(5, 0, 3)},
			equity:  []float64{1000, 500, 0, 0, 0},
			trades:  []trade{{backtest.SideShort, 0, 2, 10, 25, 100, 0, -1500, -1.5, backtest.ReasonRuin}},
			held:    2, deficit: 500,
		},
		{
			// Long 100 at 10, at −5 worth −500. Nothing is bought again at 12.
			name:    "a long that is ruined by a close of -5",
			cfg:     backtest.Config{Cash: 1000, Fill: backtest.FillClose},
			open:    []float64{10, 10, -3, 10, 10},
			closes:  []float64{10, 9, -5, 12, 13},
			signals: Signals{Entry: on(5, 0, 3)},
			equity:  []float64{1000, 900, 0, 0, 0},
			trades:  []trade{{backtest.SideLong, 0, 2, 10, -5, 100, 0, -1500, -1.5, backtest.ReasonRuin}},
			held:    2, deficit: 500,
		},
		{
			// Half of 1000 is 50 at 10, and 500 in cash: 0 and −8 leave 500 and
			// 100. The exit that is asked for at −8 waits for the next bar: 50 at 4.
			name:    "a close below 0 that an account outlives, and that nothing fills at",
			cfg:     backtest.Config{Cash: 1000, Fill: backtest.FillClose, Sizing: backtest.Sizing{Mode: backtest.SizePercent, Amount: 50}},
			open:    []float64{10, 10, 10, 10, 10},
			closes:  []float64{10, 0, -8, 4, 5},
			signals: Signals{Entry: on(5, 0), Exit: on(5, 2)},
			equity:  []float64{1000, 500, 100, 700, 700},
			trades:  []trade{{backtest.SideLong, 0, 3, 10, 4, 50, 0, -300, -0.6, backtest.ReasonSignal}},
			held:    3,
		},
		{
			// Short 100 at 10: 2000 − 100 × −5 is 2500.
			name:    "a short gains below 0",
			cfg:     backtest.Config{Cash: 1000, Direction: backtest.Short, Fill: backtest.FillClose},
			open:    []float64{10, 10, 10, 10},
			closes:  []float64{10, -5, nan, 8},
			signals: Signals{Entry: on(4, 0), Exit: on(4, 3)},
			equity:  []float64{1000, 2500, 2500, 1200},
			trades:  []trade{{backtest.SideShort, 0, 3, 10, 8, 100, 0, 200, 0.2, backtest.ReasonSignal}},
			held:    3,
		},
		{
			// An exit that costs more than the position is worth.
			name:    "a long that is ruined by its exit commission",
			cfg:     backtest.Config{Cash: 100, Fill: backtest.FillClose, CommissionFixed: 50},
			open:    []float64{10, 10, 10},
			closes:  []float64{10, 4, 4}, // units = (100 − 50) / 10 = 5; 5 × 4 − 50 = −30
			signals: Signals{Entry: on(3, 0), Exit: on(3, 1)},
			equity:  []float64{50, 0, 0},
			trades:  []trade{{backtest.SideLong, 0, 1, 10, 4, 5, 100, -130, -130.0 / 50, backtest.ReasonSignal}},
			fees:    100, held: 1, deficit: 30,
		},
		{
			// The open of bar 2 is not known, so the order waits for bar 3; the
			// close of bar 4 is not known either, so bar 3's stands in.
			name:    "an order waits for a bar that can trade",
			cfg:     backtest.Config{Cash: 1300},
			open:    []float64{10, 11, nan, 13, 14, 15},
			closes:  []float64{10.5, 11.5, 12.5, 13.5, nan, 15.5},
			signals: Signals{Entry: on(6, 1)},
			equity:  []float64{1300, 1300, 1300, 1350, 1350, 1550},
			trades:  []trade{{backtest.SideLong, 3, 5, 13, 15.5, 100, 0, 250, 250.0 / 1300, backtest.ReasonOpen}},
			held:    3,
		},
		{
			// Without volume bars 2 and 3 cannot trade; 1400 / 14 at bar 4.
			name:    "require_volume",
			cfg:     backtest.Config{Cash: 1400, RequireVolume: true},
			volume:  []float64{1, 1, 0, nan, 1, 1},
			signals: Signals{Entry: on(6, 1)},
			equity:  []float64{1400, 1400, 1400, 1400, 1450, 1550},
			trades:  []trade{{backtest.SideLong, 4, 5, 14, 15.5, 100, 0, 150, 150.0 / 1400, backtest.ReasonOpen}},
			held:    2,
		},
		{
			name:    "an exit cancels an entry that waits",
			cfg:     backtest.Config{Cash: 1300},
			open:    []float64{10, 11, nan, 13, 14, 15},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 2)},
			equity:  []float64{1300, 1300, 1300, 1300, 1300, 1300},
		},
		{
			name:    "an entry cancels an exit that waits",
			cfg:     backtest.Config{Cash: 1100},
			open:    []float64{10, 11, 12, nan, 14, 15},
			signals: Signals{Entry: on(6, 0, 3), Exit: on(6, 2)},
			equity:  []float64{1100, 1150, 1250, 1350, 1450, 1550},
			trades:  []trade{{backtest.SideLong, 1, 5, 11, 15.5, 100, 0, 450, 450.0 / 1100, backtest.ReasonOpen}},
			held:    5,
		},
		{
			name:    "an order pending at the end is dropped and counted",
			cfg:     backtest.Config{Cash: 1000},
			signals: Signals{Entry: on(6, 5)},
			equity:  []float64{1000, 1000, 1000, 1000, 1000, 1000}, dropped: 1,
		},
		{
			name:    "entry and exit on one bar: ignore",
			cfg:     backtest.Config{Cash: 1000},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 1)},
			equity:  []float64{1000, 1000, 1000, 1000, 1000, 1000},
		},
		{
			name:    "entry and exit on one bar: entry",
			cfg:     backtest.Config{Cash: 1200, Conflict: backtest.ConflictEntry},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 1)},
			equity:  []float64{1200, 1200, 1250, 1350, 1450, 1550},
			trades:  []trade{{backtest.SideLong, 2, 5, 12, 15.5, 100, 0, 350, 350.0 / 1200, backtest.ReasonOpen}},
			held:    4,
		},
		{
			name:    "entry and exit on one bar: exit",
			cfg:     backtest.Config{Cash: 1100, Conflict: backtest.ConflictExit},
			signals: Signals{Entry: on(6, 0, 2), Exit: on(6, 2)},
			equity:  []float64{1100, 1150, 1250, 1300, 1300, 1300},
			trades:  []trade{{backtest.SideLong, 1, 3, 11, 13, 100, 0, 200, 200.0 / 1100, backtest.ReasonSignal}},
			held:    2,
		},
		{
			name:    "long and short entry on one bar are both ignored",
			cfg:     backtest.Config{Cash: 1000, Direction: backtest.Both, Conflict: backtest.ConflictEntry},
			signals: Signals{Entry: on(6, 1), ShortEntry: on(6, 1)},
			equity:  []float64{1000, 1000, 1000, 1000, 1000, 1000},
		},
		{
			// The strategy has been long since bar 0; the window starts at 3
			// and buys at its first open, 13.
			name: "start inherit takes over a position",
			cfg:  backtest.Config{Cash: 1300}, lo: 3,
			signals: Signals{Entry: on(6, 0)},
			equity:  []float64{1350, 1450, 1550},
			trades:  []trade{{backtest.SideLong, 3, 5, 13, 15.5, 100, 0, 250, 250.0 / 1300, backtest.ReasonOpen}},
			held:    3,
		},
		{
			name: "start inherit, fill close: at the first close",
			cfg:  backtest.Config{Cash: 1350, Fill: backtest.FillClose}, lo: 3,
			signals: Signals{Entry: on(6, 0)},
			equity:  []float64{1350, 1450, 1550},
			trades:  []trade{{backtest.SideLong, 3, 5, 13.5, 15.5, 100, 0, 200, 200.0 / 1350, backtest.ReasonOpen}},
			held:    3,
		},
		{
			name: "start inherit takes over nothing after an exit",
			cfg:  backtest.Config{Cash: 1300}, lo: 3,
			signals: Signals{Entry: on(6, 0), Exit: on(6, 1)},
			equity:  []float64{1300, 1300, 1300},
		},
		{
			name: "start flat waits for a new signal",
			cfg:  backtest.Config{Cash: 1300, Start: backtest.StartFlat}, lo: 3,
			signals: Signals{Entry: on(6, 0)},
			equity:  []float64{1300, 1300, 1300},
		},
		{
			name: "start flat: a signal of the bar before the window fills in it",
			cfg:  backtest.Config{Cash: 1300, Start: backtest.StartFlat}, lo: 3, hi: 5,
			signals: Signals{Entry: on(6, 2)},
			equity:  []float64{1350, 1450},
			trades:  []trade{{backtest.SideLong, 3, 4, 13, 14.5, 100, 0, 150, 150.0 / 1300, backtest.ReasonOpen}},
			held:    2,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.open == nil {
				tt.open = open6
			}
			if tt.closes == nil {
				tt.closes = close6
			}
			if tt.hi == 0 {
				tt.hi = len(tt.open)
			}
			b := bars(tt.open, tt.closes)
			if tt.volume != nil {
				b.Volume = tt.volume
			}
			e, err := New(tt.cfg)
			if err != nil {
				t.Fatal(err)
			}
			r := e.Run(b, tt.signals, tt.lo, tt.hi)
			if len(r.Equity) != len(tt.equity) {
				t.Fatalf("%d equity values, want %d", len(r.Equity), len(tt.equity))
			}
			for i, want := range tt.equity {
				close10(t, "equity of bar "+string(rune('0'+i)), r.Equity[i], want)
			}
			if len(r.Trades) != len(tt.trades) {
				t.Fatalf("trades %+v, want %d", r.Trades, len(tt.trades))
			}
			closed, open := 0, 0
			for i, want := range tt.trades {
				got := r.Trades[i]
				if got.Side != want.side || got.Entry != want.entry || got.Exit != want.exit || got.Reason != want.reason {
					t.Errorf("trade %d is %+v, want %+v", i, got, want)
				}
				close10(t, "entry price", got.EntryPrice, want.entryPrice)
				close10(t, "exit price", got.ExitPrice, want.exitPrice)
				close10(t, "units", got.Units, want.units)
				close10(t, "trade fees", got.Fees, want.fees)
				close10(t, "pnl", got.PnL, want.PnL)
				close10(t, "return", got.Return, want.returnOnSize)
				if want.reason == backtest.ReasonOpen {
					open++
				} else {
					closed++
				}
			}
			close10(t, "fees", r.Log.Fees, tt.fees)
			close10(t, "deficit", r.Deficit, tt.deficit)
			if math.Signbit(r.Deficit) {
				t.Errorf("deficit is %v", r.Deficit)
			}
			counts := map[string][2]int{
				"held": {r.Held, tt.held}, "partial": {r.Log.Partial, tt.partial},
				"rejected": {r.Log.Rejected, tt.rejected}, "dropped": {r.Log.Dropped, tt.dropped},
				"closed": {r.Log.Closed(), closed}, "open": {r.Log.Open, open},
			}
			for name, c := range counts {
				if c[0] != c[1] {
					t.Errorf("%s = %d, want %d", name, c[0], c[1])
				}
			}
			if r.Ruined != (tt.deficit > 0) {
				t.Errorf("ruined = %v with deficit %v", r.Ruined, r.Deficit)
			}
		})
	}
}

// drawBars draws bars with gaps, unknown prices and bars without volume.
func drawBars(t *rapid.T, n int) backtest.Bars {
	price := rapid.OneOf(rapid.Float64Range(1, 200), rapid.Float64Range(1, 200), rapid.Float64Range(1, 200),
		rapid.SampledFrom([]float64{nan, 0, -1, math.Inf(1), 50, 50}))
	column := func(name string) []float64 { return rapid.SliceOfN(price, n, n).Draw(t, name) }
	return backtest.Bars{Open: column("open"), High: column("high"), Low: column("low"), Close: column("close"),
		Volume: rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1, 5, nan}), n, n).Draw(t, "volume")}
}

func drawSignals(t *rapid.T, n int, short bool) Signals {
	mask := func(name string) kernel.Bits {
		m := kernel.MakeBits(n)
		for i, set := range rapid.SliceOfN(rapid.SampledFrom([]bool{true, false, false, false}), n, n).Draw(t, name) {
			if set {
				m.Set(i)
			}
		}
		return m
	}
	s := Signals{Entry: mask("entry"), Exit: mask("exit")}
	if short {
		s.ShortEntry, s.ShortExit = mask("short_entry"), mask("short_exit")
	}
	return s
}

// TestReferenceInvariants holds what must be true of every simulation, and
// that skipping over quiet bars changes nothing: with Watch set the engine
// goes through every bar.
func TestReferenceInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 140).Draw(t, "bars")
		b, cfg := drawBars(t, n), simtest.DrawConfig(t)
		signals := drawLevels(t, n, cfg.Direction != backtest.Long)
		if rapid.Bool().Draw(t, "stops") {
			signals.Stops = drawStops(t)
		}
		lo := rapid.IntRange(0, n-1).Draw(t, "lo")
		hi := rapid.IntRange(lo, n).Draw(t, "hi")
		e, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		watched := *e
		seen := lo
		watched.Watch = func(s backtest.BarState) {
			if s.Bar != seen {
				t.Fatalf("watched bar %d, want %d", s.Bar, seen)
			}
			seen++
			if s.Side != backtest.SideShort && s.Cash < -1e-9*cfg.Cash {
				t.Fatalf("bar %d: cash %v", s.Bar, s.Cash)
			}
			if s.Units < 0 || (s.Units == 0) != (s.Side == backtest.SideFlat) {
				t.Fatalf("bar %d: %v units %s", s.Bar, s.Units, s.Side)
			}
		}
		r, w := e.Run(b, signals, lo, hi), watched.Run(b, signals, lo, hi)
		if seen != hi {
			t.Fatalf("watched up to bar %d of %d", seen, hi)
		}
		if r.Log != w.Log || r.Held != w.Held || r.Ruined != w.Ruined || r.Deficit != w.Deficit || r.Cash != w.Cash {
			t.Fatalf("skipping quiet bars changed the result:\n%+v\n%+v", r, w)
		}
		for i := range r.Equity {
			if r.Equity[i] != w.Equity[i] {
				t.Fatalf("bar %d: equity %v, watched %v", i, r.Equity[i], w.Equity[i])
			}
			if !(r.Equity[i] >= 0) {
				t.Fatalf("bar %d: equity %v", i, r.Equity[i])
			}
		}
		checkAccounting(t, cfg.Cash, r)
	})
}

// checkAccounting recomputes the final equity from the trades alone.
func checkAccounting(t *rapid.T, cash float64, r backtest.Result) {
	fees, worth := 0.0, cash
	for _, tr := range r.Trades {
		fees += tr.Fees
		worth += tr.PnL
		if tr.Exit < tr.Entry {
			t.Fatalf("trade %+v ends before it begins", tr)
		}
	}
	scale := max(cash, math.Abs(worth), r.Log.Traded)
	if math.Abs(fees-r.Log.Fees) > 1e-9*scale {
		t.Fatalf("fees %v, by trades %v", r.Log.Fees, fees)
	}
	if n := len(r.Equity); n > 0 && math.Abs(r.Equity[n-1]-r.Deficit-worth) > 1e-9*scale {
		t.Fatalf("final equity %v − deficit %v, by trades %v", r.Equity[n-1], r.Deficit, worth)
	}
}

// TestReferenceScaling: prices × k and cash × k leave every return as it is.
func TestReferenceScaling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 80).Draw(t, "bars")
		b := drawBars(t, n)
		cfg := backtest.Config{
			Fill:          rapid.SampledFrom([]backtest.Fill{backtest.FillNextOpen, backtest.FillClose, backtest.FillNextClose}).Draw(t, "fill"),
			CommissionBps: 10, SlippageBps: 5, Cash: 1000,
		}
		signals := drawSignals(t, n, false)
		signals.Stops = drawStops(t)
		const k = 8 // a power of two, so that nothing rounds differently
		scaled := b
		scaled.Open, scaled.Close = times(b.Open, k), times(b.Close, k)
		scaled.High, scaled.Low = times(b.High, k), times(b.Low, k)
		one, _ := New(cfg)
		cfg.Cash *= k
		other, _ := New(cfg)
		r, s := one.Run(b, signals, 0, n), other.Run(scaled, signals, 0, n)
		for i := range r.Equity {
			if r.Equity[i]*k != s.Equity[i] {
				t.Fatalf("bar %d: %v × %d is not %v", i, r.Equity[i], k, s.Equity[i])
			}
		}
	})
}

func times(v []float64, k float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = x * k
	}
	return out
}

func TestReferenceAllocatesNothing(t *testing.T) {
	b, signals := simtest.RandomBars(2000, 3), Signals{}
	signals.Entry, signals.Exit = simtest.EveryBars(2000, 9)
	signals.Stops = backtest.Stops{Loss: 0.02, Profit: 0.05, Trailing: 0.03}
	e, _ := New(backtest.Config{CommissionBps: 10})
	e.Run(b, signals, 0, 2000)
	if n := testing.AllocsPerRun(10, func() { e.Run(b, signals, 0, 2000) }); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}
