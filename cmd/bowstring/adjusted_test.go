package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// splitHistory are 60 daily bars that move by about 1 %, with a column of splits:
// 4 for 1 on row 40, 11 January 2024, before which prices are times old. Rows from
// one to another are written.
func splitHistory(old float64, from, to int) string {
	var b strings.Builder
	b.WriteString("Date,Open,High,Low,Close,Volume,Stock Splits\n")
	for i := from; i < to; i++ {
		price, split := []float64{100, 101, 102, 101}[i%4], 0
		if i < 40 {
			price *= old
		}
		if i == 40 {
			split = 4
		}
		fmt.Fprintf(&b, "%s,%g,%g,%g,%g,9,%d\n", time.Date(2023, 12, 2+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), price, price, price, price, split)
	}
	return b.String()
}

// TestAdjustedFound: what prices are adjusted for is found, said and stored, or
// asked with the flag that decides.
func TestAdjustedFound(t *testing.T) {
	c := newCommand(t)
	c.write("A.csv", splitHistory(1, 0, 60))
	_, stderr := c.ok("ingest", "A.csv", "--bundle", "a")
	if !strings.Contains(stderr, "adjusted: splits, found: of 1 splits the close steps at 0, does not at 1") {
		t.Error(stderr)
	}
	if stdout, _ := c.ok("bundle", "show", "a"); !strings.Contains(stdout, "adjusted: splits\n") || !strings.Contains(stdout, "  adjusted: splits, found: of 1 splits") {
		t.Error(stdout)
	}
	// The close of the first row, adjusted for everything, is what it was.
	c.ok("bundle", "export", "a", "--adjust", "all", "--out", "all.csv")
	text, err := os.ReadFile("all.csv")
	if err != nil || !strings.Contains(string(text), "A,2023-12-02,100,100,100,100,9\n") || strings.Contains(string(text), ",25,") {
		t.Errorf("%v: %s", err, text)
	}
	_, stderr = c.ok("ingest", "A.csv", "--bundle", "said", "--adjusted", "none")
	if !strings.Contains(stderr, "warning: not what prices look like that are adjusted for none: A: split of 4 on 2024-01-11: close from 101 to 100, no step") {
		t.Error(stderr)
	}
	c.write("A.csv", splitHistory(2, 0, 60))
	code, _, stderr := c.run("ingest", "A.csv", "--bundle", "open")
	if code != exitBadData || !strings.Contains(stderr, "2024-01-11: close from 202 to 100, not clear") || !strings.Contains(stderr, "--adjusted none, splits or all") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if code, _, _ := c.run("bundle", "show", "open"); code == exitOK {
		t.Error("something was published")
	}
}

// TestAppendAdjusted: appended bars are taken for what the bundle is, and what
// contradicts it is refused until it is said.
func TestAppendAdjusted(t *testing.T) {
	c := newCommand(t)
	c.write("A.csv", splitHistory(4, 0, 40))
	c.ok("ingest", "A.csv", "--bundle", "traded")
	c.ok("ingest", "A.csv", "--bundle", "adjusted", "--adjusted", "splits")
	c.write("A.csv", splitHistory(4, 40, 60))
	if _, stderr := c.ok("ingest", "A.csv", "--bundle", "traded", "--append"); !strings.Contains(stderr, "appended 20 rows") {
		t.Error(stderr)
	}
	code, _, stderr := c.run("ingest", "A.csv", "--bundle", "adjusted", "--append")
	if code != exitUsage || !strings.Contains(stderr, "2024-01-11: close from 404 to 100, a step by the ratio") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if _, stderr := c.ok("ingest", "A.csv", "--bundle", "adjusted", "--append", "--adjusted", "splits"); !strings.Contains(stderr, "warning: not what prices look like") {
		t.Error(stderr)
	}
	// A whole history that is adjusted, into one as traded.
	c.write("A.csv", splitHistory(1, 0, 60))
	if code, _, stderr := c.run("ingest", "A.csv", "--bundle", "traded", "--append"); code != exitBadData || !strings.Contains(stderr, "none is assumed, and the prices contradict") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
