package spec

import (
	"errors"
	"fmt"
	"time"
)

// SegmentsBy says where the segments of a valued period begin.
type SegmentsBy string

// The kinds of segments.
const (
	SegmentsYear    SegmentsBy = "year"    // with each calendar year (UTC)
	SegmentsQuarter SegmentsBy = "quarter" // with each quarter of one
	SegmentsMonth   SegmentsBy = "month"   // with each month
	SegmentsBlocks  SegmentsBy = "blocks"  // so many that have the same number of bars, or one more
	SegmentsDates   SegmentsBy = "dates"   // at dates
)

// MaxSegments is the largest number of segments.
const MaxSegments = 10_000

// Segments cut the valued period. The zero value asks for none.
type Segments struct {
	By SegmentsBy
	// Blocks is the number of blocks, Dates are the moments at which a segment begins,
	// ascending, where By asks for them.
	Blocks int
	Dates  []time.Time
}

// Cuts returns the moments, in nanoseconds UTC, at which all segments but the first
// begin; times are those of all bars of the valued period, ascending.
func (s Segments) Cuts(times []int64) ([]int64, error) {
	if len(times) == 0 {
		return nil, errors.New("segments: there are no bars")
	}
	first, last := time.Unix(0, times[0]).UTC(), time.Unix(0, times[len(times)-1]).UTC()
	var cuts []int64
	switch s.By {
	case SegmentsBlocks:
		if s.Blocks > len(times) {
			return nil, fmt.Errorf("segments: %d blocks of %d bars; want at least a bar a block", s.Blocks, len(times))
		}
		for i := 1; i < s.Blocks; i++ {
			cuts = append(cuts, times[i*len(times)/s.Blocks])
		}
	case SegmentsDates:
		for _, t := range s.Dates {
			if !t.After(first) || t.After(last) {
				return nil, fmt.Errorf("segments: nothing is cut at %s: the bars are from %s to %s", formatTime(t), formatTime(first), formatTime(last))
			}
			cuts = append(cuts, t.UnixNano())
		}
	case SegmentsYear, SegmentsQuarter, SegmentsMonth:
		months := map[SegmentsBy]int{SegmentsYear: 12, SegmentsQuarter: 3, SegmentsMonth: 1}[s.By]
		month := (int(first.Month())-1)/months*months + 1
		for t := time.Date(first.Year(), time.Month(month), 1, 0, 0, 0, 0, time.UTC); !t.After(last); t = t.AddDate(0, months, 0) {
			if t.After(first) {
				cuts = append(cuts, t.UnixNano())
			}
		}
	}
	if len(cuts) >= MaxSegments {
		return nil, fmt.Errorf("segments: %d of them, at most %d", len(cuts)+1, MaxSegments)
	}
	return cuts, nil
}

func (s Segments) check() error {
	switch s.By {
	case "", SegmentsYear, SegmentsQuarter, SegmentsMonth:
		if s.Blocks != 0 || s.Dates != nil {
			return fmt.Errorf("%s takes neither blocks nor dates", s.By)
		}
	case SegmentsBlocks:
		if s.Blocks < 1 || s.Blocks > MaxSegments {
			return fmt.Errorf("%d blocks: want 1 to %d", s.Blocks, MaxSegments)
		}
	case SegmentsDates:
		return checkDates(s.Dates)
	default:
		return fmt.Errorf("%q: want %s", s.By, wantSegments)
	}
	return nil
}

// checkDates says what is wrong with a list of moments.
func checkDates(dates []time.Time) error {
	if len(dates) == 0 {
		return errors.New("no dates")
	}
	if len(dates) >= MaxSegments {
		return fmt.Errorf("%d dates, at most %d", len(dates), MaxSegments-1)
	}
	for i, t := range dates {
		if err := checkTime(t); err != nil {
			return err
		}
		if i > 0 && !t.After(dates[i-1]) {
			return fmt.Errorf("%s is not after %s; want dates in order", formatTime(t), formatTime(dates[i-1]))
		}
	}
	return nil
}

const wantSegments = "year, quarter, month, {blocks: 16} or a list of dates"
