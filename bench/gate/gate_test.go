package main

import (
	"flag"
	"path/filepath"
	"testing"
	"time"
)

// selfTest is the number of planted slowdowns and of equal builds that
// TestGateItself measures; `make check-full` sets it.
var selfTest = flag.Int("gates", 0, "planted slowdowns, and equal builds, that TestGateItself measures")

// limitOfOne is the time for a verdict of the self test, which measures one
// workload at a time: a seventh of four minutes.
const limitOfOne = 34 * time.Second

// TestGateItself measures the working tree beside itself, one workload after
// another: as it is, and slower by 15 %. Of twenty, nineteen verdicts are right;
// no verdict in time is a wrong one.
func TestGateItself(t *testing.T) {
	if *selfTest == 0 {
		t.Skip("measures for a quarter of an hour; see make check-full")
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := compile(root, filepath.Join(t.TempDir(), "work"))
	if err != nil {
		t.Fatal(err)
	}
	all, needWall, err := listed(binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what  string
		flags []string
		want  verdict
	}{{"equal", nil, passed}, {"slower by 15 %", []string{"-slow", "0.15"}, failed}} {
		right := 0
		for i := range *selfTest {
			name := all[i%len(all)]
			w := &workload{name: name, needsWall: needWall[name], old: starter(binary, name), new: starter(binary, name, c.flags...)}
			end := time.Now().Add(limitOfOne)
			if _, err := measure([]*workload{w}, func() bool { return time.Now().Before(end) }); err != nil {
				t.Fatal(err)
			}
			if w.verdict == c.want {
				right++
			}
			t.Logf("%s: %s", c.what, w.line())
		}
		t.Logf("%s: %d of %d right", c.what, right, *selfTest)
		if right*20 < *selfTest*19 {
			t.Errorf("%s: %d of %d verdicts are right", c.what, right, *selfTest)
		}
	}
}
