package results_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// childOut is the environment variable that makes a test binary a process
// that runs killableSpec into the named file, resuming what is there, and
// childSteps the one that says before which of its steps on files it kills
// itself.
const (
	childOut   = "BOWSTRING_TEST_SWEEP_INTO"
	childSteps = "BOWSTRING_TEST_SWEEP_STEPS"
)

// killableSpec has 44,850 trials and so three row groups over one asset, the
// last one short, and takes a part of a second.
func killableSpec() *spec.Spec {
	s := crossSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 301, 1)}, {Name: "slow", Axis: spec.Range(2, 301, 1)}}
	s.Output = spec.Output{}
	return s
}

// TestSweepChild is the child's side; it does nothing in an ordinary run.
func TestSweepChild(t *testing.T) {
	path := os.Getenv(childOut)
	if path == "" {
		t.Skip("started by TestKilledSweeps")
	}
	r, err := sweep.Run(context.Background(), walk(t, 1, 40), killableSpec(), sweep.Options{Workers: 2, Tool: "test", Resume: path})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	last, err := strconv.ParseInt(os.Getenv(childSteps), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	me, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	files := disk.Counted(func(n int64) {
		if n == last {
			t.Error("still alive:", me.Kill())
		}
	})
	if _, err := results.WriteFileOn(path, r, files, 0); err != nil {
		t.Fatal(err)
	}
}

// killableSteps returns how many steps on files a whole run takes.
func killableSteps(t *testing.T, frame *columnar.Frame) (n int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.parquet")
	r, err := sweep.Run(context.Background(), frame, killableSpec(), sweep.Options{Tool: "test", Resume: path})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if _, err := results.WriteFileOn(path, r, disk.Counted(func(i int64) { n = i }), 0); err != nil {
		t.Fatal(err)
	}
	return n
}

// moments is how many random moments sweeps are killed and interrupted at; make
// check-full asks for more.
var moments = flag.Int("moments", 12, "random moments at which sweeps are killed and interrupted")

// momentsNow is fewer where the race detector makes each of them slow.
func momentsNow() int {
	if proptest.Race {
		return min(*moments, 4)
	}
	return *moments
}

// TestKilledSweeps has a process that writes results die once where three
// quarters of its steps are done, so that there are row groups to go on from,
// and then before random steps. Resumed, killed and resumed again, the file ends
// with the bytes of a run that nobody killed.
func TestKilledSweeps(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	frame := walk(t, 1, 40)
	want := read(t, write(t, frame, killableSpec()))
	path := filepath.Join(t.TempDir(), "out.parquet")
	random := rand.New(rand.NewPCG(6, 0)) // #nosec G404: moments, not secrets
	kills, finished, behind := 0, 0, 0
	check := func() {
		t.Helper()
		finished++
		if got := read(t, path); !bytes.Equal(got, want) {
			t.Fatalf("after %d kills the file has other bytes", kills)
		}
		for _, left := range []string{results.PartialPath(path), results.JournalPath(path)} {
			if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
				t.Fatalf("%s is left: %v", left, err)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	// child reports whether it died; otherwise it had fewer steps left than that.
	child := func(step int64) bool {
		t.Helper()
		c := exec.Command(os.Args[0], "-test.run=^TestSweepChild$")
		c.Env = append(os.Environ(), childOut+"="+path, childSteps+"="+strconv.FormatInt(step, 10))
		out, err := c.CombinedOutput()
		if c.ProcessState == nil || c.ProcessState.ExitCode() > 0 {
			t.Fatalf("the child failed: %v\n%s", err, out)
		}
		if err == nil {
			check()
			return false
		}
		kills++
		if results.JournalGroups(path) > 0 {
			behind++
		}
		return true
	}
	steps := killableSteps(t, frame)
	if child(steps + 1) {
		t.Fatalf("a whole run has more steps than %d", steps)
	}
	if !child(steps*3/4) || behind == 0 {
		t.Error("a run with three quarters of its steps behind it has no row group to go on from")
	}
	for kills < 1+momentsNow() {
		child(1 + random.Int64N(steps))
	}
	r, err := sweep.Run(context.Background(), frame, killableSpec(), sweep.Options{Tool: "test", Resume: path})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if _, err := results.WriteFile(path, r); err != nil {
		t.Fatal(err)
	}
	check()
	t.Logf("%d kills, %d of them with row groups to go on from, %d whole files", kills, behind, finished)
}

// TestInterruptedAndResumed interrupts a sweep again and again, with other
// workers, blocks and caches each time: the file ends with the bytes of an
// uninterrupted run.
func TestInterruptedAndResumed(t *testing.T) {
	frame := walk(t, 1, 40)
	spec := killableSpec()
	want := read(t, write(t, frame, spec))
	path := filepath.Join(t.TempDir(), "out.parquet")
	last := int64(-1)
	for turn, opts := range []sweep.Options{{Workers: 2}, {Workers: 8, BlockTrials: 7}, {Workers: 1, CacheBytes: -1}, {}} {
		opts.Resume, opts.Tool = path, "test"
		ctx, cancel := context.WithCancel(context.Background())
		r, err := sweep.Run(ctx, frame, spec, opts)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Resumed(); got.Complete || got.Next <= last {
			t.Fatalf("turn %d goes on from %+v, behind trial %d", turn, got, last)
		} else {
			last = got.Next
		}
		if turn < 3 {
			go func() {
				for r.Progress().Trials < 18_000 && r.Progress().Passed < r.Progress().Total {
					time.Sleep(time.Millisecond)
				}
				cancel()
			}()
		}
		_, err = results.WriteFile(path, r)
		r.Release()
		cancel()
		if err == nil {
			if turn == 0 || !bytes.Equal(read(t, path), want) {
				t.Fatalf("turn %d: other bytes, or never interrupted", turn)
			}
			return
		}
		var partial *results.PartialError
		if turn == 3 || !errors.As(err, &partial) {
			t.Fatalf("turn %d: %v", turn, err)
		}
		saved, err := results.Open(results.PartialPath(path))
		if err != nil {
			t.Fatal(err)
		}
		if !saved.Partial() || saved.NumRows() != partial.Rows {
			t.Errorf("turn %d: partial %v, %d rows, said %d", turn, saved.Partial(), saved.NumRows(), partial.Rows)
		}
		saved.Close()
	}
}

// TestInterruptedAnywhere interrupts sweeps when they have taken a random number
// of steps on files or passed a random number of trials: what they say is finished
// is what the next one goes on from, to the row, and the file ends with the bytes
// of a run that nothing happened to.
func TestInterruptedAnywhere(t *testing.T) {
	frame := walk(t, 1, 40)
	want := read(t, write(t, frame, killableSpec()))
	steps := killableSteps(t, frame)
	random := rand.New(rand.NewPCG(10, 0)) // #nosec G404: moments, not secrets
	path := filepath.Join(t.TempDir(), "out.parquet")
	interrupted, tails := 0, 0
	for turn := range momentsNow() {
		said, times := results.Resumed{}, 0
		for more := true; more; times++ {
			ctx, cancel := context.WithCancel(context.Background())
			r, err := sweep.Run(ctx, frame, killableSpec(), sweep.Options{Tool: "test", Resume: path})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Resumed(); got.Rows != said.Rows || got.Trials != said.Trials {
				t.Fatalf("turn %d: goes on from %d rows of %d trials, said %d of %d", turn, got.Rows, got.Trials, said.Rows, said.Trials)
			}
			files := disk.Disk{}
			switch {
			case times == 3: // let it end
			case turn%2 == 0:
				at := 1 + random.Int64N(steps)
				files = disk.Counted(func(n int64) {
					if n == at {
						cancel()
					}
				})
			default:
				at := said.Trials + random.Int64N(r.Progress().Total-said.Trials)
				go func() {
					for p := r.Progress(); p.Passed < at && ctx.Err() == nil; p = r.Progress() {
						time.Sleep(100 * time.Microsecond)
					}
					cancel()
				}()
			}
			rows, err := results.WriteFileOn(path, r, files, time.Hour)
			r.Release()
			cancel()
			var partial *results.PartialError
			switch {
			case err == nil:
				more = false
				if rows != 2*44_850 {
					t.Fatalf("turn %d: %d rows", turn, rows)
				}
			case errors.As(err, &partial):
				if !partial.Resumable || rows != partial.Rows {
					t.Fatalf("turn %d: %d rows, %+v", turn, rows, partial)
				}
				interrupted++
				if partial.Rows%groupRows != 0 {
					tails++
				}
				said = results.Resumed{Rows: partial.Rows, Trials: partial.Trials}
			case errors.Is(err, context.Canceled) && said.Rows == 0: // before its first rows
				if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) > 0 {
					t.Fatalf("turn %d: left %v, %v", turn, entries, err)
				}
			default:
				t.Fatalf("turn %d: %v", turn, err)
			}
		}
		if !bytes.Equal(read(t, path), want) {
			t.Fatalf("turn %d: other bytes", turn)
		}
		if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
			t.Fatalf("turn %d: left %v, %v", turn, entries, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d files, interrupted %d times, %d of them within a row group", momentsNow(), interrupted, tails)
	if tails == 0 {
		t.Error("no interrupt hit a row group that was under way")
	}
}
