package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// inspect holds the accepted bars against the quality rules, enters what they
// find into the report, and takes the rows out whose rule has the policy
// RejectRow: those are added to the rejected ones.
func (g *grouped) inspect(ctx context.Context, in *inputs, rejected []rejectedRows, o *Options) ([]report.AssetQuality, error) {
	all := make([]quality.Series, len(g.assets))
	for i, a := range g.assets {
		all[i] = g.series(a)
	}
	setting := quality.Setting{
		Options: o.Quality, Calendar: o.Calendar, Label: o.Label, Adjusted: o.Adjusted, Workers: o.workers(), Rows: o.rejectingQuality(),
	}
	found, err := quality.Inspect(ctx, all, setting)
	if err != nil {
		return nil, err
	}
	var list []report.AssetQuality
	for i, f := range found {
		if len(f.Findings) > 0 {
			list = append(list, report.AssetQuality{Asset: all[i].ID, Findings: f.Findings})
		}
	}
	if !o.Quality.Off {
		list = addSwapped(list, in)
	}
	slices.SortFunc(list, func(a, b report.AssetQuality) int { return strings.Compare(a.Asset, b.Asset) })
	if err := qualityFailure(list, o); err != nil {
		return nil, err
	}
	if setting.Rows != nil {
		if err := g.take(in, found, rejected); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// series returns the columns of an asset.
func (g *grouped) series(a *asset) quality.Series {
	s := quality.Series{
		ID: a.id, Times: g.timesOf(a), Events: a.events, Columns: g.columns, Values: make([][]float64, len(g.columns)),
	}
	for k := range s.Values {
		s.Values[k] = g.values[k][a.base : a.base+a.rows : a.base+a.rows]
	}
	return s
}

// meant returns for the bars of an asset the code of the first quality rule
// that rejects it, by bar; none where no rule does.
func meant(rows [][]int) map[int]code {
	var codes map[int]code
	for k, bars := range rows {
		for _, bar := range bars {
			if codes == nil {
				codes = make(map[int]code)
			}
			if _, ok := codes[bar]; !ok {
				codes[bar] = codeQuality + code(k)
			}
		}
	}
	return codes
}

// qualityFailure returns the error of the first finding, by asset and rule,
// whose rule has the policy Fail.
func qualityFailure(found []report.AssetQuality, o *Options) error {
	for _, a := range found {
		for _, f := range a.Findings {
			if o.Policies[f.Rule] != Fail {
				continue
			}
			what := fmt.Errorf("%w: asset %q: %d bars from %s to %s", ErrQuality, a.Asset, f.Count, f.First.Format(time.RFC3339), f.Last.Format(time.RFC3339))
			var texts []string
			for _, e := range f.Examples {
				texts = append(texts, strings.TrimSpace(e.Time.Format(time.RFC3339)+" "+e.Detail))
			}
			return &InputError{File: a.Asset, Rule: f.Rule, Text: strings.Join(texts, "; "), Err: what}
		}
	}
	return nil
}

// take moves rows from the accepted to the rejected ones. It is for few: what
// is left moves together in place.
func (g *grouped) take(in *inputs, found []quality.Found, rejected []rejectedRows) error {
	byAsset := make(map[*asset]map[int]code)
	for i, a := range g.assets {
		if codes := meant(found[i].Rows); codes != nil {
			byAsset[a] = codes
		}
	}
	if len(byAsset) == 0 {
		return nil
	}
	bars := make(map[*asset]map[int]int) // by arrival, of assets that were sorted
	for a := range byAsset {
		if a.arrivals != nil {
			bars[a] = make(map[int]int, len(a.arrivals))
			for bar, arrival := range a.arrivals {
				bars[a][int(arrival)] = bar
			}
		}
	}
	for i, s := range in.sources {
		for _, c := range s.chunks {
			if err := g.spill.loadSlots(c); err != nil {
				return err
			}
			g.each(c, func(a *asset, bar, row int) {
				if a.arrivals != nil {
					var ok bool
					if bar, ok = bars[a][bar]; !ok {
						return // it was no bar
					}
				}
				if x, ok := byAsset[a][bar]; ok {
					r := rejection{line: c.lineOf(row), code: x, known: s.Format != source.FormatText}
					if r.known && g.texts {
						at := a.base + bar
						r.text = barText(a.id, g.times[at], g.columns, func(k int) float64 { return g.values[k][at] })
					}
					rejected[i].add(r, true)
					c.accepted--
				}
			})
			g.spill.dropSlots(c)
		}
		sortRejections(rejected[i].rows)
	}
	to := 0
	for _, a := range g.assets {
		base := to
		for bar := range a.rows {
			if _, ok := byAsset[a][bar]; ok {
				continue
			}
			g.times[to] = g.times[a.base+bar]
			for _, v := range g.values {
				v[to] = v[a.base+bar]
			}
			to++
		}
		a.base, a.rows = base, to-base
	}
	g.rows, g.times = to, g.times[:to]
	for k, v := range g.values {
		g.values[k] = v[:to]
	}
	return nil
}

// each calls f with the rows of a chunk that have a place: the asset, by which
// number they arrived there, and the row in the chunk.
func (g *grouped) each(c *chunk, f func(a *asset, bar, row int)) {
	next := make([]int, len(c.runs)) // the number of the next row of each run
	for i, r := range c.runs {
		next[i] = r.base
	}
	visit := func(slot uint32, row int) {
		f(g.byID[c.runs[slot].asset], next[slot], row)
		next[slot]++
	}
	if c.slots == nil {
		for slot, r := range c.runs {
			for row := range r.rows {
				visit(uint32(slot), row)
			}
		}
		return
	}
	for row, slot := range c.slots {
		visit(slot, row)
	}
}
