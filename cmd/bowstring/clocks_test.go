package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// daysBy writes daily bars from a Monday on, with their times as f writes them.
func daysBy(n int, f func(date time.Time) string) string {
	var b strings.Builder
	b.WriteString("date,open,high,low,close,volume\n")
	for d, date := 0, time.Date(2024, 1, 8, 0, 0, 0, 0, time.UTC); d < n; date = date.AddDate(0, 0, 1) {
		if day := date.Weekday(); day == time.Saturday || day == time.Sunday {
			continue
		}
		fmt.Fprintf(&b, "%s,%d,%d,%d,%d,100\n", f(date), 10+d, 11+d, 9+d, 10+d)
		d++
	}
	return b.String()
}

func inZone(t *testing.T, name string) func(time.Time) string {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(d time.Time) string {
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone).Format(time.RFC3339)
	}
}

func isoDate(d time.Time) string { return d.Format(time.DateOnly) }

// TestTwoClocks: an append of daily bars by another clock, of a running day or week,
// would give a session two bars and is refused, unless a policy says otherwise.
func TestTwoClocks(t *testing.T) {
	weeks := func(more string) string {
		text := "date,open,high,low,close,volume\n"
		for i := range 8 {
			text += time.Date(2024, 1, 8, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*i).Format(time.DateOnly) + ",10,11,9,10,100\n"
		}
		return text + more
	}
	for name, tt := range map[string]struct {
		has, more, calendar string
		refused             bool
	}{
		"New York and dates":           {daysBy(30, inZone(t, "America/New_York")), daysBy(35, isoDate), "nyse", true},
		"New York and dates, as found": {daysBy(30, isoDate), daysBy(35, inZone(t, "America/New_York")), "as-found", true},
		"Tokyo and dates":              {daysBy(30, inZone(t, "Asia/Tokyo")), daysBy(35, isoDate), "as-found", true},
		"a running day":                {daysBy(30, isoDate), "date,open,high,low,close,volume\n2024-02-16T18:30:00Z,10,11,9,10,100\n", "nyse", true},
		"a running week":               {weeks(""), "date,open,high,low,close,volume\n2024-03-01T20:41:00Z,10,11,9,10,100\n", "as-found", true},
		"the next days, same clock":    {daysBy(30, inZone(t, "Asia/Tokyo")), daysBy(35, inZone(t, "Asia/Tokyo")), "as-found", false},
		"the next week":                {weeks(""), "date,open,high,low,close,volume\n2024-03-04,10,11,9,10,100\n", "as-found", false},
		"corrections":                  {daysBy(30, isoDate), strings.Replace(daysBy(30, isoDate), ",100\n", ",200\n", 3), "nyse", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCommand(t)
			if err := os.Mkdir("more", 0o755); err != nil {
				t.Fatal(err)
			}
			c.write("A.csv", tt.has)
			c.write("more/A.csv", tt.more)
			c.ok("ingest", "A.csv", "--bundle", "one", "--calendar", tt.calendar)
			before, _ := c.ok("bundle", "show", "one")
			code, _, stderr := c.run("ingest", "more/A.csv", "--bundle", "one", "--append")
			if tt.refused != (code != exitOK) || tt.refused && !strings.Contains(stderr, "two bars of one session") {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			if !tt.refused {
				return
			}
			if after, _ := c.ok("bundle", "show", "one"); after != before {
				t.Errorf("the bundle was %s, is %s", before, after)
			}
			c.ok("ingest", "more/A.csv", "--bundle", "one", "--append", "--policy", "session=report")
		})
	}
	// Both in one ingest are a finding.
	c := newCommand(t)
	both := daysBy(30, isoDate) + strings.TrimPrefix(daysBy(30, inZone(t, "America/New_York")), "date,open,high,low,close,volume\n")
	c.write("A.csv", both)
	if _, stderr := c.ok("ingest", "A.csv", "--bundle", "two", "--calendar", "nyse"); !strings.Contains(stderr, "session in 1") {
		t.Error(stderr)
	}
	c.ok("ingest", "A.csv", "--bundle", "three", "--calendar", "nyse", "--policy", "session=reject-row")
	if stdout, _ := c.ok("bundle", "ls"); !strings.Contains(stdout, "three") {
		t.Error(stdout)
	}
}

// TestTwoClocksCases are the shared cases of two clocks.
func TestTwoClocksCases(t *testing.T) {
	dir := cases(t, "ingest-append-date-and-offset-daily")
	c := newCommand(t)
	c.ok("ingest", filepath.Join(dir, "AAPL.csv"), "--bundle", "c02", "--calendar", "nyse")
	code, _, stderr := c.run("ingest", filepath.Join(dir, "more", "AAPL.csv"), "--bundle", "c02", "--append")
	if code == exitOK || !strings.Contains(stderr, "two bars of one session") || !strings.Contains(stderr, "300 times") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	for _, name := range []string{"W.csv", "D.csv"} {
		path := filepath.Join(cases(t, "duplicate-last-row"), name)
		if _, stderr := c.ok("ingest", path, "--bundle", "c07", "--calendar", "nyse"); !strings.Contains(stderr, "session in 1") {
			t.Errorf("%s: %s", name, stderr)
		}
	}
	if _, stderr := c.ok("ingest", filepath.Join(cases(t, "dst"), "DAILY.csv"), "--bundle", "c13", "--calendar", "nyse"); strings.Contains(stderr, "gap") || strings.Contains(stderr, "off-grid") || strings.Contains(stderr, "session") {
		t.Errorf("DAILY: %s", stderr)
	}
}

// TestOwnDates: daily bars of Tokyo, at 15:00 UTC of the day before, belong to their own
// date in a period and for events.
func TestOwnDates(t *testing.T) {
	c := newCommand(t)
	c.write("A.csv", daysBy(30, inZone(t, "Asia/Tokyo")))
	c.write("B.csv", daysBy(30, isoDate))
	c.write("events.csv", "symbol,date,type,value\nA,2024-01-17,dividend,1\n")
	c.write("spec.yaml", "version: 1\nrules: {entry: \"close > 0\", exit: \"close < 0\"}\nperiod: {from: 2024-01-15, to: 2024-01-19}\n")
	c.ok("ingest", "A.csv", "--bundle", "tokyo", "--events", "events.csv", "--adjusted", "none")
	c.ok("ingest", "B.csv", "--bundle", "dates")
	c.ok("backtest", "spec.yaml", "--bundle", "tokyo", "--equity", "tokyo.csv", "--adjust", "none")
	c.ok("backtest", "spec.yaml", "--bundle", "dates", "--equity", "dates.csv")
	rows := func(name string) (n int) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(text), "\n")
	}
	if a, b := rows("tokyo.csv"), rows("dates.csv"); a != b || a < 6 {
		t.Errorf("%d and %d lines, of five days", a, b)
	}
	// The dividend is of Wednesday 17 January, which began at 15:00 UTC of Tuesday: the
	// closes before it are less by 1/15, a close before of 16.
	stdout, _ := c.ok("bundle", "events", "tokyo")
	if !strings.Contains(stdout, "2024-01-16") || !strings.Contains(stdout, "15:00") {
		t.Error(stdout)
	}
}
