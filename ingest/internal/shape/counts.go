package shape

import (
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// volume returns which column of numbers, besides the prices, is the volume. It is
// never below 0, no price, adjusted or average, and no value of another in money;
// counts of trades and parts of a volume are below it.
func (e *evidence) volume(r roles) (int, error) {
	var can []int
	for k := range e.values {
		if k != r.open && k != r.high && k != r.low && k != r.close && e.counts(k, r) {
			can = append(can, k)
		}
	}
	if varying := slices.DeleteFunc(slices.Clone(can), e.constant); len(varying) > 0 {
		can = varying
	}
	can = slices.DeleteFunc(slices.Clone(can), func(k int) bool {
		return slices.ContainsFunc(can, func(of int) bool { return of != k && e.worth(k, of, r) })
	})
	if len(can) < 2 {
		if len(can) == 0 {
			return -1, problem.Shape("no header, and no column beside the prices can be the volume")
		}
		return can[0], nil
	}
	// Trades are counted in whole numbers, coins are not.
	if parts := slices.DeleteFunc(slices.Clone(can), e.whole); len(parts) > 0 {
		can = parts
	}
	for _, k := range can {
		if !slices.ContainsFunc(can, func(other int) bool { return other != k && !e.atMost(other, k) }) {
			return k, nil
		}
	}
	return -1, problem.Shape("no header, and columns %d and %d of the numbers can both be the volume", can[0]+1, can[1]+1)
}

// counts reports whether a column can be a volume.
func (e *evidence) counts(k int, r roles) bool {
	inside := true
	for row, x := range e.values[k] {
		if x < 0 {
			return false
		}
		inside = inside && (x != x || x >= e.values[r.low][row] && x <= e.values[r.high][row])
	}
	return !inside && !e.adjusts(k, r.close) && !e.rises(k)
}

// adjusts reports whether a column goes with the prices: its ratio to the closes stays
// as it is from row to row, but for a few, or it is the close of another row.
func (e *evidence) adjusts(k, shut int) bool {
	moved, ratios, before := 0, 0, 0
	for _, s := range e.steps {
		a, b := e.values[k][s[0]]/e.values[shut][s[0]], e.values[k][s[1]]/e.values[shut][s[1]]
		if math.Abs(e.values[shut][s[1]]/e.values[shut][s[0]]-1) > 1e-4 {
			moved++
			if math.Abs(b/a-1) < 1e-3 {
				ratios++
			}
		}
		if e.values[k][s[1]] == e.values[shut][s[0]] {
			before++
		}
	}
	return moved > 0 && ratios*10 >= moved*8 || len(e.steps) > 0 && before*10 >= len(e.steps)*9
}

// rises reports whether a column goes up with every step, as the end of the bars does.
func (e *evidence) rises(k int) bool {
	for _, s := range e.steps {
		if !(e.values[k][s[1]] > e.values[k][s[0]]) {
			return false
		}
	}
	return len(e.steps) >= decidingRows && e.values[k][e.steps[0][0]] > 1e8
}

// constant reports whether a column has one value.
func (e *evidence) constant(k int) bool {
	return !slices.ContainsFunc(e.values[k], func(x float64) bool { return x != e.values[k][0] })
}

// whole reports whether a column has whole numbers only.
func (e *evidence) whole(k int) bool {
	return !slices.ContainsFunc(e.values[k], func(x float64) bool { return x != math.Trunc(x) })
}

// worth reports whether column k is what the volume in another is worth at the prices.
func (e *evidence) worth(k, of int, r roles) bool {
	bad, n := 0, 0
	for row, x := range e.values[k] {
		v := e.values[of][row]
		if !(v > 0) {
			continue
		}
		if n++; !(x >= v*e.values[r.low][row]*(1-1e-6) && x <= v*e.values[r.high][row]*(1+1e-6)) {
			bad++
		}
	}
	return n > 0 && bad*rarely <= n
}

// atMost reports whether a column is at no time above another.
func (e *evidence) atMost(k, other int) bool {
	for row, x := range e.values[k] {
		if x > e.values[other][row] {
			return false
		}
	}
	return true
}
