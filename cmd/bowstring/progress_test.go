package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// TestBar: a bar says how far a job is before its first per cent, and clears
// its line at the end.
func TestBar(t *testing.T) {
	for unit, want := range map[string][2]string{"trials": {"(7/1000000", "trials/s"}, "bytes": {"7 B/1.0 MB", "B/s"}} {
		var shown bytes.Buffer
		a := &app{console: newConsole(&shown, &shown)}
		ctx, cancel := context.WithTimeout(context.Background(), barAfter+400*time.Millisecond)
		a.bar(ctx, "sweep", unit, func() (done, total int64) { return 7, 1_000_000 })
		cancel()
		for _, w := range append(want[:], "sweep", "0%") {
			if !strings.Contains(shown.String(), w) {
				t.Errorf("a bar of %s lacks %q: %q", unit, w, shown.String())
			}
		}
		if lines := strings.Split(shown.String(), "\r"); strings.TrimSpace(lines[len(lines)-1]) != "" {
			t.Errorf("the line is not cleared: %q", lines[len(lines)-1])
		}
	}
}

// TestShortJobsHaveNoBar: a job that ends at once draws nothing.
func TestShortJobsHaveNoBar(t *testing.T) {
	var shown bytes.Buffer
	a := &app{console: newConsole(&shown, &shown)}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a.bar(ctx, "sweep", "trials", func() (done, total int64) { return 7, 10 })
	if shown.Len() > 0 {
		t.Errorf("drawn: %q", shown.String())
	}
}
