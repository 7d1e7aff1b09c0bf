package reference

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// naive is a second simulation, written from docs/semantics.md alone: every
// bar is walked, nothing is remembered that can be found again from the bars,
// and all rules of an event stand where it happens. It shares no code with
// Reference.
type naive struct {
	cfg     backtest.Config
	bars    backtest.Bars
	signals Signals

	cash     float64
	position *holding
	order    *backtest.Side // the side that the pending order is to be on
	blocked  map[backtest.Side]bool

	equity                             []float64
	trades                             []backtest.Trade
	held, partial, rejected, stopExits int
	ruined                             bool
	deficit                            float64
}

// holding is an open position. price is what the market asked, paid what the
// fill cost after slippage.
type holding struct {
	side               backtest.Side
	bar                int
	price, paid, units float64
	fee, last          float64
	firstChecked       int
}

// naiveKnown is a price that an order can fill at.
func naiveKnown(p float64) bool { return !math.IsNaN(p) && !math.IsInf(p, 0) && p > 0 }

func (n *naive) run(lo, hi int) {
	n.cash, n.blocked = n.cfg.Cash, map[backtest.Side]bool{}
	switch {
	case lo == 0:
	case n.cfg.Start == backtest.StartInherit:
		side := backtest.SideFlat
		for t := range lo {
			side = n.wanted(t, side)
		}
		if side != backtest.SideFlat {
			n.order = &side
		}
	case n.cfg.Fill != backtest.FillClose:
		n.readSignals(lo - 1)
	}
	for t := lo; t < hi; t++ {
		if n.cfg.Fill == backtest.FillNextOpen {
			n.fill(t, n.bars.Open[t])
		}
		stopped := n.stop(t)
		n.unblock(t)
		if n.cfg.Fill == backtest.FillClose && !stopped {
			n.readSignals(t)
		}
		if n.cfg.Fill != backtest.FillNextOpen {
			n.fill(t, n.bars.Close[t])
		}
		n.value(t)
		if n.cfg.Fill == backtest.FillNextOpen || n.cfg.Fill == backtest.FillNextClose && !stopped {
			n.readSignals(t)
		}
	}
}

// canTrade is false for a bar without volume where that matters.
func (n *naive) canTrade(t int) bool { return !n.cfg.RequireVolume || n.bars.Volume[t] > 0 }

// rule reads a rule of a side: its entry or its exit.
func (n *naive) rule(t int, side backtest.Side, entry bool) bool {
	s := n.signals
	long, short := [2]kernel.Bits{s.Exit, s.Entry}, [2]kernel.Bits{s.ShortExit, s.ShortEntry}
	if n.cfg.Direction == backtest.Short && s.ShortEntry == nil {
		short = long
	}
	which := 0
	if entry {
		which = 1
	}
	var m kernel.Bits
	if side == backtest.SideLong && n.cfg.Direction != backtest.Short {
		m = long[which]
	} else if side == backtest.SideShort && (n.cfg.Direction == backtest.Short || n.cfg.Direction == backtest.Both) {
		m = short[which]
	}
	return m != nil && m[t/64]>>(t%64)&1 == 1
}

// wanted is the side to be on after the signals of bar t.
func (n *naive) wanted(t int, side backtest.Side) backtest.Side {
	enter, exit := map[backtest.Side]bool{}, map[backtest.Side]bool{}
	for _, s := range []backtest.Side{backtest.SideLong, backtest.SideShort} {
		enter[s] = n.rule(t, s, true) && !n.blocked[s]
		exit[s] = n.rule(t, s, false)
		if enter[s] && exit[s] {
			enter[s], exit[s] = n.cfg.Conflict == backtest.ConflictEntry, n.cfg.Conflict == backtest.ConflictExit
		}
	}
	if enter[backtest.SideLong] != enter[backtest.SideShort] {
		if enter[backtest.SideLong] {
			return backtest.SideLong
		}
		return backtest.SideShort
	}
	if exit[side] {
		return backtest.SideFlat
	}
	return side
}

func (n *naive) side() backtest.Side {
	if n.position == nil {
		return backtest.SideFlat
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
func (n *naive) unblock(t int) {
	for side := range n.blocked {
		if !n.rule(t, side, true) {
			delete(n.blocked, side)
		}
	}
}

func (n *naive) Costs(units, price float64) float64 {
	return units*price*(n.cfg.CommissionBps/10_000) + units*n.cfg.CommissionPerUnit + n.cfg.CommissionFixed
}

// fill executes the pending order at a price.
func (n *naive) fill(t int, price float64) {
	if n.order == nil || !naiveKnown(price) || !n.canTrade(t) {
		return
	}
	want := *n.order
	n.order = nil
	if n.position != nil {
		n.leave(t, price, true, backtest.ReasonSignal)
	}
	if want == backtest.SideFlat {
		return
	}
	paid := price * (1 + float64(want)*(n.cfg.SlippageBps/10_000))
	buys := func(cash float64) float64 {
		return math.Max(0, (cash-n.cfg.CommissionFixed)/(paid*(1+n.cfg.CommissionBps/10_000)+n.cfg.CommissionPerUnit))
	}
	units := buys(n.cash)
	if n.cfg.Sizing.Mode == backtest.SizePercent {
		units = math.Min(units, buys(n.cash*(n.cfg.Sizing.Amount/100)))
	}
	if mode := n.cfg.Sizing.Mode; mode == backtest.SizeUnits || mode == backtest.SizeValue {
		asked := n.cfg.Sizing.Amount
		if mode == backtest.SizeValue {
			asked /= paid
		}
		switch {
		case asked <= units:
			units = asked
		case n.cfg.CashShort == backtest.CashReject || units == 0:
			n.rejected++
			return
		default:
			n.partial++
		}
	}
	if !(units > 0) {
		return
	}
	all := units == buys(n.cash)
	fee := n.Costs(units, paid)
	if want == backtest.SideLong && all {
		n.cash = 0
	} else {
		n.cash -= float64(want)*(units*paid) + fee
	}
	n.position = &holding{side: want, bar: t, price: price, paid: paid, units: units, fee: fee, last: paid, firstChecked: t + 1}
	if n.cfg.Fill == backtest.FillNextOpen {
		n.position.firstChecked = t
	}
}

// leave ends the position at a price.
func (n *naive) leave(t int, price float64, slips bool, reason backtest.Reason) {
	p := n.position
	if slips {
		price *= 1 - float64(p.side)*(n.cfg.SlippageBps/10_000)
	}
	fee := n.Costs(p.units, price)
	n.cash += float64(p.side)*(p.units*price) - fee
	n.record(t, price, p.fee+fee, reason)
}

func (n *naive) record(t int, price, fees float64, reason backtest.Reason) {
	p := n.position
	n.trades = append(n.trades, backtest.Trade{
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
		if p.side == backtest.SideLong {
			return n.bars.High[i]
		}
		return n.bars.Low[i]
	}
	low := func(i int) float64 {
		if p.side == backtest.SideLong {
			return n.bars.Low[i]
		}
		return n.bars.High[i]
	}
	peak := p.price
	for i := p.firstChecked; i < t; i++ {
		if n.canTrade(i) && naiveKnown(high(i)) && sign*high(i) > sign*peak {
			peak = high(i)
		}
	}
	stop, target, reason := math.Inf(-1), math.Inf(1), backtest.ReasonStopLoss
	if x.Loss > 0 {
		stop = sign * (p.price * (1 - sign*x.Loss))
	}
	if trail := sign * (peak * (1 - sign*x.Trailing)); x.Trailing > 0 && trail > stop {
		stop, reason = trail, backtest.ReasonTrailingStop
	}
	if x.Profit > 0 {
		target = sign * (p.price * (1 + sign*x.Profit))
	}
	open, lowest, highest := n.bars.Open[t], low(t), high(t)
	side := p.side
	switch {
	case naiveKnown(open) && sign*open <= stop:
		n.leave(t, open, true, reason)
	case naiveKnown(open) && sign*open >= target:
		n.leave(t, open, false, backtest.ReasonTakeProfit)
	case naiveKnown(lowest) && sign*lowest <= stop:
		n.leave(t, sign*stop, true, reason)
	case naiveKnown(highest) && sign*highest >= target:
		n.leave(t, sign*target, false, backtest.ReasonTakeProfit)
	default:
		return false
	}
	n.stopExits++
	if n.cfg.Rearm == backtest.RearmCrossing {
		n.blocked[side] = true
	}
	if n.order != nil && *n.order == backtest.SideFlat {
		n.order = nil
	}
	return true
}

func (n *naive) value(t int) {
	equity := n.cash
	if p := n.position; p != nil {
		// A close that is a number values what is held, also at or below 0.
		if c := n.bars.Close[t]; !math.IsNaN(c) && !math.IsInf(c, 0) {
			p.last = c
		}
		equity += float64(p.side) * p.units * p.last
	}
	if equity <= 0 && !n.ruined {
		n.ruined, n.deficit, n.order, n.cash = true, -equity, nil, 0
		if n.position != nil {
			n.record(t, n.position.last, n.position.fee, backtest.ReasonRuin)
		}
		equity = 0
	}
	if n.position != nil {
		n.held++
	}
	n.equity = append(n.equity, equity)
}
