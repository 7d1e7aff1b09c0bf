package kernel

import "math"

// OrderRow is what an order that fills on a bar adds to an account whose costs are in
// proportion to what it trades: the same for every account, for one unit of what
// it has.
//
// The sums of a trade, from the bar of its entry to that of its exit, are those
// of two lines. An entry has the return of its own bar, which costs change, less
// what the tile's bars up to it come to; an exit has what the bars before it come
// to, and the return of its bar. What is between the two is left.
type OrderRow struct {
	// Σ r, Σ r², Σ max(rf − r, 0) and Σ min(r − rf, 0)², r being a return.
	Returns, Squares, Below, Downside float64
	// Closes is Σ close of the tile's bars before this one.
	Closes float64
	// Price is that of the fill, with slippage.
	Price float64
	// Factor is the units that one of cash buys with costs, or the cash that a
	// unit brings.
	Factor float64
	// Inverse is 1 / Price.
	Inverse float64
}

// Prefix sums up the bars of a tile before one of them, for an account that is
// fully invested: its returns are those of the close. The sums are those of a
// [OrderRow].
type Prefix struct{ Returns, Squares, Below, Downside, Closes float64 }

// Costs are in proportion to what is traded: a commission as a share of the value
// and a slippage as a share of the price.
type Costs struct{ Commission, Slippage float64 }

// OrderTable are those of the bars of a tile.
type OrderTable struct{ Entries, Exits [Anchor]OrderRow }

// Build computes the lines of up to Anchor bars from their closes, the one before
// them, and the prices at which orders fill. sums are those of the bars before
// each bar, and of all of them. rf is the risk-free return of a bar. It reports
// false where an order on one of the bars would leave no units, or no cash.
func (s *OrderTable) Build(closes, fills []float64, previous float64, sums []Prefix, c Costs, rf float64) (ok bool) {
	buying, selling := 1+c.Slippage, 1-c.Slippage
	fills, sums = fills[:len(closes)], sums[:len(closes)+1]
	least, most := math.Inf(1), 0.0 // factors
	for i, price := range closes {
		before, after := &sums[i], &sums[i+1]

		in := &s.Entries[i%Anchor]
		in.Price = fills[i] * buying
		in.Factor = 1 / float64(in.Price*(1+c.Commission))
		in.Inverse = 1 / in.Price
		r := float64(price*in.Factor) - 1
		loss := Negative(r - rf)
		in.Returns = r - after.Returns
		in.Squares = float64(r*r) - after.Squares
		in.Below = -loss - after.Below
		in.Downside = float64(loss*loss) - after.Downside
		in.Closes = before.Closes

		out := &s.Exits[i%Anchor]
		out.Price = fills[i] * selling
		out.Factor = float64(out.Price * (1 - c.Commission))
		r = out.Factor/previous - 1
		loss = Negative(r - rf)
		out.Returns = before.Returns + r
		out.Squares = before.Squares + float64(r*r)
		out.Below = before.Below - loss
		out.Downside = before.Downside + float64(loss*loss)
		out.Closes = before.Closes

		previous = price
		least, most = min(least, out.Factor), max(most, in.Factor)
	}
	return least > 0 && most <= math.MaxFloat64
}
