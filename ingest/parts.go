package ingest

import (
	"cmp"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// checkAssets refuses names of assets that mean something else.
func (in *inputs) checkAssets() error {
	for _, s := range in.sources {
		for _, c := range s.chunks {
			for _, r := range c.runs {
				if err := checkAsset(r.asset); r.rows > 0 && err != nil {
					return &InputError{File: s.Name(), Line: c.line, Err: err}
				}
			}
		}
	}
	return nil
}

// period is when the rows of a source begin and end.
type period struct {
	source      *input
	first, last int64
}

// checkParts refuses files that are called like parts of one asset and have the same
// days, as those of several assets do: parts overlap by a fifth of the shorter at most.
func (in *inputs) checkParts() error {
	parts := make(map[string][]period)
	var assets []string
	for _, s := range in.sources {
		at := period{source: s}
		rows := 0
		for _, c := range s.chunks {
			for _, r := range c.runs {
				if r.rows == 0 {
					continue
				}
				if rows == 0 {
					at.first, at.last = r.first, r.max
				}
				rows += r.rows
				at.first, at.last = min(at.first, r.first), max(at.last, r.max)
			}
		}
		if s.Part && s.layout != nil && !s.layout.Long && rows > 0 {
			if parts[s.layout.Asset] == nil {
				assets = append(assets, s.layout.Asset)
			}
			parts[s.layout.Asset] = append(parts[s.layout.Asset], at)
		}
	}
	for _, asset := range assets {
		periods := parts[asset]
		slices.SortStableFunc(periods, func(a, b period) int { return cmp.Compare(a.first, b.first) })
		for k := 1; k < len(periods); k++ {
			a, b := periods[k-1], periods[k]
			if common := min(a.last, b.last) - b.first; common >= 0 && common*5 >= min(a.last-a.first, b.last-b.first) {
				return &InputError{File: b.source.Name(), Err: problem.Shape(
					"it and %s are called like parts of the asset %q, and have the same days; give Options.Asset where they are one asset, or Options.AssetFrom, as in '{asset}.csv', where they are several", a.source.Name(), asset)}
			}
		}
	}
	return nil
}
