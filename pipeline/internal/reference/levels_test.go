package reference

import (
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"
)

// candle is a bar: open, high, low, close. Its volume is 1000.
type candle struct{ o, h, l, c float64 }

func candles(rows []candle) backtest.Bars {
	n := len(rows)
	b := simtest.MakeBars(n)
	for t, r := range rows {
		b.Open[t], b.High[t], b.Low[t], b.Close[t], b.Volume[t] = r.o, r.h, r.l, r.c, 1000
	}
	return b
}

// from is the mask of n bars that is set from a bar on, but for the given
// ones.
func from(n, bar int, but ...int) kernel.Bits {
	m := kernel.MakeBits(n)
	for t := bar; t < n; t++ {
		m.Set(t)
	}
	for _, t := range but {
		m[t>>6] &^= 1 << (t & 63)
	}
	return m
}

// exit is what a test expects of one trade.
type exit struct {
	side        backtest.Side
	entry, exit int
	price       float64 // of the exit
	reason      backtest.Reason
}

// stopCase is an account of 10,000 that trades 10 units, so that its last
// equity is 10,000 + 10 × (exit − entry). Every entry is at an open or close of
// 100.
type stopCase struct {
	name    string
	cfg     rules
	stops   backtest.Stops
	bars    []candle
	signals Signals // default: entry at bar 0
	lo      int
	idle    []int // bars without volume
	want    []exit
	entered float64 // price of the first entry, default 100
}

var calm = candle{100, 101, 99, 100} // touches no stop of 2 % or more of 100

var longOnly, shortOnly = rules{}, rules{Direction: backtest.Short}

// rules is the Config of a case, with some changes.
type rules backtest.Config

func (r rules) with(changes ...func(*rules)) rules {
	for _, change := range changes {
		change(&r)
	}
	return r
}

func fillsAtClose(c *rules)     { c.Fill = backtest.FillClose }
func fillsAtNextClose(c *rules) { c.Fill = backtest.FillNextClose }
func slipsOnePercent(c *rules)  { c.SlippageBps = 100 } // 1 %
func rearmsByCrossing(c *rules) { c.Rearm = backtest.RearmCrossing }
func tradesBothSides(c *rules)  { c.Direction = backtest.Both }
func requiresVolume(c *rules)   { c.RequireVolume = true }

func (tt *stopCase) run(t *testing.T) {
	n := len(tt.bars)
	b := candles(tt.bars)
	for _, i := range tt.idle {
		b.Volume[i] = 0
	}
	s := tt.signals
	if s.Entry == nil {
		s.Entry = on(n, 0)
	}
	s.Stops = tt.stops
	cfg := backtest.Config(tt.cfg)
	cfg.Cash, cfg.Sizing = 10_000, backtest.Sizing{Mode: backtest.SizeUnits, Amount: 10}
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := e.Run(b, s, tt.lo, n)
	if len(r.Trades) != len(tt.want) {
		t.Fatalf("trades %+v, want %+v", r.Trades, tt.want)
	}
	stopped, pnl := 0, 0.0
	for i, want := range tt.want {
		got := r.Trades[i]
		if got.Side != want.side || got.Entry != want.entry || got.Exit != want.exit || got.Reason != want.reason {
			t.Errorf("trade %d is %+v, want %+v", i, got, want)
		}
		close10(t, "exit price", got.ExitPrice, want.price)
		entered := 100.0
		if i == 0 && tt.entered != 0 {
			entered = tt.entered
		}
		close10(t, "entry price", got.EntryPrice, entered)
		pnl += 10 * float64(want.side) * (want.price - entered)
		if want.reason == backtest.ReasonStopLoss || want.reason == backtest.ReasonTakeProfit || want.reason == backtest.ReasonTrailingStop {
			stopped++
		}
	}
	close10(t, "last equity", r.Equity[len(r.Equity)-1], 10_000+pnl)
	if r.Log.StopExits != stopped || r.Log.Dropped != 0 {
		t.Errorf("%d stop exits and %d dropped orders, want %d and 0", r.Log.StopExits, r.Log.Dropped, stopped)
	}
}

// TestStopLevels: where a position leaves the market.
func TestStopLevels(t *testing.T) {
	tests := []stopCase{
		// Entered at the open of bar 1 for 100: stop 95, target 110.
		{
			name: "the stop fills at its level", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 94, 96}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "a low at the level is enough", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 95, 96}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "a low above the level is not", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 95.01, 96}, calm},
			want: []exit{{backtest.SideLong, 1, 3, 100, backtest.ReasonOpen}},
		},
		{
			name: "a gap through the stop fills at the open", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {90, 120, 89, 110}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 90, backtest.ReasonStopLoss}},
		},
		{
			name: "the target fills at its level", cfg: longOnly, stops: backtest.Stops{Profit: 0.125},
			bars: []candle{calm, calm, {100, 112.5, 99, 100}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 112.5, backtest.ReasonTakeProfit}},
		},
		{
			name: "a gap through the target fills at the open", cfg: longOnly, stops: backtest.Stops{Profit: 0.125},
			bars: []candle{calm, calm, {115, 116, 80, 90}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 115, backtest.ReasonTakeProfit}},
		},
		{
			name: "stop and target on one bar: the stop", cfg: longOnly, stops: backtest.Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{calm, calm, {100, 113, 94, 100}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "an open beyond the target comes before the low", cfg: longOnly, stops: backtest.Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{calm, calm, {115, 116, 94, 100}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 115, backtest.ReasonTakeProfit}},
		},
		{
			name: "a target of more than the entry price", cfg: longOnly, stops: backtest.Stops{Profit: 1.5},
			bars: []candle{calm, calm, {200, 249, 190, 200}, {200, 260, 200, 210}},
			want: []exit{{backtest.SideLong, 1, 3, 250, backtest.ReasonTakeProfit}},
		},
		// Trailing by 10 %: 90 from the entry at 100.
		{
			// The high of 120 on bar 2 sets 108 for bar 3. On bar 2 itself, whose
			// low is 100, the level is still that of bar 1's high: 101 × 0.9.
			name: "a high moves the level from the next bar on", cfg: longOnly, stops: backtest.Stops{Trailing: 0.1},
			bars: []candle{calm, calm, {101, 120, 100, 118}, {115, 116, 107, 110}, calm},
			want: []exit{{backtest.SideLong, 1, 3, 120 * (1 - 0.1), backtest.ReasonTrailingStop}},
		},
		{
			name: "a gap through the trailing level", cfg: longOnly, stops: backtest.Stops{Trailing: 0.1},
			bars: []candle{calm, calm, {101, 120, 100, 118}, {106, 119, 105, 110}, calm},
			want: []exit{{backtest.SideLong, 1, 3, 106, backtest.ReasonTrailingStop}},
		},
		{
			// Bar 1's high of 130 counts, since the fill was at its open: 117 on
			// bar 2, which opens at 100.
			name: "next_open: the high of the entry bar counts", cfg: longOnly, stops: backtest.Stops{Trailing: 0.1},
			bars: []candle{calm, {100, 130, 99, 120}, calm, calm},
			want: []exit{{backtest.SideLong, 1, 2, 100, backtest.ReasonTrailingStop}},
		},
		{
			// Entered at bar 0's close; its high of 130 was before. Bar 1's low of
			// 99 is above 90; its high of 101 sets 90.9.
			name: "close: the high of the entry bar does not", cfg: longOnly.with(fillsAtClose), stops: backtest.Stops{Trailing: 0.1},
			bars: []candle{{120, 130, 90, 100}, calm, {100, 100, 90.5, 95}, calm},
			want: []exit{{backtest.SideLong, 0, 2, 101 * (1 - 0.1), backtest.ReasonTrailingStop}},
		},
		// Of loss and trailing the tightest.
		{
			// Loss 95, trailing 90.
			name: "the loss is tighter at first", cfg: longOnly, stops: backtest.Stops{Loss: 0.05, Trailing: 0.1},
			bars: []candle{calm, calm, {98, 99, 89, 96}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			// Trailing 120 × 0.9 = 108.
			name: "the trailing level is tighter later", cfg: longOnly, stops: backtest.Stops{Loss: 0.05, Trailing: 0.1},
			bars: []candle{calm, calm, {101, 120, 100, 118}, {115, 116, 80, 90}, calm},
			want: []exit{{backtest.SideLong, 1, 3, 120 * (1 - 0.1), backtest.ReasonTrailingStop}},
		},
		{
			name: "equal levels are the loss's", cfg: longOnly, stops: backtest.Stops{Loss: 0.25, Trailing: 0.25},
			bars: []candle{calm, {100, 100, 70, 90}, calm, calm},
			want: []exit{{backtest.SideLong, 1, 1, 75, backtest.ReasonStopLoss}},
		},
		// The entry bar.
		{
			name: "next_open: the entry bar is checked", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 100}, calm, calm},
			want: []exit{{backtest.SideLong, 1, 1, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "close: the entry bar is not", cfg: longOnly.with(fillsAtClose), stops: backtest.Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{{100, 120, 80, 100}, calm, calm},
			want: []exit{{backtest.SideLong, 0, 2, 100, backtest.ReasonOpen}},
		},
		{
			name: "close: the bar after it is", cfg: longOnly.with(fillsAtClose), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm},
			want: []exit{{backtest.SideLong, 0, 1, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "next_close: the entry bar is not", cfg: longOnly.with(fillsAtNextClose), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 120, 80, 100}, {100, 101, 94, 99}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		// Shorts: entered at 100, stop 105, target 87.5.
		{
			name: "short: the stop is above", cfg: shortOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {102, 106, 90, 100}, calm},
			want: []exit{{backtest.SideShort, 1, 2, 105, backtest.ReasonStopLoss}},
		},
		{
			name: "short: a gap through the stop", cfg: shortOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {107, 108, 90, 100}, calm},
			want: []exit{{backtest.SideShort, 1, 2, 107, backtest.ReasonStopLoss}},
		},
		{
			name: "short: the target is below", cfg: shortOnly, stops: backtest.Stops{Profit: 0.125},
			bars: []candle{calm, calm, {100, 103, 87, 100}, calm},
			want: []exit{{backtest.SideShort, 1, 2, 87.5, backtest.ReasonTakeProfit}},
		},
		{
			name: "short: a gap through the target", cfg: shortOnly, stops: backtest.Stops{Profit: 0.125},
			bars: []candle{calm, calm, {85, 120, 84, 100}, calm},
			want: []exit{{backtest.SideShort, 1, 2, 85, backtest.ReasonTakeProfit}},
		},
		{
			name: "short: stop and target on one bar", cfg: shortOnly, stops: backtest.Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{calm, calm, {100, 106, 80, 100}, calm},
			want: []exit{{backtest.SideShort, 1, 2, 105, backtest.ReasonStopLoss}},
		},
		{
			name: "short: a target of the whole price is never reached", cfg: shortOnly, stops: backtest.Stops{Profit: 1.5},
			bars: []candle{calm, calm, {1, 1, 0.01, 0.5}, {0.5, 1, 0.5, 0.5}},
			want: []exit{{backtest.SideShort, 1, 3, 0.5, backtest.ReasonOpen}},
		},
		{
			// The low of 80 on bar 2 sets 80 × 1.1 for bar 3.
			name: "short: the trailing level follows the low", cfg: shortOnly, stops: backtest.Stops{Trailing: 0.1, Loss: 0.2},
			bars: []candle{calm, calm, {99, 100, 80, 82}, {84, 90, 83, 85}, calm},
			want: []exit{{backtest.SideShort, 1, 3, 80 * (1 + 0.1), backtest.ReasonTrailingStop}},
		},
		// Slippage of 1 %: bought at 101, but levels are of 100.
		{
			name: "the stop slips from its level", cfg: longOnly.with(slipsOnePercent), stops: backtest.Stops{Loss: 0.05}, entered: 101,
			bars: []candle{calm, calm, {98, 99, 94, 96}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 95 * 0.99, backtest.ReasonStopLoss}},
		},
		{
			name: "the stop slips from the open", cfg: longOnly.with(slipsOnePercent), stops: backtest.Stops{Loss: 0.05}, entered: 101,
			bars: []candle{calm, calm, {90, 99, 89, 96}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 90 * 0.99, backtest.ReasonStopLoss}},
		},
		{
			name: "the target does not slip", cfg: longOnly.with(slipsOnePercent), stops: backtest.Stops{Profit: 0.125}, entered: 101,
			bars: []candle{calm, calm, {100, 113, 99, 100}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 112.5, backtest.ReasonTakeProfit}},
		},
		{
			name: "the target does not slip from the open", cfg: longOnly.with(slipsOnePercent), stops: backtest.Stops{Profit: 0.125}, entered: 101,
			bars: []candle{calm, calm, {115, 116, 99, 100}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 115, backtest.ReasonTakeProfit}},
		},
		{
			name: "short: the stop slips upwards", cfg: shortOnly.with(slipsOnePercent), stops: backtest.Stops{Loss: 0.05}, entered: 99,
			bars: []candle{calm, calm, {102, 106, 90, 100}, calm},
			want: []exit{{backtest.SideShort, 1, 2, 105 * 1.01, backtest.ReasonStopLoss}},
		},
		// Prices that are not known.
		{
			name: "an unknown low hits nothing", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, nan, 90}, {96, 97, 94, 95}, calm},
			want: []exit{{backtest.SideLong, 1, 3, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "a low of 0 is not known", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 0, 98}, calm},
			want: []exit{{backtest.SideLong, 1, 3, 100, backtest.ReasonOpen}},
		},
		{
			name: "an unknown high reaches no target and moves no peak", cfg: longOnly, stops: backtest.Stops{Profit: 0.125, Trailing: 0.1},
			bars: []candle{calm, calm, {105, nan, 100, 120}, {100, 100, 91, 100}, {100, 100, 90.5, 100}},
			want: []exit{{backtest.SideLong, 1, 4, 101 * (1 - 0.1), backtest.ReasonTrailingStop}},
		},
		{
			name: "an unknown open is no gap", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {nan, 91, 89, 90}, calm},
			want: []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			// Bar 2 is not checked and its high moves no level; bar 3's high of 102
			// sets 91.8 for bar 4.
			name: "a bar without volume is not checked", cfg: longOnly.with(requiresVolume), stops: backtest.Stops{Trailing: 0.1},
			bars: []candle{calm, calm, {50, 200, 50, 50}, {100, 102, 99, 100}, {100, 100, 91, 95}, calm},
			idle: []int{2},
			want: []exit{{backtest.SideLong, 1, 4, 102 * (1 - 0.1), backtest.ReasonTrailingStop}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}
