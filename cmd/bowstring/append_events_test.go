package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAppendTakesEventsBack: bars whose columns have no event on a day on which the
// bundle has one take it back, and the digest is that of one ingest of everything.
func TestAppendTakesEventsBack(t *testing.T) {
	bar := "%s,10,11,9,10.5,100,%s,%s\n"
	days := []string{"2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"}
	for name, tt := range map[string]struct {
		was, is [4][2]string // dividend and split, by day
		from    int          // the first day of the appended file
		taken   string
	}{
		"a dividend":                   {was: [4][2]string{1: {"0.5", "0"}}, taken: "taken back: 1"},
		"a dividend of another day":    {was: [4][2]string{1: {"0.5", "0"}}, is: [4][2]string{2: {"0.5", "0"}}, taken: "taken back: 1"},
		"another dividend, same day":   {was: [4][2]string{1: {"0.5", "0"}}, is: [4][2]string{1: {"0.25", "0"}}},
		"a split that was none":        {was: [4][2]string{1: {"0", "2"}}, taken: "taken back: 1"},
		"days that are not there stay": {was: [4][2]string{1: {"0.5", "0"}}, is: [4][2]string{1: {"0.5", "0"}}, from: 2},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCommand(t)
			text := func(events [4][2]string, from int) string {
				var b strings.Builder
				b.WriteString("date,open,high,low,close,volume,dividend,split\n")
				for i := from; i < len(days); i++ {
					fmt.Fprintf(&b, bar, days[i], events[i][0], events[i][1])
				}
				return b.String()
			}
			for _, dir := range []string{"was", "is", "all"} {
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			c.write("was/A.csv", text(tt.was, 0))
			c.write("is/A.csv", text(tt.is, tt.from))
			c.write("all/A.csv", text(tt.is, 0))
			c.ok("ingest", "was/A.csv", "--bundle", "one", "--adjusted", "none")
			_, stderr := c.ok("ingest", "is/A.csv", "--bundle", "one", "--append", "--adjusted", "none")
			c.ok("ingest", "all/A.csv", "--bundle", "two", "--adjusted", "none")
			if strings.Contains(stderr, "taken back") != (tt.taken != "") || !strings.Contains(stderr, tt.taken) {
				t.Error(stderr)
			}
			sameDigest(t, c, "one", "two")
		})
	}
	// A file that has no such columns says nothing of events.
	c := newCommand(t)
	c.write("A.csv", "date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,100\n2024-01-03,10,11,9,10.5,100\n")
	c.write("events.csv", "symbol,date,type,value\nA,2024-01-03,dividend,0.5\n")
	c.ok("ingest", "A.csv", "--bundle", "one", "--events", "events.csv")
	c.ok("ingest", "A.csv", "--bundle", "one", "--append")
	if stdout, _ := c.ok("bundle", "events", "one"); !strings.Contains(stdout, "0.5") {
		t.Error(stdout)
	}
}

// sameDigest fails where two bundles have other data.
func sameDigest(t *testing.T, c command, one, two string) {
	t.Helper()
	digest := func(name string) string {
		stdout, stderr := c.ok("bundle", "show", name)
		_, after, _ := strings.Cut(stdout+stderr, "sha256:")
		return after[:min(64, len(after))]
	}
	if a, b := digest(one), digest(two); a != b || len(a) != 64 {
		t.Errorf("digests %s and %s", a, b)
	}
}

// TestWithdrawnDividend is the shared case.
func TestWithdrawnDividend(t *testing.T) {
	dir := cases(t, "ingest-append-withdrawn-dividend")
	c := newCommand(t)
	c.ok("ingest", filepath.Join(dir, "wrong", "AAPL.csv"), "--bundle", "c16")
	_, stderr := c.ok("ingest", filepath.Join(dir, "AAPL.csv"), "--bundle", "c16", "--append")
	c.ok("ingest", filepath.Join(dir, "AAPL.csv"), "--bundle", "c16b")
	if stdout, _ := c.ok("bundle", "events", "c16"); strings.Contains(stdout, "dividend") || !strings.Contains(stderr, "taken back: 1") {
		t.Errorf("%s\n%s", stdout, stderr)
	}
	sameDigest(t, c, "c16", "c16b")
}
