package calendar_test

import (
	"fmt"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// The sessions around Independence Day 2024, of which the first ended at 13:00 in
// New York.
func ExampleCalendar() {
	nyse := calendar.NYSE()
	from := time.Date(2024, 7, 3, 0, 0, 0, 0, time.UTC)
	for s := range nyse.Sessions(from, from.AddDate(0, 0, 3)) {
		fmt.Println(s.Day.Format(time.DateOnly), s.Open.Format(time.TimeOnly), s.Close.Format(time.TimeOnly), s.Short())
	}
	why, _ := nyse.Closed(from.AddDate(0, 0, 1))
	fmt.Println(why)
	bars, _ := nyse.BarsPerYear(time.Minute)
	fmt.Println(bars, "minutes a year in", nyse.Zone())
	// Output:
	// 2024-07-03 13:30:00 17:00:00 true
	// 2024-07-05 13:30:00 20:00:00 false
	// Independence Day
	// 98280 minutes a year in America/New_York
}
