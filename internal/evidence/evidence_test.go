package evidence

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

const aDay = int64(24 * time.Hour)

// split is one on a day counted from 0.
func split(day int, ratio float64) columnar.Event {
	return columnar.Event{Time: int64(day) * aDay, Type: columnar.EventSplit, Value: ratio}
}

// calm are closes that move by 1 % a day around 100, times old before bar 40.
func calm(old float64) Asset {
	a := Asset{ID: "A"}
	for i := range 80 {
		c := []float64{100, 101, 102, 101}[i%4]
		if i < 40 {
			c *= old
		}
		a.Times, a.Closes = append(a.Times, int64(i)*aDay), append(a.Closes, c)
	}
	return a
}

// The levels are by hand: closes of 1 % a day, one thing wrong.
func TestLook(t *testing.T) {
	nan := math.NaN()
	change := func(a Asset, f func(*Asset)) Asset { f(&a); return a }
	for _, c := range []struct {
		name   string
		a      Asset
		events []columnar.Event
		want   []Reading
		strong bool
	}{
		{"none", calm(1), nil, nil, false},
		{"traded", calm(4), []columnar.Event{split(40, 4)}, []Reading{Traded}, true},
		{"level", calm(1), []columnar.Event{split(40, 4)}, []Reading{Level}, true},
		{"inverted", calm(0.25), []columnar.Event{split(40, 4)}, []Reading{Inverted}, true},
		{"weak", calm(1.5), []columnar.Event{split(40, 1.5)}, []Reading{Traded}, false},
		{"small", calm(1.05), []columnar.Event{split(40, 1.05)}, []Reading{Open}, false},
		{"half of it", calm(2), []columnar.Event{split(40, 4)}, []Reading{Open}, false},
		{"a ratio of 1", calm(1), []columnar.Event{split(40, 1)}, []Reading{Open}, false},
		{"two of a bar", calm(6), []columnar.Event{split(40, 2), split(40, 3)}, []Reading{Traded}, true},
		{"no bar before, none behind", calm(1), []columnar.Event{split(0, 2), split(90, 2)}, []Reading{Silent, Silent}, false},
		{"the last bar", calm(1), []columnar.Event{split(79, 2)}, []Reading{Level}, true},
		{"closes unknown around it", change(calm(4), func(a *Asset) { a.Closes[39], a.Closes[40], a.Closes[41] = nan, 0, math.Inf(1) }), []columnar.Event{split(40, 4)}, []Reading{Traded}, true},
		{"no close before it", change(calm(4), func(a *Asset) {
			for i := range 40 {
				a.Closes[i] = nan
			}
		}), []columnar.Event{split(40, 4)}, []Reading{Open}, false},
		// The close of the day alone is a fourth, and back on the next.
		{"a bad bar", change(calm(1), func(a *Asset) { a.Closes[40] = 25 }), []columnar.Event{split(40, 4)}, []Reading{Open}, false},
		// The step is two bars early.
		{"an early step", change(calm(4), func(a *Asset) { a.Closes[38], a.Closes[39] = 102, 101 }), []columnar.Event{split(40, 4)}, []Reading{Open}, false},
		{"a spin-off on the day", calm(2.5), []columnar.Event{split(40, 2), {Time: 40 * aDay, Type: columnar.EventSpinoff, Value: 0.8}}, []Reading{Traded}, true},
		// 60 days without a bar: 1.5 % times √60 times 10 is more than ln 2, times 5
		// it is not.
		{"a long gap", change(calm(2), func(a *Asset) {
			for i := 40; i < 80; i++ {
				a.Times[i] += 60 * aDay
			}
		}), []columnar.Event{split(95, 2)}, []Reading{Traded}, false},
	} {
		c.a.Events = c.events
		steps := Look(c.a)
		var got []Reading
		strong := false
		for _, s := range steps {
			got = append(got, s.Reading)
			strong = strong || s.Strong
		}
		if !slices.Equal(got, c.want) || strong != c.strong {
			t.Errorf("%s: %v, want %v (strong %v)", c.name, steps, c.want, c.strong)
		}
	}
}

// Adjusted closes tell what the closes do not, and where they say something else
// nothing is told.
func TestLookAtAdjustedCloses(t *testing.T) {
	with := func(a Asset, from func(row int, price float64) float64) Asset {
		for i, c := range a.Closes {
			a.AdjustedCloses = append(a.AdjustedCloses, from(i, c))
		}
		return a
	}
	before := func(bar int, x float64) func(int, float64) float64 {
		return func(i int, c float64) float64 {
			if i < bar {
				return c * x
			}
			return c
		}
	}
	for _, c := range []struct {
		name string
		a    Asset
		want Reading
	}{
		{"a small split that is not in the close", with(calm(1.05), before(40, 1/1.05)), Traded},
		{"a small split that is", with(calm(1), before(20, 0.99)), Level},
		{"the close again", with(calm(1.05), before(0, 1)), Open},
		{"they disagree", with(calm(1), before(40, 1/1.05)), Open},
		{"unknown", with(calm(1.05), before(80, math.NaN())), Open},
	} {
		c.a.Events = []columnar.Event{split(40, 1.05)}
		if got := Look(c.a); got[0].Reading != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	paid := func(day int) columnar.Event {
		return columnar.Event{Time: int64(day) * aDay, Type: columnar.EventDividend, Value: 1}
	}
	for _, c := range []struct {
		name           string
		a              Asset
		days           []int
		inside, beside int
	}{
		{"no column", calm(1), []int{20}, 0, 0},
		{"not in the close", with(calm(1), before(20, 0.99)), []int{20}, 0, 1},
		{"in the close", with(calm(1), before(0, 1)), []int{20}, 1, 0},
		{"on a split of prices as traded", with(calm(4), before(40, 0.99/4)), []int{40}, 0, 1},
		{"on a split that is in the close", with(calm(1), before(40, 0.99)), []int{40}, 0, 1},
		{"two on a bar, on the first, behind the last", with(calm(1), before(20, 0.98)), []int{20, 20, 0, 90}, 0, 0},
		{"rounded to nothing", with(calm(1), func(i int, c float64) float64 { return c * (1 + 0.01*float64(i%2)) }), []int{20}, 0, 0},
	} {
		for _, d := range c.days {
			c.a.Events = append(c.a.Events, paid(d))
		}
		dividends := slices.Clone(c.a.Events)
		c.a.Events = append(c.a.Events, split(40, 4))
		if inside, beside := c.a.Dividends(dividends); len(inside) != c.inside || len(beside) != c.beside {
			t.Errorf("%s: inside %v, beside %v", c.name, inside, beside)
		}
	}
}

func TestContradicts(t *testing.T) {
	for reading, want := range map[Reading][3]bool{
		Silent: {}, Open: {}, Traded: {false, true, true}, Level: {true, false, false}, Inverted: {true, true, true},
	} {
		for i, have := range []columnar.Adjustment{columnar.AdjustedNone, columnar.AdjustedSplits, columnar.AdjustedAll} {
			if got := (Step{Reading: reading}).Contradicts(have); got != want[i] {
				t.Errorf("reading %d, %s: %v", reading, have, got)
			}
		}
	}
}
