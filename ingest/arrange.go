package ingest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// What becomes of a row when those of its asset are put in order.
const (
	fateBar      uint8 = iota // it is a bar
	fateRepeated              // it says what the bar of its time says
	fateDouble                // another row of its time is the bar
	fateStray                 // its time has no place among the others
)

// perSorted is the memory of a row that is sorted: its place and its fate.
const perSorted = 5

// arranged is what putting rows in order came to.
type arranged struct {
	// sorted counts the rows that stood behind a later one of their asset.
	sorted int64
	// fates are those of the rows of an asset by arrival; an asset of which every
	// row is a bar has none.
	fates map[*asset][]uint8
	// order are the arrivals of an asset's rows: those that are bars in the order of
	// time, and behind them the others. An asset that came in order has none.
	order map[*asset][]uint32
	// bars are how many of them are.
	bars map[*asset]int
	// lost is set where some row is no bar.
	lost bool
}

// arrange puts the rows of every asset in the order of time and makes one bar of
// those of one time. It works on the rows as they arrived, in the order of sources
// and lines, and rewrites the columns where it has to.
func (g *grouped) arrange(ctx context.Context, in *inputs, rejected []rejectedRows, o *Options, m *memory) (*arranged, error) {
	x := &arranged{fates: make(map[*asset][]uint8), order: make(map[*asset][]uint32), bars: make(map[*asset]int)}
	var spans map[*asset][]span
	for _, a := range g.assets {
		if !a.unsorted {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if spans == nil {
			spans = g.spans(in)
		}
		repeatedHours(g.timesOf(a), spans[a])
		if err := g.arrangeAsset(a, spans[a], x, o); err != nil {
			return nil, err
		}
	}
	if len(x.order) == 0 {
		return x, nil
	}
	if x.lost {
		if err := g.loseRows(x, in, rejected, o); err != nil {
			return nil, err
		}
	}
	if err := g.reorder(ctx, x, m); err != nil {
		return nil, err
	}
	if o.rejectsByQuality() {
		for a, order := range x.order {
			a.arrivals = order[:x.bars[a]]
		}
	}
	return x, nil
}

// span is where the rows of an asset begin that came from a source.
type span struct {
	start  int
	source *input
}

// spans returns for each asset that is out of order which of its rows came from
// which source.
func (g *grouped) spans(in *inputs) map[*asset][]span {
	all := make(map[*asset][]span)
	for _, s := range in.sources {
		for _, c := range s.chunks {
			for _, r := range c.runs {
				if r.rows == 0 {
					continue
				}
				a := g.byID[r.asset]
				if list := all[a]; a.unsorted && (len(list) == 0 || list[len(list)-1].source != s) {
					all[a] = append(list, span{r.base, s})
				}
			}
		}
	}
	return all
}

// arrangeAsset finds the order of an asset's rows, and which of them are bars.
func (g *grouped) arrangeAsset(a *asset, spans []span, x *arranged, o *Options) error {
	times := g.timesOf(a)
	if len(times) > math.MaxInt32 {
		return fmt.Errorf("ingest: asset %q has %d rows out of order, more than can be sorted", a.id, len(times))
	}
	late, doubles, latest := int64(0), false, int64(math.MinInt64)
	for _, t := range times {
		if t < latest {
			late++
		}
		doubles = doubles || t == latest
		latest = max(latest, t)
	}
	if late == 0 && !doubles {
		return nil // a repeated hour was all
	}
	x.sorted += late
	order := make([]uint32, len(times))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(i, j uint32) int { return cmp.Or(cmp.Compare(times[i], times[j]), cmp.Compare(i, j)) })
	fates := make([]uint8, len(times))
	if late > 0 && !withPolicy(o.Policies, Keep).has(codeOrder) {
		for _, i := range strays(times, order) {
			fates[i] = fateStray
		}
	}
	g.one(a, order, fates, spans, o.Policies[RuleDuplicate] == KeepFirst)
	bars := order[:0]
	for _, i := range order {
		if fates[i] == fateBar {
			bars = append(bars, i)
		}
	}
	x.order[a], x.bars[a] = order, len(bars)
	if len(bars) < len(times) {
		x.fates[a], x.lost = fates, true
		for i, fate := range fates {
			if fate != fateBar {
				bars = append(bars, uint32(i))
			}
		}
	}
	return nil
}

// one makes one bar of the rows of one time: the one that stands last in the
// sources, or first. Those that say the same are repeated, others doubles.
func (g *grouped) one(a *asset, order []uint32, fates []uint8, spans []span, first bool) {
	times := g.timesOf(a)
	for from := 0; from < len(order); {
		end := from + 1
		for end < len(order) && times[order[end]] == times[order[from]] {
			end++
		}
		if end-from > 1 {
			group := make([]uint32, 0, end-from)
			for _, i := range order[from:end] {
				if fates[i] == fateBar {
					group = append(group, i)
				}
			}
			g.choose(a, group, fates, spans, first)
		}
		from = end
	}
}

// choose leaves one of the rows of one time a bar.
func (g *grouped) choose(a *asset, group []uint32, fates []uint8, spans []span, first bool) {
	if len(group) < 2 {
		return
	}
	bar := group[0]
	for _, i := range group[1:] {
		if further(spans, bar, i) != first {
			bar = i
		}
	}
	for _, i := range group {
		switch {
		case i == bar:
		case g.same(a, int(i), int(bar)):
			fates[i] = fateRepeated
		default:
			fates[i] = fateDouble
		}
	}
}

// further reports whether row j stands behind row i of the same asset in the
// sources; j arrived later. Of a source that is read from its end the first to
// arrive stands last.
func further(spans []span, i, j uint32) bool {
	of := func(row uint32) int {
		k, found := slices.BinarySearchFunc(spans, int(row), func(s span, row int) int { return cmp.Compare(s.start, row) })
		if !found {
			k--
		}
		return k
	}
	k := of(i)
	return k != of(j) || !spans[k].source.layout.Backwards
}

// same reports whether two rows of an asset hold the same values.
func (g *grouped) same(a *asset, i, j int) bool {
	for _, v := range g.values {
		if x, y := v[a.base+i], v[a.base+j]; x != y && (x == x || y == y) {
			return false
		}
	}
	return true
}

// loseRows enters the rows that are no bars among the rejected ones, by source and
// line, while the columns still hold them.
func (g *grouped) loseRows(x *arranged, in *inputs, rejected []rejectedRows, o *Options) error {
	fail := withPolicy(o.Policies, Fail)
	for n, s := range in.sources {
		r, kept := &rejected[n], len(rejected[n].rows)
		for _, c := range s.chunks {
			if !slices.ContainsFunc(c.runs, func(r run) bool { return x.fates[g.byID[r.asset]] != nil }) {
				continue
			}
			if err := g.spill.loadSlots(c); err != nil {
				return err
			}
			g.each(c, func(a *asset, arrival, row int) {
				fates := x.fates[a]
				if fates == nil || fates[arrival] == fateBar {
					return
				}
				c.accepted--
				if fates[arrival] == fateRepeated {
					s.Repeated++
					return
				}
				l := rejection{line: c.lineOf(row), code: codeDuplicate, known: s.Format != source.FormatText}
				if fates[arrival] == fateStray {
					l.code = codeOrder
				}
				if l.known && g.texts {
					at := a.base + arrival
					l.text = barText(a.id, g.times[at], g.columns, func(k int) float64 { return g.values[k][at] })
				}
				if fail.has(l.code) && (r.failed == nil || l.line < r.failed.line) {
					r.failed = &l
				}
				r.add(l, len(r.rows)-kept < MaxRejects)
			})
			g.spill.dropSlots(c)
		}
		sortRejections(r.rows)
	}
	limitRejections(rejected)
	return nil
}
