package pipeline

import (
	"errors"
	"fmt"
	"math"
	"slices"
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
	// trades says that sums over trades are kept.
	trades bool
}

// newSegmenter returns that of a plan; nil where it has no segments.
func (r *runner) newSegmenter() *segmenter {
	if r.plan.Segments == nil {
		return nil
	}
	s := &segmenter{Segmentation: *r.plan.Segments}
	s.Sums = s.sums()
	s.trades = slices.ContainsFunc(s.Sums, metrics.Sum.OfTrades)
	for i := range r.assets {
		a := &r.assets[i]
		s.bounds = append(s.bounds, s.Bounds(a.Times, a.Lo, a.Hi))
	}
	if r.axis != nil {
		s.pooled = s.Bounds(r.axis.times, 0, len(r.axis.times))
	}
	return s
}

// bytes returns what the segments of a row take.
func (s *segmenter) bytes() int64 {
	if s == nil {
		return 0
	}
	return int64(8 * s.Len() * len(s.Sums))
}

// put writes a segment of a row to its place in a block.
func (s *segmenter) put(b *Block, row, number int, of *metrics.Segment) {
	n := len(s.Sums)
	at := (row*s.Len() + number) * n
	dst := b.Segments[at : at+n]
	for i, sum := range s.Sums {
		dst[i] = of[sum]
	}
}

// keep puts a segment of a trial on an asset where it is asked for.
func (r *runner) keep(b *Block, trial, asset, number int, of *metrics.Segment) {
	if r.plan.Assets {
		r.segments.put(b, trial*r.rows()+asset, number, of)
	}
	if b.parts != nil && r.segments.trades {
		b.parts[asset][trial].segments[number] = *of
	}
}

// cutResult writes the segments of what the reference engine has found on an asset.
func (r *runner) cutResult(segments []metrics.Segment, asset int, result *backtest.Result) {
	a, bounds := &r.assets[asset], r.segments.bounds[asset]
	rf := metrics.RiskFreeBar(r.plan.RiskFree, a.Annual)
	costs := r.plan.Config.Costs()
	first := r.plan.Config.Cash
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
		s.PutTrades(&logs[i])
		first = s[metrics.SegLast]
	}
	for i, p := range result.Path {
		if p.Units == 0 {
			continue
		}
		end := a.Hi
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

// pool writes the segments of a pooled row: those of the sum of the accounts, with
// their trades.
func (s *segmenter) pool(r *runner, b *Block, trial int, sum *account) {
	row := (trial+1)*r.rows() - 1
	rf := metrics.RiskFreeBar(r.plan.RiskFree, r.axis.annual)
	var segment metrics.Segment
	first := r.plan.Config.Cash * float64(len(r.assets))
	for i := range s.Len() {
		segment.Begin(first)
		segment.Add(sum.equity[s.pooled[i]:s.pooled[i+1]], rf)
		first = segment[metrics.SegLast]
		segment[metrics.SegHeld] = float64(sum.heldIn[i])
		if s.trades {
			for asset := range r.assets {
				segment.AddTrades(&b.parts[asset][trial].segments[i])
			}
		}
		s.put(b, row, i, &segment)
	}
}

// unknown says of a row that failed that nothing is known of its segments.
func (s *segmenter) unknown(b *Block, row int) {
	n := s.Len() * len(s.Sums)
	for i := range b.Segments[row*n : (row+1)*n] {
		b.Segments[row*n+i] = math.NaN()
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

// endSegments takes the segments from … to−1 of a trial, which end with the current
// part of a tile.
func (r *runner) endSegments(a *arena, b *Block, trial, asset, from, to int) {
	var s metrics.Segment
	if !a.event.Cut(&s, trial) {
		return
	}
	r.keep(b, trial, asset, from, &s)
	last := s[metrics.SegLast]
	for i := from + 1; i < to; i++ {
		s.Begin(last)
		r.keep(b, trial, asset, i, &s)
	}
}

// beginSegments takes the segments of all trials that end where the window begins.
func (r *runner) beginSegments(b *Block, asset int) {
	var s metrics.Segment
	s.Begin(r.plan.Config.Cash)
	bounds := r.segments.bounds[asset]
	for i := 0; i < r.segments.Len() && bounds[i+1] == bounds[0]; i++ {
		for trial := range b.Trials {
			r.keep(b, trial, asset, i, &s)
		}
	}
}
