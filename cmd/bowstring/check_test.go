package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestCheck: a bundle that grew by an append is checked as a whole, and errors end
// with exit code 3. The findings are by hand: the 4th of January is a Thursday
// without a bar, and the volume of the 8th is kept though it is below 0.
func TestCheck(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", "date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,100\n2024-01-03,10.5,12,10,11.5,100\n")
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--calendar", "nyse")
	if stdout, stderr := c.ok("bundle", "check", "one"); !strings.Contains(stderr, "the quality rules found nothing") {
		t.Error(stdout, stderr)
	}
	c.write("AAA.csv", "date,open,high,low,close,volume\n2024-01-05,11,12,10,11,100\n")
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--append")
	if _, stderr := c.ok("bundle", "show", "one", "--quality"); !strings.Contains(stderr, "found nothing") {
		t.Errorf("what was added is a bar: %s", stderr)
	}
	stdout, _ := c.ok("bundle", "check", "one", "--output", "json")
	var rows []struct {
		Asset, Rule, Severity, First, Examples string
		Count                                  int
	}
	if err := json.Unmarshal([]byte(stdout), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Asset != "AAA" || rows[0].Rule != "gap" || rows[0].Severity != "warning" || rows[0].Count != 1 ||
		!strings.HasPrefix(rows[0].First, "2024-01-05") || !strings.Contains(rows[0].Examples, "1 missing since 2024-01-03") {
		t.Errorf("%+v", rows)
	}
	c.write("AAA.csv", "date,open,high,low,close,volume\n2024-01-08,11,12,10,11,-5\n")
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--append", "--policy", "price=keep")
	code, stdout, stderr := c.run("bundle", "check", "one")
	if code != exitBadData || !strings.Contains(stdout, "negative-volume") || !strings.Contains(stderr, "negative-volume in 1") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if code, _, _ := c.run("bundle", "check", "none"); code != exitFailure {
		t.Errorf("no bundle: exit code %d", code)
	}
}
