package reference

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// TestStopsAndOrders: what a stop does to orders and signals, and when the
// entry rule may enter again.
func TestStopsAndOrders(t *testing.T) {
	tests := []stopCase{
		// Orders that wait, and signals of the bar.
		{
			name: "an exit at the open comes first", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {90, 91, 80, 85}, calm},
			signals: Signals{Entry: on(4, 0), Exit: on(4, 1)},
			want:    []exit{{backtest.SideLong, 1, 2, 90, backtest.ReasonSignal}},
		},
		{
			// The exit of bar 1 finds no open on bar 2, is done by the stop there,
			// and is not dropped at the end.
			name: "a stop does what a waiting exit was to do", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {nan, 99, 94, 96}, calm},
			signals: Signals{Entry: on(4, 0), Exit: on(4, 1)},
			want:    []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "next_close: a stop cancels a pending exit", cfg: longOnly.with(fillsAtNextClose), stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {98, 99, 94, 96}, calm},
			signals: Signals{Entry: on(4, 0), Exit: on(4, 1)},
			want:    []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			// Even if the close where it would have filled is not known: it is not
			// dropped at the end.
			name: "next_close: a stop cancels an exit that cannot fill", cfg: longOnly.with(fillsAtNextClose), stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {98, 99, 94, nan}},
			signals: Signals{Entry: on(3, 0), Exit: on(3, 1)},
			want:    []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		{
			// Short from bar 1's signal: it would have filled at the open of bar 2,
			// which is not known, and does at that of bar 3, for 100.
			name: "a reversal that waits still opens the other side", cfg: longOnly.with(tradesBothSides), stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {nan, 99, 94, 96}, calm},
			signals: Signals{Entry: on(4, 0), ShortEntry: on(4, 1)},
			want:    []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}, {backtest.SideShort, 3, 3, 100, backtest.ReasonOpen}},
		},
		{
			name: "next_open: the signals of the stop's bar count", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, {100, 101, 94, 100}, calm, calm},
			signals: Signals{Entry: on(4, 0, 1)},
			want:    []exit{{backtest.SideLong, 1, 1, 95, backtest.ReasonStopLoss}, {backtest.SideLong, 2, 3, 100, backtest.ReasonOpen}},
		},
		{
			name: "close: the signals of the stop's bar do not", cfg: longOnly.with(fillsAtClose), stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, {100, 101, 94, 100}, calm, calm},
			signals: Signals{Entry: on(4, 0, 1)},
			want:    []exit{{backtest.SideLong, 0, 1, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "close: nor does a reversal on it", cfg: longOnly.with(fillsAtClose, tradesBothSides), stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, {100, 101, 94, 100}, calm, calm},
			signals: Signals{Entry: on(4, 0), ShortEntry: on(4, 1)},
			want:    []exit{{backtest.SideLong, 0, 1, 95, backtest.ReasonStopLoss}},
		},
		{
			name: "next_close: the signals of the stop's bar do not", cfg: longOnly.with(fillsAtNextClose), stops: backtest.Stops{Loss: 0.05},
			bars:    []candle{calm, calm, {98, 99, 94, 96}, calm, calm},
			signals: Signals{Entry: on(5, 0, 2)},
			want:    []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}},
		},
		// Entering again while the entry is true from bar 0 on.
		{
			name: "next_open, next_bar: at the next open", cfg: longOnly, stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, {100, 101, 94, 96}, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{
				{backtest.SideLong, 1, 1, 95, backtest.ReasonStopLoss},
				{backtest.SideLong, 2, 3, 95, backtest.ReasonStopLoss},
				{backtest.SideLong, 4, 4, 100, backtest.ReasonOpen},
			},
		},
		{
			name: "close, next_bar: at the next close", cfg: longOnly.with(fillsAtClose), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm}, signals: Signals{Entry: from(4, 0)},
			want: []exit{{backtest.SideLong, 0, 1, 95, backtest.ReasonStopLoss}, {backtest.SideLong, 2, 3, 100, backtest.ReasonOpen}},
		},
		{
			// The entry of bar 3 is the first that counts; it fills at bar 4's close.
			name: "next_close, next_bar: by the next bar's signal", cfg: longOnly.with(fillsAtNextClose), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, calm, {98, 99, 94, 96}, calm, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{{backtest.SideLong, 1, 2, 95, backtest.ReasonStopLoss}, {backtest.SideLong, 4, 4, 100, backtest.ReasonOpen}},
		},
		{
			name: "crossing: not while the entry stays true", cfg: longOnly.with(rearmsByCrossing), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{{backtest.SideLong, 1, 1, 95, backtest.ReasonStopLoss}},
		},
		{
			// False on bar 2, true on bar 3, filled on bar 4.
			name: "crossing: once it has been false", cfg: longOnly.with(rearmsByCrossing), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm, calm}, signals: Signals{Entry: from(5, 0, 2)},
			want: []exit{{backtest.SideLong, 1, 1, 95, backtest.ReasonStopLoss}, {backtest.SideLong, 4, 4, 100, backtest.ReasonOpen}},
		},
		{
			// The close of the stop's bar comes after the stop.
			name: "crossing: false on the stop's bar is enough", cfg: longOnly.with(rearmsByCrossing, fillsAtClose), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm}, signals: Signals{Entry: from(4, 0, 1)},
			want: []exit{{backtest.SideLong, 0, 1, 95, backtest.ReasonStopLoss}, {backtest.SideLong, 2, 3, 100, backtest.ReasonOpen}},
		},
		{
			name: "crossing: after a target, too", cfg: longOnly.with(rearmsByCrossing), stops: backtest.Stops{Profit: 0.125},
			bars: []candle{calm, {100, 113, 94, 96}, calm, calm, calm}, signals: Signals{Entry: from(5, 0)},
			want: []exit{{backtest.SideLong, 1, 1, 112.5, backtest.ReasonTakeProfit}},
		},
		{
			// Short from bar 2 on: the spent long entry does not fire, so it is in
			// no conflict.
			name: "crossing: the other side is free", cfg: longOnly.with(rearmsByCrossing, tradesBothSides), stops: backtest.Stops{Loss: 0.05},
			bars: []candle{calm, {100, 101, 94, 96}, calm, calm}, signals: Signals{Entry: from(4, 0), ShortEntry: on(4, 2)},
			want: []exit{{backtest.SideLong, 1, 1, 95, backtest.ReasonStopLoss}, {backtest.SideShort, 3, 3, 100, backtest.ReasonOpen}},
		},
		{
			// Long since bar 0 by its signal; bought at bar 2's open, whatever a
			// stop would have done before.
			name: "start inherit knows no stops of earlier bars", cfg: longOnly, stops: backtest.Stops{Loss: 0.05}, lo: 2,
			bars: []candle{calm, {100, 101, 50, 50}, {100, 101, 96, 97}, {96, 97, 94, 96}, calm},
			want: []exit{{backtest.SideLong, 2, 3, 95, backtest.ReasonStopLoss}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

func TestStopsValidate(t *testing.T) {
	for _, s := range []backtest.Stops{{}, {Loss: 0.5, Profit: 3, Trailing: 0.999}, {Profit: 1e300}} {
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, s := range []backtest.Stops{{Loss: 1}, {Loss: -0.1}, {Loss: nan}, {Profit: -1}, {Profit: nan}, {Profit: math.Inf(1)}, {Trailing: 1}, {Trailing: nan}} {
		if err := s.Validate(); err == nil {
			t.Errorf("%+v is taken for stops", s)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("the engine runs with %+v", s)
				}
			}()
			e, _ := New(backtest.Config{})
			e.Run(simtest.RandomBars(2, 1), Signals{Entry: on(2, 0), Stops: s}, 0, 2)
		}()
	}
}
