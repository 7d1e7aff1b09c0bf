package backtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
)

// naive is a second simulation, written from docs/semantics.md alone: every
// bar is walked, nothing is remembered that can be found again from the bars,
// and all rules of an event stand where it happens. It shares no code with
// Reference.
type naive struct {
	cfg     Config
	bars    Bars
	signals Signals

	cash     float64
	position *holding
	order    *Side // the side that the pending order is to be on
	spent    map[Side]bool

	equity                             []float64
	trades                             []Trade
	held, partial, rejected, stopExits int
	ruined                             bool
	deficit                            float64
}

// holding is an open position. price is what the market asked, paid what the
// fill cost after slippage.
type holding struct {
	side               Side
	bar                int
	price, paid, units float64
	fee, last          float64
	firstChecked       int
}

// known is a price that an order can fill at.
func known(p float64) bool { return !math.IsNaN(p) && !math.IsInf(p, 0) && p > 0 }

func (n *naive) run(lo, hi int) {
	n.cash, n.spent = n.cfg.Cash, map[Side]bool{}
	switch {
	case lo == 0:
	case n.cfg.Start == StartInherit:
		side := SideFlat
		for t := range lo {
			side = n.wanted(t, side)
		}
		if side != SideFlat {
			n.order = &side
		}
	case n.cfg.Fill != FillClose:
		n.readSignals(lo - 1)
	}
	for t := lo; t < hi; t++ {
		if n.cfg.Fill == FillNextOpen {
			n.fill(t, n.bars.Open[t])
		}
		stopped := n.stop(t)
		n.unspend(t)
		if n.cfg.Fill == FillClose && !stopped {
			n.readSignals(t)
		}
		if n.cfg.Fill != FillNextOpen {
			n.fill(t, n.bars.Close[t])
		}
		n.value(t)
		if n.cfg.Fill == FillNextOpen || n.cfg.Fill == FillNextClose && !stopped {
			n.readSignals(t)
		}
	}
}

// canTrade is false for a bar without volume where that matters.
func (n *naive) canTrade(t int) bool { return !n.cfg.RequireVolume || n.bars.Volume[t] > 0 }

// rule reads a rule of a side: its entry or its exit.
func (n *naive) rule(t int, side Side, entry bool) bool {
	s := n.signals
	long, short := [2]kernel.Bits{s.Exit, s.Entry}, [2]kernel.Bits{s.ShortExit, s.ShortEntry}
	if n.cfg.Direction == Short && s.ShortEntry == nil {
		short = long
	}
	which := 0
	if entry {
		which = 1
	}
	var m kernel.Bits
	if side == SideLong && n.cfg.Direction != Short {
		m = long[which]
	} else if side == SideShort && (n.cfg.Direction == Short || n.cfg.Direction == Both) {
		m = short[which]
	}
	return m != nil && m[t/64]>>(t%64)&1 == 1
}

// wanted is the side to be on after the signals of bar t.
func (n *naive) wanted(t int, side Side) Side {
	enter, exit := map[Side]bool{}, map[Side]bool{}
	for _, s := range []Side{SideLong, SideShort} {
		enter[s] = n.rule(t, s, true) && !n.spent[s]
		exit[s] = n.rule(t, s, false)
		if enter[s] && exit[s] {
			enter[s], exit[s] = n.cfg.Conflict == ConflictEntry, n.cfg.Conflict == ConflictExit
		}
	}
	if enter[SideLong] != enter[SideShort] {
		if enter[SideLong] {
			return SideLong
		}
		return SideShort
	}
	if exit[side] {
		return SideFlat
	}
	return side
}

func (n *naive) side() Side {
	if n.position == nil {
		return SideFlat
	}
	return n.position.side
}

// readSignals replaces the pending order.
func (n *naive) readSignals(t int) {
	if n.ruined {
		return
	}
	from := n.side()
	if n.order != nil {
		from = *n.order
	}
	n.order = nil
	if want := n.wanted(t, from); want != n.side() {
		n.order = &want
	}
}

// unspend frees the entries that are not true on bar t.
func (n *naive) unspend(t int) {
	for side := range n.spent {
		if !n.rule(t, side, true) {
			delete(n.spent, side)
		}
	}
}

func (n *naive) costs(units, price float64) float64 {
	return units*price*(n.cfg.CommissionBps/10_000) + units*n.cfg.CommissionPerUnit + n.cfg.CommissionFixed
}

// fill executes the pending order at a price.
func (n *naive) fill(t int, price float64) {
	if n.order == nil || !known(price) || !n.canTrade(t) {
		return
	}
	want := *n.order
	n.order = nil
	if n.position != nil {
		n.leave(t, price, true, ReasonSignal)
	}
	if want == SideFlat {
		return
	}
	paid := price * (1 + float64(want)*(n.cfg.SlippageBps/10_000))
	buys := func(cash float64) float64 {
		return math.Max(0, (cash-n.cfg.CommissionFixed)/(paid*(1+n.cfg.CommissionBps/10_000)+n.cfg.CommissionPerUnit))
	}
	units := buys(n.cash)
	if n.cfg.Sizing.Mode == SizePercent {
		units = math.Min(units, buys(n.cash*(n.cfg.Sizing.Amount/100)))
	}
	if n.cfg.Sizing.Mode == SizeUnits && n.cfg.Sizing.Amount > units && n.cfg.CashShort == CashReject {
		n.rejected++
		return
	} else if n.cfg.Sizing.Mode == SizeUnits && n.cfg.Sizing.Amount > units {
		n.partial++
	} else if n.cfg.Sizing.Mode == SizeUnits {
		units = n.cfg.Sizing.Amount
	}
	if !(units > 0) {
		return
	}
	all := units == buys(n.cash)
	fee := n.costs(units, paid)
	if want == SideLong && all {
		fee, n.cash = n.cash-units*paid, 0
	} else {
		n.cash -= float64(want)*(units*paid) + fee
	}
	n.position = &holding{side: want, bar: t, price: price, paid: paid, units: units, fee: fee, last: paid, firstChecked: t + 1}
	if n.cfg.Fill == FillNextOpen {
		n.position.firstChecked = t
	}
}

// leave ends the position at a price.
func (n *naive) leave(t int, price float64, slips bool, reason Reason) {
	p := n.position
	if slips {
		price *= 1 - float64(p.side)*(n.cfg.SlippageBps/10_000)
	}
	fee := n.costs(p.units, price)
	n.cash += float64(p.side)*(p.units*price) - fee
	n.record(t, price, p.fee+fee, reason)
}

func (n *naive) record(t int, price, fees float64, reason Reason) {
	p := n.position
	n.trades = append(n.trades, Trade{
		Side: p.side, Entry: p.bar, Exit: t, EntryPrice: p.paid, ExitPrice: price, Units: p.units, Fees: fees, Reason: reason,
	})
	n.position = nil
}

// stop holds the prices of bar t against the levels of the position and
// reports whether it ended. A mirrored price is −price, so that for either
// side a stop is below and a target above.
func (n *naive) stop(t int) bool {
	p, x := n.position, n.signals.Stops
	if p == nil || t < p.firstChecked || !n.canTrade(t) {
		return false
	}
	sign := float64(p.side)
	high := func(i int) float64 {
		if p.side == SideLong {
			return n.bars.High[i]
		}
		return n.bars.Low[i]
	}
	low := func(i int) float64 {
		if p.side == SideLong {
			return n.bars.Low[i]
		}
		return n.bars.High[i]
	}
	peak := p.price
	for i := p.firstChecked; i < t; i++ {
		if n.canTrade(i) && known(high(i)) && sign*high(i) > sign*peak {
			peak = high(i)
		}
	}
	stop, target, reason := math.Inf(-1), math.Inf(1), ReasonStopLoss
	if x.Loss > 0 {
		stop = sign * (p.price * (1 - sign*x.Loss))
	}
	if trail := sign * (peak * (1 - sign*x.Trailing)); x.Trailing > 0 && trail > stop {
		stop, reason = trail, ReasonTrailingStop
	}
	if x.Profit > 0 {
		target = sign * (p.price * (1 + sign*x.Profit))
	}
	open, lowest, highest := n.bars.Open[t], low(t), high(t)
	side := p.side
	switch {
	case known(open) && sign*open <= stop:
		n.leave(t, open, true, reason)
	case known(open) && sign*open >= target:
		n.leave(t, open, false, ReasonTakeProfit)
	case known(lowest) && sign*lowest <= stop:
		n.leave(t, sign*stop, true, reason)
	case known(highest) && sign*highest >= target:
		n.leave(t, sign*target, false, ReasonTakeProfit)
	default:
		return false
	}
	n.stopExits++
	if n.cfg.Rearm == RearmCrossing {
		n.spent[side] = true
	}
	if n.order != nil && *n.order == SideFlat {
		n.order = nil
	}
	return true
}

func (n *naive) value(t int) {
	equity := n.cash
	if p := n.position; p != nil {
		if known(n.bars.Close[t]) {
			p.last = n.bars.Close[t]
		}
		equity += float64(p.side) * p.units * p.last
	}
	if equity <= 0 && !n.ruined {
		n.ruined, n.deficit, n.order, n.cash = true, -equity, nil, 0
		if n.position != nil {
			n.record(t, n.position.last, n.position.fee, ReasonRuin)
		}
		equity = 0
	}
	if n.position != nil {
		n.held++
	}
	n.equity = append(n.equity, equity)
}

// drawTicks draws bars of whole prices, so that prices often are exactly at a
// level, with gaps, constant stretches, unknown prices and idle bars. Fewer
// bars of one seed are the first of more. (rapid's own choices favour small
// numbers too much for a price path to go anywhere.)
func drawTicks(t *rapid.T, n int) Bars {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "price seed"), 1))
	pick := func(v ...int) int { return v[rng.IntN(len(v))] }
	step := func() int { return pick(0, 0, 0, 1, -1, 2, -2, 5, -5, 10, -10) }
	wick := func() int { return pick(0, 0, 1, 2, 5, 20) }
	b := candles(make([]candle, n))
	price := 80
	for i := range n {
		open := max(price+step(), 5)
		price = max(open+step(), 5)
		b.Open[i], b.Close[i] = float64(open), float64(price)
		b.High[i], b.Low[i] = float64(max(open, price)+wick()), float64(max(min(open, price)-wick(), 0))
		switch rng.IntN(30) {
		case 0:
			b.Open[i] = nan
		case 1:
			b.High[i] = nan
		case 2:
			b.Low[i] = nan
		case 3:
			b.Close[i] = math.Inf(1)
		case 4:
			b.Volume[i] = 0
		case 5:
			b.Open[i], b.High[i], b.Low[i], b.Close[i] = nan, nan, nan, nan
		}
	}
	return b
}

// drawLevels draws signals that stay true for a while, or single ones.
func drawLevels(t *rapid.T, n int, short bool) Signals {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "signal seed"), 2))
	longest := rapid.SampledFrom([]int{12, 40, 4, 1}).Draw(t, "longest signal")
	mask := func(share float64) kernel.Bits {
		m := kernel.MakeBits(n)
		for i := 0; i < n; {
			on := rng.Float64() < share
			for end := min(i+1+rng.IntN(longest), n); i < end; i++ {
				if on {
					m.Set(i)
				}
			}
		}
		return m
	}
	s := Signals{Entry: mask(0.5), Exit: mask(0.2)}
	if short {
		s.ShortEntry, s.ShortExit = mask(0.3), mask(0.2)
	}
	return s
}

// drawStops draws each stop or none; 1e-17 is lost beside 1.
func drawStops(t *rapid.T) Stops {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "stop seed"), 3))
	pick := func(v ...float64) float64 { return v[rng.IntN(len(v))] }
	return Stops{
		Loss:     pick(0, 0, 0.0125, 0.05, 0.1, 0.125, 0.25, 0.9, 1e-17),
		Profit:   pick(0, 0, 0.0125, 0.05, 0.125, 1, 1.5),
		Trailing: pick(0, 0, 0.0125, 0.05, 0.1, 0.125, 0.25, 0.9, 1e-17),
	}
}

// TestReferenceEqualsNaive holds the engine against the naive simulation, for
// every setting and with and without stops.
func TestReferenceEqualsNaive(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{90, 140, 40, 10, 3, 1}).Draw(t, "bars")
		cfg := drawConfig(t)
		if rapid.IntRange(0, 9).Draw(t, "poor") < 9 {
			cfg.Cash += 20_000 // most accounts can pay for an entry
		}
		b := drawTicks(t, n)
		if rapid.IntRange(0, 9).Draw(t, "wild") == 9 {
			b = drawBars(t, n)
		}
		signals := drawLevels(t, n, cfg.Direction == Both || cfg.Direction == Short && rapid.Bool().Draw(t, "short rules"))
		signals.Stops = drawStops(t)
		lo := 0
		if rapid.Bool().Draw(t, "window") {
			lo = rapid.IntRange(0, n-1).Draw(t, "lo")
		}
		hi := n - rapid.IntRange(0, n-lo).Draw(t, "bars left out")

		e, err := NewReference(cfg)
		if err != nil {
			t.Fatal(err)
		}
		got := e.Run(b, signals, lo, hi)
		want := naive{cfg: cfg, bars: b, signals: signals}
		want.run(lo, hi)
		if want.position != nil {
			want.record(hi-1, want.position.last, want.position.fee, ReasonOpen)
		}
		seen["examples"]++
		if len(got.Trades) != len(want.trades) {
			t.Fatalf("trades\n%+v, want\n%+v", got.Trades, want.trades)
		}
		for i, w := range want.trades {
			g := got.Trades[i]
			seen[w.Side.String()+" "+w.Reason.String()]++
			if g.Side != w.Side || g.Entry != w.Entry || g.Exit != w.Exit || g.Reason != w.Reason {
				t.Fatalf("trade %d is %+v, want %+v", i, g, w)
			}
			for _, v := range [][2]float64{{g.EntryPrice, w.EntryPrice}, {g.ExitPrice, w.ExitPrice}, {g.Units, w.Units}, {g.Fees, w.Fees}} {
				if math.Abs(v[0]-v[1]) > 1e-9*max(1, math.Abs(v[1])) {
					t.Fatalf("trade %d is %+v, want %+v", i, g, w)
				}
			}
		}
		for i, w := range want.equity {
			if math.Abs(got.Equity[i]-w) > 1e-9*max(cfg.Cash, math.Abs(w)) {
				t.Fatalf("bar %d: equity %v, want %v", lo+i, got.Equity[i], w)
			}
		}
		dropped := 0
		if want.order != nil {
			dropped = 1
		}
		counts := [][2]int{
			{len(got.Equity), len(want.equity)}, {got.Held, want.held}, {got.Log.Partial, want.partial},
			{got.Log.Rejected, want.rejected}, {got.Log.Dropped, dropped}, {got.Log.StopExits, want.stopExits},
		}
		for i, c := range counts {
			if c[0] != c[1] {
				t.Fatalf("count %d is %d, want %d", i, c[0], c[1])
			}
		}
		if got.Ruined != want.ruined || math.Abs(got.Deficit-want.deficit) > 1e-9*cfg.Cash {
			t.Fatalf("ruined %v by %v, want %v by %v", got.Ruined, got.Deficit, want.ruined, want.deficit)
		}
	})
	t.Log(seen)
	for _, side := range []string{"long ", "short "} {
		for _, reason := range []Reason{ReasonSignal, ReasonStopLoss, ReasonTakeProfit, ReasonTrailingStop} {
			if name := side + reason.String(); seen["examples"] >= 1000 && seen[name] < 40 {
				t.Errorf("only %d trades of %d examples ended by %s", seen[name], seen["examples"], name)
			}
		}
	}
}
