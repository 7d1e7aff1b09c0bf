package value

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// readMoment reads a time with an order.
func readMoment(order DateOrder, text string) (string, bool) {
	m := Moments{Order: order, ClockDigits: 6}
	ns, ok := m.Read([]byte(text))
	return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.999999999"), ok
}

// TestMoments: times by hand.
func TestMoments(t *testing.T) {
	for _, c := range []struct {
		order      DateOrder
		text, want string
	}{
		{YearFirst, "20230817", "2023-08-17T00:00:00"}, {YearFirst, "2023/08/17", "2023-08-17T00:00:00"}, {YearFirst, "2023.8.7", "2023-08-07T00:00:00"},
		{YearFirst, "230817", "2023-08-17T00:00:00"}, {YearFirst, "23-08-17", "2023-08-17T00:00:00"}, {YearFirst, "690101", "1969-01-01T00:00:00"}, {YearFirst, "680101", "2068-01-01T00:00:00"},
		{YearFirst, "2023-08-17 9:30", "2023-08-17T09:30:00"}, {YearFirst, "2023-08-17T09:30:05.25", "2023-08-17T09:30:05.25"}, {YearFirst, "20230817 093005", "2023-08-17T09:30:05"},
		{YearFirst, "20230817T093005Z", "2023-08-17T09:30:05"}, {YearFirst, "20230817093005", "2023-08-17T09:30:05"}, {YearFirst, "202308170930", "2023-08-17T09:30:00"}, {YearFirst, "2023081709", "2023-08-17T09:00:00"},
		{YearFirst, "2019-06-04 01-AM", "2019-06-04T01:00:00"}, {YearFirst, "2019-06-04 12-AM", "2019-06-04T00:00:00"}, {YearFirst, "2019-06-04 12-PM", "2019-06-04T12:00:00"}, {YearFirst, "2019-06-04 11 pm", "2019-06-04T23:00:00"},
		{YearFirst, "2023-08-17 09:30:00+0200", "2023-08-17T07:30:00"}, {YearFirst, "2023-08-17 09:30 -05", "2023-08-17T14:30:00"}, {YearFirst, "2023-08-17 09:30:00 UTC", "2023-08-17T09:30:00"}, {YearFirst, "2023-08-17 09:30 GMT-05:30", "2023-08-17T15:00:00"},
		{YearFirst, "2023年8月17日", "2023-08-17T00:00:00"}, {YearFirst, "2023-Aug-17", "2023-08-17T00:00:00"},
		{DayFirst, "17.08.2023", "2023-08-17T00:00:00"}, {DayFirst, "03-05-2022", "2022-05-03T00:00:00"}, {DayFirst, "3/5/22", "2022-05-03T00:00:00"}, {DayFirst, "17082023", "2023-08-17T00:00:00"}, {DayFirst, "170823", "2023-08-17T00:00:00"},
		{DayFirst, "17.08.2023 09:30", "2023-08-17T09:30:00"}, {DayFirst, "2023-08-17", "2023-08-17T00:00:00"},
		{MonthFirst, "08/17/2023", "2023-08-17T00:00:00"}, {MonthFirst, "8/7/23 3:04 PM", "2023-08-07T15:04:00"}, {MonthFirst, "08172023", "2023-08-17T00:00:00"},
		{YearFirst, "Aug 17, 2023", "2023-08-17T00:00:00"}, {YearFirst, "August 17, 2023", "2023-08-17T00:00:00"}, {YearFirst, "17-Aug-23", "2023-08-17T00:00:00"}, {YearFirst, "17 Aug 2023", "2023-08-17T00:00:00"},
		{YearFirst, "17-AUG-1998 16:00", "1998-08-17T16:00:00"}, {YearFirst, "Sep 5, 2023", "2023-09-05T00:00:00"}, {YearFirst, "Sept 5, 2023", "2023-09-05T00:00:00"}, {YearFirst, "17. May 2023", "2023-05-17T00:00:00"},
		{YearFirst, "17. Mär 2023", "2023-03-17T00:00:00"}, {YearFirst, "17-MRZ-2023", "2023-03-17T00:00:00"}, {YearFirst, "17. Dezember 2023", "2023-12-17T00:00:00"}, {YearFirst, "17 janv. 2023", "2023-01-17T00:00:00"},
		{YearFirst, "17 août 2023 09:30", "2023-08-17T09:30:00"}, {YearFirst, "17-juil.-23", "2023-07-17T00:00:00"}, {YearFirst, "17 de agosto de 2023", "2023-08-17T00:00:00"}, {YearFirst, "17-ene-2023", "2023-01-17T00:00:00"},
		{YearFirst, "17 giu 2023", "2023-06-17T00:00:00"}, {YearFirst, "17/set/2023", "2023-09-17T00:00:00"}, {YearFirst, "17 out 2023", "2023-10-17T00:00:00"}, {YearFirst, "Agosto 17, 2023", "2023-08-17T00:00:00"},
		{YearFirst, "17 января 2023 г.", "2023-01-17T00:00:00"}, {YearFirst, "17-МАЯ-2023", "2023-05-17T00:00:00"}, {YearFirst, "17 дек 2023 г. 09:30", "2023-12-17T09:30:00"}, {YearFirst, "2023년 08월 17일", "2023-08-17T00:00:00"},
		// The end of a day; a zone by its name, and one that is five hours behind all year.
		{YearFirst, "2023-08-17 24:00", "2023-08-18T00:00:00"}, {YearFirst, "2023-08-17 09:30 US/Eastern", "2023-08-17T13:30:00"}, {YearFirst, "2023-08-17 09:30 EST", "2023-08-17T14:30:00"},
	} {
		if got, ok := readMoment(c.order, c.text); !ok || got != c.want {
			t.Errorf("%s %q: %s %v, want %s", c.order, c.text, got, ok, c.want)
		}
	}
	for _, c := range []struct {
		order DateOrder
		text  string
	}{
		{YearFirst, ""}, {YearFirst, "2023"}, {YearFirst, "2023-08"}, {YearFirst, "2023-08-32"}, {YearFirst, "20230832"}, {YearFirst, "2023-02-29"}, {YearFirst, "2023-08/17"}, {YearFirst, "17.08.2023"},
		{YearFirst, "2023-08-17 24:01"}, {YearFirst, "2023-08-17 13 PM"}, {YearFirst, "2023-08-17 0 AM"}, {YearFirst, "2023-08-17 09:30 XYZ"}, {YearFirst, "2023-08-17 09:30:00+99:00"},
		{YearFirst, "2023-08-17x"}, {YearFirst, "18990101"}, {YearFirst, "21010101"}, {YearFirst, "1677-01-01"}, {YearFirst, "2023-08-17 "}, {YearFirst, "202308170"}, {YearFirst, "2023-08-17 09:3"},
		{DayFirst, "08/17/2023"}, {DayFirst, "31.04.2023"}, {DayFirst, "17.08.202"}, {MonthFirst, "17/08/2023"}, {YearFirst, "17-jui-2023"}, {YearFirst, "17 ma 2023"}, {YearFirst, "17 Augustus 2023"}, {MonthFirst, "17-Foo-2023"}, {MonthFirst, "1.5"}, {MonthFirst, "133.98"}, {MonthFirst, "Aug Aug 2023"},
	} {
		got, ok := readMoment(c.order, c.text)
		if c.text == "2023-08-17 " { // the blank is trimmed
			ok = !ok
		}
		if ok {
			t.Errorf("%s %q is read as %s", c.order, c.text, got)
		}
	}
}

// TestMomentsRandom: what package time writes is read as it was.
func TestMomentsRandom(t *testing.T) {
	layouts := []struct {
		order  DateOrder
		layout string
	}{
		{YearFirst, "2006/1/2 15:04:05.999999999"}, {YearFirst, "20060102 150405"}, {YearFirst, "20060102150405"}, {YearFirst, "2006-01-02T15:04:05.999999999-0700"}, {YearFirst, "2006.01.02 03:04:05.999999999 PM"},
		{DayFirst, "2.1.2006 15:04:05.999999999"}, {DayFirst, "02/01/2006 3:04:05.999999999pm -07:00"}, {MonthFirst, "1-2-2006 15:04:05.999999999"}, {MonthFirst, "January 2, 2006 15:04:05.999999999"}, {MonthFirst, "02-Jan-2006 15:04:05.999999999"},
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-2_000_000_000, 4_000_000_000).Draw(t, "seconds"), 0)
		l := rapid.SampledFrom(layouts).Draw(t, "layout")
		if strings.Contains(l.layout, ".9") {
			at = at.Add(time.Duration(rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")))
		}
		at = at.UTC()
		if strings.Contains(l.layout, "-07") {
			at = at.In(time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "offset")))
		}
		text := at.Format(l.layout)
		m := Moments{Order: l.order, ClockDigits: 6}
		if ns, ok := m.Read([]byte(text)); !ok || ns != at.UnixNano() {
			t.Fatalf("%q: %v %v, want %v", text, time.Unix(0, ns).UTC(), ok, at.UTC())
		}
	})
}

// TestZones: what the clocks of New York and Sydney showed, by their laws.
func TestZones(t *testing.T) {
	for _, c := range []struct{ zone, local, want string }{
		{"America/New_York", "2023-03-10 09:30", "2023-03-10T14:30:00Z"},
		{"America/New_York", "2023-03-12 01:59", "2023-03-12T06:59:00Z"},
		{"America/New_York", "2023-03-12 02:00", ""}, // skipped
		{"America/New_York", "2023-03-12 02:30", ""},
		{"America/New_York", "2023-03-12 03:00", "2023-03-12T07:00:00Z"},
		{"America/New_York", "2023-03-13 09:30", "2023-03-13T13:30:00Z"},
		{"America/New_York", "2023-11-05 00:59", "2023-11-05T04:59:00Z"},
		{"America/New_York", "2023-11-05 01:30", "2023-11-05T05:30:00Z"}, // the first of two
		{"America/New_York", "2023-11-05 02:00", "2023-11-05T07:00:00Z"},
		{"America/New_York", "2023-11-05 01:30 -0500", "2023-11-05T06:30:00Z"}, // says which
		{"America/New_York", "2023-11-05", "2023-11-05T00:00:00Z"},             // a day has no zone
		{"Australia/Sydney", "2023-10-01 02:30", ""},
		{"Australia/Sydney", "2023-10-01 03:00", "2023-09-30T16:00:00Z"},
		{"Australia/Sydney", "2023-04-02 02:30", "2023-04-01T15:30:00Z"},
		{"Europe/Moscow", "2014-10-26 01:30", "2014-10-25T21:30:00Z"},
		{"Pacific/Apia", "2011-12-30 12:00", ""}, // the day that Samoa left out
		{"Pacific/Apia", "2011-12-31 12:00", "2011-12-30T22:00:00Z"},
		{"UTC", "2023-11-05 01:30", "2023-11-05T01:30:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Skip(err)
		}
		m := Moments{Order: YearFirst, Zone: zone}
		ns, ok := m.Read([]byte(c.local))
		got := ""
		if ok {
			got = time.Unix(0, ns).UTC().Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.local, c.zone, got, c.want)
		}
	}
}

// TestOrders: what dates say about their order, by hand.
func TestOrders(t *testing.T) {
	for _, c := range []struct {
		texts string
		order DateOrder
		line  int // of the date that decides
		open  bool
		words string // in the error
	}{
		{"2020/01/02", YearFirst, 1, false, ""},
		{"03-05-2022 04-05-2022 13-05-2022", DayFirst, 3, false, ""},
		{"05/03/2022 05/13/2022", MonthFirst, 2, false, ""},
		{"03-05-2022 04-05-2022", "", 1, true, "3 May 2022 (Options.DateOrder dmy) or 5 March 2022 (Options.DateOrder mdy)"},
		{"05-05-2022", DayFirst, 1, false, ""}, // the same in both
		{"13-05-2022 05-14-2022", "", 2, false, `"13-05-2022" in line 1 is a date with Options.DateOrder dmy only`},
		{"01-02-03", "", 1, true, "3 February 2001 (Options.DateOrder ymd) or 1 February 2003 (Options.DateOrder dmy) or 2 January 2003 (Options.DateOrder mdy)"},
		{"01-02-03 32-01-01", YearFirst, 2, false, ""},
		{"17082023", DayFirst, 1, false, ""},
		{"20230817", YearFirst, 1, false, ""},
		{"17-Aug-23", YearFirst, 1, false, ""},
		{"today 13-05-2022 99-99-2022", DayFirst, 2, false, ""},
	} {
		var o Orders
		for i, text := range strings.Fields(c.texts) {
			o.Add(i+1, []byte(text))
		}
		order, at, open, err := o.Decide()
		if order != c.order || at.Line != c.line || open != c.open || open != o.Open() || (err != nil) != (c.words != "") || err != nil && !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %q by line %d, open %v, %v", c.texts, order, at.Line, open, err)
		}
	}
	// One date in fifty that says the contrary is a bad date.
	var o Orders
	for range 50 {
		o.Add(1, []byte("13/05/2022"))
	}
	o.Add(2, []byte("05/13/2022"))
	if order, _, _, err := o.Decide(); order != DayFirst || err != nil {
		t.Errorf("%q, %v", order, err)
	}
}
