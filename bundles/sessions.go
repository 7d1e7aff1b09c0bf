package bundles

import (
	"fmt"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// checkSessions refuses bars that would be a second one of their session, week or month,
// beside one of the version or of their own: daily bars of another clock, and running
// ones.
func (m *merger) checkSessions() error {
	axis := m.base.Info().Axis
	axis.Frequency = max(axis.Frequency, m.news.Info().Axis.Frequency)
	if axis.Frequency < 24*time.Hour {
		return nil
	}
	var all [][]int64
	for _, f := range []*columnar.Frame{m.base, m.news} {
		for i := range f.NumAssets() {
			all = append(all, f.Times(i))
		}
	}
	days := columnar.NewDays(axis, all...)
	for i := range m.assets {
		a := &m.assets[i]
		if a.old < 0 || !a.changed {
			continue
		}
		old := m.base.Times(a.old)
		isNew := func(t int64) bool { _, has := slices.BinarySearch(old, t); return !has }
		n, first, second := 0, int64(0), int64(0)
		times := a.times
		if a.kept > 0 {
			times = slices.Concat(old[a.kept-1:a.kept], times)
		}
		for k := 1; k < len(times); k++ {
			before, ok := days.Period(times[k-1])
			if at, _ := days.Period(times[k]); ok && at == before && (isNew(times[k-1]) || isNew(times[k])) {
				if n++; n == 1 {
					first, second = times[k-1], times[k]
				}
			}
		}
		if n > 0 {
			at := func(t int64) string { return time.Unix(0, t).UTC().Format(time.RFC3339) }
			return fmt.Errorf("%w: asset %q would have two bars of one session, week or month %d times, first at %s and %s; read the new bars by the clock of the bundle, leave out bars that are not over, or take them as they are by the policy report of rule session",
				ErrMismatch, a.id, n, at(first), at(second))
		}
	}
	return nil
}
