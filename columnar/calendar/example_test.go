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

// A calendar of any exchange is made of its sessions, and given wherever one is
// asked for, as in ingest.Options.
func ExampleNew() {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		fmt.Println(err)
		return
	}
	table := calendar.Table{Name: "tse", Zone: tokyo, DaysPerYear: 245}
	for _, day := range []int{4, 5, 9, 10} { // January 2024; the 8th was a holiday
		table.Sessions = append(table.Sessions, calendar.Session{
			Day:   time.Date(2024, 1, day, 0, 0, 0, 0, time.UTC),
			Open:  time.Date(2024, 1, day, 9, 0, 0, 0, tokyo),
			Close: time.Date(2024, 1, day, 15, 0, 0, 0, tokyo),
		})
	}
	tse, err := calendar.New(table)
	if err != nil {
		fmt.Println(err)
		return
	}
	next, _ := tse.Next(time.Date(2024, 1, 5, 12, 0, 0, 0, tokyo))
	fmt.Println(tse, "opens next at", next.Open)
	// Output:
	// tse opens next at 2024-01-09 00:00:00 +0000 UTC
}
