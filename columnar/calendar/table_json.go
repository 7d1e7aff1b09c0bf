package calendar

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// tableJSON is a table in JSON. A session is a line of its date and the seconds from
// midnight UTC of that date to its opening and its close, and to the regular ones
// where those are others: "2024-07-03 48600 61200 48600 72000".
type tableJSON struct {
	Name        string   `json:"name"`
	Zone        string   `json:"zone"`
	DaysPerYear float64  `json:"days_per_year"`
	Sessions    []string `json:"sessions"`
}

// MarshalJSON writes a known calendar as its name, and a table with its sessions: it
// reads back as the same calendar anywhere.
func (c Calendar) MarshalJSON() ([]byte, error) {
	t, ok := c.rules.(*table)
	if !ok {
		return json.Marshal(c.String())
	}
	return json.Marshal(tableJSON{t.Name, t.Zone.String(), t.DaysPerYear, t.lines()})
}

// UnmarshalJSON reads what MarshalJSON writes. It fails on names that [Parse] does
// not know, and with [ErrTable] on a table that cannot be.
func (c *Calendar) UnmarshalJSON(text []byte) error {
	if !strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		var name string
		if err := json.Unmarshal(text, &name); err != nil {
			return fmt.Errorf("calendar: %w", err)
		}
		return c.UnmarshalText([]byte(name))
	}
	var in tableJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("calendar: %w", err)
	}
	t := Table{Name: in.Name, DaysPerYear: in.DaysPerYear, Sessions: make([]Session, len(in.Sessions))}
	var err error
	if t.Zone, err = time.LoadLocation(in.Zone); err != nil {
		return fmt.Errorf("%w: calendar %q: %w", ErrTable, in.Name, err)
	}
	for i, line := range in.Sessions {
		if t.Sessions[i], err = parseSession(line); err != nil {
			return fmt.Errorf("%w: calendar %q: %w", ErrTable, in.Name, err)
		}
	}
	made, err := New(t)
	if err == nil {
		*c = made
	}
	return err
}

// lines returns the sessions as JSON has them.
func (t *Table) lines() []string {
	lines := make([]string, len(t.Sessions))
	for i, s := range t.Sessions {
		line := s.Day.AppendFormat(nil, time.DateOnly)
		hours := []time.Time{s.Open, s.Close, s.Anchor, s.Due}
		if !s.Short() {
			hours = hours[:2]
		}
		for _, at := range hours {
			line = strconv.AppendInt(append(line, ' '), int64(at.Sub(s.Day)/time.Second), 10)
		}
		lines[i] = string(line)
	}
	return lines
}

func parseSession(line string) (s Session, err error) {
	fields := strings.Fields(line)
	if len(fields) != 3 && len(fields) != 5 {
		return s, fmt.Errorf("session %q: want a date and two or four numbers of seconds", line)
	}
	if s.Day, err = time.Parse(time.DateOnly, fields[0]); err != nil {
		return s, fmt.Errorf("session %q: %w", line, err)
	}
	var hours [4]time.Time
	for i, f := range fields[1:] {
		n, err := strconv.ParseInt(f, 10, 32)
		if err != nil {
			return s, fmt.Errorf("session %q: %w", line, err)
		}
		hours[i] = s.Day.Add(time.Duration(n) * time.Second)
	}
	s.Open, s.Close = hours[0], hours[1]
	if s.Anchor, s.Due = hours[0], hours[1]; len(fields) == 5 {
		s.Anchor, s.Due = hours[2], hours[3]
	}
	return s, nil
}
