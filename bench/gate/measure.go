package main

import (
	"errors"
	"fmt"
	"math"
	"time"
)

const (
	// turns are the rounds of a pair of processes: each runs old, new, new, old, or
	// the other way round.
	turns = 5
	// leastPairs is the least number of pairs of processes that a verdict needs:
	// seven could not have p < 0.01 by much.
	leastPairs = 8
	// maxError is the standard error of a ratio that a verdict needs.
	maxError = 0.02
	// maxRatio and maxP bound what passes: slower is more than the ratio, with less
	// than the probability.
	maxRatio = 1.10
	maxP     = 0.01
)

// side is a process of a commit that has a workload ready.
type side interface {
	// digest returns that of what the workload computes.
	digest() (string, error)
	// run runs it and returns the wall clock and the processor time of that.
	run() (wall, cpu time.Duration, err error)
	// close ends the process.
	close() error
}

// workload is what is measured: its name, whether a verdict needs the wall clock,
// how a process of the old commit and one of the new are started, and what is
// known so far.
type workload struct {
	name      string
	needsWall bool
	old, new  func() (side, error)

	wall, cpu series
	repeated  bool // it was slower before, and is measured afresh
	verdict   verdict
}

// series are the pairs of processes so far: the logarithm of new by old of each,
// and the time of either.
type series struct {
	ratios           []float64
	oldTime, newTime []float64 // seconds a run
}

func (s *series) ratio() float64 { return math.Exp(median(s.ratios)) }
func (s *series) error() float64 { return medianError(s.ratios) }
func (s *series) p() float64     { return signedRank(s.ratios) }

// precise reports whether there is enough for a verdict.
func (s *series) precise() bool { return len(s.ratios) >= leastPairs && s.error() <= maxError }

// slower reports whether new is slower than is allowed.
func (s *series) slower() bool { return s.ratio() > maxRatio && s.p() < maxP }

// verdict is what is known of a workload.
type verdict string

const (
	unknown verdict = "no verdict in time"
	passed  verdict = "ok"
	failed  verdict = "SLOWER"
	differs verdict = "OTHER RESULTS"
)

// pair starts a process of either side and has them take turns. A pair is one
// observation: where a process lies in memory makes it faster or slower for as
// long as it lives.
func (w *workload) pair() (err error) {
	before, err := w.old()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, before.close()) }()
	after, err := w.new()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, after.close()) }()
	sides := [2]side{before, after}
	var digests [2]string
	for i, s := range sides { // which also warms it up
		if digests[i], err = s.digest(); err != nil {
			return err
		}
	}
	if digests[0] != digests[1] {
		w.verdict = differs
		return nil
	}
	var walls, cpus [2][]float64 // seconds a run, by side and turn
	for turn := range turns {
		order := []int{0, 1, 1, 0}
		if (turn+len(w.wall.ratios))%2 == 1 {
			order = []int{1, 0, 0, 1}
		}
		var wall, cpu [2]float64
		for _, i := range order {
			a, b, err := sides[i].run()
			if err != nil {
				return err
			}
			wall[i] += a.Seconds() / 2
			cpu[i] += b.Seconds() / 2
		}
		for i := range sides {
			walls[i], cpus[i] = append(walls[i], wall[i]), append(cpus[i], cpu[i])
		}
	}
	w.wall.add(walls)
	w.cpu.add(cpus)
	return nil
}

// add adds the rounds of a pair of processes: the median of their ratios.
func (s *series) add(rounds [2][]float64) {
	ratios := make([]float64, len(rounds[0]))
	for i := range ratios {
		ratios[i] = math.Log(rounds[1][i] / rounds[0][i])
	}
	s.ratios = append(s.ratios, median(ratios))
	s.oldTime, s.newTime = append(s.oldTime, median(rounds[0])), append(s.newTime, median(rounds[1]))
}

// judge sets the verdict once there is enough for one. Others on the machine
// disturb the wall clock far more than processor time; where it is not precise by
// then, and need not be, it is not looked at. What is slower by either is measured
// a second time, and must be slower again.
func (w *workload) judge() {
	switch {
	case w.verdict == differs || !w.cpu.precise() || w.needsWall && !w.wall.precise():
	case !w.cpu.slower() && !(w.wall.precise() && w.wall.slower()):
		w.verdict = passed
	case w.repeated:
		w.verdict = failed
	default:
		w.wall, w.cpu, w.repeated = series{}, series{}, true
	}
}

// measure has the workloads take turns, a pair of processes each, until every one
// has a verdict or there is no time left. It reports whether all passed.
func measure(all []*workload, timeLeft func() bool) (ok bool, err error) {
	for _, w := range all {
		w.verdict = unknown
	}
	for open := len(all); open > 0 && timeLeft(); {
		open = 0
		for _, w := range all {
			if w.verdict != unknown || !timeLeft() {
				continue
			}
			if err := w.pair(); err != nil {
				return false, fmt.Errorf("%s: %w", w.name, err)
			}
			if w.judge(); w.verdict == unknown {
				open++
			}
		}
	}
	ok = true
	for _, w := range all {
		ok = ok && w.verdict == passed
	}
	return ok, nil
}

// line describes what is known of the workload.
func (w *workload) line() string {
	text := fmt.Sprintf("%-12s %3d pairs  %7.2f → %7.2f ms", w.name, len(w.wall.ratios), 1e3*median(w.wall.oldTime), 1e3*median(w.wall.newTime))
	for _, s := range []struct {
		name   string
		series *series
	}{{"wall", &w.wall}, {"cpu", &w.cpu}} {
		text += fmt.Sprintf("  %s %.3f ± %.3f p %.4f", s.name, s.series.ratio(), s.series.error(), s.series.p())
	}
	text += "  " + string(w.verdict)
	if w.repeated {
		text += " (measured again)"
	}
	return text
}
