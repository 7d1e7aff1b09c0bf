package quality

import (
	"errors"
	"fmt"
	"time"
)

// Options holds the thresholds of the rules. The zero value has the defaults of
// docs/quality.md.
type Options struct {
	// Off leaves all rules out.
	Off bool
	// Now is the clock that [Future] goes by; the zero time leaves it out.
	Now time.Time
	// GapBars is the least number of missing bars that make a gap; 0 is 1.
	GapBars int
	// StaleBars is the least number of bars in a row with the same close; 0 is
	// 10, for bars shorter than a day 60.
	StaleBars int
	// FlatBars is the least number of bars in a row that are one price; 0 is
	// 3, for bars shorter than a day 30.
	FlatBars int
	// JumpDeviations is how many robust deviations from the median the log
	// return of a jump is; 0 is 10.
	JumpDeviations float64
	// ReuseGap is the least time without bars after which a price that is 10 %
	// higher or lower may be another company's; 0 is 180 days.
	ReuseGap time.Duration
}

// Errors returns all that is wrong with the thresholds.
func (q Options) Errors() (errs []error) {
	for _, c := range []struct {
		name  string
		value float64
	}{
		{"gap bars", float64(q.GapBars)}, {"stale bars", float64(q.StaleBars)}, {"flat bars", float64(q.FlatBars)},
		{"jump deviations", q.JumpDeviations}, {"reuse gap", float64(q.ReuseGap)},
	} {
		if !(c.value >= 0) {
			errs = append(errs, fmt.Errorf("quality: %s %v: want more than 0, or 0 for the default", c.name, c.value))
		}
	}
	if q.StaleBars == 1 {
		errs = append(errs, errors.New("quality: stale bars 1: every close is the same on one bar; want 2 or more"))
	}
	return errs
}

// resolved returns the thresholds for bars of a frequency.
func (q Options) resolved(frequency time.Duration) Options {
	stale, flat := 10, 3
	if frequency > 0 && frequency < 24*time.Hour {
		stale, flat = 60, 30
	}
	if q.GapBars == 0 {
		q.GapBars = 1
	}
	if q.StaleBars == 0 {
		q.StaleBars = stale
	}
	if q.FlatBars == 0 {
		q.FlatBars = flat
	}
	if q.JumpDeviations == 0 {
		q.JumpDeviations = 10
	}
	if q.ReuseGap == 0 {
		q.ReuseGap = 180 * 24 * time.Hour
	}
	return q
}

// String returns the thresholds as an account has them; "" for the defaults. The
// clock is none: equal input has an equal account.
func (q Options) String() string {
	q.Now = time.Time{}
	switch {
	case q == Options{}:
		return ""
	case q.Off:
		return "off"
	}
	return fmt.Sprintf("gap %d, stale %d, flat %d, jump %v, reuse %v", q.GapBars, q.StaleBars, q.FlatBars, q.JumpDeviations, q.ReuseGap)
}
