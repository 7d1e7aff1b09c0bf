package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bowstring-engine/bowstring/sweep/results"
)

// mostAnnual is the number of assets whose bars a year are named in a line.
const mostAnnual = 6

// noteAnnual says which assets of results are not annualised as the bundle's calendar
// has it, below the table of people; others find it in the metadata.
func (a *app) noteAnnual(meta map[string]string) {
	axis, err := results.ReadAxis(meta)
	if err != nil || len(axis.Annual) == 0 || a.output != outputTable {
		return // results of another program say nothing of it
	}
	a.printf("annualised: %s (%s: %.6g)\n", annualText(axis.Annual), axis.Calendar, axis.BarsPerYear)
}

// annualText lists the numbers of bars a year with the assets that have them.
func annualText(annual map[string]float64) string {
	byNumber := make(map[float64][]string)
	for asset, n := range annual {
		if asset == results.PooledAsset {
			asset = "pooled"
		}
		byNumber[n] = append(byNumber[n], asset)
	}
	var parts []string
	named := 0
	for _, n := range slices.Sorted(maps.Keys(byNumber)) {
		assets := byNumber[n]
		if named += len(assets); named > mostAnnual {
			parts = append(parts, strconv.Itoa(len(annual)-named+len(assets))+" more otherwise")
			break
		}
		slices.Sort(assets)
		parts = append(parts, strconv.FormatFloat(n, 'g', 6, 64)+" bars a year for "+strings.Join(assets, ", "))
	}
	return strings.Join(parts, "; ")
}
