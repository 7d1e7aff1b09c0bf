package event

import (
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// byTable reports whether nothing but its signals decides about a trial on the
// tile, so that its orders can be listed first and then carried out in one loop,
// by [kernel.ClosedTrades]. It is what most trials of a grid do on most tiles. Results
// differ from those of steps in rounding.
func (e *Simulator) byTable(l *lane) bool { return e.tabulated && l.guard == nil }

// buildOrders makes the table of the tile's orders, if they can fill on all its bars.
func (e *Simulator) buildOrders() {
	if !e.fillsAll() {
		return
	}
	if e.table == nil {
		e.table = new(kernel.OrderTable)
	}
	closes := e.bars.Close[e.base:e.to]
	e.closed.Highest, e.closed.Lowest, e.closed.Commission = e.tables.highest, e.tables.lowest, e.Rate
	e.tabulated = e.table.Build(closes, e.fills[e.base:e.to], e.bars.Close[max(e.base-1, e.lo)], e.tables.sums[:len(closes)+1], kernel.Costs{Commission: e.Rate, Slippage: e.Slippage}, e.rf)
}

// fillsAll reports whether orders can fill on every bar of the tile.
func (e *Simulator) fillsAll() bool {
	for i, price := range e.fills[e.base:e.to] {
		if !backtest.Tradable(price) || e.cfg.RequireVolume && !(e.bars.Volume[e.base+i] > 0) {
			return false
		}
	}
	return true
}

// stepByTable takes a trial that goes by the table through the current tile.
func (e *Simulator) stepByTable(l *lane, entry, exit kernel.Bits) {
	next, due := e.begin, l.due
	if e.begin <= e.lo {
		if next, due = e.window(l, entry, exit); next < 0 {
			return
		}
	}
	e.closeTrades(l, e.list(l, entry, exit, next, due))
}

// closeTrades carries out the orders of such a trial and takes it to the end of the
// tile.
func (e *Simulator) closeTrades(l *lane, orders []int32) {
	t, total, bars := &e.closed, &l.total, e.to-e.base
	t.ClosedTradeSums, t.Held = kernel.ClosedTradeSums{}, 0
	t.Cash, t.Units, t.Price, t.Closes = l.cash, l.units, l.price, 0
	t.High, t.Ratio, t.Floor = total.high, total.ratio, total.high*total.ratio*kernel.Slack
	exits, held := len(orders)/2, 0 // held are the bars before the tile that the first trade has
	if l.held {
		t.Held, t.Inverse = 1, 1/l.price
		exits, held = (len(orders)+1)/2, e.base-l.entry
	}
	if exits > 0 {
		l.log.Begin(t, e.table, orders)
	}
	t.Run(e.table, &e.tables.ranges, orders)
	if l.path != nil {
		e.follow(l, orders)
	}
	if l.fills != nil {
		e.retrace(l, orders)
	}
	if exits > 0 {
		l.log.AddClosed(t, exits, int(t.Invested)+held)
	}
	if n := len(orders); n > 0 {
		// What an exit brings, the next entry pays.
		paid := t.Income
		if !l.held {
			paid += l.cash
		}
		if t.Held == 0 {
			paid -= t.Cash
		}
		value := float64(paid*e.bought) + float64(t.Income*e.sold)
		l.log.Fills += n
		l.log.Traded += value
		l.log.Fees += float64(value * e.Rate)
		total.rounded += int32(n)
		l.entry = e.base + int(orders[n-1]) // or, of no position, anything
	}
	if l.held = t.Held == 1; l.held {
		whole := &e.tables.sums[bars]
		t.Returns += whole.Returns
		t.Squares += whole.Squares
		t.Below += whole.Below
		t.Downside += whole.Downside
		t.Equity += float64(t.Units * (whole.Closes - t.Closes))
		t.Extremes(&e.tables.ranges, bars)
		t.Invested += int64(bars) - t.At
		l.units, l.price, l.cash = t.Units, t.Price, 0
	} else {
		t.Equity += float64(t.Cash * float64(int64(bars)-t.At))
		l.cash = t.Cash
	}
	total.addClosed(t, exits)
	e.noise(total, len(orders), t.Invested)
}

// noise adds what the sums of so many orders were made from, where something was
// held.
func (e *Simulator) noise(total *tally, orders int, invested int64) {
	if orders == 0 && invested == 0 {
		return
	}
	whole, n := &e.tables.sums[e.to-e.base], float64(orders+1)
	total.belowNoise += float64(n * whole.Below)
	total.squareNoise += float64(n * whole.Squares)
}

// follow appends the points of such a trial's orders to its path.
func (e *Simulator) follow(l *lane, orders []int32) {
	cash, units, held := l.cash, l.units, l.held
	for _, order := range orders {
		p := backtest.Point{Bar: e.base + int(order)}
		if held {
			cash = units * e.table.Exits[order].Factor
			p.Cash = cash
		} else {
			in := &e.table.Entries[order]
			units = cash * in.Factor
			p.Units, p.Mark = units, in.Price
		}
		held = !held
		*l.path = append(*l.path, p)
	}
}
