package robust

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// contest finds the best trial of one train, and its place in the test.
type contest struct {
	judge *walkJudge
	best  *Chosen
	// test are the scores in the test, of every trial in order.
	test []float64
	// at is which of those is the best one's.
	at int
}

// show shows trials with their scores in the train and in the test.
func (c *contest) show(trials []int64, index [][]int, train, test []float64, won func(i int)) {
	for i, score := range train {
		if math.IsNaN(score) {
			continue
		}
		c.best.Valid++
		if c.best.Trial < 0 || c.judge.before(score, trials[i], c.best.InSample, c.best.Trial) {
			c.best.Trial, c.best.InSample = trials[i], score
			c.best.Index = append([]int{}, index[i]...)
			c.at = len(c.test) + i
			won(i)
		}
	}
	c.test = append(c.test, test...)
}

// end counts the trials that are before the best one in the test.
func (c *contest) end() {
	c.best.Rank, c.best.RankOf = 0, 0
	if c.best.Trial < 0 {
		c.best.InSample, c.best.TrainReturn = math.NaN(), math.NaN()
		return
	}
	own := c.test[c.at]
	for i, score := range c.test {
		if math.IsNaN(score) {
			continue
		}
		c.best.RankOf++
		if i != c.at && !math.IsNaN(own) && c.judge.before(score, int64(i), own, int64(c.at)) {
			c.best.Rank++
		}
	}
	if c.best.Rank++; math.IsNaN(own) {
		c.best.Rank = 0
	}
}

// bySegments makes the choices from segments, in one pass over all trials.
func (w *walker) bySegments(ctx context.Context, windows []Chosen) error {
	cut := &pipeline.Segmentation{Cuts: w.cuts(windows), Sums: w.judge.sums()}
	contests := make([]contest, len(windows))
	parts := make([]windowParts, len(windows))
	for i := range windows {
		windows[i].Trial, windows[i].Valid = -1, 0
		contests[i] = contest{judge: w.judge, best: &windows[i]}
		parts[i] = w.partsOf(cut, &windows[i])
	}
	var calc metrics.Calculator
	n := cut.Len()
	var segments []metrics.Segment
	var values [2][]metrics.Values
	var index [][]int
	stats := w.judge.stats
	return w.trials(ctx, w.spec, cut, func(b *pipeline.Block) error {
		trials := len(b.Trials)
		params := len(w.spec.Params)
		segments = slices.Grow(segments[:0], trials*n)[:trials*n]
		for i := range segments {
			expand(&segments[i], b.Segments[i*len(cut.Sums):(i+1)*len(cut.Sums)], cut.Sums)
		}
		index = index[:0]
		for i := range trials {
			index = append(index, b.Index[i*params:(i+1)*params])
		}
		for side := range values {
			values[side] = slices.Grow(values[side][:0], trials)[:trials]
		}
		for c := range contests {
			for i := range trials {
				row := segments[i*n : (i+1)*n]
				union := parts[c].train.of(row)
				calc.Segment(&values[0][i], &union, metrics.Account{Annual: w.span.Annual, Years: parts[c].train.years, RiskFree: w.spec.RiskFree}, w.span.Accounts, stats...)
				union = parts[c].test.of(row)
				calc.Segment(&values[1][i], &union, metrics.Account{Annual: w.span.Annual, Years: parts[c].test.years, RiskFree: w.spec.RiskFree}, w.span.Accounts, stats...)
			}
			train, err := w.judge.score(values[0], index, b.Trials)
			if err != nil {
				return err
			}
			test, err := w.judge.score(values[1], index, b.Trials)
			if err != nil {
				return err
			}
			contests[c].show(b.Trials, index, train, test, func(i int) {
				var v metrics.Values
				union := parts[c].train.of(segments[i*n : (i+1)*n])
				v[metrics.TotalReturn] = union[metrics.SegLast]/union[metrics.SegFirst] - 1
				windows[c].TrainReturn = annualReturn(&v, parts[c].train.years)
			})
		}
		return nil
	}, func() {
		for c := range contests {
			contests[c].end()
		}
	})
}

// trials runs a spec, tells how far it has come, and calls end behind it.
func (w *walker) trials(ctx context.Context, s *spec.Spec, cut *pipeline.Segmentation, each func(*pipeline.Block) error, end func()) error {
	found := int64(0)
	err := w.run.Trials(ctx, s, cut, func(b *pipeline.Block) error {
		found += int64(len(b.Trials))
		return each(b)
	})
	if err != nil {
		return err
	}
	if found == 0 {
		return fmt.Errorf("walk_forward: there are no trials: no combination fulfils where: %s", s.Where)
	}
	end()
	return nil
}

// expand makes a segment of the sums that were kept of it.
func expand(s *metrics.Segment, kept []float64, sums []metrics.Sum) {
	*s = metrics.Segment{metrics.SegBest: math.NaN(), metrics.SegWorst: math.NaN()}
	for i, sum := range sums {
		s[sum] = kept[i]
	}
}

// cuts returns the moments at which trains and tests begin and end.
func (w *walker) cuts(windows []Chosen) []int64 {
	times := w.span.Times
	var cuts []int64
	add := func(moment int64) {
		if moment > times[0] && moment <= times[len(times)-1] {
			cuts = append(cuts, moment)
		}
	}
	for _, c := range windows {
		for _, r := range append(slices.Clone(c.Train), c.Test) {
			add(r.From)
			add(r.To)
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// windowParts are the segments of a train and of its test.
type windowParts struct{ train, test segmentUnion }

// segmentUnion are segments, and their years.
type segmentUnion struct {
	segments []int
	years    float64
}

// of returns the union of those of a row that have bars.
func (u *segmentUnion) of(row []metrics.Segment) metrics.Segment {
	union := row[u.segments[0]]
	for _, i := range u.segments[1:] {
		union.Join(&row[i])
	}
	return union
}

func (w *walker) partsOf(cut *pipeline.Segmentation, c *Chosen) windowParts {
	return windowParts{w.union(cut, c.Train), w.union(cut, []TimeRange{c.Test})}
}

// union returns the segments within ranges.
func (w *walker) union(cut *pipeline.Segmentation, ranges []TimeRange) (u segmentUnion) {
	c := barTimes(w.span.Times)
	for _, r := range ranges {
		from, to := c.at(r.From), c.at(r.To)
		if from >= to {
			continue
		}
		u.years += w.span.Years(c[from], c[to-1])
		// A segment begins with the first bar at or after its cut.
		first := sort.Search(len(cut.Cuts), func(i int) bool { return cut.Cuts[i] > c[from] })
		last := sort.Search(len(cut.Cuts), func(i int) bool { return cut.Cuts[i] > c[to-1] })
		for i := first; i <= last; i++ {
			u.segments = append(u.segments, i)
		}
	}
	return u
}

// byRuns makes the choices by fresh accounts: two sweeps a window.
func (w *walker) byRuns(ctx context.Context, windows []Chosen) error {
	for i := range windows {
		c := &windows[i]
		c.Trial, c.Valid = -1, 0
		contest := contest{judge: w.judge, best: c}
		train, returns, err := w.sweep(ctx, c.Train[0])
		if err != nil {
			return err
		}
		test, _, err := w.sweep(ctx, c.Test)
		if err != nil {
			return err
		}
		years := w.yearsOf(c.Train[0])
		contest.show(train.trials, train.index, train.scores, test.scores, func(i int) {
			var v metrics.Values
			v[metrics.TotalReturn] = returns[i]
			c.TrainReturn = annualReturn(&v, years)
		})
		contest.end()
	}
	return nil
}

// scored are all trials of a run with their objectives.
type scored struct {
	trials []int64
	index  [][]int
	scores []float64
}

// sweep runs all trials on a range of time, by the bars a year of the whole.
func (w *walker) sweep(ctx context.Context, over TimeRange) (out scored, returns []float64, err error) {
	part := *w.spec
	part.Period = spec.Period{From: time.Unix(0, over.From).UTC(), To: time.Unix(0, over.To).UTC()}
	part.Ann = w.span.Annual
	params := len(part.Params)
	err = w.trials(ctx, &part, nil, func(b *pipeline.Block) error {
		values := make([]metrics.Values, len(b.Trials))
		index := make([][]int, len(b.Trials))
		for i := range b.Trials {
			values[i] = b.Rows[i].Values
			index[i] = append([]int{}, b.Index[i*params:(i+1)*params]...)
			returns = append(returns, values[i][metrics.TotalReturn])
		}
		scores, err := w.judge.score(values, index, b.Trials)
		out.trials, out.index, out.scores = append(out.trials, b.Trials...), append(out.index, index...), append(out.scores, scores...)
		return err
	}, func() {})
	return out, returns, err
}

// yearsOf returns the length of the bars within a range.
func (w *walker) yearsOf(r TimeRange) float64 {
	c := barTimes(w.span.Times)
	from, to := c.at(r.From), c.at(r.To)
	return w.span.Years(c[from], c[to-1])
}
