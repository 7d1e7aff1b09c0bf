package ingest

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
)

// grouped is the columns of all assets, one after the other.
type grouped struct {
	assets []*asset
	byID   map[string]*asset
	rows   int
	times  []int64
	values [][]float64
	// lates are the rows that come too late, by source and line.
	lates []lateRow
}

// asset is where the rows of an asset stand.
type asset struct {
	id         string
	base, rows int
	// max, prev, up and down go on from chunk to chunk; see run.
	max, prev int64
	up, down  int
}

// lateRow is a row whose time is not after those of its asset before it.
type lateRow struct {
	source *source
	asset  *asset
	line   int
	time   int64
	text   string
	known  bool // text has been kept
}

func newGrouped(columns int) *grouped {
	return &grouped{byID: make(map[string]*asset), values: make([][]float64, columns)}
}

// place gives the runs of the next chunk their places after those before it.
// Within a run times increase, so rows that come too late for an earlier
// chunk are at its front.
func (g *grouped) place(s *source, c *chunk) {
	c.accepted = len(c.times)
	first := len(g.lates)
	for slot := range c.runs {
		r := &c.runs[slot]
		if r.rows == 0 {
			continue
		}
		a := g.byID[r.asset]
		switch {
		case a == nil:
			a = &asset{id: r.asset, max: r.first - 1}
			g.byID[r.asset] = a
			g.assets = append(g.assets, a)
		case r.first > a.prev:
			a.up++
		case r.first < a.prev:
			a.down++
		}
		a.up += r.up
		a.down += r.down
		if r.first <= a.max {
			g.skip(s, c, slot, a)
		}
		r.base = a.rows
		a.rows += r.rows - r.skip
		a.max, a.prev = max(a.max, r.max), r.prev
		c.accepted -= r.skip
	}
	for _, l := range c.late {
		g.lates = append(g.lates, lateRow{source: s, asset: g.byID[c.runs[l.slot].asset], line: l.line, time: l.time, text: l.text, known: true})
	}
	slices.SortFunc(g.lates[first:], func(x, y lateRow) int { return cmp.Compare(x.line, y.line) })
	g.rows += c.accepted
}

// skip takes the rows of a run out that come too late for asset a.
func (g *grouped) skip(s *source, c *chunk, slot int, a *asset) {
	c.each(slot, func(row int) bool {
		if c.times[row] > a.max {
			return false
		}
		c.runs[slot].skip++
		g.lates = append(g.lates, lateRow{source: s, asset: a, line: c.lineOf(row), time: c.times[row]})
		return true
	})
}

// backwards refuses a source that is sorted newest first, of which the order
// rule would leave a single row.
func (g *grouped) backwards() error {
	for _, l := range g.lates {
		if a := l.asset; a.down > a.up && a.down > 1 {
			return &InputError{File: l.source.name(), Line: l.line, Err: shape(
				"the times of %q run backwards in %d of %d steps; sort the rows oldest first", a.id, a.down, a.down+a.up)}
		}
	}
	return nil
}

// gather copies the rows of all chunks to their places and frees the chunks.
func (g *grouped) gather(ctx context.Context, in *inputs, o *Options, m *memory) error {
	if err := m.reserve(chunkBytes(g.rows, len(g.values), false)); err != nil {
		return err
	}
	at := 0
	for _, a := range g.assets {
		a.base = at
		at += a.rows
	}
	g.times = make([]int64, g.rows)
	for i := range g.values {
		g.values[i] = make([]float64, g.rows)
	}
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(o.workers())
	for _, s := range in.sources {
		for _, c := range s.chunks {
			tasks.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				g.copy(c)
				if !o.rejectsByQuality() { // which needs to know where rows come from
					c.release()
				}
				return nil
			})
		}
	}
	return tasks.Wait()
}

// copy copies the rows of one chunk.
func (g *grouped) copy(c *chunk) {
	if c.slots == nil {
		for _, r := range c.runs {
			if r.rows > 0 {
				at := g.byID[r.asset].base + r.base
				copy(g.times[at:], c.times[r.skip:])
				for k, v := range c.values {
					copy(g.values[k][at:], v[r.skip:])
				}
			}
		}
		return
	}
	places := g.places(c)
	for row, at := range places {
		if at >= 0 {
			g.times[at] = c.times[row]
		}
	}
	for k, v := range c.values {
		column := g.values[k]
		for row, at := range places {
			if at >= 0 {
				column[at] = v[row]
			}
		}
	}
}

// places returns for each row where it goes, or -1.
func (g *grouped) places(c *chunk) []int {
	next := make([]int, len(c.runs))
	skip := make([]int, len(c.runs))
	for i, r := range c.runs {
		if r.rows > 0 {
			next[i], skip[i] = g.byID[r.asset].base+r.base, r.skip
		}
	}
	places := make([]int, len(c.slots))
	for row, slot := range c.slots {
		if skip[slot] > 0 {
			skip[slot]--
			places[row] = -1
			continue
		}
		places[row] = next[slot]
		next[slot]++
	}
	return places
}

func (g *grouped) timesOf(a *asset) []int64 {
	return g.times[a.base : a.base+a.rows : a.base+a.rows]
}

// countKept counts the accepted rows that break a rule and were kept.
func (g *grouped) countKept(report *Report, keep ruleSet) {
	if keep == 0 {
		return
	}
	v := g.values
	for row := range g.rows {
		broken := judge(v[0][row], v[1][row], v[2][row], v[3][row], v[4][row])
		for c := codeNaN; c <= codeOHLC; c++ {
			if broken.has(c) {
				report.Rules[c].Kept++
			}
		}
	}
}
