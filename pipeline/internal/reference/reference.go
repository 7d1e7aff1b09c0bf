package reference

import (
	"fmt"
	"math"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Simulator simulates bar by bar. It is the oracle that every faster engine
// is held to. A product that is added to is converted first, which keeps
// processors that can fuse the two from doing so: the bits are the same on all
// of them. Make one with [New] for each goroutine.
type Simulator struct {
	cfg backtest.Config
	backtest.Costs
	account
	stops  backtest.Stops // of this run
	guard  bool           // there are stops
	exits  []backtest.Exit
	moving []float64 // the level of each exit that moves, 0 where there is none
	// steps says that something may end a position on any bar: only bar by bar is it found.
	steps   bool
	amounts []float64
	equity  []float64
	trades  []backtest.Trade
	path    backtest.Path

	// Watch, where set, is called for every bar after it has been valued and
	// its signals have been read.
	Watch func(backtest.BarState)
}

// account is the state of a simulation between two bars.
type account struct {
	first   int // the first valued bar
	held    int // bars holding a position at the close
	side    backtest.Side
	cash    float64
	units   float64         // ≥ 0 on either side
	mark    float64         // the last known close while a position is held
	entry   backtest.Trade  // of the position that is held
	base    float64         // its fill price without slippage
	peak    float64         // base, or the best price of the bars checked since
	fixed   fixed           // by exits that its signal's bar gave
	best    float64         // the entry price, or the best price of the bars since
	checked backtest.Levels // what the prices of the latest bar were held against
	blocked intent          // entries that wait to be false, under RearmCrossing
	pending order
	log     metrics.TradeLog
	ruined  bool
	deficit float64
}

// order is a side that the account is to be on, and whether it waits.
type order struct {
	waits bool
	side  backtest.Side
	// at is the bar of its signal, timed says that it is for want of time.
	at    int
	timed bool
}

// New returns an engine for these rules. Errors are those of
// [Config.Validate].
func New(cfg backtest.Config) (*Simulator, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.Resolved()
	return &Simulator{cfg: cfg, Costs: cfg.Costs()}, nil
}

// Reuse takes over the memory of an engine that is not used any more, or nil.
func (e *Simulator) Reuse(old *Simulator) {
	if old != nil {
		e.equity, e.trades, e.path = old.equity, old.trades, old.path
	}
}

// Run simulates signals on bars lo … hi−1; bars before lo are history. The
// order of events in a bar t is:
//
//  1. an order pending for the open fills at the open of t;
//  2. prices are held against stops and targets: an open at a level or beyond
//     fills at the open; otherwise the stop is tested before the target, and
//     either fills at its level;
//  3. an order for the close fills at the close of t: that of the bar before
//     under next_close, that of t's own signals under close;
//  4. equity is valued at the close, or at the last known close where t has
//     none; equity at or below 0 ruins the account;
//  5. the signals of t are read and become the pending order.
//
// One order is pending at most. A newer signal replaces it: an exit cancels
// an entry that has not filled, an entry cancels an exit. An order waits while
// a bar cannot trade. A stop or target cancels a pending exit and, unless
// orders fill at the next open, the signals of its bar. It panics where
// lengths differ, stops are out of range, or lo and hi are not within the
// bars.
func (e *Simulator) Run(bars backtest.Bars, signals Signals, lo, hi int) backtest.Result {
	e.begin(&bars, lo, hi)
	signals.check(len(bars.Close))
	signals = signals.For(e.cfg.Direction)
	e.use(&signals)
	e.inherit(&bars, &signals, lo)
	e.advance(&bars, &signals, lo, hi)
	return e.result(hi)
}

// begin makes ready for a run on a window.
func (e *Simulator) begin(bars *backtest.Bars, lo, hi int) {
	n := len(bars.Close)
	if lo < 0 || hi < lo || hi > n {
		panic(fmt.Sprintf("backtest: window %d to %d of %d bars", lo, hi, n))
	}
	e.equity, e.trades, e.path = reuse.Slice(e.equity, hi-lo), e.trades[:0], e.path[:0]
	e.account = account{first: lo, cash: e.cfg.Cash}
}

// use has the account follow the rules beside the masks of signals.
func (e *Simulator) use(signals *Signals) {
	e.stops, e.guard = signals.Stops, signals.Stops != backtest.Stops{}
	e.exits, e.amounts = signals.Exits, signals.Amounts
	e.guard = e.guard || len(e.exits) > 0
	e.moving = reuse.Slice(e.moving, len(e.exits))
	e.steps = signals.MaxBars > 0 || signals.HeldExit != nil || signals.HeldShortExit != nil || len(e.exits) > 0
}

// advance takes the account through the bars from … to−1.
func (e *Simulator) advance(bars *backtest.Bars, signals *Signals, from, to int) {
	for t := from; t < to; {
		e.bar(bars, signals, t)
		t++
		if !e.pending.waits && !(e.steps && e.side != backtest.SideFlat) {
			// Until the next signal nothing can happen but a valuation.
			next := signals.next(t, to)
			t = e.hold(bars, signals, t, next)
		}
	}
}

// result ends a run before bar hi and says what it found.
func (e *Simulator) result(hi int) backtest.Result {
	e.finish(hi)
	return backtest.Result{
		First: e.first, Equity: e.equity, Trades: e.trades, Path: e.path, Log: e.log, Held: e.held,
		Ruined: e.ruined, Deficit: e.deficit, Cash: e.cash,
	}
}

// bar takes the account through the events of one bar.
func (e *Simulator) bar(bars *backtest.Bars, signals *Signals, t int) {
	e.events(bars, signals, t)
	if len(e.exits) > 0 {
		e.move(bars, t, true)
	}
	if e.Watch != nil {
		e.watch(t)
	}
}

func (e *Simulator) events(bars *backtest.Bars, signals *Signals, t int) {
	switch e.cfg.Fill {
	case backtest.FillNextOpen:
		e.fillPending(bars, t, bars.Open)
		if e.guard {
			e.checkStops(bars, t)
		}
		e.value(bars, t)
		// A signal at the close comes after a stop within the bar.
		e.read(bars, signals, t, false)
	case backtest.FillClose:
		stopped := e.guard && e.checkStops(bars, t)
		e.read(bars, signals, t, stopped)
		e.fillPending(bars, t, bars.Close)
		e.value(bars, t)
	case backtest.FillNextClose:
		stopped := e.guard && e.checkStops(bars, t)
		e.fillPending(bars, t, bars.Close)
		e.value(bars, t)
		e.read(bars, signals, t, stopped)
	}
}

// hold takes the account through the bars t … end−1, on which no order fills
// and no signal fires, and returns end. The result is that of calling bar for
// each: the short loops are what makes a grid of backtests bearable.
func (e *Simulator) hold(bars *backtest.Bars, signals *Signals, t, end int) int {
	for ; t < end && e.Watch != nil; t++ {
		e.bar(bars, signals, t)
	}
	if t >= end {
		return end
	}
	for ; t < end && e.guard && e.side != backtest.SideFlat; t++ {
		e.checkStops(bars, t)
		e.value(bars, t)
	}
	e.blocked = intent{} // no entry is true here
	equity := e.equity[t-e.first : end-e.first]
	switch e.side {
	case backtest.SideFlat:
		for i := range equity {
			equity[i] = e.cash
		}
	case backtest.SideLong:
		closes := bars.Close[t:end][:len(equity)]
		mark := e.mark
		for i, c := range closes {
			if backtest.Known(c) {
				mark = c
			}
			if equity[i] = e.cash + float64(e.units*mark); equity[i] <= 0 {
				// Only a close at or below 0 leads here.
				e.held += i
				return e.holdRuined(bars, t+i, end)
			}
		}
		e.mark = mark
		e.held += len(equity)
	default:
		for ; t < end; t++ {
			e.value(bars, t)
		}
	}
	return end
}

// holdRuined takes the account through the bars t … end−1, of which the first
// ruins it, and returns end.
func (e *Simulator) holdRuined(bars *backtest.Bars, t, end int) int {
	for ; t < end; t++ {
		e.value(bars, t)
	}
	return end
}

// inherit makes a pending order of what bars before the window ask for.
func (e *Simulator) inherit(bars *backtest.Bars, signals *Signals, lo int) {
	switch {
	case lo == 0:
	case e.cfg.Start == backtest.StartInherit:
		if side := signals.sideBefore(lo, e.cfg.Conflict); side != backtest.SideFlat {
			e.pending = order{waits: true, side: side, at: lo - 1}
		}
	case e.cfg.Fill != backtest.FillClose:
		// The signal of the bar before the window fills inside it.
		e.read(bars, signals, lo-1, false)
	}
}

// read turns the signals of bar t into the pending order, unless they are
// cancelled.
func (e *Simulator) read(bars *backtest.Bars, signals *Signals, t int, cancelled bool) {
	fired, timeUp := signals.at(t), false
	if e.steps {
		var exit bool
		e.reach(bars, t)
		exit, timeUp = e.leaves(bars, signals, t)
		fired.exitLong = fired.exitLong || exit && e.side == backtest.SideLong
		fired.exitShort = fired.exitShort || exit && e.side == backtest.SideShort
	}
	if e.blocked != (intent{}) {
		e.rearm(&fired)
	}
	if e.ruined || cancelled {
		return
	}
	from := e.side
	if e.pending.waits {
		from = e.pending.side
	}
	want := fired.resolve(e.cfg.Conflict).want(from)
	if timeUp = timeUp && want == e.side; timeUp {
		want = backtest.SideFlat
	}
	e.pending = order{waits: want != e.side, side: want, at: t, timed: timeUp}
}

// fillPending executes the pending order at a price of bar t, if there is an
// order and the bar can trade.
func (e *Simulator) fillPending(bars *backtest.Bars, t int, prices []float64) {
	if !e.pending.waits {
		return
	}
	price := prices[t]
	if !backtest.Tradable(price) || e.cfg.RequireVolume && !(bars.Volume[t] > 0) {
		return
	}
	want, at, reason := e.pending.side, e.pending.at, backtest.ReasonSignal
	if e.pending.timed {
		reason = backtest.ReasonMaxBars
	}
	e.pending = order{}
	if e.side != backtest.SideFlat {
		e.close(t, price, reason, false)
	}
	if want != backtest.SideFlat {
		e.open(bars, t, price, want, at)
	}
}

// open enters a position on side at the price of bar t, which the signal of bar at asked
// for. The account is flat, so its equity is its cash.
func (e *Simulator) open(bars *backtest.Bars, t int, price float64, side backtest.Side, at int) {
	base := price
	fixed, ok := e.fix(at, base, side)
	sizing, known := e.sizing(at)
	if !ok || !known {
		e.log.Rejected++
		return
	}
	price *= 1 + float64(side)*e.Slippage
	// most is what the cash allows, costs included; a short is held to the
	// same size: its margin is its whole value.
	units, most := sizing.Units(&e.Costs, e.cash, price)
	if units > most {
		if e.cfg.CashShort == backtest.CashReject || !(most > 0) {
			e.log.Rejected++
			return
		}
		e.log.Partial++
		units = most
	}
	if !(units > 0) {
		return
	}
	fee, value := e.Commission(units, price), float64(units*price)
	if side == backtest.SideLong && units == most {
		// Everything is spent: by construction, not by rounding.
		e.cash = 0
	} else {
		e.cash -= float64(side)*value + fee
	}
	// Until a close is known the position is worth what was paid.
	e.side, e.units, e.mark = side, units, price
	e.base, e.peak = base, base
	e.fixed, e.best = fixed, price
	if len(e.exits) > 0 {
		clear(e.moving)
		if t > 0 && e.cfg.Fill == backtest.FillNextOpen {
			e.move(bars, t-1, false) // the level of the bar before is held against this one
		}
	}
	e.entry = backtest.Trade{Side: side, Entry: t, EntryPrice: price, Units: units, Fees: fee}
	e.count(value, fee)
	e.path = append(e.path, backtest.Point{Bar: t, Cash: e.cash, Units: float64(side) * units, Mark: price})
}

// close exits the position at the price of bar t. A target is a limit, which
// does not slip.
func (e *Simulator) close(t int, price float64, reason backtest.Reason, limit bool) {
	if !limit {
		price *= 1 - float64(e.side)*e.Slippage
	}
	fee, value := e.Commission(e.units, price), float64(e.units*price)
	e.cash += float64(e.side)*value - fee
	e.count(value, fee)
	e.entry.Fees += fee
	e.endTrade(t, price, 2, reason)
	e.path = append(e.path, backtest.Point{Bar: t, Cash: e.cash})
}

// endTrade ends the trade of the position, of one order or two that were paid for,
// and makes the account flat.
func (e *Simulator) endTrade(t int, price, orders float64, reason backtest.Reason) {
	trade := e.entry
	trade.Exit, trade.ExitPrice, trade.Reason = t, price, reason
	trade.PnL = e.PnL(trade.Side, trade.EntryPrice, price, trade.Units, orders)
	trade.Return = trade.PnL / (trade.Units * trade.EntryPrice)
	e.trades = append(e.trades, trade)
	if reason == backtest.ReasonOpen {
		e.log.Open++
	} else {
		e.log.Add(metrics.Trade{PnL: trade.PnL, Return: trade.Return, Bars: trade.Bars()})
	}
	if reason.Stop() {
		e.log.StopExits++
	}
	e.side, e.units = backtest.SideFlat, 0
}

// sizing returns the size of an entry whose signal was that of a bar. It is false where
// it is not known.
func (e *Simulator) sizing(at int) (s backtest.Sizing, known bool) {
	s = e.cfg.Sizing
	if e.amounts == nil {
		return s, true
	}
	if at < 0 {
		return s, false
	}
	s.Amount = e.amounts[at]
	if s.Mode == backtest.SizePercent {
		s.Amount = min(s.Amount, 100)
	}
	return s, s.Amount > 0 && !math.IsInf(s.Amount, 0)
}

// Configure changes the rules that the next runs have.
func (e *Simulator) Configure(cfg backtest.Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	e.cfg = cfg.Resolved()
	e.Costs = e.cfg.Costs()
	return nil
}

func (e *Simulator) count(value, fee float64) {
	e.log.Fills++
	e.log.Traded += value
	e.log.Fees += fee
}

// value sets the equity at the close of bar t.
func (e *Simulator) value(bars *backtest.Bars, t int) {
	equity := e.cash
	if e.side != backtest.SideFlat {
		if c := bars.Close[t]; backtest.Known(c) {
			e.mark = c
		}
		equity += float64(float64(e.side) * e.units * e.mark)
	}
	if equity <= 0 && !e.ruined {
		e.ruin(t, equity)
		equity = 0
	}
	if e.side != backtest.SideFlat {
		e.held++
	}
	e.equity[t-e.first] = equity
}

// ruin closes everything at the mark, without costs, and ends trading.
func (e *Simulator) ruin(t int, equity float64) {
	if e.side != backtest.SideFlat {
		e.endTrade(t, e.mark, 1, backtest.ReasonRuin)
	}
	e.cash, e.ruined, e.deficit = 0, true, 0-equity
	e.pending = order{}
	e.path = append(e.path, backtest.Point{Bar: t})
}

// finish drops the order that never filled and marks the position that is
// still open at the last close, without exit cost.
func (e *Simulator) finish(hi int) {
	if e.pending.waits {
		e.log.Dropped++
	}
	if e.side != backtest.SideFlat {
		cash, side, units := e.cash, e.side, e.units
		e.endTrade(hi-1, e.mark, 1, backtest.ReasonOpen)
		e.cash, e.side, e.units = cash, side, units
	}
}

func (e *Simulator) watch(t int) {
	e.Watch(backtest.BarState{
		Bar: t, Side: e.side, Cash: e.cash, Units: e.units, Equity: e.equity[t-e.first],
		Pending: e.pending.waits, Target: e.pending.side, Fills: e.log.Fills,
		Levels: e.checked,
	})
}
