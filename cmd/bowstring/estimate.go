package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/bowstring-engine/bowstring/internal/machine"
	"github.com/bowstring-engine/bowstring/sweep"
)

const (
	// mostRows is how many rows a sweep has without being asked twice.
	mostRows = 1_000_000_000
	// cellBytes is about what a value of a result takes in a file, compressed, and
	// stepTime a bar of a trial on one processor, by docs/benchmarks.md.
	cellBytes = 6
	stepTime  = 2 * time.Nanosecond
)

// estimate says what a sweep will come to before it starts, and refuses one that is
// too large for the disk or for anybody, unless the flags say otherwise.
func (a *app) estimate(r *sweep.Reader, f *sweepFlags) error {
	e := r.Expected()
	about := ""
	if !e.Exact {
		about = "about "
	}
	written := f.out != "" && f.out != stdoutPath && f.top == 0
	bytes := e.Rows * int64(e.Columns) * cellBytes
	workers := f.workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	took := time.Duration(float64(e.BarSteps) * float64(stepTime) / float64(workers))
	disk := ""
	if free := machine.FreeDisk(f.out); written && free > 0 {
		disk = fmt.Sprintf(", some %s of %s free on the disk", size(bytes), size(free))
		if bytes > free && !f.yes && !f.resume {
			return usagef("the results would take some %s, and %s are free: keep the best with --top N, choose fewer parameter values, or give --yes", size(bytes), size(free))
		}
	}
	if e.Rows > mostRows && f.top == 0 && !f.yes {
		return usagef("the sweep would have %s%d rows: keep the best with --top N, choose fewer parameter values, or give --yes", about, e.Rows)
	}
	if f.quietStart {
		return nil
	}
	a.notef("%s%d trials, %d rows%s; some %s", about, e.Trials, e.Rows, disk, max(took, time.Millisecond).Round(time.Millisecond))
	return nil
}
