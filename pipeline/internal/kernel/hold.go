package kernel

// Held is what bars add to an account that holds a position on them: its
// returns are those of the closes.
type Held struct {
	Returns, Squares float64 // Σ r and Σ r²
	Below, Downside  float64 // Σ max(rf − r, 0) and Σ min(r − rf, 0)²
	Price            float64 // Σ close
	High, Low        float64 // the highest and the lowest close
}

// Hold adds up the bars behind the first: closes[0] is the close before them. rf
// is the risk-free return of a bar. There are two closes or more; else it
// panics. Where one is not a positive finite number the returns hold anything,
// which Price tells, as it is infinite or NaN then, or else Low, as it is not
// above 0.
//
// Each sum is that of four: bar i, counted from closes[1], is added to sum i%4,
// in their order, and then they are added as (0 + 1) + (2 + 3). So four bars are
// one vector.
func Hold(closes []float64, rf float64) Held {
	_ = closes[1]
	return hold(closes, rf)
}

// holdGo is the Go twin of the assembly.
func holdGo(closes []float64, rf float64) Held {
	h, previous := newHeldLanes(closes[1]), closes[0]
	for i, c := range closes[1:] {
		h.add(i, c/previous-1, c, rf)
		previous = c
	}
	return h.sum()
}

// heldLanes adds bars up, one of four after the other.
type heldLanes struct {
	returns, squares, below, downside, price [4]float64
	high, low                                float64
}

func newHeldLanes(first float64) heldLanes { return heldLanes{high: first, low: first} }

// add adds bar i, of a return and a close.
func (h *heldLanes) add(i int, r, c, rf float64) {
	loss := Negative(r - rf)
	lane := i & 3
	h.returns[lane] += r
	h.squares[lane] += float64(r * r)
	h.below[lane] -= loss
	h.downside[lane] += float64(loss * loss)
	h.price[lane] += c
	if c > h.high {
		h.high = c
	}
	if c < h.low {
		h.low = c
	}
}

func (h *heldLanes) sum() Held {
	return Held{
		Returns: addLanes(&h.returns), Squares: addLanes(&h.squares), Below: addLanes(&h.below), Downside: addLanes(&h.downside),
		Price: addLanes(&h.price), High: h.high, Low: h.low,
	}
}

// HoldAffine is [Hold] for an account whose equity is not in proportion to the
// price: kappa is the cash beside a position divided by its units, which are below
// 0 for a short one. Between two fills equity is units × (kappa + price), so the
// return of a bar is its move divided by kappa + the price before. Where kappa is
// 0 the returns are those of Hold, rounded in another way. The sums have the
// order of Hold's. An equity that is not above 0 makes returns of anything: the
// caller tells by High and Low.
func HoldAffine(closes []float64, kappa, rf float64) Held {
	_ = closes[1]
	return holdAffine(closes, kappa, rf)
}

// holdAffineGo is the Go twin of the assembly.
func holdAffineGo(closes []float64, kappa, rf float64) Held {
	h, previous := newHeldLanes(closes[1]), closes[0]
	for i, c := range closes[1:] {
		h.add(i, (c-previous)/(kappa+previous), c, rf)
		previous = c
	}
	return h.sum()
}

func addLanes(s *[4]float64) float64 { return (s[0] + s[1]) + (s[2] + s[3]) }

// Inside returns the number of bars, from the first on, whose prices are in the
// order of low, open and high, low above floor and high below ceiling: up to the
// first bar for which that does not hold, or whose prices are unknown. The
// columns have one length.
func Inside(low, open, high []float64, floor, ceiling float64) (bars int) {
	checkLength(len(low), len(open))
	checkLength(len(low), len(high))
	bars = insideBlocks(low, open, high, floor, ceiling)
	return bars + insideGo(low[bars:], open[bars:], high[bars:], floor, ceiling)
}

// insideGo is the Go twin of the assembly.
func insideGo(low, open, high []float64, floor, ceiling float64) (bars int) {
	open, high = open[:len(low)], high[:len(low)]
	for i, l := range low {
		if o, h := open[i], high[i]; !(l > floor && h < ceiling && l <= o && o <= h) {
			return i
		}
	}
	return len(low)
}
