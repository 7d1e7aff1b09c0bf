package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// objects parses the JSON that a command prints.
func objects(t *testing.T, text string) []map[string]any {
	t.Helper()
	var rows []map[string]any
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return rows
}

// TestDigests: a table has as much of a digest as a reference needs, programs
// get it whole.
func TestDigests(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	whole := regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	first, _ := c.ok("ingest", "AAA.csv", "--bundle", "one", "--output", "json")
	digest, _ := objects(t, first)[0]["digest"].(string)
	if !whole.MatchString(digest) {
		t.Fatalf("ingest: digest %q", digest)
	}
	list, _ := c.ok("bundle", "ls", "--output", "json")
	if got := objects(t, list)[0]["digest"]; got != digest {
		t.Errorf("ls: digest %v, want %s", got, digest)
	}
	shortened := strings.TrimPrefix(digest, "sha256:")[:12]
	for _, args := range [][]string{
		{"ingest", "AAA.csv", "--bundle", "one"}, {"bundle", "ls"}, {"bundle", "show", "one@" + shortened},
	} {
		if stdout, _ := c.ok(args...); !strings.Contains(stdout, shortened) {
			t.Errorf("%v: no %s in %s", args, shortened, stdout)
		}
	}
	// Another version, and the first one goes.
	c.write("AAA.csv", someBars+"2024-01-08,10,13,10,12.5,100\n")
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	if stdout, _ := c.ok("bundle", "gc", "one", "--keep", "1"); !regexp.MustCompile(`(?m)^one@` + shortened + ` *$`).MatchString(stdout) {
		t.Errorf("gc: %s", stdout)
	}
}

// TestAbout: what stands above a table is on standard output for people, and
// leaves it to the table where a program reads it.
func TestAbout(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.write("good.yaml", someSpec)
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--calendar", "nyse")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"bundle", "show", "one"}, "4 rows read, 3 accepted, 1 rejected"},
		{[]string{"explain", "good.yaml", "--bundle", "one"}, "1 of a grid of 1"},
	} {
		stdout, stderr := c.ok(tt.args...)
		if !strings.Contains(stdout, tt.want) || stderr != "" {
			t.Errorf("%v: stdout %s\nstderr %s", tt.args, stdout, stderr)
		}
		stdout, stderr = c.ok(append(tt.args, "--output", "json")...)
		if objects(t, stdout); !strings.Contains(stderr, tt.want) {
			t.Errorf("%v as JSON: stderr %s", tt.args, stderr)
		}
	}
}

// TestResultsShow prints the spec as the lines that it has.
func TestResultsShow(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.write("good.yaml", someSpec)
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	c.ok("sweep", "good.yaml", "--bundle", "one", "--out", "r.parquet")
	stdout, _ := c.ok("results", "show", "r.parquet")
	for _, want := range []string{"\nrules:\n  entry: close > lag(close, 1)\n", "partial:          false\n", "sha256:"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in %s", want, stdout)
		}
	}
	stdout, _ = c.ok("results", "show", "r.parquet", "--output", "json")
	if rows := objects(t, stdout); rows[0]["key"] != "rows" || rows[0]["value"] != 2.0 {
		t.Errorf("%v", rows)
	}
}

// TestBacktestTable: people see statistics as such, programs see them whole.
func TestBacktestTable(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.write("good.yaml", someSpec)
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	// 10,000 units bought for 10 are worth 12.5 each at the end.
	if stdout, _ := c.ok("backtest", "good.yaml", "--bundle", "one"); !regexp.MustCompile(`(?m)^total_return +25\.00% +25\.00% *$`).MatchString(stdout) {
		t.Errorf("%s", stdout)
	}
	if stdout, _ := c.ok("backtest", "good.yaml", "--bundle", "one", "--output", "csv"); !strings.Contains(stdout, "total_return,0.25,0.25\n") {
		t.Errorf("%s", stdout)
	}
}

// TestExplainBar follows an entry by hand: the close rises on the 3rd, so the
// rule holds there, and the order fills at the open of the 5th, the next bar
// that was accepted.
func TestExplainBar(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.write("good.yaml", someSpec)
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	explain := func(day string) (values map[string][2]any, stderr string) {
		stdout, stderr := c.ok("backtest", "good.yaml", "--bundle", "one", "--asset", "AAA", "--explain-bar", day, "--output", "json")
		values = map[string][2]any{}
		for _, row := range objects(t, stdout) {
			values[row["part"].(string)+" "+row["what"].(string)] = [2]any{row["bar_before"], row["this_bar"]}
		}
		return values, stderr
	}
	values, stderr := explain("2024-01-03")
	for what, want := range map[string][2]any{
		"price close":                        {nil, 11.5},
		"named entry: close > lag(close, 1)": {"unknown", "true"},
		"value close":                        {10.5, 11.5},
		"fill none":                          {nil, nil},
		"account pending order":              {"none", "to be long"},
		"account cash":                       {1e5, 1e5},
	} {
		if values[what] != want {
			t.Errorf("the bar of the signal: %s is %v, want %v", what, values[what], want)
		}
	}
	if stderr != "" {
		t.Errorf("stderr %s", stderr)
	}
	// 100,000 at 10 are 10,000 units, worth 125,000 at the close.
	values, _ = explain("2024-01-05")
	for what, want := range map[string][2]any{
		"fill enter long":       {nil, 10.0},
		"fill units":            {nil, 1e4},
		"account position":      {"flat", "long"},
		"account cash":          {1e5, 0.0},
		"account equity":        {1e5, 1.25e5},
		"account pending order": {"to be long", "none"},
	} {
		if values[what] != want {
			t.Errorf("the bar of the fill: %s is %v, want %v", what, values[what], want)
		}
	}
	values, stderr = explain("2024-01-04")
	if values["bar time"] != [2]any{nil, "2024-01-03T00:00:00Z"} || !strings.Contains(stderr, "no bar starts at 2024-01-04") {
		t.Errorf("a day without a bar: %v, %s", values["bar time"], stderr)
	}
}
