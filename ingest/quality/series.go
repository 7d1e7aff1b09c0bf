package quality

import (
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/internal/evidence"
)

// Series is the bars of one asset, by time. All slices are borrowed.
type Series struct {
	ID    string
	Times []int64 // nanoseconds UTC, increasing
	// Columns are the names of all columns, of which the first five are those of
	// [columnar.BarColumns]; Values has a slice for each, as long as Times.
	Columns []string
	Values  [][]float64
	// Events are the splits and dividends of the asset.
	Events []columnar.Event
}

// Evidence returns what is looked at to tell what prices are adjusted for.
func (s *Series) Evidence() evidence.Asset {
	a := evidence.Asset{ID: s.ID, Times: s.Times, Closes: s.Values[3], Events: s.Events}
	if k := slices.IndexFunc(s.Columns, evidence.IsAdjustedClose); k >= 0 {
		a.AdjustedCloses = s.Values[k]
	}
	return a
}

// shared is what the inspection of all assets goes by.
type shared struct {
	q        Options
	axis     columnar.Axis
	grid     *calendar.Grid
	days     columnar.Days
	adjusted columnar.Adjustment
	// now is the last moment that is not in the future.
	now  int64
	rows []bool
}

// bars is one asset on its way through the rules.
type bars struct {
	*shared
	*Series
	open, high, low, shut, volumes []float64
	moves                          *moved  // once a rule has asked
	compared                       *onGrid // likewise
}

func moment(ns int64) time.Time { return time.Unix(0, ns).UTC() }
