package kernel

import "fmt"

// Slack covers the rounding of a product that only decides whether a division is
// worth doing: ratios come out as if every one of them had been computed.
const Slack = 1 + 1e-12

// ClosedTrades is an account that goes through the round trips of a tile, all cash in
// each. Bars count from the tile's first. The assembly knows the fields by their
// places.
type ClosedTrades struct {
	ClosedTradeSums

	Cash float64 // where nothing is held
	// Units, the price of their entry and 1 / Price, and Σ close of the bars
	// before At, where something is held.
	Units, Price, Inverse, Closes float64
	// High is the highest equity so far, Ratio the least of an equity to an
	// earlier one, and Floor is High × Ratio × Slack: an equity below it is a
	// larger fall.
	High, Floor, Ratio float64
	// Best and Worst are the highest and the lowest return of a trade, ±Inf
	// where there is none yet.
	Best, Worst, Shift float64

	Held int64 // 1 or 0

	// Highest and Lowest are the extremes of the tile's closes, Commission is the
	// share of its value that an order costs.
	Highest, Lowest, Commission float64
}

// ClosedTradeSums are what the round trips of a tile come to: 0 before the first.
type ClosedTradeSums struct {
	// What the lines and the trades come to: see [OrderRow]. Won and Lost are Σ pnl
	// and Σ return of the trades that win, and of the others.
	Returns, Squares, Below, Downside float64
	Won, Lost                         [2]float64
	Equity                            float64 // Σ equity of the bars up to At
	Income                            float64 // Σ cash after each exit
	// Apart and Apart2 are Σ d and Σ d², d being the pnl of a trade less Shift.
	Apart, Apart2 float64

	Wins, Invested int64 // trades, and bars at whose close something is held
	At             int64 // the first bar that has not been counted
}

// Run carries out orders, in turns of an entry and an exit, on bars in ascending
// order.
//
// An order costs the same few operations whatever it does: what it adds is
// looked up in the line of its bar. The extremes of a trade are looked up where
// those of the tile could matter.
func (t *ClosedTrades) Run(table *OrderTable, ranges *Ranges, orders []int32) {
	if len(orders) == 0 {
		return
	}
	if low, high := orders[0], orders[len(orders)-1]; low < 0 || high >= Anchor {
		panic(fmt.Sprintf("kernel: orders on bars %d to %d of a tile", low, high))
	}
	runClosedTrades(t, table, ranges, orders)
}

// runClosedTradesGo is the Go twin of the assembly.
func runClosedTradesGo(t *ClosedTrades, table *OrderTable, ranges *Ranges, orders []int32) {
	for _, order := range orders {
		bar := int64(order)
		if t.Held == 0 {
			in := &table.Entries[bar%Anchor]
			t.add(in)
			t.Equity += float64(t.Cash * float64(bar-t.At))
			t.Units = t.Cash * in.Factor
			t.Price, t.Inverse, t.Closes = in.Price, in.Inverse, in.Closes
			t.At, t.Held = bar, 1
			continue
		}
		out := &table.Exits[bar%Anchor]
		t.add(out)
		t.Equity += float64(t.Units * (out.Closes - t.Closes))
		if t.At < bar {
			t.extremes(ranges, bar)
		}
		t.Cash = t.Units * out.Factor
		t.Income += t.Cash
		t.mark(t.Cash, t.Cash)
		gain := t.gain(t.Price, out.Price)
		t.trade(float64(gain*t.Units), float64(gain*t.Inverse))
		t.Invested += bar - t.At
		t.At, t.Held = bar, 0
	}
}

// gain returns what a unit brings from its entry to its exit. The difference
// comes first, as costs are small beside the prices.
func (t *ClosedTrades) gain(entry, exit float64) float64 {
	return (exit - entry) - float64((entry+exit)*t.Commission)
}

// FirstPnL returns the pnl of the first of the trades that orders make, before
// they are run.
func (t *ClosedTrades) FirstPnL(table *OrderTable, orders []int32) float64 {
	units, price, exit := t.Units, t.Price, 0
	if t.Held == 0 {
		in := &table.Entries[orders[0]]
		units, price, exit = t.Cash*in.Factor, in.Price, 1
	}
	return t.gain(price, table.Exits[orders[exit]].Price) * units
}

// add adds the sums of a line.
func (t *ClosedTrades) add(l *OrderRow) {
	t.Returns += l.Returns
	t.Squares += l.Squares
	t.Below += l.Below
	t.Downside += l.Downside
}

// trade adds a trade.
func (t *ClosedTrades) trade(pnl, r float64) {
	won := pnl > 0
	t.Wins += int64(bit(won))
	t.Won[0] += Only(pnl, won)
	t.Won[1] += Only(r, won)
	t.Lost[0] += Only(pnl, !won)
	t.Lost[1] += Only(r, !won)
	t.Best, t.Worst = max(t.Best, r), min(t.Worst, r)
	d := pnl - t.Shift
	t.Apart += d
	t.Apart2 += float64(d * d)
}

// Extremes takes note of the extremes of what is held on the bars from At to
// to−1.
func (t *ClosedTrades) Extremes(ranges *Ranges, to int) {
	if t.At < int64(to) {
		t.extremes(ranges, int64(to))
	}
}

func (t *ClosedTrades) extremes(ranges *Ranges, to int64) {
	if !(t.Units*t.Highest > t.High || t.Units*t.Lowest < t.Floor) {
		return
	}
	first, second := ranges.Parts(int(t.At), int(to))
	t.Ratio = Least(t.Ratio, Least(first.Ratio, second.Ratio))
	if second.Low < float64(first.High*t.Ratio)*Slack {
		t.Ratio = Least(t.Ratio, second.Low/first.High)
	}
	t.mark(t.Units*Greatest(first.High, second.High), t.Units*Least(first.Low, second.Low))
}

// mark takes note of a low of the equity, and of a high that comes after it.
func (t *ClosedTrades) mark(high, low float64) {
	if low < float64(t.High*t.Ratio)*Slack {
		t.Ratio = Least(t.Ratio, low/t.High)
	}
	t.High = Greatest(t.High, high)
	t.Floor = float64(t.High*t.Ratio) * Slack
}
