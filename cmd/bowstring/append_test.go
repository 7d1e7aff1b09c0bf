package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAppend(t *testing.T) {
	c := newCommand(t)
	bars := "date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,100\n2024-01-03,10.5,12,10,11.5,100\n"
	c.write("AAA.csv", bars)
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--calendar", "nyse", "--adjusted", "splits")
	// One bar again, one corrected, one new.
	if err := os.Mkdir("next", 0o755); err != nil {
		t.Fatal(err)
	}
	c.write("next/AAA.csv", "date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,100\n2024-01-03,10.5,12,10,11.25,100\n2024-01-04,11,12,10,11,100\n")
	_, stderr := c.ok("ingest", "next/AAA.csv", "--bundle", "one", "--append")
	if !strings.Contains(stderr, "appended 1 rows, corrected 1, unchanged 1") {
		t.Error(stderr)
	}
	// The version is that of one ingest of the bars as they are now.
	if err := os.Mkdir("all", 0o755); err != nil {
		t.Fatal(err)
	}
	c.write("all/AAA.csv", "date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,100\n2024-01-03,10.5,12,10,11.25,100\n2024-01-04,11,12,10,11,100\n")
	stdout, _ := c.ok("ingest", "all/AAA.csv", "--bundle", "one", "--calendar", "nyse", "--adjusted", "splits")
	if !strings.Contains(stdout, "the bundle has this data already") {
		t.Error(stdout)
	}
	c.ok("bundle", "verify", "one")
	if code, _, stderr := c.run("ingest", "AAA.csv", "--bundle", "one", "--append", "--calendar", "24x7"); code != exitUsage || !strings.Contains(stderr, "calendar") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if code, _, stderr := c.run("ingest", "AAA.csv", "--bundle", "none", "--append"); code != exitFailure || !strings.Contains(stderr, "leave --append out") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestAppendMemory: what bars are put together in counts, and a budget that is
// too small for it is an error that names the flag and leaves the bundle as it
// was.
func TestAppendMemory(t *testing.T) {
	c := newCommand(t)
	var text strings.Builder
	text.WriteString("date,open,high,low,close,volume\n")
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 200_000 { // 9.6 MB as columns
		fmt.Fprintf(&text, "%s,10,11,9,10.5,%d\n", start.Add(time.Duration(i)*time.Minute).Format("2006-01-02 15:04"), i)
	}
	c.write("AAA.csv", text.String())
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	before, _ := c.ok("bundle", "show", "one")
	if err := os.Mkdir("next", 0o755); err != nil {
		t.Fatal(err)
	}
	c.write("next/AAA.csv", "date,open,high,low,close,volume\n2020-01-01 00:00,10,11,9,10.75,1\n2020-01-01 00:01,10,11,9,10.75,1\n")
	code, _, stderr := c.run("ingest", "next/AAA.csv", "--bundle", "one", "--append", "--workers", "1", "--memory", "8MiB")
	if code == exitOK || !strings.Contains(stderr, "--memory") || !strings.Contains(stderr, "AAA") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if after, _ := c.ok("bundle", "show", "one"); after != before {
		t.Errorf("the bundle was %s, is %s", before, after)
	}
	c.ok("ingest", "next/AAA.csv", "--bundle", "one", "--append", "--workers", "1", "--memory", "64MiB")
}

// TestInterruptedIngest: a cancelled context is exit code 130, and nothing of
// the ingest is left.
func TestInterruptedIngest(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	var text strings.Builder
	text.WriteString("date,symbol,open,high,low,close,volume\n")
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 400_000 {
		fmt.Fprintf(&text, "%s,S%d,10,11,9,10.5,%d\n", start.Add(time.Duration(i/4)*time.Minute).Format("2006-01-02 15:04"), i%4, i)
	}
	c.write("big.csv", text.String())
	for _, extra := range [][]string{nil, {"--append"}, {"--memory", "12MiB"}} {
		interrupted := 0
		for wait := 5 * time.Millisecond; wait < 80*time.Millisecond; wait += 15 * time.Millisecond {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(wait, cancel)
			var out, errs bytes.Buffer
			code := run(ctx, append([]string{"ingest", "big.csv", "--bundle", "one"}, extra...), &out, &errs)
			cancel()
			if code == exitInterrupted {
				interrupted++
			} else if code != exitOK {
				t.Fatalf("%v: exit code %d: %s", extra, code, errs.String())
			}
			if left, err := filepath.Glob(filepath.Join("store", "one", "tmp", "*")); err != nil || len(left) > 0 {
				t.Errorf("%v: left: %v %v", extra, left, err)
			}
			c.ok("bundle", "verify", "one")
		}
		if interrupted == 0 {
			t.Errorf("%v: nothing was interrupted", extra)
		}
	}
}
