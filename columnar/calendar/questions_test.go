package calendar_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}

const (
	hours24 = 24 * time.Hour
	day     = int64(hours24)
)

func TestParse(t *testing.T) {
	for name, want := range map[string]calendar.Calendar{
		"": calendar.AsFound(), "NYSE": calendar.NYSE(), "24x7": calendar.AlwaysOpen(), "fx": calendar.FX(), "as-found": calendar.AsFound(),
	} {
		if got, err := calendar.Parse(name); err != nil || !got.Equal(want) {
			t.Errorf("calendar %q: got %q, %v", name, got, err)
		}
	}
	if _, err := calendar.Parse("lse"); err == nil || !strings.Contains(err.Error(), `"lse"`) {
		t.Errorf("calendar lse: got %v", err)
	}
}

// As text a calendar is its name; one that was not named is no text, and is not
// the one that leaves everything to the data.
func TestText(t *testing.T) {
	var none calendar.Calendar
	if none.String() != "" || !none.IsZero() || !none.IsAsFound() || none.Equal(calendar.AsFound()) || none.Zone() != time.UTC {
		t.Errorf("zero value: %q %v %v", none, none.IsZero(), none.IsAsFound())
	}
	if got := none.Or(calendar.FX()); !got.Equal(calendar.FX()) || !calendar.NYSE().Or(calendar.FX()).Equal(calendar.NYSE()) {
		t.Errorf("or: %v", got)
	}
	for _, c := range append(calendar.Known(), none) {
		text, err := json.Marshal(c)
		if err != nil || string(text) != `"`+c.String()+`"` {
			t.Errorf("%v: %s, %v", c, text, err)
		}
		var back calendar.Calendar
		if err := json.Unmarshal(text, &back); err != nil || !back.Equal(c) {
			t.Errorf("%v: %v, %v", c, back, err)
		}
	}
	if err := json.Unmarshal([]byte(`"lunar"`), &none); err == nil || !strings.Contains(err.Error(), "lunar") {
		t.Errorf("lunar: %v", err)
	}
}

// By hand: in March 2024 New York is at UTC-5 until the 10th. 3 July 2024 ended at
// 13:00, which is 17:00 UTC; trading began at noon on 11 September 2002.
func TestSessionOfAMoment(t *testing.T) {
	for _, c := range []struct {
		calendar calendar.Calendar
		at, want string
		short    bool
	}{
		{calendar.NYSE(), "2024-03-08 14:29:59", "", false},
		{calendar.NYSE(), "2024-03-08 14:30:00", "2024-03-08", false},
		{calendar.NYSE(), "2024-03-08 20:59:59", "2024-03-08", false},
		{calendar.NYSE(), "2024-03-08 21:00:00", "", false},
		{calendar.NYSE(), "2024-03-09 16:00:00", "", false},
		{calendar.NYSE(), "2024-07-03 16:59:00", "2024-07-03", true},
		{calendar.NYSE(), "2002-09-11 15:00:00", "", false},
		{calendar.NYSE(), "2002-09-11 16:00:00", "2002-09-11", true},
		{calendar.FX(), "2024-03-10 20:59:00", "", false}, // 17:00 there is 21:00 on that Sunday
		{calendar.FX(), "2024-03-10 21:00:00", "2024-03-11", false},
		{calendar.FX(), "2024-03-08 21:59:00", "2024-03-08", false},
		{calendar.FX(), "2024-03-08 22:00:00", "", false},
		{calendar.AlwaysOpen(), "2024-03-09 23:59:00", "2024-03-09", false},
		{calendar.AsFound(), "2024-03-08 15:00:00", "", false},
	} {
		got := ""
		s, ok := c.calendar.At(instant(t, c.at))
		if ok {
			got = s.Day.Format(time.DateOnly)
		}
		if got != c.want || s.Short() != c.short {
			t.Errorf("%s %s: %q short %v, want %q %v", c.calendar, c.at, got, s.Short(), c.want, c.short)
		}
		if on, is := c.calendar.On(s.Day); ok && (!is || on != s) {
			t.Errorf("%s: on its day %v, %+v, want %+v", c.at, is, on, s)
		}
	}
	if _, ok := calendar.NYSE().On(instant(t, "2024-03-29 12:00:00")); ok {
		t.Error("Good Friday is a session")
	}
}

func TestDateOf(t *testing.T) {
	for _, c := range []struct {
		calendar calendar.Calendar
		at, want string
	}{
		{calendar.NYSE(), "2024-03-08 00:00:00", "2024-03-08"},
		{calendar.NYSE(), "2024-03-08 05:00:00", "2024-03-08"}, // midnight there
		{calendar.NYSE(), "2024-03-08 04:59:00", "2024-03-07"},
		{calendar.NYSE(), "2024-03-08 21:00:00", "2024-03-08"}, // the close
		{calendar.FX(), "2024-03-07 22:00:00", "2024-03-08"},
		{calendar.FX(), "2024-03-07 21:59:00", "2024-03-07"},
		{calendar.AlwaysOpen(), "2024-03-07 23:59:00", "2024-03-07"},
		{calendar.AsFound(), "1969-12-31 23:59:00", "1969-12-31"},
	} {
		if got := time.Unix(0, c.calendar.DateOf(instant(t, c.at).UnixNano())).UTC(); !got.Equal(instant(t, c.want)) {
			t.Errorf("%s %s: %v, want %s", c.calendar, c.at, got, c.want)
		}
	}
}

// From the exchange's lists of holidays and special closings.
func TestClosed(t *testing.T) {
	for _, c := range []struct {
		calendar  calendar.Calendar
		day, want string
	}{
		{calendar.NYSE(), "2024-03-29", "Good Friday"},
		{calendar.NYSE(), "2021-12-24", "Christmas"},
		{calendar.NYSE(), "2012-10-29", "hurricane Sandy"},
		{calendar.NYSE(), "2024-03-30", "weekend"},
		{calendar.NYSE(), "2024-07-03", ""},
		{calendar.NYSE(), "1969-07-04", ""}, // before what is known
		{calendar.FX(), "2024-03-10", "weekend"},
		{calendar.FX(), "2024-12-25", ""},
		{calendar.AlwaysOpen(), "2024-03-10", ""},
		{calendar.AsFound(), "2024-03-10", ""},
	} {
		if got, closed := c.calendar.Closed(instant(t, c.day).Add(time.Hour)); got != c.want || closed != (c.want != "") {
			t.Errorf("%s %s: %q, want %q", c.calendar, c.day, got, c.want)
		}
	}
}

// TestClosedIsNoSession: a day of the exchange is a session or says why not.
func TestClosedIsNoSession(t *testing.T) {
	for _, c := range []calendar.Calendar{calendar.NYSE(), calendar.FX(), calendar.AlwaysOpen()} {
		for d := instant(t, "1995-01-01"); d.Year() < 2026; d = d.Add(hours24) {
			_, session := c.On(d)
			if why, closed := c.Closed(d); session == closed {
				t.Fatalf("%s %s: session %v, closed %q", c, d.Format(time.DateOnly), session, why)
			}
		}
	}
}
