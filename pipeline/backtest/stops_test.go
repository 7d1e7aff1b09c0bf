package backtest

import (
	"testing"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
)

// candle is a bar: open, high, low, close. Its volume is 1000.
type candle struct{ o, h, l, c float64 }

func candles(rows []candle) Bars {
	n := len(rows)
	b := Bars{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
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
	side        Side
	entry, exit int
	price       float64 // of the exit
	reason      Reason
}

// The accounts start with 10,000 and trade 10 units, so the last equity is
// 10,000 + 10 × (exit − entry). Every entry is at an open or close of 100.
func TestStopsByHand(t *testing.T) {
	calm := candle{100, 101, 99, 100} // touches no stop of 2 % or more of 100
	long, short := Config{}, Config{Direction: Short}
	with := func(c Config, changes ...func(*Config)) Config {
		for _, change := range changes {
			change(&c)
		}
		return c
	}
	atClose := func(c *Config) { c.Fill = FillClose }
	atNextClose := func(c *Config) { c.Fill = FillNextClose }
	slips := func(c *Config) { c.SlippageBps = 100 } // 1 %
	crossing := func(c *Config) { c.Rearm = RearmCrossing }
	both := func(c *Config) { c.Direction = Both }
	volume := func(c *Config) { c.RequireVolume = true }

	tests := []struct {
		name    string
		cfg     Config
		stops   Stops
		bars    []candle
		signals Signals // default: entry at bar 0
		lo      int
		idle    []int // bars without volume
		want    []exit
		entered float64 // price of the first entry, default 100
	}{
		// Entered at the open of bar 1 for 100: stop 95, target 110.
		{
			name: "the stop fills at its level", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 94, 96}, calm},
			want: []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			name: "a low at the level is enough", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 95, 96}, calm},
			want: []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			name: "a low above the level is not", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 95.01, 96}, calm},
			want: []exit{{SideLong, 1, 3, 100, ReasonOpen}},
		},
		{
			name: "a gap through the stop fills at the open", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {90, 120, 89, 110}, calm},
			want: []exit{{SideLong, 1, 2, 90, ReasonStopLoss}},
		},
		{
			name: "the target fills at its level", cfg: long, stops: Stops{Profit: 0.125},
			bars: []candle{calm, calm, {100, 112.5, 99, 100}, calm},
			want: []exit{{SideLong, 1, 2, 112.5, ReasonTakeProfit}},
		},
		{
			name: "a gap through the target fills at the open", cfg: long, stops: Stops{Profit: 0.125},
			bars: []candle{calm, calm, {115, 116, 80, 90}, calm},
			want: []exit{{SideLong, 1, 2, 115, ReasonTakeProfit}},
		},
		{
			name: "stop and target on one bar: the stop", cfg: long, stops: Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{calm, calm, {100, 113, 94, 100}, calm},
			want: []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			name: "an open beyond the target comes before the low", cfg: long, stops: Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{calm, calm, {115, 116, 94, 100}, calm},
			want: []exit{{SideLong, 1, 2, 115, ReasonTakeProfit}},
		},
		{
			name: "a target of more than the entry price", cfg: long, stops: Stops{Profit: 1.5},
			bars: []candle{calm, calm, {200, 249, 190, 200}, {200, 260, 200, 210}},
			want: []exit{{SideLong, 1, 3, 250, ReasonTakeProfit}},
		},
		// Trailing by 10 %: 90 from the entry at 100.
		{
			// The high of 120 on bar 2 sets 108 for bar 3. On bar 2 itself, whose
			// low is 100, the level is still that of bar 1's high: 101 × 0.9.
			name: "a high moves the level from the next bar on", cfg: long, stops: Stops{Trailing: 0.1},
			bars: []candle{calm, calm, {101, 120, 100, 118}, {115, 116, 107, 110}, calm},
			want: []exit{{SideLong, 1, 3, 120 * (1 - 0.1), ReasonTrailingStop}},
		},
		{
			name: "a gap through the trailing level", cfg: long, stops: Stops{Trailing: 0.1},
			bars: []candle{calm, calm, {101, 120, 100, 118}, {106, 119, 105, 110}, calm},
			want: []exit{{SideLong, 1, 3, 106, ReasonTrailingStop}},
		},
		{
			// Bar 1's high of 130 counts, since the fill was at its open: 117 on
			// bar 2, which opens at 100.
			name: "next_open: the high of the entry bar counts", cfg: long, stops: Stops{Trailing: 0.1},
			bars: []candle{calm, {100, 130, 99, 120}, calm, calm},
			want: []exit{{SideLong, 1, 2, 100, ReasonTrailingStop}},
		},
		{
			// Entered at bar 0's close; its high of 130 was before. Bar 1's low of
			// 99 is above 90; its high of 101 sets 90.9.
			name: "close: the high of the entry bar does not", cfg: with(long, atClose), stops: Stops{Trailing: 0.1},
			bars: []candle{{120, 130, 90, 100}, calm, {100, 100, 90.5, 95}, calm},
			want: []exit{{SideLong, 0, 2, 101 * (1 - 0.1), ReasonTrailingStop}},
		},
		// Of loss and trailing the tightest.
		{
			// Loss 95, trailing 90.
			name: "the loss is tighter at first", cfg: long, stops: Stops{Loss: 0.05, Trailing: 0.1},
			bars: []candle{calm, calm, {98, 99, 89, 96}, calm},
			want: []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			// Trailing 120 × 0.9 = 108.
			name: "the trailing level is tighter later", cfg: long, stops: Stops{Loss: 0.05, Trailing: 0.1},
			bars: []candle{calm, calm, {101, 120, 100, 118}, {115, 116, 80, 90}, calm},
			want: []exit{{SideLong, 1, 3, 120 * (1 - 0.1), ReasonTrailingStop}},
		},
		{
			name: "equal levels are the loss's", cfg: long, stops: Stops{Loss: 0.25, Trailing: 0.25},
			bars: []candle{calm, {100, 100, 70, 90}, calm, calm},
			want: []exit{{SideLong, 1, 1, 75, ReasonStopLoss}},
		},
		// The entry bar.
		{
			name: "next_open: the entry bar is checked", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 100}, calm, calm},
			want: []exit{{SideLong, 1, 1, 95, ReasonStopLoss}},
		},
		{
			name: "close: the entry bar is not", cfg: with(long, atClose), stops: Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{{100, 120, 80, 100}, calm, calm},
			want: []exit{{SideLong, 0, 2, 100, ReasonOpen}},
		},
		{
			name: "close: the bar after it is", cfg: with(long, atClose), stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm},
			want: []exit{{SideLong, 0, 1, 95, ReasonStopLoss}},
		},
		{
			name: "next_close: the entry bar is not", cfg: with(long, atNextClose), stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 120, 80, 100}, {100, 101, 94, 99}, calm},
			want: []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		// Shorts: entered at 100, stop 105, target 87.5.
		{
			name: "short: the stop is above", cfg: short, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {102, 106, 90, 100}, calm},
			want: []exit{{SideShort, 1, 2, 105, ReasonStopLoss}},
		},
		{
			name: "short: a gap through the stop", cfg: short, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {107, 108, 90, 100}, calm},
			want: []exit{{SideShort, 1, 2, 107, ReasonStopLoss}},
		},
		{
			name: "short: the target is below", cfg: short, stops: Stops{Profit: 0.125},
			bars: []candle{calm, calm, {100, 103, 87, 100}, calm},
			want: []exit{{SideShort, 1, 2, 87.5, ReasonTakeProfit}},
		},
		{
			name: "short: a gap through the target", cfg: short, stops: Stops{Profit: 0.125},
			bars: []candle{calm, calm, {85, 120, 84, 100}, calm},
			want: []exit{{SideShort, 1, 2, 85, ReasonTakeProfit}},
		},
		{
			name: "short: stop and target on one bar", cfg: short, stops: Stops{Loss: 0.05, Profit: 0.125},
			bars: []candle{calm, calm, {100, 106, 80, 100}, calm},
			want: []exit{{SideShort, 1, 2, 105, ReasonStopLoss}},
		},
		{
			name: "short: a target of the whole price is never reached", cfg: short, stops: Stops{Profit: 1.5},
			bars: []candle{calm, calm, {1, 1, 0.01, 0.5}, {0.5, 1, 0.5, 0.5}},
			want: []exit{{SideShort, 1, 3, 0.5, ReasonOpen}},
		},
		{
			// The low of 80 on bar 2 sets 80 × 1.1 for bar 3.
			name: "short: the trailing level follows the low", cfg: short, stops: Stops{Trailing: 0.1, Loss: 0.2},
			bars: []candle{calm, calm, {99, 100, 80, 82}, {84, 90, 83, 85}, calm},
			want: []exit{{SideShort, 1, 3, 80 * (1 + 0.1), ReasonTrailingStop}},
		},
		// Slippage of 1 %: bought at 101, but levels are of 100.
		{
			name: "the stop slips from its level", cfg: with(long, slips), stops: Stops{Loss: 0.05}, entered: 101,
			bars: []candle{calm, calm, {98, 99, 94, 96}, calm},
			want: []exit{{SideLong, 1, 2, 95 * 0.99, ReasonStopLoss}},
		},
		{
			name: "the stop slips from the open", cfg: with(long, slips), stops: Stops{Loss: 0.05}, entered: 101,
			bars: []candle{calm, calm, {90, 99, 89, 96}, calm},
			want: []exit{{SideLong, 1, 2, 90 * 0.99, ReasonStopLoss}},
		},
		{
			name: "the target does not slip", cfg: with(long, slips), stops: Stops{Profit: 0.125}, entered: 101,
			bars: []candle{calm, calm, {100, 113, 99, 100}, calm},
			want: []exit{{SideLong, 1, 2, 112.5, ReasonTakeProfit}},
		},
		{
			name: "the target does not slip from the open", cfg: with(long, slips), stops: Stops{Profit: 0.125}, entered: 101,
			bars: []candle{calm, calm, {115, 116, 99, 100}, calm},
			want: []exit{{SideLong, 1, 2, 115, ReasonTakeProfit}},
		},
		{
			name: "short: the stop slips upwards", cfg: with(short, slips), stops: Stops{Loss: 0.05}, entered: 99,
			bars: []candle{calm, calm, {102, 106, 90, 100}, calm},
			want: []exit{{SideShort, 1, 2, 105 * 1.01, ReasonStopLoss}},
		},
		// Prices that are not known.
		{
			name: "an unknown low hits nothing", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, nan, 90}, {96, 97, 94, 95}, calm},
			want: []exit{{SideLong, 1, 3, 95, ReasonStopLoss}},
		},
		{
			name: "a low of 0 is not known", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 0, 98}, calm},
			want: []exit{{SideLong, 1, 3, 100, ReasonOpen}},
		},
		{
			name: "an unknown high reaches no target and moves no peak", cfg: long, stops: Stops{Profit: 0.125, Trailing: 0.1},
			bars: []candle{calm, calm, {105, nan, 100, 120}, {100, 100, 91, 100}, {100, 100, 90.5, 100}},
			want: []exit{{SideLong, 1, 4, 101 * (1 - 0.1), ReasonTrailingStop}},
		},
		{
			name: "an unknown open is no gap", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {nan, 91, 89, 90}, calm},
			want: []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			// Bar 2 is not checked and its high moves no level; bar 3's high of 102
			// sets 91.8 for bar 4.
			name: "a bar without volume is not checked", cfg: with(long, volume), stops: Stops{Trailing: 0.1},
			bars: []candle{calm, calm, {50, 200, 50, 50}, {100, 102, 99, 100}, {100, 100, 91, 95}, calm},
			idle: []int{2},
			want: []exit{{SideLong, 1, 4, 102 * (1 - 0.1), ReasonTrailingStop}},
		},
		// Orders that wait, and signals of the bar.
		{
			name: "an exit at the open comes first", cfg: long, stops: Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {90, 91, 80, 85}, calm},
			signals: Signals{Entry: on(4, 0), Exit: on(4, 1)},
			want:    []exit{{SideLong, 1, 2, 90, ReasonSignal}},
		},
		{
			// The exit of bar 1 finds no open on bar 2, is done by the stop there,
			// and is not dropped at the end.
			name: "a stop does what a waiting exit was to do", cfg: long, stops: Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {nan, 99, 94, 96}, calm},
			signals: Signals{Entry: on(4, 0), Exit: on(4, 1)},
			want:    []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			name: "next_close: a stop cancels a pending exit", cfg: with(long, atNextClose), stops: Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {98, 99, 94, 96}, calm},
			signals: Signals{Entry: on(4, 0), Exit: on(4, 1)},
			want:    []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			// Even if the close where it would have filled is not known: it is not
			// dropped at the end.
			name: "next_close: a stop cancels an exit that cannot fill", cfg: with(long, atNextClose), stops: Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {98, 99, 94, nan}},
			signals: Signals{Entry: on(3, 0), Exit: on(3, 1)},
			want:    []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		{
			// Short from bar 1's signal: it would have filled at the open of bar 2,
			// which is not known, and does at that of bar 3, for 100.
			name: "a reversal that waits still opens the other side", cfg: with(long, both), stops: Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {nan, 99, 94, 96}, calm},
			signals: Signals{Entry: on(4, 0), ShortEntry: on(4, 1)},
			want:    []exit{{SideLong, 1, 2, 95, ReasonStopLoss}, {SideShort, 3, 3, 100, ReasonOpen}},
		},
		{
			name: "next_open: the signals of the stop's bar count", cfg: long, stops: Stops{Loss: 0.05},
			bars:    []candle{calm, {100, 101, 94, 100}, calm, calm},
			signals: Signals{Entry: on(4, 0, 1)},
			want:    []exit{{SideLong, 1, 1, 95, ReasonStopLoss}, {SideLong, 2, 3, 100, ReasonOpen}},
		},
		{
			name: "close: the signals of the stop's bar do not", cfg: with(long, atClose), stops: Stops{Loss: 0.05},
			bars:    []candle{calm, {100, 101, 94, 100}, calm, calm},
			signals: Signals{Entry: on(4, 0, 1)},
			want:    []exit{{SideLong, 0, 1, 95, ReasonStopLoss}},
		},
		{
			name: "close: nor does a reversal on it", cfg: with(long, atClose, both), stops: Stops{Loss: 0.05},
			bars:    []candle{calm, {100, 101, 94, 100}, calm, calm},
			signals: Signals{Entry: on(4, 0), ShortEntry: on(4, 1)},
			want:    []exit{{SideLong, 0, 1, 95, ReasonStopLoss}},
		},
		{
			name: "next_close: the signals of the stop's bar do not", cfg: with(long, atNextClose), stops: Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {98, 99, 94, 96}, calm, calm},
			signals: Signals{Entry: on(5, 0, 2)},
			want:    []exit{{SideLong, 1, 2, 95, ReasonStopLoss}},
		},
		// Entering again while the entry is true from bar 0 on.
		{
			name: "next_open, next_bar: at the next open", cfg: long, stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, {100, 101, 94, 96}, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{
				{SideLong, 1, 1, 95, ReasonStopLoss},
				{SideLong, 2, 3, 95, ReasonStopLoss},
				{SideLong, 4, 4, 100, ReasonOpen},
			},
		},
		{
			name: "close, next_bar: at the next close", cfg: with(long, atClose), stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm}, signals: Signals{Entry: from(4, 0)},
			want: []exit{{SideLong, 0, 1, 95, ReasonStopLoss}, {SideLong, 2, 3, 100, ReasonOpen}},
		},
		{
			// The entry of bar 3 is the first that counts; it fills at bar 4's close.
			name: "next_close, next_bar: by the next bar's signal", cfg: with(long, atNextClose), stops: Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 94, 96}, calm, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{{SideLong, 1, 2, 95, ReasonStopLoss}, {SideLong, 4, 4, 100, ReasonOpen}},
		},
		{
			name: "crossing: not while the entry stays true", cfg: with(long, crossing), stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{{SideLong, 1, 1, 95, ReasonStopLoss}},
		},
		{
			// False on bar 2, true on bar 3, filled on bar 4.
			name: "crossing: once it has been false", cfg: with(long, crossing), stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm, calm}, signals: Signals{Entry: from(5, 0, 2)},
			want: []exit{{SideLong, 1, 1, 95, ReasonStopLoss}, {SideLong, 4, 4, 100, ReasonOpen}},
		},
		{
			// The close of the stop's bar comes after the stop.
			name: "crossing: false on the stop's bar is enough", cfg: with(long, crossing, atClose), stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm}, signals: Signals{Entry: from(4, 0, 1)},
			want: []exit{{SideLong, 0, 1, 95, ReasonStopLoss}, {SideLong, 2, 3, 100, ReasonOpen}},
		},
		{
			name: "crossing: after a target, too", cfg: with(long, crossing), stops: Stops{Profit: 0.125},
			bars: []candle{calm, {100, 113, 94, 96}, calm, calm, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{{SideLong, 1, 1, 112.5, ReasonTakeProfit}},
		},
		{
			// Short from bar 2 on: the spent long entry does not fire, so it is in
			// no conflict.
			name: "crossing: the other side is free", cfg: with(long, crossing, both), stops: Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm}, signals: Signals{Entry: from(4, 0), ShortEntry: on(4, 2)},
			want: []exit{{SideLong, 1, 1, 95, ReasonStopLoss}, {SideShort, 3, 3, 100, ReasonOpen}},
		},
		{
			// Long since bar 0 by its signal; bought at bar 2's open, whatever a
			// stop would have done before.
			name: "start inherit knows no stops of earlier bars", cfg: long, stops: Stops{Loss: 0.05}, lo: 2,
			bars: []candle{calm, {100, 101, 50, 50}, {100, 101, 96, 97}, {96, 97, 94, 96}, calm},
			want: []exit{{SideLong, 2, 3, 95, ReasonStopLoss}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
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
			cfg := tt.cfg
			cfg.Cash, cfg.Sizing = 10_000, Sizing{SizeUnits, 10}
			e, err := NewReference(cfg)
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
				if want.reason == ReasonStopLoss || want.reason == ReasonTakeProfit || want.reason == ReasonTrailingStop {
					stopped++
				}
			}
			close10(t, "last equity", r.Equity[len(r.Equity)-1], 10_000+pnl)
			if r.Log.StopExits != stopped || r.Log.Dropped != 0 {
				t.Errorf("%d stop exits and %d dropped orders, want %d and 0", r.Log.StopExits, r.Log.Dropped, stopped)
			}
		})
	}
}
