package calendar_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// frankfurt has the sessions of 20 December 2023 to 5 January 2024 but for 29
// December, which is left out by hand: 9:00 to 17:30, and until 14:00 on the last
// days of a year. The exchange was closed on 25 and 26 December and on 1 January.
func frankfurt(t testing.TB) calendar.Table {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	table := calendar.Table{Name: "xetra", Zone: zone}
	for _, d := range []string{"2023-12-20", "2023-12-21", "2023-12-22", "2023-12-27", "2023-12-28", "2023-12-30 short", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"} {
		d, short := strings.CutSuffix(d, " short")
		on, err := time.ParseInLocation(time.DateOnly, d, zone)
		if err != nil {
			t.Fatal(err)
		}
		y, m, dom := on.Date()
		s := calendar.Session{Day: time.Date(y, m, dom, 0, 0, 0, 0, time.UTC), Open: on.Add(9 * time.Hour), Close: on.Add(17*time.Hour + 30*time.Minute)}
		if short {
			s.Close = on.Add(14 * time.Hour)
		}
		table.Sessions = append(table.Sessions, s)
	}
	return table
}

func made(t testing.TB, table calendar.Table) calendar.Calendar {
	t.Helper()
	c, err := calendar.New(table)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Berlin is an hour ahead of UTC in winter, so 9:00 is 8:00 UTC.
func TestTable(t *testing.T) {
	c := made(t, frankfurt(t))
	if c.String() != "xetra" || c.Zone().String() != "Europe/Berlin" || c.IsZero() || c.IsAsFound() {
		t.Errorf("%q in %v", c, c.Zone())
	}
	s, ok := c.At(instant(t, "2023-12-30 08:00:00"))
	if !ok || !s.Short() || !s.Close.Equal(instant(t, "2023-12-30 13:00:00")) || !s.Due.Equal(instant(t, "2023-12-30 16:30:00")) || !s.Anchor.Equal(s.Open) {
		t.Errorf("the short day: %v %+v", ok, s)
	}
	if s, ok := c.At(instant(t, "2023-12-28 16:29:59")); !ok || s.Short() {
		t.Errorf("a full day: %v %+v", ok, s)
	}
	next, _ := c.Next(instant(t, "2023-12-30 13:00:00"))
	before, _ := c.Previous(instant(t, "2024-01-02 07:59:59"))
	if next.Day != instant(t, "2024-01-02") || before.Day != instant(t, "2023-12-30") {
		t.Errorf("next %v, previous %v", next.Day, before.Day)
	}
	if _, ok := c.Next(instant(t, "2024-01-05 09:00:00")); ok {
		t.Error("there is a session after the last")
	}
	for d, want := range map[string]string{"2023-12-25": "no session", "2023-12-30": "", "2023-12-19": "", "2024-01-06": ""} {
		if why, _ := c.Closed(instant(t, d)); why != want {
			t.Errorf("%s: closed %q, want %q", d, why, want)
		}
	}
	// Ten sessions in the 17 days from 20 December to 5 January: 10 / 17 × 365.25 is
	// 214.9. A full day of 510 minutes has nine bars of an hour, the last of them
	// shorter.
	if bars, ok := c.BarsPerYear(hours24); !ok || bars != 215 {
		t.Errorf("%v days a year, want 215", bars)
	}
	if bars, ok := c.BarsPerYear(time.Hour); !ok || bars != 215*9 {
		t.Errorf("%v hours a year, want 9 a day", bars)
	}
	if _, ok := c.BarsPerYear(9 * time.Hour); ok {
		t.Error("a bar is longer than a session")
	}
	table := frankfurt(t)
	table.DaysPerYear = 254
	if bars, _ := made(t, table).BarsPerYear(hours24); bars != 254 {
		t.Errorf("%v days a year, want those of the table", bars)
	}
}

// The grid, by hand: before the table and after it nothing is said.
func TestTableGrid(t *testing.T) {
	c := made(t, frankfurt(t))
	for _, g := range []struct {
		frequency time.Duration
		times     string
		want      string
	}{
		{hours24, "2023-12-01, 2023-12-20, 2023-12-21, 2023-12-27, 2024-01-02, 2024-01-05, 2024-03-01", "3-1 4-2 5-2"},
		{hours24, "2023-12-27, 2023-12-28 16:30:00, 2023-12-29 23:00:00, 2024-01-01", "3!"}, // Friday 23:00 UTC is Saturday 0:00 there
		{time.Hour, "2023-12-28 15:00:00, 2023-12-28 16:00:00, 2023-12-30 08:00:00, 2023-12-30 12:00:00, 2023-12-30 13:00:00, 2024-01-02 08:00:00", "3-3 4!"},
	} {
		times := instants(t, g.times)
		if got := compared(c.Grid(g.frequency, false, times[0], times[len(times)-1]), times); got != g.want {
			t.Errorf("%v: got %q, want %q", g.times, got, g.want)
		}
	}
}

// TestNight: a session that begins on the evening before, as those of futures do.
func TestNight(t *testing.T) {
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	table := calendar.Table{Name: "globex", Zone: chicago}
	for d := 2; d <= 4; d++ { // Tuesday to Thursday, 17:00 to 16:00 in Chicago, which is at UTC-6
		midnight := time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC)
		table.Sessions = append(table.Sessions, calendar.Session{Day: midnight, Open: midnight.Add(-time.Hour), Close: midnight.Add(22 * time.Hour)})
	}
	c := made(t, table)
	for at, want := range map[string]string{
		"2024-01-01 23:00:00": "2024-01-02", "2024-01-02 22:00:00": "2024-01-02", "2024-01-02 22:30:00": "2024-01-02",
		"2024-01-02 23:00:00": "2024-01-03", "2024-01-04 05:00:00": "2024-01-04", "2024-01-04 23:30:00": "2024-01-04",
	} {
		if got := time.Unix(0, c.DateOf(instant(t, at).UnixNano())).UTC(); !got.Equal(instant(t, want)) {
			t.Errorf("%s: %v, want %s", at, got, want)
		}
	}
}

// TestTableJSON: a table reads back as an equal calendar, and any change of it is
// another.
func TestTableJSON(t *testing.T) {
	c := made(t, frankfurt(t))
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back calendar.Calendar
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(c) || back.Identity() != c.Identity() {
		t.Errorf("%s\nread back as %v, %v", text, back.Identity(), err)
	}
	if want := `"2023-12-30 28800 46800 28800 59400"`; !strings.Contains(string(text), want) || !strings.Contains(string(text), `"2024-01-02 28800 59400"`) {
		t.Errorf("%s\nlacks %s", text, want)
	}
	for name, change := range map[string]func(*calendar.Table){
		"name":  func(t *calendar.Table) { t.Name = "xetra2" },
		"zone":  func(t *calendar.Table) { t.Zone = time.UTC },
		"days":  func(t *calendar.Table) { t.DaysPerYear = 250 },
		"hours": func(t *calendar.Table) { t.Sessions[3].Close = t.Sessions[3].Close.Add(-time.Minute) },
		"fewer": func(t *calendar.Table) { t.Sessions = t.Sessions[1:] },
	} {
		table := frankfurt(t)
		change(&table)
		if made(t, table).Equal(c) {
			t.Errorf("%s: equal", name)
		}
	}
	for _, bad := range []string{
		`{"name":"x","zone":"UTC","sessions":["2024-01-02 1"]}`, `{"name":"x","zone":"Mars/North","sessions":["2024-01-02 1 2"]}`,
		`{"name":"x","zone":"UTC","sessions":[]}`, `{"name":"x","zone":"UTC","sessions":["2024-01-02 1 99999999999"]}`, `7`, `{"name":1}`,
	} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestTableRefuses(t *testing.T) {
	for want, change := range map[string]func(*calendar.Table){
		"letters, digits":      func(t *calendar.Table) { t.Name = "a b" },
		"known already":        func(t *calendar.Table) { t.Name = "NYSE" },
		"IANA":                 func(t *calendar.Table) { t.Zone = time.FixedZone("here", 3600) },
		"days a year":          func(t *calendar.Table) { t.DaysPerYear = 400 },
		"no sessions":          func(t *calendar.Table) { t.Sessions = nil },
		"not midnight":         func(t *calendar.Table) { t.Sessions[1].Day = t.Sessions[1].Open },
		"closes at":            func(t *calendar.Table) { t.Sessions[1].Close = t.Sessions[1].Open },
		"not about that day":   func(t *calendar.Table) { t.Sessions[1].Open = t.Sessions[1].Open.AddDate(0, 0, -2) },
		"comes after":          func(t *calendar.Table) { t.Sessions[1], t.Sessions[2] = t.Sessions[2], t.Sessions[1] },
		"before the session":   func(t *calendar.Table) { t.Sessions[1].Open = t.Sessions[0].Close.Add(-time.Minute) },
		"outside the regular":  func(t *calendar.Table) { t.Sessions[1].Due = t.Sessions[1].Open },
		"not whole seconds":    func(t *calendar.Table) { t.Sessions[1].Open = t.Sessions[1].Open.Add(1) },
		"a year of 1700 to 22": func(t *calendar.Table) { t.Sessions[9].Day = time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		table := frankfurt(t)
		change(&table)
		if _, err := calendar.New(table); !errors.Is(err, calendar.ErrTable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestTableOfNYSE: a table made of what the exchange's rules say answers as they do.
func TestTableOfNYSE(t *testing.T) {
	from, to := instant(t, "2020-01-01"), instant(t, "2024-12-31")
	table := calendar.Table{Name: "copied", Zone: calendar.NYSE().Zone(), DaysPerYear: 252}
	for s := range calendar.NYSE().Sessions(from, to) {
		s.Anchor, s.Due = time.Time{}, time.Time{} // found again
		table.Sessions = append(table.Sessions, s)
	}
	c := made(t, table)
	rapid.Check(t, func(r *rapid.T) {
		at := from.AddDate(0, 1, 0).Add(time.Duration(rapid.Int64Range(0, 4*365*24*60).Draw(r, "minutes")) * time.Minute)
		n := calendar.NYSE()
		for name, ask := range map[string]func(calendar.Calendar) (calendar.Session, bool){
			"at":   func(c calendar.Calendar) (calendar.Session, bool) { return c.At(at) },
			"on":   func(c calendar.Calendar) (calendar.Session, bool) { return c.On(at) },
			"next": func(c calendar.Calendar) (calendar.Session, bool) { return c.Next(at) },
			"last": func(c calendar.Calendar) (calendar.Session, bool) { return c.Previous(at) },
		} {
			got, ok := ask(c)
			if want, there := ask(n); got != want || ok != there {
				r.Fatalf("%s %v: %v %+v, want %v %+v", name, at, ok, got, there, want)
			}
		}
		if got, want := c.DateOf(at.UnixNano()), n.DateOf(at.UnixNano()); got != want {
			r.Fatalf("date of %v: %d, want %d", at, got, want)
		}
	})
}
