package backtest

import (
	"flag"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// TestMain runs at least 1,000 examples of every property, unless told
// otherwise.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	flag.Parse()
	os.Exit(m.Run())
}

// The bars of the hand-computed tests. Every expected value below is worked
// out in the test from these prices, by exact constant arithmetic.
var (
	open6  = []float64{10, 11, 12, 13, 14, 15}
	close6 = []float64{10.5, 11.5, 12.5, 13.5, 14.5, 15.5}
	nan    = math.NaN()
)

func bars(open, closes []float64) Bars {
	b := Bars{Open: open, Close: closes, High: make([]float64, len(open)), Low: make([]float64, len(open)), Volume: make([]float64, len(open))}
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
		side                           Side
		entry, exit                    int
		entryPrice, exitPrice          float64
		units, fees, pnl, returnOnSize float64
		reason                         Reason
	}
	tests := []struct {
		name     string
		cfg      Config
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
			cfg:     Config{Fill: FillNextOpen, Cash: 1000, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity: []float64{
				1000, 1000,
				1000 / (12 * 1.01) * 12.5,
				1000 / (12 * 1.01) * 13.5,
				1000 / (12 * 1.01) * 14 * 0.99,
				1000 / (12 * 1.01) * 14 * 0.99,
			},
			trades: []trade{{
				SideLong, 2, 4, 12, 14, 1000 / (12 * 1.01),
				1000/(12*1.01)*12*0.01 + 1000/(12*1.01)*14*0.01,
				1000/(12*1.01)*14*0.99 - 1000,
				(1000/(12*1.01)*14*0.99 - 1000) / (1000 / 1.01), ReasonSignal,
			}},
			fees: 1000/(12*1.01)*12*0.01 + 1000/(12*1.01)*14*0.01,
			held: 2,
		},
		{
			// The same signals fill on their own bars: 11.5 and 13.5.
			name:    "close, all in, 100 bps",
			cfg:     Config{Fill: FillClose, Cash: 1000, CommissionBps: 100},
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
				SideLong, 1, 3, 11.5, 13.5, 1000 / (11.5 * 1.01),
				1000 / (11.5 * 1.01) * (11.5 + 13.5) * 0.01,
				1000/(11.5*1.01)*13.5*0.99 - 1000,
				(1000/(11.5*1.01)*13.5*0.99 - 1000) / (1000 / 1.01), ReasonSignal,
			}},
			fees: 1000 / (11.5 * 1.01) * (11.5 + 13.5) * 0.01,
			held: 2,
		},
		{
			// A bar later than close: 12.5 and 14.5.
			name:    "next_close, all in, 100 bps",
			cfg:     Config{Fill: FillNextClose, Cash: 1000, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity: []float64{
				1000, 1000,
				1000 / 1.01,
				1000 / (12.5 * 1.01) * 13.5,
				1000 / (12.5 * 1.01) * 14.5 * 0.99,
				1000 / (12.5 * 1.01) * 14.5 * 0.99,
			},
			trades: []trade{{
				SideLong, 2, 4, 12.5, 14.5, 1000 / (12.5 * 1.01),
				1000 / (12.5 * 1.01) * (12.5 + 14.5) * 0.01,
				1000/(12.5*1.01)*14.5*0.99 - 1000,
				(1000/(12.5*1.01)*14.5*0.99 - 1000) / (1000 / 1.01), ReasonSignal,
			}},
			fees: 1000 / (12.5 * 1.01) * (12.5 + 14.5) * 0.01,
			held: 2,
		},
		{
			// Slippage of 1 %: bought at 12 × 1.01 = 12.12, sold at
			// 14 × 0.99 = 13.86; valued at closes in between.
			name:    "slippage moves both fills against the trader",
			cfg:     Config{Cash: 1212, SlippageBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1212, 1212, 1250, 1350, 1386, 1386},
			trades:  []trade{{SideLong, 2, 4, 12.12, 13.86, 100, 0, 174, 174.0 / 1212, ReasonSignal}},
			held:    2,
		},
		{
			// 1 a unit and 10 an order: units = (1310 − 10) / (12 + 1) = 100,
			// fee 110. Sold for 1400 − 110.
			name:    "per-unit and fixed commission",
			cfg:     Config{Cash: 1310, CommissionPerUnit: 1, CommissionFixed: 10},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1310, 1310, 1250, 1350, 1290, 1290},
			trades:  []trade{{SideLong, 2, 4, 12, 14, 100, 220, -20, -20.0 / 1200, ReasonSignal}},
			fees:    220,
			held:    2,
		},
		{
			// Half of 2400 buys 100 units for 12; 1200 stay in cash.
			name:    "percent of equity",
			cfg:     Config{Cash: 2400, Sizing: Sizing{SizePercent, 50}},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{2400, 2400, 2450, 2550, 2600, 2600},
			trades:  []trade{{SideLong, 2, 4, 12, 14, 100, 0, 200, 200.0 / 1200, ReasonSignal}},
			held:    2,
		},
		{
			name:    "units, with 1 a fill",
			cfg:     Config{Cash: 1000, Sizing: Sizing{SizeUnits, 10}, CommissionFixed: 1},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1000, 1000, 1000 - 120 - 1 + 125, 1000 - 120 - 1 + 135, 1000 - 120 - 1 + 140 - 1, 1018},
			trades:  []trade{{SideLong, 2, 4, 12, 14, 10, 2, 18, 18.0 / 120, ReasonSignal}},
			fees:    2,
			held:    2,
		},
		{
			// 100 units cost 1200, but 606 in cash pay (606 − 6) / 12 = 50.
			name:    "cash shortfall is filled in part",
			cfg:     Config{Cash: 606, Sizing: Sizing{SizeUnits, 100}, CommissionFixed: 6},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{606, 606, 625, 675, 694, 694},
			trades:  []trade{{SideLong, 2, 4, 12, 14, 50, 12, 88, 88.0 / 600, ReasonSignal}},
			fees:    12, held: 2, partial: 1,
		},
		{
			name:    "cash shortfall is rejected",
			cfg:     Config{Cash: 606, Sizing: Sizing{SizeUnits, 100}, CashShort: CashReject},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{606, 606, 606, 606, 606, 606}, rejected: 1,
		},
		{
			// Sells 10 at 12, fee 1.2: cash 1000 + 120 − 1.2 = 1118.8, equity
			// cash − 10 × close. Buys back at 14, fee 1.4.
			name:    "short, constant shares",
			cfg:     Config{Cash: 1000, Direction: Short, Sizing: Sizing{SizeUnits, 10}, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 3)},
			equity:  []float64{1000, 1000, 1118.8 - 125, 1118.8 - 135, 1118.8 - 140 - 1.4, 977.4},
			trades:  []trade{{SideShort, 2, 4, 12, 14, 10, 2.6, -22.6, -22.6 / 120, ReasonSignal}},
			fees:    2.6, held: 2,
		},
		{
			// All in, 1 %: units = 1212 / (12 × 1.01) = 100, fee 12, cash
			// 1212 + 1200 − 12 = 2400.
			name:    "short, all in, still open at the end",
			cfg:     Config{Cash: 1212, Direction: Short, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1)},
			equity:  []float64{1212, 1212, 2400 - 1250, 2400 - 1350, 2400 - 1450, 2400 - 1550},
			trades:  []trade{{SideShort, 2, 5, 12, 15.5, 100, 12, -362, -362.0 / 1200, ReasonOpen}},
			fees:    12, held: 4,
		},
		{
			// Long 100 at 12. Short entry at bar 3: sells 100 at 14 for 1400,
			// then sells 100 short (1400 / 14) and holds 2800 in cash.
			name:    "both: a reversal closes, then opens with what is left",
			cfg:     Config{Cash: 1200, Direction: Both},
			signals: Signals{Entry: on(6, 1), ShortEntry: on(6, 3)},
			equity:  []float64{1200, 1200, 1250, 1350, 2800 - 1450, 2800 - 1550},
			trades: []trade{
				{SideLong, 2, 4, 12, 14, 100, 0, 200, 200.0 / 1200, ReasonSignal},
				{SideShort, 4, 5, 14, 15.5, 100, 0, -150, -150.0 / 1400, ReasonOpen},
			},
			held: 4,
		},
		{
			// 1 % on each side. Long: units = 1212 / (12 × 1.01) = 100, fee 12.
			// Reversal at 14: 1400 − 14 = 1386; then 1386 / (14 × 1.01) short.
			name:    "both: the second leg is sized after the costs of the first",
			cfg:     Config{Cash: 1212, Direction: Both, CommissionBps: 100},
			signals: Signals{Entry: on(6, 1), ShortEntry: on(6, 3)},
			equity: []float64{
				1212, 1212, 1250, 1350,
				1386 + 1386/(14*1.01)*(14-0.14-14.5),
				1386 + 1386/(14*1.01)*(14-0.14-15.5),
			},
			trades: []trade{
				{SideLong, 2, 4, 12, 14, 100, 26, 174, 174.0 / 1200, ReasonSignal},
				{
					SideShort, 4, 5, 14, 15.5, 1386 / (14 * 1.01), 1386 / (14 * 1.01) * 0.14,
					1386 / (14 * 1.01) * (14 - 15.5 - 0.14), (14 - 15.5 - 0.14) / 14, ReasonOpen,
				},
			},
			fees: 26 + 1386/(14*1.01)*0.14, held: 4,
		},
		{
			// Short 100 at 10 with 1000: cash 2000. At a close of 25 the
			// account is worth 2000 − 2500 = −500: closed, 0 from then on.
			name:    "a short that is ruined",
			cfg:     Config{Cash: 1000, Direction: Short, Fill: FillClose},
			open:    []float64{10, 10, 10, 10, 10},
			closes:  []float64{10, 15, 25, 5, 5},
			signals: Signals{Entry: on(5, 0, 3)},
			equity:  []float64{1000, 500, 0, 0, 0},
			trades:  []trade{{SideShort, 0, 2, 10, 25, 100, 0, -1500, -1.5, ReasonRuin}},
			held:    2, deficit: 500,
		},
		{
			// An exit that costs more than the position is worth.
			name:    "a long that is ruined by its exit commission",
			cfg:     Config{Cash: 100, Fill: FillClose, CommissionFixed: 50},
			open:    []float64{10, 10, 10},
			closes:  []float64{10, 4, 4}, // units = (100 − 50) / 10 = 5; 5 × 4 − 50 = −30
			signals: Signals{Entry: on(3, 0), Exit: on(3, 1)},
			equity:  []float64{50, 0, 0},
			trades:  []trade{{SideLong, 0, 1, 10, 4, 5, 100, -130, -130.0 / 50, ReasonSignal}},
			fees:    100, held: 1, deficit: 30,
		},
		{
			// The open of bar 2 is not known, so the order waits for bar 3; the
			// close of bar 4 is not known either, so bar 3's stands in.
			name:    "an order waits for a bar that can trade",
			cfg:     Config{Cash: 1300},
			open:    []float64{10, 11, nan, 13, 14, 15},
			closes:  []float64{10.5, 11.5, 12.5, 13.5, nan, 15.5},
			signals: Signals{Entry: on(6, 1)},
			equity:  []float64{1300, 1300, 1300, 1350, 1350, 1550},
			trades:  []trade{{SideLong, 3, 5, 13, 15.5, 100, 0, 250, 250.0 / 1300, ReasonOpen}},
			held:    3,
		},
		{
			// Without volume bars 2 and 3 cannot trade; 1400 / 14 at bar 4.
			name:    "require_volume",
			cfg:     Config{Cash: 1400, RequireVolume: true},
			volume:  []float64{1, 1, 0, nan, 1, 1},
			signals: Signals{Entry: on(6, 1)},
			equity:  []float64{1400, 1400, 1400, 1400, 1450, 1550},
			trades:  []trade{{SideLong, 4, 5, 14, 15.5, 100, 0, 150, 150.0 / 1400, ReasonOpen}},
			held:    2,
		},
		{
			name:    "an exit cancels an entry that waits",
			cfg:     Config{Cash: 1300},
			open:    []float64{10, 11, nan, 13, 14, 15},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 2)},
			equity:  []float64{1300, 1300, 1300, 1300, 1300, 1300},
		},
		{
			name:    "an entry cancels an exit that waits",
			cfg:     Config{Cash: 1100},
			open:    []float64{10, 11, 12, nan, 14, 15},
			signals: Signals{Entry: on(6, 0, 3), Exit: on(6, 2)},
			equity:  []float64{1100, 1150, 1250, 1350, 1450, 1550},
			trades:  []trade{{SideLong, 1, 5, 11, 15.5, 100, 0, 450, 450.0 / 1100, ReasonOpen}},
			held:    5,
		},
		{
			name:    "an order pending at the end is dropped and counted",
			cfg:     Config{Cash: 1000},
			signals: Signals{Entry: on(6, 5)},
			equity:  []float64{1000, 1000, 1000, 1000, 1000, 1000}, dropped: 1,
		},
		{
			name:    "entry and exit on one bar: ignore",
			cfg:     Config{Cash: 1000},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 1)},
			equity:  []float64{1000, 1000, 1000, 1000, 1000, 1000},
		},
		{
			name:    "entry and exit on one bar: entry",
			cfg:     Config{Cash: 1200, Conflict: ConflictEntry},
			signals: Signals{Entry: on(6, 1), Exit: on(6, 1)},
			equity:  []float64{1200, 1200, 1250, 1350, 1450, 1550},
			trades:  []trade{{SideLong, 2, 5, 12, 15.5, 100, 0, 350, 350.0 / 1200, ReasonOpen}},
			held:    4,
		},
		{
			name:    "entry and exit on one bar: exit",
			cfg:     Config{Cash: 1100, Conflict: ConflictExit},
			signals: Signals{Entry: on(6, 0, 2), Exit: on(6, 2)},
			equity:  []float64{1100, 1150, 1250, 1300, 1300, 1300},
			trades:  []trade{{SideLong, 1, 3, 11, 13, 100, 0, 200, 200.0 / 1100, ReasonSignal}},
			held:    2,
		},
		{
			name:    "long and short entry on one bar are both ignored",
			cfg:     Config{Cash: 1000, Direction: Both, Conflict: ConflictEntry},
			signals: Signals{Entry: on(6, 1), ShortEntry: on(6, 1)},
			equity:  []float64{1000, 1000, 1000, 1000, 1000, 1000},
		},
		{
			// The strategy has been long since bar 0; the window starts at 3
			// and buys at its first open, 13.
			name: "start inherit takes over a position",
			cfg:  Config{Cash: 1300}, lo: 3,
			signals: Signals{Entry: on(6, 0)},
			equity:  []float64{1350, 1450, 1550},
			trades:  []trade{{SideLong, 3, 5, 13, 15.5, 100, 0, 250, 250.0 / 1300, ReasonOpen}},
			held:    3,
		},
		{
			name: "start inherit, fill close: at the first close",
			cfg:  Config{Cash: 1350, Fill: FillClose}, lo: 3,
			signals: Signals{Entry: on(6, 0)},
			equity:  []float64{1350, 1450, 1550},
			trades:  []trade{{SideLong, 3, 5, 13.5, 15.5, 100, 0, 200, 200.0 / 1350, ReasonOpen}},
			held:    3,
		},
		{
			name: "start inherit takes over nothing after an exit",
			cfg:  Config{Cash: 1300}, lo: 3,
			signals: Signals{Entry: on(6, 0), Exit: on(6, 1)},
			equity:  []float64{1300, 1300, 1300},
		},
		{
			name: "start flat waits for a new signal",
			cfg:  Config{Cash: 1300, Start: StartFlat}, lo: 3,
			signals: Signals{Entry: on(6, 0)},
			equity:  []float64{1300, 1300, 1300},
		},
		{
			name: "start flat: a signal of the bar before the window fills in it",
			cfg:  Config{Cash: 1300, Start: StartFlat}, lo: 3, hi: 5,
			signals: Signals{Entry: on(6, 2)},
			equity:  []float64{1350, 1450},
			trades:  []trade{{SideLong, 3, 4, 13, 14.5, 100, 0, 150, 150.0 / 1300, ReasonOpen}},
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
			e, err := NewReference(tt.cfg)
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
				close10(t, "pnl", got.PnL, want.pnl)
				close10(t, "return", got.Return, want.returnOnSize)
				if want.reason == ReasonOpen {
					open++
				} else {
					closed++
				}
			}
			close10(t, "fees", r.Log.Fees, tt.fees)
			close10(t, "deficit", r.Deficit, tt.deficit)
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
func drawBars(t *rapid.T, n int) Bars {
	price := rapid.OneOf(rapid.Float64Range(1, 200), rapid.Float64Range(1, 200), rapid.Float64Range(1, 200),
		rapid.SampledFrom([]float64{nan, 0, -1, math.Inf(1), 50, 50}))
	column := func(name string) []float64 { return rapid.SliceOfN(price, n, n).Draw(t, name) }
	return Bars{Open: column("open"), High: column("high"), Low: column("low"), Close: column("close"),
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

func drawConfig(t *rapid.T) Config {
	c := Config{
		Fill:              rapid.SampledFrom([]Fill{FillNextOpen, FillClose, FillNextClose}).Draw(t, "fill"),
		Direction:         rapid.SampledFrom([]Direction{Long, Short, Both}).Draw(t, "direction"),
		Conflict:          rapid.SampledFrom([]Conflict{ConflictIgnore, ConflictEntry, ConflictExit}).Draw(t, "conflict"),
		CashShort:         rapid.SampledFrom([]CashShort{CashPartial, CashReject}).Draw(t, "cash_short"),
		Start:             rapid.SampledFrom([]Start{StartInherit, StartFlat}).Draw(t, "start"),
		Rearm:             rapid.SampledFrom([]Rearm{RearmNextBar, RearmCrossing}).Draw(t, "rearm"),
		RequireVolume:     rapid.Bool().Draw(t, "require_volume"),
		Cash:              rapid.Float64Range(1, 1e5).Draw(t, "cash"),
		CommissionBps:     rapid.SampledFrom([]float64{0, 10, 100}).Draw(t, "bps"),
		CommissionPerUnit: rapid.SampledFrom([]float64{0, 0.01, 1}).Draw(t, "per_unit"),
		CommissionFixed:   rapid.SampledFrom([]float64{0, 1, 50}).Draw(t, "fixed"),
		SlippageBps:       rapid.SampledFrom([]float64{0, 5, 100}).Draw(t, "slippage"),
	}
	switch c.Sizing.Mode = rapid.SampledFrom([]SizingMode{SizeAllIn, SizePercent, SizeUnits}).Draw(t, "sizing"); c.Sizing.Mode {
	case SizePercent:
		c.Sizing.Amount = rapid.Float64Range(1, 100).Draw(t, "percent")
	case SizeUnits:
		c.Sizing.Amount = rapid.Float64Range(0.1, 1000).Draw(t, "units")
	}
	return c
}

// TestReferenceInvariants holds what must be true of every simulation, and
// that skipping over quiet bars changes nothing: with Watch set the engine
// goes through every bar.
func TestReferenceInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 140).Draw(t, "bars")
		b, cfg := drawBars(t, n), drawConfig(t)
		signals := drawLevels(t, n, cfg.Direction != Long)
		if rapid.Bool().Draw(t, "stops") {
			signals.Stops = drawStops(t)
		}
		lo := rapid.IntRange(0, n-1).Draw(t, "lo")
		hi := rapid.IntRange(lo, n).Draw(t, "hi")
		e, err := NewReference(cfg)
		if err != nil {
			t.Fatal(err)
		}
		watched := *e
		seen := lo
		watched.Watch = func(s BarState) {
			if s.Bar != seen {
				t.Fatalf("watched bar %d, want %d", s.Bar, seen)
			}
			seen++
			if s.Side != SideShort && s.Cash < -1e-9*cfg.Cash {
				t.Fatalf("bar %d: cash %v", s.Bar, s.Cash)
			}
			if s.Units < 0 || (s.Units == 0) != (s.Side == SideFlat) {
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
func checkAccounting(t *rapid.T, cash float64, r Result) {
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
		cfg := Config{
			Fill:          rapid.SampledFrom([]Fill{FillNextOpen, FillClose, FillNextClose}).Draw(t, "fill"),
			CommissionBps: 10, SlippageBps: 5, Cash: 1000,
		}
		signals := drawSignals(t, n, false)
		signals.Stops = drawStops(t)
		const k = 8 // a power of two, so that nothing rounds differently
		scaled := b
		scaled.Open, scaled.Close = times(b.Open, k), times(b.Close, k)
		scaled.High, scaled.Low = times(b.High, k), times(b.Low, k)
		one, _ := NewReference(cfg)
		cfg.Cash *= k
		other, _ := NewReference(cfg)
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
	b, signals := randomBars(2000, 3), everyBars(2000, 9)
	signals.Stops = Stops{Loss: 0.02, Profit: 0.05, Trailing: 0.03}
	e, _ := NewReference(Config{CommissionBps: 10})
	e.Run(b, signals, 0, 2000)
	if n := testing.AllocsPerRun(10, func() { e.Run(b, signals, 0, 2000) }); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

func TestConfigValidateListsEverything(t *testing.T) {
	err := Config{Fill: "open", Direction: "up", Cash: -1, CommissionBps: -2, Sizing: Sizing{SizePercent, 200}}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"fill", "direction", "cash", "commission.bps", "sizing.percent"} {
		if !strings.Contains("\n"+err.Error(), "\n"+want+":") {
			t.Errorf("%q does not name %s", err, want)
		}
	}
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero value: %v", err)
	}
}

// TestATieIsNoWin: what is sold for the price that it was bought for brings
// nothing, and costs nothing where there are no costs, whatever the cash is rounded
// to. With costs of 1 per mille a purchase at 99.9 and a sale at 100.1 pay 0.0999
// and 0.1001, which is what the price moved.
func TestATieIsNoWin(t *testing.T) {
	for _, c := range []struct{ bps, in, out float64 }{{0, 0.7, 0.7}, {0, 33.1, 33.1}, {10, 99.9, 100.1}} {
		for cash := 100.0; cash < 101; cash += 0.01 {
			cfg := Config{Fill: FillClose, Cash: cash, CommissionBps: c.bps}
			closes := []float64{c.in, c.in, c.out, c.out}
			bars := Bars{Open: closes, High: closes, Low: closes, Close: closes, Volume: closes}
			signals := Signals{Entry: kernel.MakeBits(4), Exit: kernel.MakeBits(4)}
			signals.Entry.Set(0)
			signals.Exit.Set(2)
			reference, err := NewReference(cfg)
			if err != nil {
				t.Fatal(err)
			}
			event, err := NewEvent(cfg)
			if err != nil {
				t.Fatal(err)
			}
			r := reference.Run(bars, signals, 0, 4)
			trade := r.Trades[0]
			if !(math.Abs(trade.PnL) <= 1e-13) || c.bps == 0 && (trade.PnL != 0 || trade.Fees != 0) {
				t.Errorf("%v with %v: pnl %v, fees %v", c, cash, trade.PnL, trade.Fees)
			}
			account := metrics.Account{Start: cash, Annual: 252, Years: 1}
			runEvent(event, bars, []Signals{signals}, 0, 4, account, true, false)
			var got metrics.Values
			event.Finish(&got, 0, account) // whether the rest is to be trusted or not
			won := 0.0
			if trade.PnL > 0 {
				won = 1
			}
			if got[metrics.WinRate] != won || got[metrics.Trades] != 1 || c.bps == 0 && (won != 0 || got[metrics.Fees] != 0) {
				t.Errorf("%v with %v: a win rate of %v, where the reference engine has %v, and fees of %v", c, cash, got[metrics.WinRate], won, got[metrics.Fees])
			}
		}
	}
}
