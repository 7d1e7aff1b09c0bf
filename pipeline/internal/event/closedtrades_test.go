package event

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"

	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// TestWhatGoesByLines: where a trial leaves the loop over lines, its results are
// the same and only slower, so that no other test would notice.
func TestWhatGoesByLines(t *testing.T) {
	hole := func(column func(*backtest.Bars) []float64, value float64) func(*backtest.Bars) {
		return func(b *backtest.Bars) { column(b)[Tile+7] = value }
	}
	opens, volumes := func(b *backtest.Bars) []float64 { return b.Open }, func(b *backtest.Bars) []float64 { return b.Volume }
	for _, c := range []struct {
		name   string
		cfg    backtest.Config
		change func(*backtest.Bars)
		stops  backtest.Stops
		tabled bool
		want   [2]bool // by tile
	}{
		{"no costs", backtest.Config{}, nil, backtest.Stops{}, true, [2]bool{true, true}},
		{"costs in proportion", backtest.Config{CommissionBps: 10, SlippageBps: 5}, nil, backtest.Stops{}, true, [2]bool{true, true}},
		{"few trials", backtest.Config{}, nil, backtest.Stops{}, false, [2]bool{}},
		{"a fixed commission", backtest.Config{CommissionFixed: 1}, nil, backtest.Stops{}, true, [2]bool{}},
		{"a commission per unit", backtest.Config{CommissionPerUnit: 0.01}, nil, backtest.Stops{}, true, [2]bool{}},
		{"all goes to the commission", backtest.Config{CommissionBps: 10_000}, nil, backtest.Stops{}, true, [2]bool{}},
		{"a stop", backtest.Config{}, nil, backtest.Stops{Loss: 0.1}, true, [2]bool{}},
		{"an open that is unknown", backtest.Config{}, hole(opens, math.NaN()), backtest.Stops{}, true, [2]bool{true, false}},
		{"an open that nothing fills at", backtest.Config{Fill: backtest.FillClose}, hole(opens, math.NaN()), backtest.Stops{}, true, [2]bool{true, true}},
		{"a bar without volume that is required", backtest.Config{RequireVolume: true}, hole(volumes, 0), backtest.Stops{}, true, [2]bool{true, false}},
		{"a bar without volume", backtest.Config{}, hole(volumes, 0), backtest.Stops{}, true, [2]bool{true, true}},
	} {
		bars := simtest.RandomBars(2*Tile, 3)
		for i := range bars.Volume {
			bars.Volume[i] = 1
		}
		if c.change != nil {
			c.change(&bars)
		}
		e, err := New(c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		e.Start(bars, 0, 2*Tile, 0, 1, c.tabled)
		e.Guard(0, c.stops)
		for tile := range c.want {
			e.Load(tile*Tile, (tile+1)*Tile)
			if got := e.byTable(&e.lanes[0]); got != c.want[tile] {
				t.Errorf("%s, tile %d: by table %v, want %v", c.name, tile, got, c.want[tile])
			}
			e.Step(0, kernel.MakeBits(Tile), kernel.MakeBits(Tile))
		}
	}
}

// TestFollowedByLines: the points of an account that goes by lines are the fills,
// by hand: 1,000 buys 5 at 200, which bring 1,500 at 300, which buy 15 at 100.
func TestFollowedByLines(t *testing.T) {
	closes := []float64{100, 200, 300, 100, 50}
	bars := backtest.Bars{Open: closes, High: closes, Low: closes, Close: closes, Volume: closes}
	signals := reference.Signals{Entry: kernel.MakeBits(5), Exit: kernel.MakeBits(5)}
	signals.Entry.Set(1)
	signals.Exit.Set(2)
	signals.Entry.Set(3)
	e, err := New(backtest.Config{Fill: backtest.FillClose, Cash: 1000})
	if err != nil {
		t.Fatal(err)
	}
	runEvent(e, bars, []reference.Signals{signals}, 0, 5, metrics.Account{Start: 1000, Annual: 252, Years: 1}, true, true)
	if !e.byTable(&e.lanes[0]) {
		t.Fatal("not by table")
	}
	_, path := e.Log(0)
	want := backtest.Path{{Bar: 1, Units: 5, Mark: 200}, {Bar: 2, Cash: 1500}, {Bar: 3, Units: 15, Mark: 100}}
	if len(path) != len(want) {
		t.Fatalf("%+v, want %+v", path, want)
	}
	for i, p := range path {
		near := func(x, y float64) bool { return math.Abs(x-y) <= 1e-12*y }
		if w := want[i]; p.Bar != w.Bar || !near(p.Cash, w.Cash) || !near(p.Units, w.Units) || !near(p.Mark, w.Mark) {
			t.Errorf("point %d: %+v, want %+v", i, p, w)
		}
	}
}
