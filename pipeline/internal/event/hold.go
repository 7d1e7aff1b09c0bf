package event

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// hold values the position at the closes of the bars from w.at to end−1.
func (e *Simulator) hold(l *lane, w *walk, end int) {
	from, to := w.at-e.base, end-e.base
	if from >= to {
		return
	}
	switch {
	case e.affine:
		e.holdAffine(l, w, end)
		return
	case !e.tabled || e.tables.steep:
		e.holdBars(l, w, end)
		return
	}
	e.tables.hold(&w.tally, l.units, from, to, w.entered)
}

// holdBars is hold without tables: the bars are gone through, for few trials or
// where differences of sums would have too few digits.
func (e *Simulator) holdBars(l *lane, w *walk, end int) {
	h := e.held(w, end)
	if !(h.Low > 0 && h.Price <= math.MaxFloat64) {
		l.needsReference = true // a close is no price
		return
	}
	t, bars := &w.tally, int32(end-w.at)
	t.invested += bars
	if w.entered {
		bars--
	}
	t.moved += bars
	t.returns += h.Returns
	t.squares += h.Squares
	t.below += h.Below
	t.downside += h.Downside
	t.equity += float64(l.units * h.Price)
	if h.Low < h.High*t.ratio*kernel.Slack {
		t.ratio = deepest(e.bars.Close[w.at:end], t.ratio)
	}
	t.fall(l.units * h.Low)
	t.rise(l.units * h.High)
}

// held adds up the bars from w.at to end−1, or takes what a prescan did.
func (e *Simulator) held(w *walk, end int) kernel.Held {
	q := heldQuestion{w.at, end, w.entered}
	if w.found != nil && !e.prescanning {
		if h, ok := w.found.hold(q); ok {
			return h
		}
	}
	h := e.measure(q)
	if e.prescanning {
		w.found.held = append(w.found.held, heldAnswer{q, h})
	}
	return h
}

// measure adds up the bars from … to−1 of a position. entered says that the
// first is that of the entry, whose return is not one of the closes.
func (e *Simulator) measure(q heldQuestion) kernel.Held {
	from, to := q.from, q.to
	if !q.entered {
		return kernel.Hold(e.bars.Close[from-1:to], e.rf)
	}
	first := e.bars.Close[from]
	h := kernel.Held{High: first, Low: first}
	if to-from > 1 {
		h = kernel.Hold(e.bars.Close[from:to], e.rf)
	}
	h.Price += first
	h.High, h.Low = max(h.High, first), min(h.Low, first)
	return h
}

// deepest returns the least ratio of a close to an earlier one, or ratio where
// that is less. It is asked only where the lowest close is that far below the
// highest: once an account has lost more than a stretch can, never.
func deepest(closes []float64, ratio float64) float64 {
	high := closes[0]
	floor := high * ratio * kernel.Slack
	for _, c := range closes {
		if c > high {
			high = c
			floor = high * ratio * kernel.Slack
		} else if c < floor {
			ratio = min(ratio, c/high)
			floor = high * ratio * kernel.Slack
		}
	}
	return ratio
}

// holdAffine is hold for an account whose returns are not those of the close. The
// bars are gone through.
func (e *Simulator) holdAffine(l *lane, w *walk, end int) {
	if l.needsReference {
		return
	}
	kappa, closes, first := l.cash/l.units, e.bars.Close[w.at:end], 0
	var h kernel.Held
	if w.entered {
		first = 1
		if len(closes) > 1 {
			h = kernel.HoldAffine(closes, kappa, e.rf)
			h.Price += closes[0]
			h.High, h.Low = max(h.High, closes[0]), min(h.Low, closes[0])
		} else {
			h = kernel.Held{Price: closes[0], High: closes[0], Low: closes[0]}
		}
	} else {
		h = kernel.HoldAffine(e.bars.Close[w.at-1:end], kappa, e.rf)
	}
	high, low := l.equity(h.High), l.equity(h.Low)
	if l.units < 0 {
		high, low = low, high
	}
	if !(h.Low > 0 && h.Price <= math.MaxFloat64 && low > 0) {
		l.needsReference = true // a close is no price, or the account is ruined
		return
	}
	t := &w.tally
	t.invested += int32(len(closes))
	t.moved += int32(len(closes) - first)
	t.returns += h.Returns
	t.squares += h.Squares
	t.below += h.Below
	t.downside += h.Downside
	t.equity += float64(l.cash*float64(len(closes))) + float64(l.units*h.Price)
	if low < high*t.ratio*kernel.Slack {
		t.ratio = l.deepest(closes, t.ratio)
	}
	t.fall(low)
	t.rise(high)
}

// deepest returns the least ratio of an equity to an earlier one at these closes,
// or ratio where that is less. It is asked only where the lowest is that far below
// the highest.
func (l *lane) deepest(closes []float64, ratio float64) float64 {
	high := l.equity(closes[0])
	floor := high * ratio * kernel.Slack
	for _, c := range closes {
		if v := l.equity(c); v > high {
			high = v
			floor = high * ratio * kernel.Slack
		} else if v < floor {
			ratio = min(ratio, v/high)
			floor = high * ratio * kernel.Slack
		}
	}
	return ratio
}
