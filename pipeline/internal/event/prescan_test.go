package event

import (
	"math"
	"reflect"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"

	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// scouted is runEvent with scouts that go over parts of so many tiles first. It
// returns what they found, by part and trial.
func prescanned(e *Simulator, bars backtest.Bars, signals []reference.Signals, lo, hi int, a metrics.Account, tiles int) [][]Found {
	e.Start(bars, lo, hi, metrics.RiskFreeBar(a.RiskFree, a.Annual), len(signals), false)
	for i, s := range signals {
		e.Guard(i, s.Stops)
	}
	var parts [][]Found
	prescan := e.Prescan(nil)
	part := tiles * Tile
	first := e.First() / Tile * Tile
	for from := first; from < hi; from += part {
		found := make([]Found, len(signals))
		prescan.Begin()
		for tile := from; tile < min(from+part, hi); tile += Tile {
			prescan.Load(tile, tile+Tile)
			for i, s := range signals {
				prescan.Step(i, words(s.Entry, tile), words(s.Exit, tile), &found[i])
			}
		}
		parts = append(parts, found)
	}
	return parts
}

// settleAll takes the accounts through what has been found.
func applyAll(e *Simulator, signals []reference.Signals, hi, tiles int, parts [][]Found) {
	first := e.First() / Tile * Tile
	for from := first; from < hi; from += Tile {
		e.Load(from, from+Tile)
		for i, s := range signals {
			e.StepFound(i, words(s.Entry, from), words(s.Exit, from), &parts[(from-first)/Tile/tiles][i])
		}
	}
}

// TestScoutChangesNothing holds trials that were scouted, in parts that begin
// anywhere, to the same trials without, to the bit.
func TestScoutChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 65, 1024, 1025, 2500, 5000}).Draw(t, "bars")
		bars, cfg := drawPath(t, n), drawRules(t)
		lo := rapid.SampledFrom([]int{0, 0, n / 2, min(n-1, 1024)}).Draw(t, "lo")
		signals := make([]reference.Signals, rapid.IntRange(1, 3).Draw(t, "trials"))
		for i := range signals {
			signals[i] = reference.Signals{Entry: drawMask(t, "entry", n), Exit: drawMask(t, "exit", n)}
			if !cfg.RequireVolume && rapid.Bool().Draw(t, "stops") {
				fraction := rapid.SampledFrom([]float64{0, 0.005, 0.02, 0.1})
				signals[i].Stops = backtest.Stops{Loss: fraction.Draw(t, "loss"), Profit: fraction.Draw(t, "profit"), Trailing: fraction.Draw(t, "trailing")}
			}
		}
		a := metrics.Account{Start: cfg.Cash, Annual: 252, Years: float64(n-lo) / 252}
		plain, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		ahead, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		runEvent(plain, bars, signals, lo, n, a, false, false)
		tiles := rapid.IntRange(1, 3).Draw(t, "tiles")
		applyAll(ahead, signals, n, tiles, prescanned(ahead, bars, signals, lo, n, a, tiles))
		for i := range signals {
			var got, want metrics.Values
			ok, same := ahead.Finish(&got, i, a), plain.Finish(&want, i, a)
			if ok != same {
				t.Fatalf("finished: %v, without a prescan %v", ok, same)
			}
			for s := range want {
				if ok && math.Float64bits(got[s]) != math.Float64bits(want[s]) {
					t.Errorf("%s = %v, without a prescan %v", metrics.Stat(s), got[s], want[s])
				}
			}
			log, _ := ahead.Log(i)
			other, _ := plain.Log(i)
			if ok && !reflect.DeepEqual(log, other) {
				t.Errorf("trades %+v, without a prescan %+v", log, other)
			}
		}
	})
}

// TestScoutIsBelieved: answers are taken, all of those on the tiles behind the
// first exit of a part. Each is made wrong in turn, and the result has to follow.
func TestScoutIsBelieved(t *testing.T) {
	const n, tiles = 4 * Tile, 2
	bars := simtest.RandomBars(n, 5)
	signals := []reference.Signals{{Entry: kernel.MakeBits(n), Exit: kernel.MakeBits(n), Stops: backtest.Stops{Loss: 0.05}}}
	for i := 50; i < n; i += 100 {
		signals[0].Entry.Set(i)
		if i += 50; i < n {
			signals[0].Exit.Set(i)
		}
	}
	a := metrics.Account{Start: backtest.DefaultCash, Annual: 252, Years: n / 252.}
	run := func(wrong func(parts [][]Found)) (v metrics.Values) {
		e, err := New(backtest.Config{})
		if err != nil {
			t.Fatal(err)
		}
		parts := prescanned(e, bars, signals, 0, n, a, tiles)
		wrong(parts)
		applyAll(e, signals, n, tiles, parts)
		if !e.Finish(&v, 0, a) {
			t.Fatal("not finished")
		}
		return v
	}
	var held, hits int
	want := run(func(parts [][]Found) { held, hits = len(parts[1][0].held), len(parts[1][0].hits) })
	if held < 12 || hits < 12 {
		t.Fatalf("%d and %d answers", held, hits)
	}
	for at := range held {
		if got := run(func(parts [][]Found) { parts[1][0].held[at].answer.Returns += 0.5 }); got[metrics.Sharpe] == want[metrics.Sharpe] && at > 0 {
			t.Errorf("the answer for the bars from %d on was not taken", at)
		}
	}
	for at := range hits {
		got := run(func(parts [][]Found) {
			h := &parts[1][0].hits[at].answer
			if h.reason == backtest.ReasonOpen {
				h.bar, h.reason = parts[1][0].hits[at].end-1, backtest.ReasonTakeProfit
			}
			h.price = 1
		})
		if got[metrics.TotalReturn] == want[metrics.TotalReturn] && at > 0 {
			t.Errorf("the answer about stop %d was not taken", at)
		}
	}
}
