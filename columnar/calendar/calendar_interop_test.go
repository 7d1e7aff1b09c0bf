package calendar_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// newYorkClock are the sessions of the exchange as "date open close".
func newYorkClock(t *testing.T, from, to string) (days, hours []string) {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for s := range calendar.NYSE().Sessions(instant(t, from), instant(t, to)) {
		d := s.Day.Format(time.DateOnly)
		days = append(days, d)
		hours = append(hours, fmt.Sprintf("%s %s %s", d, s.Open.In(zone).Format("15:04"), s.Close.In(zone).Format("15:04")))
	}
	return days, hours
}

// instant parses a date, or a date and a time, in UTC.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	layout := "2006-01-02 15:04:05"[:len(text)]
	v, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestNYSEAgainstPackages compares 61 years day by day, and the hours since
// 1986, with two packages that are made independently of this one. It needs
// them in BOWSTRING_PYTHON and is skipped without; TestNYSEGolden holds what
// they said in any case.
func TestNYSEAgainstPackages(t *testing.T) {
	python := os.Getenv("BOWSTRING_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import exchange_calendars, pandas_market_calendars").Run(); err != nil {
		t.Skipf("%s lacks exchange_calendars or pandas_market_calendars (%v): pip install both to compare", python, err)
	}
	out, err := exec.Command(python, "testdata/sessions.py", "1970-01-01", "2030-12-31").Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string][]string{}
	var hours []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		theirs[f[0]] = append(theirs[f[0]], f[1])
		if f[2] != "-" && f[1] >= "1986" {
			hours = append(hours, strings.Join(f[1:], " "))
		}
	}
	days, mine := newYorkClock(t, "1970-01-01", "2031-01-01")
	for name, list := range theirs {
		if !slices.Equal(days, list) {
			t.Errorf("%s: %d days, want %d", name, len(days), len(list))
			report(t, days, list)
		}
	}
	mine = mine[len(mine)-len(hours):]
	// The package's own account has 11:00 for the first, its code 9:31; the
	// exchange announced on 4 June 1999 that the second would end at 13:00.
	for i, h := range hours {
		switch h {
		case "1990-12-27 09:31 16:00":
			hours[i] = "1990-12-27 11:00 16:00"
		case "1999-12-31 09:30 16:00":
			hours[i] = "1999-12-31 09:30 13:00"
		}
	}
	report(t, mine, hours)
}

// report names the lines that only one list has.
func report(t *testing.T, got, want []string) {
	t.Helper()
	for _, g := range got {
		if _, ok := slices.BinarySearch(want, g); !ok {
			t.Errorf("we have %s", g)
		}
	}
	for _, w := range want {
		if _, ok := slices.BinarySearch(got, w); !ok {
			t.Errorf("they have %s", w)
		}
	}
}
