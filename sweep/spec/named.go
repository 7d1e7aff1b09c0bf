package spec

import (
	"regexp"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// word is what a statistic may be called in an expression.
var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// withNamed returns statistics with those that expressions name: what ranks or excludes
// rows is a column of theirs.
func withNamed(stats []metrics.Stat, texts []string) []metrics.Stat {
	own := stats
	for _, text := range texts {
		for _, name := range word.FindAllString(text, -1) {
			stat, ok := metrics.ParseStat(name)
			if !ok || slices.Contains(stats, stat) {
				continue
			}
			if len(stats) == len(own) {
				stats = slices.Clone(own) // which are the caller's
			}
			stats = append(stats, stat)
		}
	}
	return stats
}
