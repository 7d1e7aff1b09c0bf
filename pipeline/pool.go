package pipeline

import (
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// poolAxis is the union calendar of a frame's assets, on which the accounts
// of a trial are added up.
type poolAxis struct {
	times []int64
	// at gives for each asset the position in times of each bar of its window.
	// from is the first of them where the window is plain: it has every time
	// of the union from there to its end, and every close is known; else -1.
	at            [][]int32
	from          []int
	annual, years float64
}

// newPoolAxis returns the union of the assets' windows.
func newPoolAxis(f *columnar.Frame, assets []Asset, annual float64) *poolAxis {
	windows := make([][]int64, len(assets))
	for i, a := range assets {
		windows[i] = a.Times[a.Lo:a.Hi]
	}
	p := &poolAxis{times: union(windows), annual: annual}
	p.at, p.from = make([][]int32, len(assets)), make([]int, len(assets))
	for i, w := range windows {
		p.at[i] = make([]int32, len(w))
		u := int32(0)
		for j, t := range w {
			for p.times[u] < t {
				u++
			}
			p.at[i][j] = u
		}
		p.from[i] = -1
		n := len(w)
		known := !slices.ContainsFunc(assets[i].Bars.Close[assets[i].Lo:assets[i].Hi], func(c float64) bool { return !backtest.Tradable(c) })
		if n > 0 && int(p.at[i][n-1]-p.at[i][0]) == n-1 && known {
			p.from[i] = int(p.at[i][0])
		}
	}
	axis := f.Info().Axis.Of(p.times)
	if n := len(p.times); n > 0 {
		p.years = axis.Years(p.times[0], p.times[n-1])
	}
	if annual == 0 {
		p.annual = axis.Annual(p.times)
	}
	return p
}

// PooledAnnual returns the bars a year of the pooled rows of a frame: those of the union
// of the assets' windows. annual overrides them where it is not 0.
func PooledAnnual(f *columnar.Frame, annual float64) float64 {
	if annual != 0 {
		return annual
	}
	times := UnionTimes(f)
	return f.Info().Axis.Of(times).Annual(times)
}

// UnionTimes returns the times of the pooled curve of a frame: the union of the assets'
// windows.
func UnionTimes(f *columnar.Frame) []int64 {
	windows := make([][]int64, f.NumAssets())
	for i := range windows {
		windows[i] = f.Times(i)
	}
	return union(windows)
}

// union merges increasing sequences into one without duplicates.
func union(sequences [][]int64) []int64 {
	var all []int64
	for _, s := range sequences {
		if slices.Equal(all, s) {
			continue // the usual case: one calendar
		}
		merged := make([]int64, 0, len(all)+len(s))
		for len(all) > 0 && len(s) > 0 {
			t := min(all[0], s[0])
			if all[0] == t {
				all = all[1:]
			}
			if s[0] == t {
				s = s[1:]
			}
			merged = append(merged, t)
		}
		all = append(append(merged, all...), s...)
	}
	return all
}

// account is the sum of one trial's accounts, while assets are being added.
type account struct {
	equity  []float64 // on the union calendar
	log     metrics.TradeLog
	held    int
	ruined  int
	deficit float64
	err     error // of the first asset that failed
	// heldIn is held by segment, on the cuts of the calendar, where there are some.
	heldIn []int
	cuts   []int
}

// contribution is what one asset adds to one trial.
type contribution struct {
	path    backtest.Path
	log     metrics.TradeLog
	ruined  bool
	deficit float64
	err     error // the trial failed on this asset; nothing else counts then
	// segments are those of the trades, where they are asked for.
	segments []metrics.Segment
}

// take copies what the pool needs out of a result.
func (c *contribution) take(r *backtest.Result) {
	*c = contribution{segments: c.segments, path: append(c.path[:0], r.Path...), log: r.Log, ruined: r.Ruined, deficit: r.Deficit}
}

// reset makes a the sum of no accounts. It keeps the memory.
func (a *account) reset() {
	clear(a.equity)
	clear(a.heldIn)
	*a = account{equity: a.equity, heldIn: a.heldIn, cuts: a.cuts}
}

// add adds an asset's account to a. Before its first bar it holds the start
// cash, between bars and after the last one its latest value.
func (p *poolAxis) add(a *account, asset int, bars *Asset, c *contribution, start float64) {
	if c.err != nil || a.err != nil {
		if a.err == nil {
			a.err = fmt.Errorf("%s: %w", bars.ID, c.err)
		}
		return
	}
	a.log.Merge(&c.log)
	a.deficit += c.deficit
	if c.ruined {
		a.ruined++
	}
	s := sum{at: p.at[asset], from: p.from[asset], closes: bars.Bars.Close[bars.Lo:bars.Hi], equity: a.equity, value: start, account: a}
	point := backtest.Point{Bar: bars.Lo, Cash: start}
	for _, next := range c.path {
		s.add(&point, point.Bar-bars.Lo, next.Bar-bars.Lo)
		point = next
	}
	s.add(&point, point.Bar-bars.Lo, bars.Hi-bars.Lo)
	s.hold(len(a.equity))
	a.held += s.held
}

// sum adds one account to the equity of a pool.
type sum struct {
	at     []int32   // see poolAxis
	from   int       // see poolAxis
	closes []float64 // of the window
	equity []float64
	done   int     // positions of equity that have been added to
	value  float64 // of the account, before position done
	held   int     // positions that hold a position at the close
	// account is whose segments are counted.
	account *account
}

// hold adds the value as it is to the positions before end.
func (s *sum) hold(end int) {
	for i := range s.equity[s.done:max(end, s.done)] {
		s.equity[s.done+i] += s.value
	}
	s.done = max(end, s.done)
}

// add adds the bars from … to−1 of the window, which the account spends at
// point p of its path.
func (s *sum) add(p *backtest.Point, from, to int) {
	if from >= to {
		return
	}
	if p.Units != 0 {
		// A position lasts until the bar on which it ends.
		end := s.at[to-1] + 1
		if to < len(s.at) {
			end = s.at[to]
		}
		s.held += int(end - s.at[from])
		if a := s.account; a.cuts != nil {
			share(a.cuts, int(s.at[from]), int(end), func(i, bars int) { a.heldIn[i] += bars })
		}
	}
	s.hold(int(s.at[from]))
	switch {
	case s.from >= 0 && p.Units == 0:
		s.value = p.Cash
		s.hold(s.from + to)
	case s.from >= 0:
		equity := s.equity[s.from+from : s.from+to]
		for i, c := range s.closes[from:to] {
			equity[i] += p.Cash + float64(p.Units*c)
		}
		s.value, _ = p.Value(p.Mark, s.closes[to-1])
		s.done = s.from + to
	default:
		mark := p.Mark
		for j := from; j < to; j++ {
			s.hold(int(s.at[j]))
			s.value, mark = p.Value(mark, s.closes[j])
		}
		s.hold(int(s.at[to-1]) + 1)
	}
}

// curve returns what the statistics of the pool are computed from. Exposure
// is weighted by start cash, which is the same for every account.
func (p *poolAxis) curve(a *account, assets int, start, riskFree float64) metrics.Curve {
	return metrics.Curve{
		Equity: a.equity, Start: start * float64(assets), Annual: p.annual, Years: p.years, RiskFree: riskFree,
		Held: a.held, HeldOf: len(p.times) * assets, Ruined: a.ruined, Deficit: a.deficit,
	}
}

// parts holds what the assets contribute to the trials of a block: the
// accounts can be added up in the order of assets once all have come in.
type parts [][]contribution // by asset and trial

func newParts(assets, trials int) parts {
	p := make(parts, assets)
	for i := range p {
		p[i] = make([]contribution, trials)
	}
	return p
}

// reset empties the parts for another block of at most as many trials.
func (p parts) reset(trials int, s *segmenter) {
	for i := range p {
		p[i] = p[i][:trials]
		for j := range p[i] {
			c := contribution{path: p[i][j].path[:0]}
			if s != nil && s.trades {
				if c.segments = p[i][j].segments; len(c.segments) != s.Len() {
					c.segments = make([]metrics.Segment, s.Len())
				}
			}
			p[i][j] = c
		}
	}
}
