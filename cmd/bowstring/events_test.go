package main

import (
	"strings"
	"testing"
)

// splitBars are bars of A that halve in a 2-for-1 split on 4 January.
const splitBars = `date,open,high,low,close,volume
2024-01-02,20,22,18,20,100
2024-01-03,20,24,20,22,100
2024-01-04,16,16,10,12,200
2024-01-05,12,13,11,11,200
2024-01-08,8,14,8,13,200
`

const someEvents = `symbol,date,type,value
A,2024-01-04,split,2
A,2024-01-05,dividend,0.5
A,2024-01-09,dividend,0.5
B,2024-01-05,dividend,1
`

func TestEvents(t *testing.T) {
	c := newCommand(t)
	bars, events := c.write("A.csv", splitBars), c.write("events.csv", someEvents)
	_, stderr := c.ok("ingest", bars, "--bundle", "a", "--events", events, "--adjusted", "none")
	for _, want := range []string{"events: split 1, dividend 2", "events rejected: 1 of 4, by rule: asset 1"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("ingest says nothing of %q:\n%s", want, stderr)
		}
	}
	stdout, _ := c.ok("bundle", "events", "a", "--output", "csv")
	if want := strings.TrimSuffix(someEvents, "B,2024-01-05,dividend,1\n"); stdout != want {
		t.Errorf("events:\n%s", stdout)
	}
	stdout, _ = c.ok("bundle", "show", "a")
	for _, want := range []string{"events:    split 1, dividend 2", "events from ", "4 rows, 3 accepted, 1 rejected"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("show says nothing of %q:\n%s", want, stdout)
		}
	}
	// What is printed is an events file: the same version comes of it.
	again := c.write("again.csv", strings.TrimSuffix(someEvents, "B,2024-01-05,dividend,1\n"))
	if stdout, _ = c.ok("ingest", bars, "--bundle", "a", "--events", again, "--adjusted", "none"); !strings.Contains(stdout, "the bundle has this data already") {
		t.Errorf("another version:\n%s", stdout)
	}
	c.ok("bundle", "verify", "a")
}

func TestAdjust(t *testing.T) {
	c := newCommand(t)
	bars, events := c.write("A.csv", splitBars), c.write("events.csv", someEvents)
	spec := c.write("s.yaml", someSpec)
	c.ok("ingest", bars, "--bundle", "a", "--events", events, "--adjusted", "none")
	c.ok("ingest", bars, "--bundle", "plain")
	for flag, want := range map[string]string{"": "all", "splits": "splits", "none": "none"} {
		args := []string{"explain", spec, "--bundle", "a"}
		if flag != "" {
			args = append(args, "--adjust", flag)
		}
		stdout, _ := c.ok(args...)
		if !strings.Contains(stdout, "adjusted:  "+want+" (ingested as none)") {
			t.Errorf("--adjust %q:\n%s", flag, stdout)
		}
		if inexact := strings.Contains(stdout, "averages:  those of adjusted prices are not exact"); inexact != (flag != "none") {
			t.Errorf("--adjust %q, averages:\n%s", flag, stdout)
		}
	}
	if stdout, _ := c.ok("explain", spec, "--bundle", "plain"); !strings.Contains(stdout, "adjusted:  none") {
		t.Errorf("without events:\n%s", stdout)
	}
	// Closes are 20 22 12 11 13 as traded and 10 11 12 11 13 after the split. Both
	// rise on the second bar, so the third is bought at its open, 16. As traded
	// the third falls and the fourth is sold at its open, 12; adjusted the fourth
	// falls and the fifth is sold, at 8.
	for flag, want := range map[string]string{"none": "\ntotal_return,-0.25,-0.25\n", "splits": "\ntotal_return,-0.5,-0.5\n"} {
		if stdout, _ := c.ok("backtest", spec, "--bundle", "a", "--adjust", flag, "--output", "csv"); !strings.Contains(stdout, want) {
			t.Errorf("--adjust %s:\n%s", flag, stdout)
		}
	}
	high := c.write("high.csv", "symbol,date,type,value\nA,2024-01-04,dividend,22\n")
	if _, stderr := c.ok("ingest", bars, "--bundle", "high", "--events", high); !strings.Contains(stderr, "warning: ") || !strings.Contains(stderr, "is not below 22") {
		t.Errorf("a dividend of the whole price is taken without a word:\n%s", stderr)
	}
	c.ok("sweep", spec, "--bundle", "high", "--adjust", "splits")
	for _, bad := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, `--adjust: adjustment "most"`, []string{"explain", spec, "--bundle", "a", "--adjust", "most"}},
		{exitUsage, "no splits or dividends to adjust by", []string{"sweep", spec, "--bundle", "plain", "--adjust", "all"}},
		{exitBadData, `"A": the dividend of 22 on 2024-01-04 is not below 22`, []string{"sweep", spec, "--bundle", "high"}},
		{exitBadData, "no column value", []string{"ingest", bars, "--bundle", "bad", "--events", c.write("bad2.csv", "symbol,date,type\nA,2024-01-04,dividend\n")}},
	} {
		if code, _, stderr := c.run(bad.args...); code != bad.code || !strings.Contains(stderr, bad.want) {
			t.Errorf("%v: exit code %d\n%s", bad.args, code, stderr)
		}
	}
}
