package main

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// fake is a side that takes 10 ms times its speed, disturbed by a share a run, and now and
// then twice as long.
type fake struct {
	random *rand.Rand
	speed  float64
	turn   float64
	result string
}

func (f *fake) digest() (string, error) { return f.result, nil }

func (f *fake) run() (wall, cpu time.Duration, err error) {
	took := 1e7 * f.speed * math.Exp(f.turn*f.random.NormFloat64())
	if f.random.IntN(20) == 0 {
		took *= 2
	}
	return time.Duration(took), time.Duration(took * 0.9), nil
}

func (f *fake) close() error { return nil }

// faked is a workload whose new side is slower by a share; a share of the noise is
// that of a process, and one that of a run.
func faked(seed uint64, slower, process, turn float64) *workload {
	random := rand.New(rand.NewPCG(seed, 0)) // #nosec G404: noise, not secrets
	start := func(speed float64) func() (side, error) {
		return func() (side, error) {
			return &fake{random, speed * math.Exp(process*random.NormFloat64()), turn, "same"}, nil
		}
	}
	return &workload{name: "faked", old: start(1), new: start(1 + slower)}
}

// TestMeasure: a machine that disturbs by 3 % a process and 5 % a run has 2 % of
// error in some ten pairs. A slowdown of 15 % is found, of 5 % is not.
func TestMeasure(t *testing.T) {
	for _, c := range []struct {
		slower float64
		want   verdict
	}{{0, passed}, {0.05, passed}, {-0.3, passed}, {0.15, failed}, {1, failed}} {
		wrong := 0
		for seed := range uint64(100) {
			w := faked(seed, c.slower, 0.03, 0.05)
			ok, err := measure([]*workload{w}, func() bool { return true })
			if err != nil || ok != (w.verdict == passed) {
				t.Fatalf("ok %v with %s: %v", ok, w.verdict, err)
			}
			if w.verdict != c.want {
				wrong++
			}
		}
		if wrong > 5 {
			t.Errorf("slower by %v: %d of 100 are not %q", c.slower, wrong, c.want)
		}
	}
}

// TestRepeats: what is slower once and not again passes, and says so.
func TestRepeats(t *testing.T) {
	w := faked(1, 1, 0.01, 0.01)
	slow, starts := w.new, 0
	fast := faked(2, 0, 0.01, 0.01).new
	w.new = func() (side, error) {
		if starts++; starts <= leastPairs {
			return slow()
		}
		return fast()
	}
	ok, err := measure([]*workload{w}, func() bool { return true })
	if !ok || err != nil || !w.repeated || !strings.Contains(w.line(), "ok (measured again)") {
		t.Errorf("ok %v, %v: %s", ok, err, w.line())
	}
}

// TestNoVerdict: where every process is a third faster or slower than the next,
// forty pairs know nothing, and time that is up is no pass.
func TestNoVerdict(t *testing.T) {
	w, left := faked(3, 0, 0.3, 0.01), 80
	ok, err := measure([]*workload{w}, func() bool { left--; return left >= 0 })
	if ok || err != nil || w.verdict != unknown || len(w.wall.ratios) == 0 {
		t.Errorf("ok %v, %v: %s", ok, err, w.line())
	}
}

// TestWallClock: where only the wall clock is disturbed, a workload of one worker
// is judged by processor time, and one of several has no verdict; where it is
// precise, it finds what processor time does not show.
func TestWallClock(t *testing.T) {
	for _, c := range []struct {
		noise, waits float64
		needsWall    bool
		want         verdict
	}{{1, 0, false, passed}, {1, 0, true, unknown}, {0.01, 1, false, failed}, {0.01, 1, true, failed}} {
		w, left := faked(6, 0, 0.01, 0.01), 80
		w.needsWall = c.needsWall
		old, fresh := w.old, w.new
		w.old = func() (side, error) { s, err := old(); return &waiting{s, c.noise, 0}, err }
		w.new = func() (side, error) { s, err := fresh(); return &waiting{s, c.noise, c.waits}, err }
		_, err := measure([]*workload{w}, func() bool { left--; return left >= 0 })
		if err != nil || w.verdict != c.want {
			t.Errorf("%+v: %v: %s", c, err, w.line())
		}
	}
}

// waiting is a fake that waits as well: for a share of its time, and for others.
type waiting struct {
	side
	noise, waits float64
}

func (s *waiting) run() (wall, cpu time.Duration, err error) {
	wall, cpu, err = s.side.run()
	random := s.side.(*fake).random
	return time.Duration(float64(wall) * (1 + s.waits) * math.Exp(s.noise*random.NormFloat64())), cpu, err
}

// TestOtherResults: they are found before anything is measured.
func TestOtherResults(t *testing.T) {
	w := faked(4, 0, 0.01, 0.01)
	w.new = func() (side, error) { return &fake{result: "other"}, nil }
	ok, err := measure([]*workload{w}, func() bool { return true })
	if ok || err != nil || w.verdict != differs || len(w.wall.ratios) != 0 {
		t.Errorf("ok %v, %v: %s", ok, err, w.line())
	}
}

// TestSideFails: the error names the workload, and processes are ended.
func TestSideFails(t *testing.T) {
	w := faked(5, 0, 0, 0)
	gone := errors.New("gone")
	w.new = func() (side, error) { return nil, gone }
	if ok, err := measure([]*workload{w}, func() bool { return true }); ok || !errors.Is(err, gone) || !strings.Contains(err.Error(), "faked") {
		t.Errorf("ok %v, %v", ok, err)
	}
}

func TestRecorded(t *testing.T) {
	hash := strings.Repeat("0123456789", 4)
	commit, reason, err := recorded("# the commit\n\n" + hash + " the gate begins\n")
	if commit != hash || reason != "the gate begins" || err != nil {
		t.Errorf("%q, %q, %v", commit, reason, err)
	}
	for _, text := range []string{"", "# nothing\n", hash, hash[1:] + " short", hash + " a\n" + hash + " b\n"} {
		if commit, _, err := recorded(text); err == nil {
			t.Errorf("%q is %q", text, commit)
		}
	}
}
