package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// tile is what trips go through, and what it was made from.
type tile struct {
	closes, fills []float64 // closes begins with the one before the tile
	costs         Costs
	rf            float64
	sums          []Prefix
	table         *OrderTable
	ranges        *Ranges
}

func makeTile(t *testing.T, closes, fills []float64, costs Costs, rf float64) *tile {
	t.Helper()
	x := &tile{closes: closes, fills: fills, costs: costs, rf: rf, table: new(OrderTable), ranges: new(Ranges)}
	bars := closes[1:]
	x.sums = make([]Prefix, len(closes))
	for i, c := range bars {
		r := c/closes[i] - 1
		loss := math.Min(r-rf, 0)
		s := x.sums[i]
		x.sums[i+1] = Prefix{s.Returns + r, s.Squares + r*r, s.Below - loss, s.Downside + loss*loss, s.Closes + c}
	}
	if !x.table.Build(bars, fills, closes[0], x.sums, costs, rf) {
		t.Fatal("an order leaves nothing")
	}
	x.ranges.Build(bars, bars)
	return x
}

// begin returns an account of so much cash before the tile.
func (x *tile) begin(cash float64) *ClosedTrades {
	a := &ClosedTrades{Cash: cash, High: cash, Ratio: 1, Best: math.Inf(-1), Worst: math.Inf(1), Commission: x.costs.Commission}
	x.enter(a)
	return a
}

// enter takes an account to the tile.
func (x *tile) enter(a *ClosedTrades) {
	a.Floor = a.High * a.Ratio * Slack
	a.Highest, a.Lowest = 0, math.Inf(1)
	for _, c := range x.closes[1:] {
		a.Highest, a.Lowest = math.Max(a.Highest, c), math.Min(a.Lowest, c)
	}
	a.At, a.Closes = 0, 0
}

// naiveTrips is an account that goes bar by bar and writes its equity down.
type naiveTrips struct {
	returns, squares, below, downside, equity, income float64
	high, ratio                                       float64
	pnl, rets                                         []float64
	invested                                          int
	cash, units                                       float64
}

func (x *tile) naive(cash float64, orders []int32) *naiveTrips {
	n := &naiveTrips{cash: cash, high: cash, ratio: 1}
	last, at := cash, 0
	var price, paid float64
	for bar, c := range x.closes[1:] {
		if at < len(orders) && int(orders[at]) == bar {
			at++
			if n.units == 0 {
				price, paid = x.fills[bar]*(1+x.costs.Slippage), n.cash
				n.units, n.cash = n.cash/(price*(1+x.costs.Commission)), 0
			} else {
				value := n.units * x.fills[bar] * (1 - x.costs.Slippage)
				n.cash = value - value*x.costs.Commission
				n.pnl = append(n.pnl, n.cash-paid)
				n.rets = append(n.rets, (n.cash-paid)/(n.units*price))
				n.income += n.cash
				n.units = 0
			}
		}
		equity := n.cash + n.units*c
		if n.units > 0 {
			n.invested++
		}
		r := equity/last - 1
		loss := math.Min(r-x.rf, 0)
		if n.units > 0 || r != 0 { // a flat bar is not the lines' business
			n.returns, n.squares, n.below, n.downside = n.returns+r, n.squares+r*r, n.below-loss, n.downside+loss*loss
		}
		n.equity += equity
		n.ratio = math.Min(n.ratio, equity/n.high)
		n.high = math.Max(n.high, equity)
		last = equity
	}
	return n
}

// someOrders returns bars in ascending order, one of every so many.
func someOrders(r *rand.Rand, bars, every int) (orders []int32) {
	for bar := range bars {
		if r.IntN(every) == 0 {
			orders = append(orders, int32(bar))
		}
	}
	return orders
}

func TestTripsAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	for i := range 400 {
		bars := []int{1024, 1024, 1, 2, 65, 777}[i%6]
		closes := prices(bars+1, i%8)
		fills := append([]float64(nil), closes[1:]...)
		for j := range fills {
			fills[j] *= math.Exp(0.003 * r.NormFloat64())
		}
		costs := Costs{[]float64{0, 0.001, 0.01}[i%3], []float64{0, 0.0005}[i%2]}
		x := makeTile(t, closes, fills, costs, []float64{0, 0.0001}[i/2%2])
		orders := someOrders(r, bars, []int{2, 5, 30, 300}[i%4])
		const cash = 1234.5
		n, a := x.naive(cash, orders), x.begin(cash)
		if len(orders) > 1 {
			a.Shift = a.FirstPnL(x.table, orders)
			if math.Abs(a.Shift-n.pnl[0]) > 1e-11*cash {
				t.Fatalf("case %d: first pnl %v, want %v", i, a.Shift, n.pnl[0])
			}
		}
		a.Run(x.table, x.ranges, orders)
		if a.Held == 1 { // what Run leaves to the end of the tile
			end := x.sums[bars]
			a.Returns, a.Squares, a.Below, a.Downside = a.Returns+end.Returns, a.Squares+end.Squares, a.Below+end.Below, a.Downside+end.Downside
			a.Equity += a.Units * (end.Closes - a.Closes)
			a.Extremes(x.ranges, bars)
			a.Invested += int64(bars) - a.At
		} else {
			a.Equity += a.Cash * float64(int64(bars)-a.At)
		}
		var wins int64
		var won, lost [2]float64
		var apart, apart2 float64
		best, worst := math.Inf(-1), math.Inf(1)
		for j, pnl := range n.pnl {
			sums := &lost
			if pnl > 0 {
				sums = &won
				wins++
			}
			sums[0] += pnl
			sums[1] += n.rets[j]
			best, worst = math.Max(best, n.rets[j]), math.Min(worst, n.rets[j])
			apart += pnl - a.Shift
			apart2 += (pnl - a.Shift) * (pnl - a.Shift)
		}
		if a.Wins != wins || a.Invested != int64(n.invested) || (a.Held == 1) != (n.units > 0) {
			t.Fatalf("case %d: %d wins, %d bars, held %d; want %d, %d, %v units", i, a.Wins, a.Invested, a.Held, wins, n.invested, n.units)
		}
		for name, v := range map[string][3]float64{ // got, want, and the size of what it is made of
			"returns": {a.Returns, n.returns, 1}, "squares": {a.Squares, n.squares, 1}, "below": {a.Below, n.below, 1},
			"downside": {a.Downside, n.downside, 1}, "equity": {a.Equity, n.equity, cash}, "income": {a.Income, n.income, cash},
			"high": {a.High, n.high, cash}, "ratio": {a.Ratio, n.ratio, 1}, "won": {a.Won[0], won[0], cash}, "won returns": {a.Won[1], won[1], 1},
			"lost": {a.Lost[0], lost[0], cash}, "lost returns": {a.Lost[1], lost[1], 1}, "best": {a.Best, best, 1}, "worst": {a.Worst, worst, 1},
			"apart": {a.Apart, apart, cash}, "apart²": {a.Apart2, apart2, cash * cash},
		} {
			if v[0] != v[1] && !(math.Abs(v[0]-v[1]) <= 1e-11*max(math.Abs(v[1]), v[2])) {
				t.Errorf("case %d, %d orders on %d bars: %s is %v, want %v", i, len(orders), bars, name, v[0], v[1])
			}
		}
	}
}

// TestTripsByHand: 64 → 64, 128, 64, 256, and fills at the close without costs.
// Bought on the first bar, sold on the third for what was paid, bought again on
// the fourth. 1,000 of cash is 15.625 units, then 3.90625.
//
//	returns: 0, +1, −1/2, and of the second entry 0; the end adds the bars after it
//	equity: 1,000 and 2,000 while held; the third bar is counted as cash
//	falls: from 2,000 to 1,000
func TestTripsByHand(t *testing.T) {
	closes := []float64{64, 64, 128, 64, 256}
	x := makeTile(t, closes, closes[1:], Costs{}, 0)
	a := x.begin(1000)
	a.Run(x.table, x.ranges, []int32{0, 2, 3})
	// The line of the second entry has taken off all of the tile's bars.
	all := Prefix{Returns: 0 + 1 - 0.5 + 3, Squares: 1 + 0.25 + 9, Below: 0.5, Downside: 0.25, Closes: 512}
	if got := x.sums[4]; got != all {
		t.Fatalf("the tile's bars: %+v, want %+v", got, all)
	}
	slack := Slack // as it is rounded
	want := ClosedTrades{ClosedTradeSums: ClosedTradeSums{
		Returns: 0.5 - all.Returns, Squares: 1.25 - all.Squares, Below: 0.5 - all.Below, Downside: 0.25 - all.Downside,
		Equity: 1000 + 2000 + 1000, Income: 1000, Invested: 2, At: 3,
	},
		Cash: 1000, Units: 3.90625, Price: 256, Inverse: 1.0 / 256, Closes: 256, High: 2000, Ratio: 0.5, Floor: 1000 * slack,
		Held: 1, Highest: 256, Lowest: 64}
	if *a != want {
		t.Errorf("%+v, want %+v", *a, want)
	}
	// A commission of 1/4 of the value makes a loss of it: 64 units cost 80 each.
	x = makeTile(t, closes, closes[1:], Costs{Commission: 0.25}, 0)
	a = x.begin(5120)
	a.Run(x.table, x.ranges, []int32{0, 2})
	if got := [...]float64{a.Cash, a.Lost[0], a.Worst, a.Won[0]}; got != [...]float64{64 * 48, -2048, -0.5, 0} {
		t.Errorf("cash, loss, its share, gain: %v", got)
	}
}

// TestTripsTwin holds assembly and twin together, to the bit: on tiles that
// follow each other, so that accounts begin flat, with a position, and with peaks
// and falls of before.
func TestTripsTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	const cash = 100_000
	var here, twin *ClosedTrades
	for i := range 600 {
		closes := prices(Anchor+1, r.IntN(8))
		if i%3 == 0 { // ties
			for j := range closes {
				closes[j] = math.Round(closes[j])
			}
		}
		x := makeTile(t, closes, closes[1:], Costs{[]float64{0, 0.001}[i%2], []float64{0, 0.0005}[i/2%2]}, 0)
		if i%7 == 0 {
			here, twin = x.begin(cash), x.begin(cash)
		} else {
			x.enter(here)
			x.enter(twin)
		}
		if orders := someOrders(r, Anchor, []int{2, 5, 30, 300}[r.IntN(4)]); len(orders) > 0 {
			here.Run(x.table, x.ranges, orders)
			runClosedTradesGo(twin, x.table, x.ranges, orders)
		}
		if *here != *twin {
			t.Fatalf("tile %d: assembly %+v, Go %+v", i, *here, *twin)
		}
	}
}

func TestTripsPanic(t *testing.T) {
	closes := prices(Anchor+1, 0)
	x := makeTile(t, closes, closes[1:], Costs{}, 0)
	for _, bad := range []int32{-1, Anchor} {
		if !panics(func() { x.begin(1).Run(x.table, x.ranges, []int32{bad}) }) {
			t.Errorf("an order on bar %d: no panic", bad)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// TestLinesRefuse: an order has to leave units, and cash.
func TestLinesRefuse(t *testing.T) {
	closes := []float64{100, 100}
	for _, c := range []struct {
		name  string
		fill  float64
		costs Costs
		ok    bool
	}{
		{"plain", 100, Costs{}, true},
		{"all goes to the commission", 100, Costs{Commission: 1}, false},
		{"a price so small that units are without end", 5e-324, Costs{}, false},
	} {
		if ok := new(OrderTable).Build(closes[1:], []float64{c.fill}, closes[0], make([]Prefix, 2), c.costs, 0); ok != c.ok {
			t.Errorf("%s: %v, want %v", c.name, ok, c.ok)
		}
	}
}
