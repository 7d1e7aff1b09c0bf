package sample

import (
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// DemoSeed is the seed of the bundle that `bowstring demo` makes.
const DemoSeed = 1

// listings are the assets of the demonstration and their numbers of sessions;
// all end with the last one. They are named after trees, which no exchange
// lists.
var listings = []struct {
	id   string
	bars int
}{
	{"ASPEN", 6289},
	{"BIRCH", 6289},
	{"CEDAR", 6289},
	{"HAZEL", 3652},
	{"LARCH", 5127},
	{"MAPLE", 5691},
	{"ROWAN", 6289},
	{"WILLOW", 3175},
}

// Demo returns the bars of the demonstration: eight assets with ragged
// listing dates over every session of the New York Stock Exchange from
// 2000-01-03 to 2024-12-31, 42,801 rows, split-adjusted. The caller releases
// the Frame.
func Demo(seed uint64) (*columnar.Frame, error) {
	const day = 24 * time.Hour
	var times []int64
	for s := range calendar.NYSE().Sessions(time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)) {
		times = append(times, s.Day.UnixNano())
	}
	columns := Columns()
	assets := make([]columnar.Bars, len(listings))
	for i, l := range listings {
		assets[i] = bars(l.id, times[len(times)-l.bars:], len(columns))
		newPath(seed, uint64(i), day).fill(assets[i].Values)
	}
	return columnar.Build(columns, assets, columnar.Info{
		Axis:     columnar.NewAxis(calendar.NYSE(), columnar.LabelOpen, times),
		Adjusted: columnar.AdjustedSplits,
	})
}

// bars returns an asset with room for its values.
func bars(id string, times []int64, columns int) columnar.Bars {
	memory := make([]float64, columns*len(times))
	values := make([][]float64, columns)
	for c := range values {
		values[c], memory = memory[:len(times):len(times)], memory[len(times):]
	}
	return columnar.Bars{ID: id, Times: times, Values: values}
}
