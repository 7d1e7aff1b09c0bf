package main

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// TestServe asks every workload for its digest twice, and for a run: digests are
// equal, and of no two workloads, and a run takes some time.
func TestServe(t *testing.T) {
	seen := map[string]string{}
	for _, w := range workloads() {
		if proptest.Race && w.name != "short sweep" {
			continue // a run of the others takes seconds
		}
		var out bytes.Buffer
		if err := serve(w.name, 0, strings.NewReader("digest\ndigest\nrun\n"), &out); err != nil {
			t.Fatal(err)
		}
		f := strings.Fields(out.String())
		if len(f) != 5 || f[0] != "ready" || len(f[1]) != 64 || f[1] != f[2] || seen[f[1]] != "" {
			t.Fatalf("%s: %q, digests so far %v", w.name, f, seen)
		}
		seen[f[1]] = w.name
		for _, text := range f[3:] {
			if n, err := strconv.ParseInt(text, 10, 64); err != nil || n <= 0 {
				t.Errorf("%s: a run takes %s: %v", w.name, text, err)
			}
		}
	}
}

func TestServeRefuses(t *testing.T) {
	for _, c := range []struct{ name, commands, want string }{
		{"W7", "", "there is none"},
		{"open", "walk\n", "neither digest nor run"},
	} {
		var out bytes.Buffer
		if err := serve(c.name, 0, strings.NewReader(c.commands), &out); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v", c.name, c.commands, err)
		}
	}
}

// TestTimed: what is slower by half takes half as much longer than it measured
// itself to take.
func TestTimed(t *testing.T) {
	calls := 0
	var took time.Duration
	wall, _, err := timed(3, 0.5, func() error {
		calls++
		start := time.Now()
		for time.Since(start) < time.Millisecond {
		}
		took += time.Since(start)
		return nil
	})
	if err != nil || calls != 3 || wall < took*3/2 {
		t.Errorf("%d calls of %v in all, measured %v: %v", calls, took, wall, err)
	}
}
