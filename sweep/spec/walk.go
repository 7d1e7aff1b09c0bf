package spec

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Span is a length of time: calendar years, months and days, or a number of bars.
// The zero Span is none.
type Span struct {
	Years, Months, Days int
	Bars                int
}

// maxSpan bounds the number of a span.
const maxSpan = 100_000_000

// spanUnits are the units of spans, by what they are written as.
var spanUnits = []struct {
	suffix string
	field  func(*Span) *int
}{
	{"mo", func(s *Span) *int { return &s.Months }}, {"y", func(s *Span) *int { return &s.Years }},
	{"d", func(s *Span) *int { return &s.Days }}, {"b", func(s *Span) *int { return &s.Bars }},
}

var errSpan = errors.New("want a length such as 3y, 6mo, 90d or 500b (bars)")

// ParseSpan reads a span: 3y, 6mo, 90d, or 500b for bars.
func ParseSpan(text string) (Span, error) {
	for _, u := range spanUnits {
		number, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > maxSpan || number[0] == '+' {
			return Span{}, errSpan
		}
		var s Span
		*u.field(&s) = n
		return s, nil
	}
	return Span{}, errSpan
}

// String returns the span as [ParseSpan] reads it; "" for none.
func (s Span) String() string {
	for _, u := range spanUnits {
		if n := *u.field(&s); n != 0 {
			return strconv.Itoa(n) + u.suffix
		}
	}
	return ""
}

// Add returns the moment a calendar span after t; it is not asked for bars.
func (s Span) Add(t time.Time) time.Time { return t.AddDate(s.Years, s.Months, s.Days) }

func (s Span) check() error {
	units := 0
	for _, u := range spanUnits {
		if n := *u.field(&s); n < 0 || n > maxSpan {
			return errSpan
		} else if n > 0 {
			units++
		}
	}
	if units > 1 {
		return errors.New("a length has one unit")
	}
	return nil
}

// Select says what the choice of a window is made from.
type Select string

// The ways to choose.
const (
	SelectSegments Select = "segments" // parts of one account over the whole period
	SelectRuns     Select = "runs"     // a fresh account a window
)

// Stitch says how the windows' out-of-sample equity becomes one curve.
type Stitch string

// The ways to stitch.
const (
	StitchAccount Stitch = "account" // one account that changes rules (default)
	StitchChain   Stitch = "chain"   // fresh accounts, one after another
)

// Lengths are those of the windows of one walk: the train and the test.
type Lengths struct{ Train, Test Span }

// WalkForward says how a history is walked through. The zero value asks for nothing.
type WalkForward struct {
	// Train, Test and Step are the lengths of a window and from one to the next; no
	// Step is that of the test.
	Train, Test, Step Span
	// Anchored keeps the start of the first train in every window.
	Anchored bool
	// Purge is the number of bars that are dropped between a train and its test,
	// Embargo that behind a test, before bars of a later train.
	Purge, Embargo int
	// Dates are where tests begin, and where the last one ends, in place of Test and Step.
	Dates []time.Time
	// Matrix are further walks over the same history, by their lengths.
	Matrix []Lengths
	// Select and Stitch are as the accounts of the spec allow where they are empty.
	Select Select
	Stitch Stitch
}

// Asked reports whether w asks for a walk.
func (w *WalkForward) Asked() bool {
	return w.Train != Span{} || w.Test != Span{} || w.Dates != nil || w.Matrix != nil || w.Step != Span{} ||
		w.Anchored || w.Purge != 0 || w.Embargo != 0 || w.Select != "" || w.Stitch != ""
}

// check says what does not go together.
func (w *WalkForward) check() error {
	switch {
	case !w.Asked():
		return nil
	case w.Dates != nil && (w.Test != Span{} || w.Step != Span{} || w.Matrix != nil):
		return errors.New("dates say where tests begin and end; leave out test, step and matrix")
	case w.Dates != nil && len(w.Dates) < 2:
		return errors.New("dates: want at least two: where the first test begins and where the last ends")
	case w.Train == Span{} && !w.Anchored && w.Matrix == nil:
		return errors.New("train is needed, such as train: 3y, or anchored: true with dates")
	case w.Train == Span{} && w.Matrix == nil && w.Dates == nil:
		return errors.New("train is needed, such as train: 3y: the length of the first one")
	case w.Test == Span{} && w.Dates == nil && w.Matrix == nil:
		return errors.New("test is needed, such as test: 1y, or dates")
	case w.Matrix != nil && (w.Train != Span{} || w.Test != Span{}):
		return errors.New("matrix has the lengths of every walk; leave out train and test")
	}
	return nil
}
