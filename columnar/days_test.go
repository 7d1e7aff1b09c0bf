package columnar

import (
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// daily returns midnights of a zone on the weekdays of some weeks, and the dates they
// are of, as midnights UTC.
func daily(t *testing.T, zone string, clock time.Duration, weekdays bool) (times, dates []int64) {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	for d := range 200 {
		date := time.Date(2023, 9, 4, 0, 0, 0, 0, time.UTC).AddDate(0, 0, d)
		if day := date.Weekday(); weekdays && (day == time.Saturday || day == time.Sunday) {
			continue
		}
		at := time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, z).Add(clock)
		times, dates = append(times, at.UnixNano()), append(dates, date.UnixNano())
	}
	return times, dates
}

// TestDaysOfTheExchange: daily bars belong to the date on which they were made, which is
// known from how they were made.
func TestDaysOfTheExchange(t *testing.T) {
	for _, c := range []struct {
		zone     string
		clock    time.Duration
		weekdays bool
		calendar calendar.Calendar
	}{
		{"Asia/Tokyo", 0, true, calendar.AsFound()}, {"Asia/Shanghai", 0, true, calendar.AsFound()}, {"Asia/Kolkata", 0, true, calendar.AsFound()},
		{"Australia/Sydney", 0, true, calendar.AsFound()}, {"Europe/Berlin", 0, true, calendar.AsFound()}, {"UTC", 0, true, calendar.AsFound()},
		{"America/New_York", 0, true, calendar.AsFound()}, {"America/New_York", 16 * time.Hour, true, calendar.AsFound()},
		{"America/New_York", 0, true, calendar.NYSE()}, {"America/New_York", 16 * time.Hour, true, calendar.NYSE()},
		{"UTC", 15 * time.Hour, false, calendar.AsFound()}, {"UTC", 0, false, calendar.AlwaysOpen()},
	} {
		times, dates := daily(t, c.zone, c.clock, c.weekdays)
		days := NewDays(NewAxis(c.calendar, LabelOpen, times), times)
		seen := make(map[int64]bool)
		for i, at := range times {
			if got := days.Date(at); got != dates[i] {
				t.Fatalf("%s + %v: %v is of %v, want %v", c.zone, c.clock, time.Unix(0, at).UTC(), time.Unix(0, got).UTC(), time.Unix(0, dates[i]).UTC())
			}
			n, ok := days.Period(at)
			if !ok || seen[n] {
				t.Fatalf("%s: session %d of %v, %v", c.zone, n, time.Unix(0, at).UTC(), ok)
			}
			seen[n] = true
			if start := days.Start(dates[i]); start > at || i > 0 && start <= times[i-1] {
				t.Fatalf("%s: %v begins at %v", c.zone, time.Unix(0, dates[i]).UTC(), time.Unix(0, start).UTC())
			}
		}
	}
}

// TestPeriodsOfBars: bars of a week and a month have one each.
func TestPeriodsOfBars(t *testing.T) {
	at := func(text string) int64 {
		x, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return x.UnixNano()
	}
	week, month := NewDays(Axis{Frequency: 7 * 24 * time.Hour}), NewDays(Axis{Frequency: 31 * 24 * time.Hour})
	for _, c := range []struct {
		days Days
		a, b string
		same bool
	}{
		{week, "2024-06-03T00:00:00Z", "2024-06-07T20:41:00Z", true},
		{week, "2024-06-03T00:00:00Z", "2024-06-10T00:00:00Z", false},
		{week, "1969-12-29T00:00:00Z", "1970-01-04T00:00:00Z", true},
		{week, "1970-01-04T00:00:00Z", "1970-01-05T00:00:00Z", false},
		{month, "2024-02-01T00:00:00Z", "2024-02-29T00:00:00Z", true},
		{month, "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z", false},
		{month, "2023-12-31T00:00:00Z", "2024-12-31T00:00:00Z", false},
	} {
		a, okA := c.days.Period(at(c.a))
		b, okB := c.days.Period(at(c.b))
		if !okA || !okB || (a == b) != c.same {
			t.Errorf("%s and %s: %d and %d", c.a, c.b, a, b)
		}
	}
	if _, ok := NewDays(Axis{Frequency: time.Hour}).Period(0); ok {
		t.Error("hours have no session of their own")
	}
}
