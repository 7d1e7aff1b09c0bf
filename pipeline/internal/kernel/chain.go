package kernel

import "math"

// Chain is a sum of exponential averages of one window, each but the first of which is
// the average of the one before: DEMA, TEMA, T3 and TRIX. Each is an [EMA] and so
// begins with the mean of the first n values of the one before. A NaN bar is NaN and
// otherwise skipped, as if it did not exist. From an infinite value on no bar is
// finite, but where n is 1.
//
// A chain goes through a column piece by piece from its first bar; copies go on from
// where it stands.
type Chain struct {
	averages [6]average
	alpha    float64 // of all of them
	weights  [6]float64
	depth    int

	change   bool // the change of the sum in percent is asked for
	previous float64
}

// DEMA is the double exponential average, 2a - aa (P. Mulloy 1994, TA-Lib DEMA). Its
// first value is at the bar of the (2n-1)-th known one.
func DEMA(n int) Chain { return newChain(n, 2, -1) }

// TEMA is the triple exponential average, 3a - 3aa + aaa (P. Mulloy 1994, TA-Lib
// TEMA). Its first value is at the bar of the (3n-2)-th known one.
func TEMA(n int) Chain { return newChain(n, 3, -3, 1) }

// T3 is the average of Tillson (1998, TA-Lib T3) of six averages with the volume
// factor v, 0 to 1. Its first value is at the bar of the (6n-5)-th known one.
func T3(n int, v float64) Chain {
	return newChain(n, 0, 0, 1+3*v+3*v*v+v*v*v, -6*v*v-3*v-3*v*v*v, 3*v*v+3*v*v*v, -v*v*v)
}

// TRIX is the change of the third average to the bar before in percent (J. Hutson
// 1983, TA-Lib TRIX), 0 after an average of 0. Its first value is at the bar of the
// (3n-1)-th known one.
func TRIX(n int) Chain {
	c := newChain(n, 0, 0, 1)
	c.change, c.previous = true, math.NaN()
	return c
}

func newChain(n int, weights ...float64) Chain {
	c := Chain{depth: len(weights), alpha: 2 / float64(n+1)}
	copy(c.weights[:], weights)
	for i := range c.averages {
		c.averages[i].window = n
	}
	return c
}

// Next writes the values of the bars that follow those of the call before.
func (c *Chain) Next(dst, src []float64) {
	checkWindow(dst, src, c.averages[0].window)
	for i, x := range src {
		dst[i] = math.NaN()
		if x == x {
			dst[i] = c.add(x)
		}
	}
}

func (c *Chain) add(x float64) float64 {
	sum := 0.0
	for k := range c.depth {
		a := &c.averages[k]
		if a.known == a.window && a.window > 1 { // add does the same with a division more
			a.mean += float64(c.alpha * (x - a.mean))
		} else if !a.add(x) {
			return math.NaN()
		}
		x = a.mean
		if c.weights[k] != 0 {
			sum += float64(c.weights[k] * x)
		}
	}
	if !c.change {
		return sum
	}
	change := percentChange(sum, c.previous)
	c.previous = sum
	return change
}

// percentChange returns by how many percent x is above a value before, 0 where that
// is 0, as in TA-Lib.
func percentChange(x, before float64) float64 {
	if before == 0 {
		return x - x
	}
	return (x/before - 1) * 100
}
