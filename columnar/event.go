package columnar

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// EventType names a kind of corporate action.
type EventType string

// The corporate actions. Where several fall on one moment, they happen in this
// order: a split, then dividends per new share, then a spin-off from what is
// left.
const (
	// EventSplit: Value new shares for one old, 4 for a 4-for-1 split and 0.1
	// for a 1-for-10 reverse split; within [MinSplit] and [MaxSplit].
	EventSplit EventType = "split"
	// EventDividend: Value in cash a share, as it was paid: not adjusted for
	// splits that came later; above 0.
	EventDividend EventType = "dividend"
	// EventSpinoff: Value is what is left of the price when a part of the
	// company has been handed out to its holders, as a fraction of the price
	// before; above 0 and below 1.
	EventSpinoff EventType = "spinoff"
)

// The bounds of a split: what lies beyond them is a price or a date in the
// wrong column.
const (
	MinSplit = 1e-6
	MaxSplit = 1e6
)

// EventTypes returns all types in the order in which they happen.
func EventTypes() []EventType { return []EventType{EventSplit, EventDividend, EventSpinoff} }

// ParseEventType returns the type of that name, in any case.
func ParseEventType(name string) (EventType, error) {
	switch t := EventType(strings.ToLower(name)); t {
	case EventSplit, EventDividend, EventSpinoff:
		return t, nil
	}
	return "", fmt.Errorf("event type %q: want split, dividend or spinoff", name)
}

// Event is a corporate action of one asset. It takes effect on the asset's
// first bar at or after Time, so one on a day without trading takes effect on
// the next bar. One with no bar at or after it has not happened yet as far as
// the data goes, and one with no bar before it changes none: both are kept
// and have no effect.
type Event struct {
	// Time is the ex-date, in nanoseconds UTC: a date is its midnight.
	Time  int64
	Type  EventType
	Value float64
}

// Check reports a type that is unknown and a value that is outside the bounds
// of its type. The error wraps [ErrEvent].
func (e Event) Check() error {
	var ok bool
	var want string
	switch e.Type {
	case EventSplit:
		ok, want = e.Value >= MinSplit && e.Value <= MaxSplit, fmt.Sprintf("new shares for one old, from %g to %g", MinSplit, MaxSplit)
	case EventDividend:
		ok, want = e.Value > 0 && e.Value-e.Value == 0, "an amount above 0"
	case EventSpinoff:
		ok, want = e.Value > 0 && e.Value < 1, "the fraction of the price that is left, between 0 and 1"
	default:
		return fmt.Errorf("%w: type %q: want split, dividend or spinoff", ErrEvent, e.Type)
	}
	if !ok {
		return fmt.Errorf("%w: %s of %v: want %s", ErrEvent, e.Type, e.Value, want)
	}
	return nil
}

// String returns the event for messages: "dividend of 0.82 on 2020-08-07".
func (e Event) String() string { return fmt.Sprintf("%s of %v on %s", e.Type, e.Value, moment(e.Time)) }

// moment is a timestamp as people read it: a date where it is one.
func moment(ns int64) string {
	t := time.Unix(0, ns).UTC()
	if ns%int64(24*time.Hour) == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// CompareEvents orders events by time, then as they happen, then by value.
func CompareEvents(a, b Event) int {
	order := EventTypes()
	return cmp.Or(
		cmp.Compare(a.Time, b.Time),
		cmp.Compare(slices.Index(order, a.Type), slices.Index(order, b.Type)),
		cmp.Compare(a.Value, b.Value),
	)
}

// checkEvents reports the first event of an asset that is invalid or does not
// stand in order.
func checkEvents(id string, events []Event) error {
	for i, e := range events {
		if err := e.Check(); err != nil {
			return fmt.Errorf("asset %q: %s: %w", id, moment(e.Time), err)
		}
		if i > 0 && CompareEvents(events[i-1], e) > 0 {
			return fmt.Errorf("%w: asset %q: the %s does not stand in order", ErrInvalid, id, e)
		}
	}
	return nil
}

// effectiveBar returns the first of an asset's bars at or after a moment, or
// len(times).
func effectiveBar(times []int64, at int64) int {
	bar, _ := slices.BinarySearch(times, at)
	return bar
}

// Events returns the events of asset i, in the order of [CompareEvents]. On a
// Slice these are the events that take effect on its bars, so that Slices that
// follow each other share them out; those without any bar to take effect on
// belong to the Slice that holds the asset's last bar. The slice aliases the
// Frame: do not modify it.
func (f *Frame) Events(i int) []Event {
	events := f.WholeEvents(i)
	if f.window == nil || len(events) == 0 {
		return events
	}
	times := f.WholeTimes(i)
	lo, hi := f.Window(i)
	if lo == hi && len(times) > 0 {
		return nil
	}
	first := sort.Search(len(events), func(k int) bool { return effectiveBar(times, events[k].Time) >= lo })
	end := len(events)
	if hi < len(times) {
		end = sort.Search(len(events), func(k int) bool { return effectiveBar(times, events[k].Time) >= hi })
	}
	return events[first:end:end]
}

// WholeEvents is Events without regard to the window of a Slice: prices are
// adjusted for what happens after a window, too.
func (f *Frame) WholeEvents(i int) []Event { return f.spans[i].Events }

// NumEvents returns the number of events of all assets, those outside the
// window of a Slice left out.
func (f *Frame) NumEvents() int {
	n := 0
	for i := range f.spans {
		n += len(f.Events(i))
	}
	return n
}

// CountEvents returns how many events of each type the Frame has; empty for none.
func (f *Frame) CountEvents() map[EventType]int {
	counts := make(map[EventType]int)
	for i := range f.NumAssets() {
		for _, e := range f.Events(i) {
			counts[e.Type]++
		}
	}
	return counts
}

// HasEvents reports whether any asset has events, inside the window or not.
func (f *Frame) HasEvents() bool {
	return slices.ContainsFunc(f.spans, func(s Span) bool { return len(s.Events) > 0 })
}
