package backtest

import "github.com/bowstring-engine/bowstring/pipeline/metrics"

// plain reports whether nothing but its signals decides about a trial on the
// tile, so that its orders can be listed first and then carried out in one loop,
// by [Event.trips]. It is what most trials of a grid do on most tiles.
func (e *Event) plain(l *lane) bool {
	return e.fillable && l.guard == nil && l.path == nil
}

// fillsAll reports whether orders can fill on every bar of the tile.
func (e *Event) fillsAll() bool {
	for i, price := range e.fills[e.base:e.to] {
		if !Tradable(price) || e.cfg.RequireVolume && !(e.bars.Volume[e.base+i] > 0) {
			return false
		}
	}
	return true
}

// trips is steps for a plain trial. It does what enter and leave do, in the same
// order, in one loop: an order costs few calls and no branch that cannot be
// foretold.
func (e *Event) trips(l *lane, w *walk, orders []int32) {
	var (
		closes, fills   = e.bars.Close, e.fills
		buying, selling = 1 + e.slippage, 1 - e.slippage
		rate, gross     = e.rate, 1 + e.rate
		perUnit, fixed  = e.cfg.CommissionPerUnit, e.cfg.CommissionFixed
		t, log          = &w.tally, &l.log
	)
	for _, order := range orders {
		f := int(order)
		if !l.held {
			price, cash := fills[f]*buying, l.cash
			units := (cash - fixed) / (float64(price*gross) + perUnit)
			if !(units > 0) {
				l.odd = true
				return
			}
			value := float64(units * price)
			fee := cash - value
			log.Fills++
			log.Traded += value
			log.Fees += fee
			t.equity += float64(cash * float64(f-w.at))
			t.step(float64(units*closes[f])/cash-1, e.rf)
			l.units, l.price, l.fee, l.entry, l.held, l.cash = units, price, fee, f, true, 0
			w.at, w.entered = f, true
			continue
		}
		units := l.units
		if w.at < f {
			e.tables.hold(t, units, w.at-e.base, f-e.base, w.entered)
		}
		price := fills[f] * selling
		fee := float64(units*price*rate) + float64(units*perUnit) + fixed
		value := float64(units * price)
		cash := value - fee
		if !(cash > 0) {
			l.odd = true
			return
		}
		log.Fills++
		log.Traded += value
		log.Fees += fee
		pnl := float64((price-l.price)*units) - (l.fee + fee)
		log.Add(metrics.Trade{PnL: pnl, Return: pnl / (units * l.price), Bars: f - l.entry})
		t.step(cash/float64(units*closes[f-1])-1, e.rf)
		t.fall(cash)
		t.rise(cash)
		l.held, l.cash = false, cash
		w.at, w.entered = f, false
	}
}
