package calendar_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// The digests are of the sessions of 1970-2030 by exchange_calendars 4.13.2
// and pandas_market_calendars 5.5.0, which agree on every day, and of the
// hours of 1986-2030 by the latter but for two days (see
// TestNYSEAgainstPackages): a line "date\n", or "date open close\n", each.
func TestNYSEGolden(t *testing.T) {
	days, hours := newYorkClock(t, "1970-01-01", "2031-01-01")
	from1986 := hours[slices.IndexFunc(hours, func(h string) bool { return h >= "1986" }):]
	for _, c := range []struct {
		lines []string
		n     int
		want  string
	}{
		{days, 15376, "4be79387344d95ce1f4e29dc62f1cc3fe5234fd032fdcc74430739688d365d5b"},
		{from1986, 11333, "69a3278b37d794cff82630f20e28f2473baa808a804ddf14691e1bc3c91940b9"},
	} {
		sum := sha256.Sum256([]byte(strings.Join(c.lines, "\n") + "\n"))
		if len(c.lines) != c.n || hex.EncodeToString(sum[:]) != c.want {
			t.Errorf("%d lines with digest %x, want %d with %s", len(c.lines), sum, c.n, c.want)
		}
	}
}

// Hours in UTC by hand: New York is five hours behind, and four in summer.
// The clocks changed on 2024-03-10 and 2006-04-02.
func TestSessionHours(t *testing.T) {
	for _, c := range []struct {
		calendar         calendar.Calendar
		day, open, close string
	}{
		{calendar.NYSE(), "2024-03-08", "2024-03-08 14:30:00", "2024-03-08 21:00:00"},
		{calendar.NYSE(), "2024-03-11", "2024-03-11 13:30:00", "2024-03-11 20:00:00"},
		{calendar.NYSE(), "2006-04-03", "2006-04-03 13:30:00", "2006-04-03 20:00:00"},
		{calendar.NYSE(), "2024-07-03", "2024-07-03 13:30:00", "2024-07-03 17:00:00"},
		{calendar.NYSE(), "2024-11-29", "2024-11-29 14:30:00", "2024-11-29 18:00:00"},
		{calendar.NYSE(), "2002-09-11", "2002-09-11 16:00:00", "2002-09-11 20:00:00"},
		{calendar.NYSE(), "1985-09-30", "1985-09-30 13:30:00", "1985-09-30 20:00:00"},
		{calendar.NYSE(), "1985-09-26", "1985-09-26 14:00:00", "1985-09-26 20:00:00"},
		{calendar.NYSE(), "1974-09-30", "1974-09-30 14:00:00", "1974-09-30 19:30:00"},
		{calendar.NYSE(), "1974-10-01", "1974-10-01 14:00:00", "1974-10-01 20:00:00"},
		{calendar.FX(), "2024-03-08", "2024-03-07 22:00:00", "2024-03-08 22:00:00"},
		{calendar.FX(), "2024-03-11", "2024-03-10 21:00:00", "2024-03-11 21:00:00"},
		{calendar.AlwaysOpen(), "2024-03-10", "2024-03-10 00:00:00", "2024-03-11 00:00:00"},
	} {
		day := instant(t, c.day)
		for s := range c.calendar.Sessions(day, day.Add(hours24)) {
			if !s.Day.Equal(day) || !s.Open.Equal(instant(t, c.open)) || !s.Close.Equal(instant(t, c.close)) {
				t.Errorf("%s %s: %+v, want %s to %s", c.calendar, c.day, s, c.open, c.close)
			}
			day = time.Time{}
		}
		if !day.IsZero() {
			t.Errorf("%s %s: no session", c.calendar, c.day)
		}
	}
}

func TestNextAndPreviousSession(t *testing.T) {
	for _, c := range []struct {
		calendar             calendar.Calendar
		t                    string
		wantNext, wantBefore string
	}{
		// The attacks: Monday 10 to Monday 17 September 2001.
		{calendar.NYSE(), "2001-09-12 00:00:00", "2001-09-17", "2001-09-10"},
		{calendar.NYSE(), "2024-07-03 13:29:59", "2024-07-03", "2024-07-02"},
		{calendar.NYSE(), "2024-07-03 13:30:00", "2024-07-05", "2024-07-02"}, // it is open
		{calendar.NYSE(), "2024-07-03 17:00:00", "2024-07-05", "2024-07-03"}, // it has closed early
		{calendar.NYSE(), "1969-06-01 00:00:00", "1970-01-02", ""},
		// Friday 17:00 in New York is 22:00 UTC in winter.
		{calendar.FX(), "2024-01-05 22:00:00", "2024-01-08", "2024-01-05"},
		{calendar.FX(), "2024-01-05 21:59:59", "2024-01-08", "2024-01-04"},
		{calendar.AlwaysOpen(), "2024-01-06 12:00:00", "2024-01-07", "2024-01-05"},
		{calendar.AsFound(), "2024-01-06 12:00:00", "", ""},
	} {
		name := func(s calendar.Session, ok bool) string {
			if !ok {
				return ""
			}
			return s.Day.Format(time.DateOnly)
		}
		next, before := name(c.calendar.Next(instant(t, c.t))), name(c.calendar.Previous(instant(t, c.t)))
		if next != c.wantNext || before != c.wantBefore {
			t.Errorf("%s %s: next %q, previous %q, want %q and %q", c.calendar, c.t, next, before, c.wantNext, c.wantBefore)
		}
	}
}

// Weekends: 2024 has 366 days, 52 Saturdays and 52 Sundays.
func TestSessionsAreCounted(t *testing.T) {
	for calendar, want := range map[calendar.Calendar]int{
		calendar.FX(): 262, calendar.AlwaysOpen(): 366, calendar.NYSE(): 252, calendar.AsFound(): 0,
	} {
		n := 0
		for range calendar.Sessions(instant(t, "2024-01-01"), instant(t, "2025-01-01")) {
			n++
		}
		if n != want {
			t.Errorf("%s: %d sessions in 2024, want %d", calendar, n, want)
		}
	}
}
