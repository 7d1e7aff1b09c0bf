package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// drawCuts draws moments between which segments lie: on bars, between them, in
// holes, before the first bar and behind the last, in the first days and the last.
func drawCuts(t *rapid.T, f *columnar.Frame) []int64 {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range f.NumAssets() {
		if times := f.Times(i); len(times) > 0 {
			first, last = min(first, times[0]), max(last, times[len(times)-1])
		}
	}
	if first > last {
		first, last = 0, 0
	}
	day := int64(24 * time.Hour)
	at := rapid.Custom(func(t *rapid.T) int64 {
		switch rapid.IntRange(0, 9).Draw(t, "where") {
		case 0:
			return first + rapid.Int64Range(-2, 3).Draw(t, "near the first")*day
		case 1:
			return last + rapid.Int64Range(-2, 2).Draw(t, "near the last")*day
		case 2:
			return rapid.Int64Range(first, last+1).Draw(t, "anywhere")
		case 3:
			return (first/day + rapid.Int64Range(0, 3).Draw(t, "tile")*1024) * day
		}
		return (first/day + rapid.Int64Range(0, max((last-first)/day, 1)).Draw(t, "day")) * day
	})
	cuts := rapid.SliceOfNDistinct(at, 0, 20, rapid.ID[int64]).Draw(t, "cuts")
	for i := range cuts {
		for j := i; j > 0 && cuts[j] < cuts[j-1]; j-- {
			cuts[j], cuts[j-1] = cuts[j-1], cuts[j]
		}
	}
	return cuts
}

// sliced is the naive segment: the bars of a curve from … to−1, as if they were a
// history of their own that begins with first.
func sliced(equity []float64, from, to int, first, rf float64) metrics.Segment {
	var s metrics.Segment
	s[metrics.SegFirst], s[metrics.SegLast], s[metrics.SegMax], s[metrics.SegMin] = first, first, first, first
	s[metrics.SegBest], s[metrics.SegWorst] = math.NaN(), math.NaN()
	before := first
	for i := from; i < to; i++ {
		e := equity[i]
		r := 0.0
		if before != 0 {
			r = (e - before) / before
		}
		before = e
		s[metrics.SegBars]++
		s[metrics.SegReturns] += r
		s[metrics.SegSquares] += r * r
		s[metrics.SegDown] += math.Min(r-rf, 0)
		s[metrics.SegDownside] += math.Pow(math.Min(r-rf, 0), 2)
		s[metrics.SegUp] += math.Max(r-rf, 0)
		s[metrics.SegEquity] += e
		s[metrics.SegLast] = e
		s[metrics.SegMax] = math.Max(s[metrics.SegMax], e)
		s[metrics.SegMin] = math.Min(s[metrics.SegMin], e)
		if s[metrics.SegMax] > 0 {
			s[metrics.SegDrawdown] = math.Max(s[metrics.SegDrawdown], 1-e/s[metrics.SegMax])
		}
	}
	return s
}

// addTrade adds a trade to the segment of its exit, and its orders to those of their
// bars; segment says which one a bar is in.
func addTrade(segments []metrics.Segment, segment func(bar int) int, trade *backtest.Trade, costs backtest.Costs) {
	order := func(bar int, price float64) {
		s := &segments[segment(bar)]
		s[metrics.SegTraded] += trade.Units * price
		s[metrics.SegFees] += trade.Units*price*costs.Rate + trade.Units*costs.PerUnit + costs.Fixed
	}
	order(trade.Entry, trade.EntryPrice)
	if trade.Open() {
		return
	}
	if trade.Reason != backtest.ReasonRuin {
		order(trade.Exit, trade.ExitPrice)
	}
	s := &segments[segment(trade.Exit)]
	s[metrics.SegTrades]++
	s[metrics.SegTradeBars] += float64(trade.Exit - trade.Entry)
	s[metrics.SegPnL] += trade.PnL
	s[metrics.SegPnL2] += trade.PnL * trade.PnL
	s[metrics.SegReturn] += trade.Return
	s[metrics.SegReturn2] += trade.Return * trade.Return
	if trade.PnL > 0 {
		s[metrics.SegWins]++
		s[metrics.SegGains] += trade.PnL
		s[metrics.SegWinReturn] += trade.Return
	} else {
		s[metrics.SegLosses] += trade.PnL
		s[metrics.SegLossReturn] += trade.Return
	}
	if s[metrics.SegTrades] == 1 {
		s[metrics.SegBest], s[metrics.SegWorst] = trade.Return, trade.Return
	}
	s[metrics.SegBest] = math.Max(s[metrics.SegBest], trade.Return)
	s[metrics.SegWorst] = math.Min(s[metrics.SegWorst], trade.Return)
}

// slicedDetail slices everything about one trial at the cuts: a list of segments a
// row, assets first and then the pool.
func slicedDetail(p *Plan, d *Detail, cuts []int64) [][]metrics.Segment {
	cfg := p.Config.Resolved()
	costs := cfg.Costs()
	of := func(time int64) int {
		return sort.Search(len(cuts), func(i int) bool { return cuts[i] > time })
	}
	slices := func(times []int64, equity []float64, first, rf float64) []metrics.Segment {
		out := make([]metrics.Segment, len(cuts)+1)
		from := 0
		for i := range out {
			to := from
			for to < len(times) && of(times[to]) == i {
				to++
			}
			out[i] = sliced(equity, from, to, first, rf)
			first, from = out[i][metrics.SegLast], to
		}
		return out
	}
	var rows [][]metrics.Segment
	pooled := *p
	pooled.Pooled = true
	annual := newRunner(pooled, nil)
	pool := slices(d.Times, d.Equity, cfg.Cash*float64(len(d.Assets)), metrics.RiskFreeBar(p.RiskFree, annual.axis.annual))
	for i := range d.Assets {
		a := &d.Assets[i]
		row := slices(a.Asset.Times[a.Asset.Lo:a.Asset.Hi], a.Result.Equity, cfg.Cash, metrics.RiskFreeBar(p.RiskFree, a.Asset.Annual))
		at := func(bar int) int { return of(a.Asset.Times[bar]) }
		for _, trade := range a.Result.Trades {
			addTrade(row, at, &trade, costs)
			addTrade(pool, at, &trade, costs)
			from, to := a.Asset.Times[trade.Entry], a.Asset.Times[trade.Exit]
			if trade.Open() {
				to = a.Asset.Times[a.Asset.Hi-1] + 1
			}
			for _, time := range a.Asset.Times[a.Asset.Lo:a.Asset.Hi] {
				if time >= from && time < to {
					row[of(time)][metrics.SegHeld]++
				}
			}
			for _, time := range d.Times {
				if time >= from && time < to {
					pool[of(time)][metrics.SegHeld]++
				}
			}
		}
		rows = append(rows, row)
	}
	return append(rows, pool)
}

// agreeSegment compares sums: counts to be equal, others to 1e-10 of what they are
// made of.
func agreeSegment(got, want *metrics.Segment, cash float64) (metrics.Sum, bool) {
	for _, s := range metrics.Sums() {
		a, b := got[s], want[s]
		if a == b || a != a && b != b {
			continue
		}
		scale := 1e-3
		switch s {
		case metrics.SegDrawdown:
			scale = 1e-5
		case metrics.SegGains, metrics.SegLosses, metrics.SegPnL, metrics.SegFees:
			scale = 1e-3 * cash
		case metrics.SegPnL2:
			scale = 1e-3 * cash * cash
		case metrics.SegSquares, metrics.SegDownside, metrics.SegReturn2:
			scale = 1e-6
		}
		if s.Describe().Count || !(math.Abs(a-b) <= 1e-10*max(math.Abs(b), scale)) {
			return s, false
		}
	}
	return 0, true
}

// TestSegmentsAgainstSlicing holds the segments of whole runs, by the engine that is
// chosen and by the reference engine, to the equity curves and trades of every trial
// (RunDetail), sliced at the cuts by the naive loops above; and the union of all
// segments to the statistics of the run.
func TestSegmentsAgainstSlicing(t *testing.T) {
	proptest.Examples(t, 1000)
	var runs, events, rows, trades, crossing int
	rapid.Check(t, func(t *rapid.T) {
		f := drawFrame(t)
		defer f.Release()
		p, space := drawRun(t, f)
		cuts := drawCuts(t, f)
		sums := rapid.SampledFrom([][]metrics.Sum{
			nil, nil, nil, nil, metrics.Sums()[:metrics.SegDown], {metrics.SegBars, metrics.SegReturns, metrics.SegSquares, metrics.SegHeld, metrics.SegTraded, metrics.SegFees},
			{metrics.SegUp, metrics.SegDown}, {metrics.SegMin, metrics.SegMax, metrics.SegDrawdown, metrics.SegFirst, metrics.SegLast},
			{metrics.SegPnL, metrics.SegBest, metrics.SegTraded}, {metrics.SegReturn2, metrics.SegEquity},
		}).Draw(t, "sums")
		p.Segments = &Segmentation{Cuts: cuts, Sums: sums}
		p.Reference = rapid.IntRange(0, 3).Draw(t, "reference") == 0
		p.Workers = 1 + rapid.IntRange(0, 1).Draw(t, "workers")
		runs++
		if e, _ := p.Engine(); e == EngineEvent {
			events++
		}
		whole := rowsOfRun(t, p, space, false)
		n := len(cuts) + 1
		if _, err := Run(context.Background(), p, space, func(b *Block) error {
			each := len(b.Rows) / len(b.Trials)
			for i, trial := range b.Trials {
				if i > 0 && f.NumRows() > 5000 {
					break // a long history takes long to slice
				}
				index := b.Index[i*p.NumParams : (i+1)*p.NumParams]
				d, err := RunDetail(context.Background(), p, index)
				var want [][]metrics.Segment
				if err == nil {
					want = slicedDetail(&p, d, cuts)
					if !p.Assets {
						want = want[len(want)-1:]
					}
				}
				for row := range each {
					at := i*each + row
					if b.Rows[at].Err != nil {
						each := len(b.Segments) / len(b.Rows)
						for i, v := range b.Segments[at*each : (at+1)*each] {
							if !math.IsNaN(v) {
								return fmt.Errorf("trial %d row %d failed and has %v as sum %d", trial, row, v, i)
							}
						}
						continue
					}
					segments := segmentsOf(b, at, sums, want[row])
					rows++
					for s := range segments {
						if sum, ok := agreeSegment(&segments[s], &want[row][s], p.Config.Cash); !ok {
							return fmt.Errorf("trial %d row %d segment %d of %d: %s = %v, want %v", trial, row, s, n, sum, segments[s][sum], want[row][s][sum])
						}
						trades += int(segments[s][metrics.SegTrades])
						if s > 0 && segments[s][metrics.SegHeld] > 0 && segments[s-1][metrics.SegHeld] > 0 {
							crossing++
						}
					}
					if sums != nil {
						continue
					}
					if err := agreeUnion(&p, b, at, segments, &whole[trial][row]); err != nil {
						return fmt.Errorf("trial %d row %d: %w", trial, row, err)
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%d runs by the event engine, %d rows, %d trades, %d cuts in the middle of positions", events, rows, trades, crossing)
	if events*3 < runs || rows < runs || crossing < runs {
		t.Error("the cases say too little")
	}
}

// segmentsOf returns the segments of a row of a block that keeps these sums, nil for
// all. Others are those of want.
func segmentsOf(b *Block, row int, sums []metrics.Sum, want []metrics.Segment) []metrics.Segment {
	if sums == nil {
		sums = metrics.Sums()
	}
	out := slices.Clone(want)
	for i := range out {
		for at, sum := range sums {
			out[i][sum] = b.Segments[(row*len(out)+i)*len(sums)+at]
		}
	}
	return out
}

// rowsOfRun returns the rows of a run by trial, with segments or without.
func rowsOfRun(t *rapid.T, p Plan, space Space, segments bool) map[int64][]Row {
	if !segments {
		p.Segments = nil
	}
	out := make(map[int64][]Row)
	if _, err := Run(context.Background(), p, space, func(b *Block) error {
		each := len(b.Rows) / len(b.Trials)
		for i, trial := range b.Trials {
			out[trial] = append([]Row(nil), b.Rows[i*each:(i+1)*each]...)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// agreeUnion holds the union of all segments of a row to the statistics of the row,
// those of the run with segments and those of one without.
func agreeUnion(p *Plan, b *Block, at int, segments []metrics.Segment, without *Row) error {
	r := newRunner(*p, nil)
	row := at % r.rows()
	account, accounts := metrics.Account{RiskFree: p.RiskFree}, 1
	if p.Assets && row < len(r.assets) {
		account.Annual, account.Years = r.assets[row].Annual, r.assets[row].Years
	} else {
		account.Annual, account.Years, accounts = r.axis.annual, r.axis.years, len(r.assets)
	}
	union := segments[0]
	for i := range segments[1:] {
		union.Join(&segments[i+1])
	}
	var calc metrics.Calculator
	var got metrics.Values
	calc.Segment(&got, &union, account, accounts)
	var known []metrics.Stat
	for _, s := range p.statistics() {
		if s.Sums() != nil {
			known = append(known, s)
		}
	}
	for name, want := range map[string]*metrics.Values{"with segments": &b.Rows[at].Values, "without": &without.Values} {
		got := got
		if want[metrics.Trades] != want[metrics.Trades] || union[metrics.SegBars] == 0 {
			continue // the asset has no bars
		}
		for _, s := range known {
			// What is the rounding of equal returns has no deviation in a segment.
			if math.IsNaN(got[s]) && (s == metrics.Sharpe || s == metrics.SQN) && math.Abs(want[s]) > 1e4 || s == metrics.Volatility && want[s] < 1e-6 {
				got[s] = want[s]
			}
		}
		if s, ok := agree(known, &got, want); !ok {
			return fmt.Errorf("%s, union of %d segments: %s = %v, want %v", name, len(segments), s, got[s], want[s])
		}
	}
	return nil
}
