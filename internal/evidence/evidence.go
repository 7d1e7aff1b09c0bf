// Package evidence tells from prices and the splits beside them whether the prices
// are as traded: at a split by r, prices as traded step to 1/r, and prices that
// are adjusted for it do not.
//
// Start with [Look], which reads every split of an [Asset]. A reading is never
// guessed: what the usual moves of the asset, or a real move on the day, could
// have made is [Open]. The thresholds are those of docs/ingest.md. Nothing is
// modified, and unknown closes (NaN, infinite, 0 or below) are passed over.
package evidence

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Asset is what is looked at. The slices are borrowed.
type Asset struct {
	ID string
	// Times increase; Closes has a value for each.
	Times  []int64
	Closes []float64
	// AdjustedCloses is a column of closes that are adjusted for everything, nil
	// where there is none.
	AdjustedCloses []float64
	// Events may stand in any order. All but splits and spin-offs are passed over.
	Events []columnar.Event
}

// Reading is what prices show at a split.
type Reading uint8

// The readings.
const (
	// Silent: no bar before the split, or none at or after it. It has no effect.
	Silent Reading = iota
	// Open: the prices do not tell.
	Open
	// Traded: the close steps by the ratio.
	Traded
	// Level: the close does not step; it is adjusted for the split.
	Level
	// Inverted: the close steps by the ratio the wrong way round.
	Inverted
)

// Step is a split and what the closes around it show.
type Step struct {
	Asset string
	// Event is the split. Where several take effect on one bar it is the first,
	// with the product of all.
	Event columnar.Event
	// Bar is the bar that it takes effect on, len(Times) for none.
	Bar int
	// From and To are the last known close before that bar and the first from it
	// on; 0 where there is none.
	From, To float64
	Reading  Reading
	// Strong says that the reading does not need another split to agree with it.
	Strong bool
}

// String says what is seen: "AAA: split of 4 on 2023-07-31: close from 150.48 to
// 151.74, no step".
func (s Step) String() string {
	what := map[Reading]string{
		Silent: "nothing to compare", Open: "not clear", Traded: "a step by the ratio",
		Level: "no step", Inverted: "a step by the ratio the wrong way round",
	}[s.Reading]
	if s.From == 0 || s.To == 0 {
		return fmt.Sprintf("%s: %s: %s", s.Asset, s.Event, what)
	}
	return fmt.Sprintf("%s: %s: close from %.6g to %.6g, %s", s.Asset, s.Event, s.From, s.To, what)
}

// Contradicts reports whether the reading is not that of prices with an
// adjustment.
func (s Step) Contradicts(have columnar.Adjustment) bool {
	switch s.Reading {
	case Traded:
		return have == columnar.AdjustedSplits || have == columnar.AdjustedAll
	case Level:
		return have != columnar.AdjustedSplits && have != columnar.AdjustedAll
	}
	return s.Reading == Inverted
}

// The thresholds of a reading, in logarithms. A close shows one of two levels
// where it is within nearDeviations and a quarter of the ratio of it, and
// farDeviations and leastMove from the other, or strongMove and fairDeviations. It
// does so by itself, without another split that agrees, where it is both
// farDeviations and strongMove from the other. Those are falls of 22 % and 40 %:
// smaller moves of the market happen on the day of a split, and once in a while by
// its very ratio, so that of small ratios only adjusted closes tell.
const (
	nearDeviations = 5
	fairDeviations = 5
	farDeviations  = 10
	leastMove      = 0.25
	strongMove     = 0.5
	// aroundBars is how many closes on each side have to show the same.
	aroundBars = 3
	// besideBars is how many bars a split may be dated wrong.
	besideBars = 10
)

// Look reads all splits of an asset, in the order of their bars.
func Look(a Asset) []Step {
	splits := slices.DeleteFunc(slices.Clone(a.Events), func(e columnar.Event) bool { return e.Type != columnar.EventSplit })
	slices.SortFunc(splits, columnar.CompareEvents)
	var out []Step
	for _, e := range splits {
		bar, _ := slices.BinarySearch(a.Times, e.Time)
		if n := len(out); n > 0 && out[n-1].Bar == bar {
			out[n-1].Event.Value *= e.Value
			continue
		}
		out = append(out, Step{Asset: a.ID, Event: e, Bar: bar})
	}
	bars := make([]int, len(out))
	for k, s := range out {
		bars[k] = s.Bar
	}
	for k := range out {
		a.read(out, k, bars)
	}
	return out
}

// read finds what the closes around a split show. Bars behind the split before
// it and those from the next one on are on other levels.
func (a Asset) read(all []Step, k int, bars []int) {
	s := &all[k]
	if s.Bar == 0 || s.Bar == len(a.Times) {
		return
	}
	s.Reading = Open
	lo, hi := 0, len(a.Times)
	if k > 0 {
		lo = bars[k-1]
	}
	if k+1 < len(bars) {
		hi = min(hi, bars[k+1])
	}
	before, after := a.known(s.Bar-1, lo-1), a.known(s.Bar, hi)
	if len(before) == 0 || len(after) == 0 {
		return
	}
	b, i := before[0], after[0]
	s.From, s.To = a.Closes[b], a.Closes[i]
	size := math.Log(s.Event.Value)
	if size == 0 {
		return
	}
	left := a.left(b, i)
	step := nearest(math.Log(s.To/s.From), size, left)
	usual := a.usual(b, i, bars)
	around := nearest(math.Log(a.median(after)/a.median(before)), size, left)
	near := step.near <= min(nearDeviations*usual, math.Abs(size)/4)
	far := step.far >= max(farDeviations*usual, leastMove)
	large := step.far >= strongMove && step.far >= fairDeviations*usual
	if step.reading == Level && a.stepsBeside(b, i, size, bars) {
		around.reading = Traded
	}
	if around.reading == step.reading && near && (far || large) {
		s.Reading, s.Strong = step.reading, far && large
	}
	a.compare(s, b, i, size, step, around)
}

// stepsBeside reports whether the close steps like a split of a size a few bars
// before or behind the one from bar b to bar i, where there is no other split: this
// one may be dated wrong.
func (a Asset) stepsBeside(b, i int, size float64, splits []int) bool {
	for k := max(1, b-besideBars); k < min(len(a.Closes), i+1+besideBars); k++ {
		_, split := slices.BinarySearch(splits, k)
		if (k <= b || k > i) && !split && isPrice(a.Closes[k]) && isPrice(a.Closes[k-1]) {
			if at := nearest(math.Log(a.Closes[k]/a.Closes[k-1]), size, 0); at.reading == Traded && at.near <= math.Abs(size)/4 {
				return true
			}
		}
	}
	return false
}

// level is which of the levels that a split could lead to a step comes nearest.
type level struct {
	reading Reading
	// near is how far it is from that, far from the other one of a right ratio.
	near, far float64
}

// nearest holds a step of log prices against those of a split of a size. left is
// the logarithm of what a spin-off leaves, which may be in the prices or not.
func nearest(step, size, left float64) level {
	off := func(want float64) float64 { return min(math.Abs(step-want), math.Abs(step-want-left)) }
	traded, flat, inverted := off(-size), off(0), off(size)
	switch {
	case flat <= traded && flat <= inverted:
		return level{Level, flat, traded}
	case traded <= inverted:
		return level{Traded, traded, flat}
	}
	return level{Inverted, inverted, flat}
}

// compare lets a column of adjusted closes speak, which knows no market moves: at
// a split its ratio to the close steps where the close is as traded. Where
// it and the prices do not agree nothing is told.
func (a Asset) compare(s *Step, b, i int, size float64, prices, around level) {
	step, ok := a.factorStep(b, i)
	if !ok {
		return
	}
	shown := nearest(-step, size, 0)
	if shown.near > math.Abs(size)/8 || shown.reading == Level && !a.factorsMove() {
		return
	}
	if prices.reading == shown.reading && around.reading == shown.reading {
		s.Reading, s.Strong = shown.reading, true
		return
	}
	s.Reading, s.Strong = Open, false
}

// known returns the first bars with a known close from one on, up to another
// which is left out; backwards where that lies before it.
func (a Asset) known(from, to int) (bars []int) {
	step := 1
	if to < from {
		step = -1
	}
	for k := from; k != to && len(bars) < aroundBars; k += step {
		if isPrice(a.Closes[k]) {
			bars = append(bars, k)
		}
	}
	return bars
}

// median returns the median close of some bars, of two the nearer one's.
func (a Asset) median(bars []int) float64 {
	if len(bars) < aroundBars {
		return a.Closes[bars[0]]
	}
	values := make([]float64, len(bars))
	for k, bar := range bars {
		values[k] = a.Closes[bar]
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// left returns the logarithm of what the spin-offs between two bars leave.
func (a Asset) left(b, i int) float64 {
	sum := 0.0
	for _, e := range a.Events {
		if e.Type == columnar.EventSpinoff && e.Time > a.Times[b] && e.Time <= a.Times[i] {
			sum += math.Log(e.Value)
		}
	}
	return sum
}

func isPrice(x float64) bool { return x > 0 && x <= math.MaxFloat64 }

// day is what the deviation of an asset without a history is a deviation of.
const day = float64(24 * time.Hour)
