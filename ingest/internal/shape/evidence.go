package shape

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// Columns without names are told apart by evidence, wherever they stand: the high is
// at no time below open and close, the low at no time above, and markets open near the
// close before. What that leaves open is asked.

// evidence is what the numbers of the first rows are.
type evidence struct {
	// values are those of columns of numbers, by column and row; NaN is none.
	values [][]float64
	// steps are pairs of rows of one asset, one behind the other in time.
	steps [][2]int
}

// roles are the positions of the prices among columns of numbers, and how far the
// opens are from the closes before them.
type roles struct {
	open, high, low, close int
	gap                    float64
}

const (
	// decidingRows is how many rows with prices that differ it takes to tell
	// columns by their values.
	decidingRows = 3
	// manySteps is how many steps it takes to tell an order of columns that is not
	// the usual one, and clearly how many times nearer the opens are then.
	manySteps = 9
	clearly   = 1.5
	// rarely is one row in so many, which may be bad.
	rarely = 50
	// mostPrices is the most columns near each other that are tried.
	mostPrices = 12
)

// named returns names with those of the prices and of the volume, -1 for none.
func (r roles) named(names []string, numeric []int, volume int) []string {
	names = slices.Clone(names)
	for name, at := range map[string]int{columnar.Open: r.open, columnar.High: r.high, columnar.Low: r.low, columnar.Close: r.close, columnar.Volume: volume} {
		if at >= 0 {
			names[numeric[at]] = name
		}
	}
	return names
}

// prices returns which columns are the prices. With an error it returns the readings
// that the values leave open, the likeliest first.
func (e *evidence) prices() (found []roles, err error) {
	group := e.group()
	if len(e.values) < 4 {
		return nil, problem.Shape("no header, and %d columns of numbers after the time; want four prices and a volume", len(e.values))
	}
	if n := e.telling(); n < decidingRows {
		return nil, problem.Shape("no header, and only %d rows have prices that differ, too few to tell open, high, low and close apart", n)
	}
	if len(group) < 4 {
		return nil, problem.Shape("no header, and %d columns of numbers after the time are near each other; want four prices", len(group))
	}
	for _, open := range group {
		for _, shut := range group {
			if open == shut {
				continue
			}
			if r, ok := e.between(group, open, shut); ok {
				found = append(found, r)
			}
		}
	}
	if len(found) == 0 {
		return nil, problem.Shape("no header, and no four columns are open, high, low and close: no one is always the highest and another the lowest")
	}
	slices.SortStableFunc(found, func(a, b roles) int { return cmp.Compare(a.gap, b.gap) })
	return e.decide(found)
}

// decide returns the reading that the steps show, first, or an error.
func (e *evidence) decide(found []roles) ([]roles, error) {
	best := found[0]
	for _, r := range found[1:] {
		switch {
		case r.high == best.high && e.same(r.open, best.open) && e.same(r.close, best.close) && e.same(r.low, best.low):
			return found, problem.Shape("no header, and two columns have the same prices in the first rows")
		case e.follows(best) && !e.follows(r) && e.opens(r):
			// The close before, in a column of its own, is nearer than any open.
			return found, problem.Shape("no header, and column %d of the numbers is the close before it: the open may be that or another", best.open+1)
		case best.gap*clearly >= r.gap && (r.open != best.close || r.close != best.open || !e.usual(best)):
			return found, problem.Shape("no header, and the values do not tell which prices are open and close")
		case best.gap*clearly >= r.gap && !(len(e.steps) >= manySteps && best.gap < r.gap):
			// In the usual order it is enough that the steps do not speak against it.
			return found, problem.Shape("no header, and the values do not tell open and close apart")
		}
	}
	if len(e.steps) < manySteps && !(e.usual(best) && len(e.steps) >= decidingRows-1) {
		return found, problem.Shape("no header, and only %d rows follow each other in time, too few to tell open and close apart", len(e.steps)+1)
	}
	return found, nil
}

// usual reports whether prices stand in the order open, high, low, close.
func (e *evidence) usual(r roles) bool {
	return r.high == r.open+1 && r.low == r.high+1 && r.close == r.low+1
}

// follows reports whether the open of a reading is exactly the close before, where
// there is a fifth column that could be the open.
func (e *evidence) follows(r roles) bool {
	if len(e.group()) < 5 || len(e.steps) == 0 {
		return false
	}
	for _, s := range e.steps {
		if e.values[r.open][s[1]] != e.values[r.close][s[0]] {
			return false
		}
	}
	return true
}

// opens reports whether the opens of a reading are clearly nearer the close before
// than that of their own bar, which an average price is not.
func (e *evidence) opens(r roles) bool {
	own := 0.0
	for _, s := range e.steps {
		if d := math.Abs(e.values[r.open][s[1]] - e.values[r.close][s[1]]); d == d {
			own += d
		}
	}
	return r.gap*clearly < own
}

// same reports whether two columns have the same values.
func (e *evidence) same(a, b int) bool {
	for row, x := range e.values[a] {
		if y := e.values[b][row]; x != y && (x == x || y == y) {
			return false
		}
	}
	return true
}

// telling counts the rows whose first four numbers, which are prices where there is
// no more to go by, differ.
func (e *evidence) telling() (n int) {
	for row, x := range e.values[0] {
		if x == x && slices.ContainsFunc(e.values[:4], func(v []float64) bool { return v[row] != x }) {
			n++
		}
	}
	return n
}

// group returns the largest set of columns that are near each other: prices of one
// market. Of two sets of one size it is the first.
func (e *evidence) group() (largest []int) {
	for a := range e.values {
		group := []int{}
		for b := range e.values {
			if a == b || e.near(a, b) && !e.constant(a) && !e.constant(b) {
				group = append(group, b)
			}
		}
		if len(group) > len(largest) {
			largest = group
		}
	}
	return largest[:min(len(largest), mostPrices)]
}

// near reports whether two columns mostly are within a factor of 1.5.
func (e *evidence) near(a, b int) bool {
	far, n := 0, 0
	for row, x := range e.values[a] {
		y := e.values[b][row]
		if x != x || y != y {
			continue
		}
		if n++; !(math.Abs(x-y) <= max(math.Abs(x), math.Abs(y))/3) || x == 0 {
			far++
		}
	}
	return n > 0 && far*10 <= n
}

// between returns the reading in which two columns are open and close: of the columns
// that are at no time below them the lowest is the high, of those at no time above
// the highest is the low.
func (e *evidence) between(group []int, open, shut int) (r roles, ok bool) {
	r = roles{open: open, high: -1, low: -1, close: shut, gap: e.gap(open, shut)}
	for _, k := range group {
		if k == open || k == shut {
			continue
		}
		above, below := e.beyond(k, open, shut)
		switch {
		case above && (r.high < 0 || e.total(k) < e.total(r.high)):
			r.high = k
		case below && (r.low < 0 || e.total(k) > e.total(r.low)):
			r.low = k
		}
	}
	return r, r.high >= 0 && r.low >= 0
}

// beyond reports whether a column is never below two others, and never above them,
// but for a few rows.
func (e *evidence) beyond(k, open, shut int) (above, below bool) {
	under, over, n := 0, 0, 0
	for row, x := range e.values[k] {
		a, b := e.values[open][row], e.values[shut][row]
		if x != x || a != a || b != b {
			continue
		}
		n++
		if x < max(a, b) {
			under++
		}
		if x > min(a, b) {
			over++
		}
	}
	return under*rarely <= n, over*rarely <= n
}

// total adds a column up.
func (e *evidence) total(k int) (sum float64) {
	for _, x := range e.values[k] {
		if x == x {
			sum += x
		}
	}
	return sum
}

// gap is how far the opens are from the closes before, in all.
func (e *evidence) gap(open, shut int) (sum float64) {
	for _, s := range e.steps {
		if d := math.Abs(e.values[open][s[1]] - e.values[shut][s[0]]); d == d {
			sum += d
		}
	}
	return sum
}

// String names a reading in messages of tests.
func (r roles) String() string {
	return fmt.Sprintf("open %d high %d low %d close %d", r.open, r.high, r.low, r.close)
}
