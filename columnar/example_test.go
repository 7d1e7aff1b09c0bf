package columnar_test

import (
	"fmt"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// A Frame of one asset, a slice of it by time, and the last bars up to one of
// its bars, which reach back to before the slice.
func ExampleFrame() {
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var times []int64
	var closes []float64
	for d := range 6 {
		times = append(times, first.AddDate(0, 0, d).UnixNano())
		closes = append(closes, 100+float64(d))
	}
	frame, err := columnar.Build(
		[]columnar.Column{{Name: columnar.Close, Scale: 100}},
		[]columnar.Bars{{ID: "ACME", Times: times, Values: [][]float64{closes}}},
		columnar.Info{Axis: columnar.Axis{Calendar: calendar.AlwaysOpen()}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer frame.Release()

	window := frame.Slice(first.AddDate(0, 0, 3), time.Time{})
	defer window.Release()
	acme, _ := window.Lookup("ACME")
	last3, err := window.History(acme, columnar.Close, 0, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("bars in the window:", window.Values(acme, 0))
	fmt.Println("three closes up to its first bar:", last3)

	record := window.Record(acme)
	defer record.Release()
	fmt.Println("as Arrow:", record.Schema().Field(0).Type, record.Column(1))
	// Output:
	// bars in the window: [103 104 105]
	// three closes up to its first bar: [101 102 103]
	// as Arrow: timestamp[ns, tz=UTC] [103 104 105]
}
