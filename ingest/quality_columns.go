package ingest

import (
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// A file is said to have swapped columns when at least swappedRows rows and
// swappedShare of all break rule ohlc, and one exchange mends mendedShare of
// them.
const (
	swappedRows  = 20
	swappedShare = 0.5
	mendedShare  = 0.95
)

// swapped returns what is known of the swapped columns of a source, or "".
func (s *input) swapped() (rows int64, advice string) {
	var sum ohlcBreaks
	read := 0
	for _, c := range s.chunks {
		read += c.lines - c.blank
		sum.rows += c.ohlcBreaks.rows
		for k, n := range c.ohlcBreaks.mended {
			if sum.mended == nil {
				sum.mended = make([]int, len(c.ohlcBreaks.mended))
			}
			sum.mended[k] += n
		}
	}
	if sum.rows < swappedRows || float64(sum.rows) < swappedShare*float64(read) {
		return 0, ""
	}
	// A close that is below the low is always mended by exchanging the two, so a
	// further column that fits says more.
	best := len(pricePairs) + indexOfMost(sum.mended[len(pricePairs):])
	if best < len(pricePairs) || float64(sum.mended[best]) < mendedShare*float64(sum.rows) {
		best = indexOfMost(sum.mended[:len(pricePairs)])
	}
	if float64(sum.mended[best]) < mendedShare*float64(sum.rows) {
		return 0, ""
	}
	pair := [2]int{3, numCanonical + best - len(pricePairs)}
	if best < len(pricePairs) {
		pair = pricePairs[best]
	}
	a, b := s.layout.Columns[pair[0]], s.layout.Columns[pair[1]]
	return int64(sum.rows), fmt.Sprintf("%d of %d rows break rule ohlc, and %d of them would not if %q and %q changed places", sum.rows, read, sum.mended[best], a, b)
}

// indexOfMost returns the position of the first largest number, -1 of none.
func indexOfMost(counts []int) int {
	best := -1
	for i, n := range counts {
		if best < 0 || n > counts[best] {
			best = i
		}
	}
	return best
}

// addSwapped adds what sources say of their columns to the findings of their
// asset, or of "*" for sources in long form.
func addSwapped(list []report.AssetQuality, in *inputs) []report.AssetQuality {
	rule, _ := quality.Find(quality.Swapped)
	for _, s := range in.sources {
		rows, advice := s.swapped()
		if advice == "" {
			continue
		}
		id := "*"
		if !s.layout.Long {
			id = s.layout.Asset
		}
		at := slices.IndexFunc(list, func(a report.AssetQuality) bool { return a.Asset == id })
		if at < 0 {
			at = len(list)
			list = append(list, report.AssetQuality{Asset: id})
		}
		findings := &list[at].Findings
		if n := len(*findings); n == 0 || (*findings)[n-1].Rule != quality.Swapped {
			*findings = append(*findings, report.Finding{Rule: rule.Name, Severity: rule.Severity})
		}
		f := &(*findings)[len(*findings)-1]
		f.Count += rows
		if len(f.Examples) < quality.Examples {
			f.Examples = append(f.Examples, report.Example{Detail: s.Name() + ": " + advice})
		}
	}
	return list
}
