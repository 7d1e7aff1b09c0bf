package ingest

import (
	"cmp"
	"context"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	arrowmemory "github.com/apache/arrow/go/v17/arrow/memory"
	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// grouped is the columns of all assets, one after the other.
type grouped struct {
	assets []*asset
	byID   map[string]*asset
	rows   int
	times  []int64
	values [][]float64
	// owner is the memory of the columns where they are mapped from a file.
	owner *arrowmemory.Buffer
	// lates are the rows that come too late, by source and line.
	lates []lateRow
	// columns are the names of values. texts says that rows of tables are written
	// down as they turn out bad: they cannot be read again.
	columns []string
	texts   bool
	// eventColumns are the types of events that there were columns of.
	eventColumns []columnar.EventType
}

// asset is where the rows of an asset stand.
type asset struct {
	id         string
	base, rows int
	// max, prev, up and down go on from chunk to chunk; see run.
	max, prev int64
	up, down  int
	events    []columnar.Event
}

// lateRow is a row whose time is not after those of its asset before it.
type lateRow struct {
	source *input
	asset  *asset
	line   int
	time   int64
	text   string
	known  bool // text has been kept
}

func newGrouped(columns []string, o *Options) *grouped {
	fail := withPolicy(o.Policies, Fail)
	return &grouped{
		byID: make(map[string]*asset), values: make([][]float64, len(columns)), columns: columns,
		texts: o.Rejects != nil || fail.has(codeDuplicate) || fail.has(codeOrder),
	}
}

// place gives the runs of the next chunk their places after those before it.
// Within a run times increase, so rows that come too late for an earlier
// chunk are at its front.
func (g *grouped) place(s *input, c *chunk, m *memory) error {
	c.accepted = c.rows()
	first := len(g.lates)
	for slot := range c.runs {
		r := &c.runs[slot]
		if r.rows == 0 {
			continue
		}
		a := g.byID[r.asset]
		switch {
		case a == nil:
			if err := checkAsset(r.asset); err != nil {
				return &InputError{File: s.Name(), Line: c.line, Err: err}
			}
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
			if err := m.load(c); err != nil {
				return err
			}
			if err := g.skip(s, c, slot, a, m); err != nil {
				return err
			}
		}
		r.base = a.rows
		a.rows += r.rows - r.skip
		a.max, a.prev = max(a.max, r.max), r.prev
		c.accepted -= r.skip
	}
	for _, l := range c.late {
		g.lates = append(g.lates, lateRow{source: s, asset: g.byID[c.runs[l.slot].asset], line: l.line, time: l.time, text: l.text, known: !c.textless})
	}
	c.late = nil
	slices.SortFunc(g.lates[first:], func(x, y lateRow) int { return cmp.Compare(x.line, y.line) })
	g.rows += c.accepted
	if c.spilled != nil {
		c.times, c.values, c.slots = nil, nil, nil
	}
	return nil
}

// skip takes the rows of a run out that come too late for asset a.
func (g *grouped) skip(s *input, c *chunk, slot int, a *asset, m *memory) (err error) {
	c.each(slot, func(row int) bool {
		if c.times[row] > a.max {
			return false
		}
		c.runs[slot].skip++
		l := lateRow{source: s, asset: a, line: c.lineOf(row), time: c.times[row], known: s.Format != source.FormatText}
		if l.known && g.texts {
			l.text = barText(a.id, l.time, g.columns, func(k int) float64 { return c.values[k][row] })
			if err = m.reserve(int64(len(l.text))); err != nil {
				return false
			}
		}
		g.lates = append(g.lates, l)
		return true
	})
	return err
}

// backwards refuses a source that is sorted newest first, of which the order
// rule would leave a single row.
func (g *grouped) backwards() error {
	for _, l := range g.lates {
		if a := l.asset; a.down > a.up && a.down > 1 {
			return &InputError{File: l.source.Name(), Line: l.line, Err: problem.Shape(
				"the times of %q run backwards in %d of %d steps; sort the rows oldest first", a.id, a.down, a.down+a.up)}
		}
	}
	return nil
}

// gather copies the rows of all chunks to their places and frees the chunks.
func (g *grouped) gather(ctx context.Context, in *inputs, o *Options, m *memory) error {
	at := 0
	for _, a := range g.assets {
		a.base = at
		at += a.rows
	}
	err := m.reserve(chunkBytes(g.rows, len(g.values), false))
	switch {
	case err != nil && m.spill != nil || err == nil && m.spilled():
		if err == nil {
			m.release(chunkBytes(g.rows, len(g.values), false))
		}
		return g.gatherSpilled(ctx, in, o, m)
	case err != nil:
		return err
	case m.slabs != nil && g.rows < skipped:
		return g.gatherColumns(ctx, in, o, m.slabs)
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
				g.copy(c, func(a *asset) int { return a.base })
				c.release(o.rejectsByQuality())
				return nil
			})
		}
	}
	return tasks.Wait()
}

// copy copies the rows of one chunk. base says where the first row of an asset
// has its place.
func (g *grouped) copy(c *chunk, base func(*asset) int) {
	if c.slots == nil {
		for _, r := range c.runs {
			if r.rows > r.skip {
				at := base(g.byID[r.asset]) + r.base
				copy(g.times[at:], c.times[r.skip:])
				for k, v := range c.values {
					copy(g.values[k][at:], v[r.skip:])
				}
			}
		}
		return
	}
	places := g.places(c, base)
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
func (g *grouped) places(c *chunk, base func(*asset) int) []int {
	next := make([]int, len(c.runs))
	skip := make([]int, len(c.runs))
	for i, r := range c.runs {
		skip[i] = r.skip
		if r.rows > r.skip {
			next[i] = base(g.byID[r.asset]) + r.base
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

// release gives the memory of columns in a file back; the Frame has its own
// reference.
func (g *grouped) release() {
	if g.owner != nil {
		g.owner.Release()
	}
}

func (g *grouped) timesOf(a *asset) []int64 {
	return g.times[a.base : a.base+a.rows : a.base+a.rows]
}

// countKept counts the accepted rows that break a rule and were kept.
func (g *grouped) countKept(r *Report, keep ruleSet) {
	if keep == 0 {
		return
	}
	v := g.values
	for row := range g.rows {
		broken := judge(v[0][row], v[1][row], v[2][row], v[3][row], v[4][row])
		for c := codeNaN; c <= codeOHLC; c++ {
			if broken.has(c) {
				r.Rules[c].Kept++
			}
		}
	}
}
