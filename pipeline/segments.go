package pipeline

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Segmentation cuts the history of every account, and of every pool of them, into
// segments, whose sums a run hands out beside its rows. It cuts no account: each goes
// on across a cut, with what it holds.
type Segmentation struct {
	// Cuts are moments, ascending: the first bar at or after one begins a segment.
	// There is one segment more than cuts; one without bars is empty.
	Cuts []int64
	// Sums are those that are kept of a segment; nil means all.
	Sums []metrics.Sum
}

// Len returns the number of segments.
func (s *Segmentation) Len() int { return len(s.Cuts) + 1 }

// sums returns the sums that are kept.
func (s *Segmentation) sums() []metrics.Sum {
	if s.Sums == nil {
		return metrics.Sums()
	}
	return s.Sums
}

func (s *Segmentation) validate() error {
	for i := range s.Cuts {
		if i > 0 && s.Cuts[i] <= s.Cuts[i-1] {
			return fmt.Errorf("plan: cuts of segments: number %d is not after the one before", i+1)
		}
	}
	if s.Sums != nil && len(s.Sums) == 0 {
		return errors.New("plan: segments without sums")
	}
	return nil
}

// Bounds returns where the segments begin among ascending times, of which lo … hi−1
// are valued, and hi behind the last.
func (s *Segmentation) Bounds(times []int64, lo, hi int) []int {
	b := []int{lo}
	for _, cut := range s.Cuts {
		at := sort.Search(len(times), func(i int) bool { return times[i] >= cut })
		b = append(b, min(max(at, lo), hi))
	}
	return append(b, hi)
}

// segmenter is how a run is cut into segments.
type segmenter struct {
	Segmentation
	bounds [][]int // of each asset
	pooled []int   // of the union calendar
	// trades says that sums over trades are kept, needs what engines have to know.
	trades bool
	needs  event.Needs
}

// bytes returns what the segments of a row take.
func (s *segmenter) bytes() int64 {
	if s == nil {
		return 0
	}
	return int64(8 * s.Len() * len(s.Sums))
}

// put writes a segment of a row to its place among those of all rows.
func (s *segmenter) put(segments []float64, row, number int, of *metrics.Segment) {
	n := len(s.Sums)
	at := (row*s.Len() + number) * n
	dst := segments[at : at+n]
	for i, sum := range s.Sums {
		dst[i] = of[sum]
	}
}

// cutResult writes the segments of what the reference engine has found on an asset,
// from bounds to bounds, of an account that began with so much cash; rf is the risk-free return of a bar.
func cutResult(segments []metrics.Segment, bounds []int, result *backtest.Result, costs backtest.Costs, first, rf float64) {
	logs := make([]metrics.TradeLog, len(segments))
	of := func(bar int) *metrics.TradeLog {
		// The last segment that begins at or before the bar and has bars.
		return &logs[sort.Search(len(segments), func(i int) bool { return bounds[i+1] > bar })]
	}
	order := func(bar int, units, price float64) {
		l := of(bar)
		l.Fees += costs.Commission(units, price)
		l.Traded += float64(units * price)
	}
	for _, t := range result.Trades {
		order(t.Entry, t.Units, t.EntryPrice)
		switch t.Reason {
		case backtest.ReasonOpen:
			continue
		case backtest.ReasonRuin:
		default:
			order(t.Exit, t.Units, t.ExitPrice)
		}
		of(t.Exit).Add(metrics.Trade{PnL: t.PnL, Return: t.Return, Bars: t.Bars()})
	}
	for i := range segments {
		s := &segments[i]
		s.Begin(first)
		s.Add(result.Equity[bounds[i]-result.First:bounds[i+1]-result.First], rf)
		logs[i].PutSegment(s)
		first = s[metrics.SegLast]
	}
	for i, p := range result.Path {
		if p.Units == 0 {
			continue
		}
		end := bounds[len(segments)]
		if i+1 < len(result.Path) {
			end = result.Path[i+1].Bar
		}
		share(bounds, p.Bar, end, func(i, bars int) { segments[i][metrics.SegHeld] += float64(bars) })
	}
}

// share tells how many of the bars from … to−1 are in each segment that has some.
func share(bounds []int, from, to int, add func(segment, bars int)) {
	for i := range len(bounds) - 1 {
		if n := min(to, bounds[i+1]) - max(from, bounds[i]); n > 0 {
			add(i, n)
		}
	}
}

// unknown says of a row that failed that nothing is known of its segments.
func (s *segmenter) unknown(segments []float64, row int) {
	n := s.Len() * len(s.Sums)
	for i := row * n; i < (row+1)*n; i++ {
		segments[i] = math.NaN()
	}
}

// parts returns where the parts of a tile end at which an asset's segments do, the
// tile's own end last. from is a multiple of [event.Tile].
func (s *segmenter) parts(dst []int, asset, from, hi int) []int {
	dst, to := dst[:0], min(from+event.Tile, hi)
	if s != nil {
		bounds := s.bounds[asset]
		for i, end := range bounds[1:] {
			if end > from && end < to && end > bounds[i] {
				dst = append(dst, end)
			}
		}
	}
	return append(dst, to)
}

// ending returns the segments of an asset that end at a bar, of which the first has
// bars and the others have none.
func (s *segmenter) ending(asset, bar int) (from, to int) {
	ends := s.bounds[asset][1:]
	from = sort.SearchInts(ends, bar)
	for to = from; to < len(ends) && ends[to] == bar; to++ {
	}
	return from, to
}
