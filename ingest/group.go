package ingest

import (
	"context"
	"fmt"

	arrowmemory "github.com/apache/arrow/go/v17/arrow/memory"
	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
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
	// keepsPlaces says that where a row comes from is asked after it has its place.
	keepsPlaces bool
	spill       *spill
	// sorting is the memory that putting rows in order takes.
	sorting int64
	// noVolume says that the sources have none.
	noVolume bool
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
	// max and unsorted go on from chunk to chunk; see run.
	max      int64
	unsorted bool
	// arrivals are, for an asset whose rows have changed places, the number by
	// which each bar arrived; kept only where somebody asks.
	arrivals []uint32
	events   []columnar.Event
}

func newGrouped(columns []string, o *Options) *grouped {
	fail := withPolicy(o.Policies, Fail)
	return &grouped{
		byID: make(map[string]*asset), values: make([][]float64, len(columns)), columns: columns,
		texts: o.Rejects != nil || fail.has(codeDuplicate) || fail.has(codeOrder), keepsPlaces: o.rejectsByQuality(),
	}
}

// place gives the runs of the next chunk their places after those before it.
func (g *grouped) place(c *chunk) {
	c.accepted = c.rows()
	for slot := range c.runs {
		r := &c.runs[slot]
		if r.rows == 0 {
			continue
		}
		a := g.byID[r.asset]
		if a == nil {
			a = &asset{id: r.asset, max: r.first - 1}
			g.byID[r.asset] = a
			g.assets = append(g.assets, a)
		}
		a.unsorted = a.unsorted || r.unsorted || r.first <= a.max
		g.keepsPlaces = g.keepsPlaces || a.unsorted
		r.base = a.rows
		a.rows += r.rows
		a.max = max(a.max, r.max)
	}
	g.rows += c.accepted
	if c.spilled != nil {
		c.times, c.values, c.slots = nil, nil, nil
	}
}

// gather copies the rows of all chunks to their places and frees the chunks.
func (g *grouped) gather(ctx context.Context, in *inputs, o *Options, m *memory) error {
	at := 0
	for _, a := range g.assets {
		a.base = at
		at += a.rows
	}
	need := chunkBytes(g.rows, len(g.values), false) + g.sorting
	err := m.reserve(need)
	switch {
	case err != nil && m.spill != nil || err == nil && m.spilled():
		if err == nil {
			m.release(need)
		}
		if err := g.gatherSpilled(ctx, in, o, m); err != nil {
			return err
		}
		if err := m.reserve(g.sorting); err != nil {
			return fmt.Errorf("%w; rows are out of order, and sorting them takes %d bytes", err, g.sorting)
		}
		return nil
	case err != nil:
		return err
	case m.slabs != nil && g.rows < mostPlaces:
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
				c.release(g.keepsPlaces)
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
			if r.rows > 0 {
				at := base(g.byID[r.asset]) + r.base
				copy(g.times[at:], c.times)
				for k, v := range c.values {
					copy(g.values[k][at:], v)
				}
			}
		}
		return
	}
	places := g.places(c, base)
	for row, at := range places {
		g.times[at] = c.times[row]
	}
	for k, v := range c.values {
		column := g.values[k]
		for row, at := range places {
			column[at] = v[row]
		}
	}
}

// places returns for each row where it goes.
func (g *grouped) places(c *chunk, base func(*asset) int) []int {
	next := make([]int, len(c.runs))
	for i, r := range c.runs {
		if r.rows > 0 {
			next[i] = base(g.byID[r.asset]) + r.base
		}
	}
	places := make([]int, len(c.slots))
	for row, slot := range c.slots {
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
		broken := judgeOf(g.noVolume, v[0][row], v[1][row], v[2][row], v[3][row], v[4][row])
		for c := codeNaN; c <= codeOHLC; c++ {
			if broken.has(c) {
				r.Rules[c].Kept++
			}
		}
	}
}
