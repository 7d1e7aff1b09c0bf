package ingest

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestTimesOfTheTrade: Excel's serials, months, names of zones and the end of a day.
// By hand, from what a spreadsheet shows (44928 is 2 January 2023, 45292.395833 half
// past nine of 1 January 2024) and the tz database.
func TestTimesOfTheTrade(t *testing.T) {
	for _, c := range []struct {
		times []string
		zone  string
		want  string
	}{
		{[]string{"44928", "44929", "44930"}, "", "2023-01-02T00:00:00Z 2023-01-03T00:00:00Z 2023-01-04T00:00:00Z"},
		{[]string{"45292.39583333333", "45292.40625", "45293"}, "", "2024-01-01T09:30:00Z 2024-01-01T09:45:00Z 2024-01-02T00:00:00Z"},
		{[]string{"45292.39583333333", "45292.40625"}, "America/New_York", "2024-01-01T14:30:00Z 2024-01-01T14:45:00Z"},
		{[]string{"2009-01", "2009-02", "2009-03"}, "", "2009-01-01T00:00:00Z 2009-02-01T00:00:00Z 2009-03-01T00:00:00Z"},
		{[]string{"01/2009", "02/2009", "12/2009"}, "", "2009-01-01T00:00:00Z 2009-02-01T00:00:00Z 2009-12-01T00:00:00Z"},
		{[]string{"200111", "200112", "200201", "200202"}, "", "2001-11-01T00:00:00Z 2001-12-01T00:00:00Z 2002-01-01T00:00:00Z 2002-02-01T00:00:00Z"},
		{[]string{"20240308 09:30:00 US/Eastern", "20240311 09:30:00 US/Eastern"}, "", "2024-03-08T14:30:00Z 2024-03-11T13:30:00Z"},
		{[]string{"2024-03-08 09:30:00 EST", "2024-03-11 09:30:00 EDT"}, "", "2024-03-08T14:30:00Z 2024-03-11T13:30:00Z"},
		{[]string{"2024-03-08 09:30 Europe/Berlin", "2024-07-08 09:30 Europe/Berlin"}, "", "2024-03-08T08:30:00Z 2024-07-08T07:30:00Z"},
		{[]string{"2024.03.08 23:30", "2024.03.08 24:00", "2024.03.09 00:30"}, "", "2024-03-08T23:30:00Z 2024-03-09T00:00:00Z 2024-03-09T00:30:00Z"},
		{[]string{"08/03/2024 23:00", "08/03/2024 24:00", "13/03/2024 01:00"}, "", "2024-03-08T23:00:00Z 2024-03-09T00:00:00Z 2024-03-13T01:00:00Z"},
	} {
		text := header
		for _, at := range c.times {
			text += at + ",2,3,1,2,10\n"
		}
		for _, block := range []int{0, 40} {
			r, rejects, err := read(t, text, Options{Zone: c.zone, blockBytes: block})
			if err != nil {
				t.Errorf("%q: %v", c.times, err)
				continue
			}
			var got []string
			for _, ns := range r.Frame.Times(0) {
				got = append(got, time.Unix(0, ns).UTC().Format(time.RFC3339))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%q: %s, want %s; %s", c.times, got, c.want, rejects)
			}
		}
	}
	for _, text := range []string{
		"2024-03-08 09:30 Europe/Nowhere", "2024-03-08 24:01",
	} {
		r, rejects, err := read(t, header+"2024-03-07 09:30 Europe/Berlin,2,3,1,2,10\n"+text+",2,3,1,2,10\n", Options{})
		if err != nil || !strings.Contains(rejects, ",3,time,") {
			t.Errorf("%s: %+v %v", text, r, err)
		}
	}
}

// TestCasesOfTimes are the files of shared/cases: 300 rows each, of which CASE.md and
// the files say the first.
func TestCasesOfTimes(t *testing.T) {
	for name, first := range map[string]string{
		"ingest-excel-serial-ib-zone/serial.csv":  "2023-01-02T00:00:00Z",
		"ingest-excel-serial-ib-zone/monthly.csv": "2001-01-01T00:00:00Z",
		"ingest-excel-serial-ib-zone/ib.csv":      "2024-03-08T14:30:00Z",
	} {
		r, err := Files(context.Background(), []string{caseFile(t, name)}, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := time.Unix(0, r.Frame.Times(0)[0]).UTC().Format(time.RFC3339); got != first || r.Report.Rejected > 0 {
			t.Errorf("%s: the first is %s, %+v", name, got, r.Report)
		}
		r.Frame.Release()
	}
}
