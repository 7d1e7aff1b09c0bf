package columnar

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// segment is a run of bars with the same factors.
type segment struct {
	from, to int
	// split is the product of the splits that come after these bars, cash of
	// what dividends and spin-offs leave.
	split, cash float64
}

// maxEventErrors is how many assets with impossible events are named.
const maxEventErrors = 10

// measure finds the factors of all assets, and reports all that is wrong.
func (a *adjuster) measure() error {
	var errs []error
	more := 0
	for i := range a.frame.spans {
		var err error
		if a.segments[i], err = a.factors(i); err == nil {
			continue
		}
		if len(errs) < maxEventErrors {
			errs = append(errs, err)
		} else {
			more++
		}
	}
	if more > 0 {
		errs = append(errs, fmt.Errorf("%w: and %d more assets", ErrEvent, more))
	}
	return errors.Join(errs...)
}

// factors goes back from the last bar of an asset to its first and returns the
// factors of its bars, last segment first, or nil where all are 1.
func (a *adjuster) factors(i int) ([]segment, error) {
	events := a.frame.WholeEvents(i)
	times := a.frame.WholeTimes(i)
	for len(events) > 0 && effectiveBar(times, events[len(events)-1].Time) == len(times) {
		events = events[:len(events)-1]
	}
	var out []segment
	split, cash := 1.0, 1.0
	end := len(times)
	for len(events) > 0 {
		bar := effectiveBar(times, events[len(events)-1].Time)
		if bar == 0 {
			break
		}
		first := len(events) - 1
		for first > 0 && effectiveBar(times, events[first-1].Time) == bar {
			first--
		}
		out = append(out, segment{from: bar, to: end, split: split, cash: cash})
		end = bar
		left, err := a.left(i, bar, events, first, split)
		if err != nil {
			return nil, err
		}
		cash *= left
		for _, e := range events[first:] {
			if e.Type == EventSplit {
				split *= e.Value
			}
		}
		events = events[:first]
	}
	if (split == 1 || !a.splits) && (cash == 1 || !a.cash) && !slices.ContainsFunc(out, a.changes) {
		return nil, nil
	}
	return append(out, segment{from: 0, to: end, split: split, cash: cash}), nil
}

// changes reports whether any value of a segment is changed.
func (a *adjuster) changes(s segment) bool { return a.splits && s.split != 1 || a.cash && s.cash != 1 }

// left returns what the dividends and spin-offs among events[first:], which
// take effect on bar, leave of the price before it. later is the product of
// the splits after bar.
func (a *adjuster) left(i, bar int, events []Event, first int, later float64) (float64, error) {
	if !a.cash {
		return 1, nil
	}
	price, k := a.closeBefore(i, bar, events, first, later)
	left := 1.0
	for _, e := range events[first:] {
		switch e.Type {
		case EventSplit:
			price /= e.Value
		case EventDividend:
			if k < 0 {
				continue
			}
			if e.Value >= price {
				return 0, fmt.Errorf("%w: asset %q: the %s is not below %v, what it was paid from (the close of %s, after splits); correct the event or the bar", ErrEvent,
					a.frame.Asset(i), e, price, moment(a.frame.WholeTimes(i)[k]))
			}
			left *= 1 - e.Value/price
			price -= e.Value
		case EventSpinoff:
			left *= e.Value
			price *= e.Value
		}
	}
	return left, nil
}

// closeBefore returns the last known close before a bar, in the terms of the
// day before the bar, and whose it is; -1 for none.
func (a *adjuster) closeBefore(i, bar int, events []Event, first int, later float64) (price float64, k int) {
	if a.close < 0 {
		return 0, -1
	}
	closes, times := a.frame.WholeValues(i, a.close), a.frame.WholeTimes(i)
	k = bar - 1
	for k >= 0 && !(closes[k] > 0 && closes[k] <= math.MaxFloat64) {
		k--
	}
	if k < 0 {
		return 0, -1
	}
	price = closes[k]
	if !a.splits { // bring it back to the terms of its day
		price *= later
		for _, e := range events[first:] {
			if e.Type == EventSplit {
				price *= e.Value
			}
		}
		return price, k
	}
	// A split between the close that is known and the bar.
	for _, e := range slices.Backward(events[:first]) {
		if effectiveBar(times, e.Time) <= k {
			break
		}
		if e.Type == EventSplit {
			price /= e.Value
		}
	}
	return price, k
}
