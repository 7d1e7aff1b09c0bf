package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// noteQuality says what the quality rules found, a count of assets a rule.
func (a *app) noteQuality(bundle string, found []report.AssetQuality) {
	if len(found) == 0 {
		return
	}
	assets := make(map[ingest.Rule]int)
	for _, asset := range found {
		for _, f := range asset.Findings {
			assets[f.Rule]++
		}
	}
	var texts []string
	for _, rule := range ingest.QualityRules() {
		if n := assets[rule]; n > 0 {
			texts = append(texts, fmt.Sprintf("%s in %d", rule, n))
		}
	}
	a.notef("quality, in assets: %s; see bundle show %s --quality", strings.Join(texts, ", "), bundle)
}

// printQuality prints what the ingest of a version found, a line an asset and
// rule.
func (a *app) printQuality(m *bundles.Manifest) error {
	account, err := m.Account()
	if err != nil {
		return err
	}
	t := table{columns: names("asset", "rule", "severity", "count", "first", "last", "examples")}
	for _, asset := range account.Quality {
		for _, f := range asset.Findings {
			var examples []string
			for _, e := range f.Examples {
				examples = append(examples, strings.TrimSpace(moment(e.Time)+" "+e.Detail))
			}
			t.add(asset.Asset, f.Rule, f.Severity, f.Count, known(f.First), known(f.Last), strings.Join(examples, "; "))
		}
	}
	if len(t.rows) == 0 {
		a.notef("the quality rules found nothing")
	}
	return a.print(t)
}

// moment is a time as text, nothing where there is none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// known is a time, or nothing where there is none.
func known(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
