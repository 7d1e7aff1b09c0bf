package sample_test

import (
	"fmt"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
)

// Two assets with a week of minutes of New York sessions each.
func ExampleWalk() {
	frame, err := sample.Walk(sample.Options{
		Assets:    2,
		Bars:      5 * 390,
		Frequency: time.Minute,
		Calendar:  calendar.NYSE(),
		Seed:      42,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer frame.Release()
	times := frame.Times(0)
	first, last := time.Unix(0, times[0]).UTC(), time.Unix(0, times[len(times)-1]).UTC()
	fmt.Println(frame.Assets(), frame.NumRows(), "rows")
	fmt.Println(first.Format(time.DateTime), "to", last.Format(time.DateTime))
	// Output:
	// [A00000 A00001] 3900 rows
	// 2000-01-03 14:30:00 to 2000-01-07 20:59:00
}
