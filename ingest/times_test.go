package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// stamped writes forty bars with what f writes of their time.
func stamped(head string, step time.Duration, f func(b bar) string) string {
	return fileOf(head, bars(40, step), false, func(b bar) string {
		return strings.Replace(join(",", b, "@"), "@", f(b), 1)
	})
}

// TestSeveralTimes: which of several columns of times is the bar's open is decided by
// names and values, and said.
func TestSeveralTimes(t *testing.T) {
	const z = "2006-01-02T15:04:05.000Z"
	prices := ",open,high,low,close,volume\n"
	for _, c := range []struct {
		name, text string
		column     string // that has to be said
		options    Options
	}{
		{"open by name, close first", stamped("time_close,time_open"+prices, time.Hour, func(b bar) string {
			return b.at.Add(time.Hour-time.Millisecond).Format(z) + "," + b.at.Format(z)
		}), "time_open", Options{}},
		{"camel case, beside a timestamp of the end", stamped("timestamp,timeOpen,timeHigh"+prices, day, func(b bar) string {
			return b.at.Add(day-time.Millisecond).Format(z) + "," + b.at.Format(z) + "," + b.at.Add(5*time.Hour).Format(z)
		}), "timeOpen", Options{}},
		{"window_start and window_end", stamped("window_end,window_start"+prices, time.Minute, func(b bar) string {
			return fmt.Sprintf("%d,%d", b.at.Add(time.Minute).UnixNano(), b.at.UnixNano())
		}), "window_start", Options{}},
		{"a day beside the moment", stamped("date,timestamp"+prices, 20*time.Minute, func(b bar) string {
			return b.at.Format("2006-01-02") + "," + b.at.Format(z)
		}), "timestamp", Options{}},
		{"a day beside the epoch", stamped("date,unix"+prices, 20*time.Minute, func(b bar) string {
			return b.at.Format("2006-01-02") + "," + fmt.Sprint(b.at.Unix())
		}), "unix", Options{}},
		{"the end by its values", stamped("time,day"+prices, time.Hour, func(b bar) string {
			return b.at.Add(time.Hour).Format(z) + "," + b.at.Format(z)
		}), "day", Options{}},
		{"a column of downloads", stamped("date,last_updated"+prices, day, func(b bar) string {
			return b.at.Format("2006-01-02") + ",2024-05-01T10:00:00Z"
		}), "date", Options{}},
		{"the end alone, said to be so", stamped("close_time"+prices, time.Hour, func(b bar) string { return b.at.Format(z) }), "", Options{Label: "close"}},
	} {
		r, _, err := read(t, c.text, c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		all := bars(40, time.Duration(r.Frame.Times(0)[1]-r.Frame.Times(0)[0]))
		for i, ns := range r.Frame.Times(0) {
			if ns != all[i].at.UnixNano() {
				t.Errorf("%s: bar %d is at %v, want %v", c.name, i, time.Unix(0, ns).UTC(), all[i].at)
				break
			}
		}
		if c.column != "" && !said(r, "time", fmt.Sprintf("%q", c.column)) {
			t.Errorf("%s: an ingest says %+v", c.name, r.Report.Readings)
		}
	}
	_, _, err := read(t, stamped("close_time"+prices, time.Hour, func(b bar) string { return b.at.Format(z) }), Options{})
	refusal(t, err, "close_time", "Options.Label close")
	r, err := caseOf(t, Options{}, "ingest-coinmarketcap-times/Bitcoin.csv")
	if err != nil {
		t.Fatal(err)
	}
	if at := time.Unix(0, r.Frame.Times(0)[0]).UTC(); at != time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC) || r.Frame.Asset(0) != "Bitcoin" || !said(r, "time", `"timeOpen"`) {
		t.Errorf("%q begins at %v, and an ingest says %+v", r.Frame.Asset(0), at, r.Report.Readings)
	}
}

// TestMidnightInEveryRow: a time of day that is midnight in every row is none, so
// that the day stays what it is in whatever zone; one row of another time makes it one.
func TestMidnightInEveryRow(t *testing.T) {
	first := time.Date(2023, 2, 4, 0, 0, 0, 0, time.UTC)
	for name, text := range map[string]string{
		"ISO":               stamped("time,open,high,low,close,volume\n", day, func(b bar) string { return b.at.Format("2006-01-02 15:04:05") }),
		"a column of clock": stamped("date,time,open,high,low,close,volume\n", day, func(b bar) string { return b.at.Format("2006-01-02") + ",0" }),
		"day first":         stamped("time,open,high,low,close,volume\n", day, func(b bar) string { return b.at.Format("02/01/2006 15:04") }),
		"no header":         stamped("", day, func(b bar) string { return b.at.Format("20060102 150405") }),
	} {
		for zone, shift := range map[string]time.Duration{"Europe/Moscow": 3 * time.Hour, "America/New_York": -5 * time.Hour, "Asia/Tokyo": 9 * time.Hour} {
			r, _, err := read(t, text, Options{Zone: zone})
			if err != nil || r.Frame.Times(0)[0] != first.UnixNano() || !said(r, "time of day", "midnight") {
				t.Errorf("%s, %s: %v", name, zone, err)
			}
			// Behind the first lines, one row of half past nine.
			if name == "a column of clock" {
				continue
			}
			r, _, err = read(t, text+laterInTheDay(text), Options{Zone: zone})
			if err != nil || r.Frame.Times(0)[0] != first.Add(-shift).UnixNano() || !said(r, "zone", zone) {
				t.Errorf("%s with a time of day, %s: %v", name, zone, err)
			}
		}
	}
	// Far behind the first lines.
	long := fileOf("time,open,high,low,close,volume\n", bars(400, day), false, func(b bar) string { return join(",", b, b.at.Format("2006-01-02 15:04")) })
	for text, want := range map[string]time.Time{long: first, long + "2024-03-20 09:30,10,11,9,10,5\n": first.Add(5 * time.Hour)} {
		if r, _, err := read(t, text, Options{Zone: "America/New_York"}); err != nil || r.Frame.Times(0)[0] != want.UnixNano() {
			t.Errorf("400 days: %v", err)
		}
	}
	if r, err := caseOf(t, Options{Dialect: "finam"}, "ingest-finam-dialect-daily/GAZP.txt"); err != nil || r.Frame.Times(0)[0] != time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC).UnixNano() {
		t.Errorf("finam: %v", err)
	}
}

// laterInTheDay returns a line like the last, a month later and at half past nine.
func laterInTheDay(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	at, rest, _ := strings.Cut(lines[len(lines)-1], ",")
	for from, to := range map[string]string{"2023-03-15": "2023-04-20", "15/03/2023": "20/04/2023", "20230315": "20230420"} {
		at = strings.Replace(at, from, to, 1)
	}
	at = strings.NewReplacer("00:00", "09:30", "000000", "093000").Replace(at)
	return at + "," + rest + "\n"
}

// TestLocalTimesAreSaid: times of day without an offset are said with their zone;
// dates, and times with an offset, are not.
func TestLocalTimesAreSaid(t *testing.T) {
	head := "time,open,high,low,close,volume\n"
	for name, c := range map[string]struct {
		text, zone string
		options    Options
	}{
		"local":            {stamped(head, time.Hour, func(b bar) string { return b.at.Format("2006-01-02 15:04") }), "UTC", Options{}},
		"local, by option": {stamped(head, time.Hour, func(b bar) string { return b.at.Format("2006-01-02 15:04") }), "Europe/Berlin", Options{Zone: "Europe/Berlin"}},
		"day first":        {stamped(head, time.Hour, func(b bar) string { return b.at.Format("02.01.2006 15:04") }), "UTC", Options{DateOrder: DayFirst}},
		"two columns":      {stamped("date,"+head, time.Hour, func(b bar) string { return b.at.Format("2006-01-02,15:04") }), "UTC", Options{}},
		"dates":            {stamped(head, day, func(b bar) string { return b.at.Format("2006-01-02") }), "", Options{}},
		"offsets":          {stamped(head, time.Hour, func(b bar) string { return b.at.Format(time.RFC3339) }), "", Options{}},
		"epochs":           {stamped(head, time.Hour, func(b bar) string { return fmt.Sprint(b.at.Unix()) }), "", Options{}},
	} {
		r, _, err := read(t, c.text, c.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if said(r, "zone", "") != (c.zone != "") || c.zone != "" && !said(r, "zone", c.zone) {
			t.Errorf("%s: %v, an ingest says %+v", name, err, r.Report.Readings)
		}
	}
}
