package calendar_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sessionDays are the days of 2000 to 2024.
func sessionDays(t *testing.T) []string {
	t.Helper()
	days, _ := newYorkClock(t, "2000-01-03", "2025-01-01")
	return days
}

// The number is the count of rows of each complete file of ../shared/data/us8,
// which an independent vendor made.
func TestSessionsOf25Years(t *testing.T) {
	if n := len(sessionDays(t)); n != 6289 {
		t.Fatalf("got %d sessions, want 6289", n)
	}
}

// From the exchange's published holiday lists.
func TestHolidaysByHand(t *testing.T) {
	closed := []string{
		"2000-01-17", "2000-02-21", "2000-04-21", "2000-05-29", "2000-07-04", "2000-09-04", "2000-11-23", "2000-12-25",
		"2001-01-01", "2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14",
		"2004-06-11", "2004-07-05", "2004-12-24",
		"2006-01-02",               // New Year's Day was a Sunday
		"2007-01-01", "2007-01-02", // and President Ford
		"2008-03-21", "2009-07-03", "2010-12-24", "2011-04-22",
		"2012-01-02", "2012-10-29", "2012-10-30", "2015-07-03", "2016-03-25", "2016-12-26", "2017-01-02",
		"2018-12-05", "2019-04-19", "2020-07-03", "2021-04-02", "2021-12-24",
		"2022-06-20", "2022-12-26", "2023-01-02", "2023-06-19",
		"2024-01-01", "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02", "2024-11-28", "2024-12-25",
	}
	open := []string{
		"2000-01-03", "2001-09-10", "2001-09-17", "2004-12-31", "2007-01-03", "2010-12-31",
		"2011-11-25", "2012-10-31", "2015-07-02", "2019-06-19", "2021-06-18", "2021-12-31", "2022-01-03",
		"2022-10-10", // Columbus Day is not a holiday of the exchange
		"2024-11-11", "2024-12-24", "2024-12-31",
	}
	whole := sessionDays(t)
	for _, c := range []struct {
		days []string
		want bool
	}{{closed, false}, {open, true}} {
		for _, d := range c.days {
			if slices.Contains(whole, d) != c.want {
				t.Errorf("%s: session %v, want %v", d, !c.want, c.want)
			}
		}
	}
}

func TestSessionsAreThoseOfRealData(t *testing.T) {
	want := realDates(t)
	got := sessionDays(t)
	if !slices.Equal(got, want) {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("session %d: got %s, want %s", i, got[i], want[i])
			}
		}
		t.Fatalf("got %d sessions, want %d", len(got), len(want))
	}
}

// realDates reads the dates of a file of real bars.
func realDates(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(root, "..", "shared", "data", "us8", "split_adjusted", "AAPL.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no real data in ../shared/data")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	dates := make([]string, 0, len(rows))
	for _, row := range rows[1:] {
		dates = append(dates, row[0])
	}
	return dates
}
