package bundles

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// childStore is the environment variable that makes a test binary a process
// that ingests into the named store, and childSteps the one that says before
// which of its steps on files it kills itself.
const (
	childStore = "BOWSTRING_TEST_INGEST_INTO"
	childSteps = "BOWSTRING_TEST_INGEST_STEPS"
)

// killable are the Frames that children publish in turn: large enough that a
// kill hits the writing, too.
func killable(t testing.TB) []*columnar.Frame {
	x := []columnar.Column{{Name: "x"}, {Name: "y"}}
	return []*columnar.Frame{build(t, x, withEvents(asset("A", 40_000, 2))), build(t, x, asset("A", 30_000, 2), asset("B", 9, 2))}
}

// killableAppend is what children append: the rest of A, which cuts one of the
// Frames short, and a new asset.
func killableAppend(t testing.TB) *columnar.Frame {
	x := []columnar.Column{{Name: "x"}, {Name: "y"}}
	return build(t, x, between(asset("A", 40_000, 2), 30_000, 40_000), asset("C", 50, 2))
}

// killableStates are the digests of all that a store can show.
func killableStates(t testing.TB) map[string]bool {
	x := []columnar.Column{{Name: "x"}, {Name: "y"}}
	known := map[string]bool{"": true}
	for _, f := range append(killable(t),
		build(t, x, withEvents(asset("A", 40_000, 2)), asset("C", 50, 2)),
		build(t, x, asset("A", 40_000, 2), asset("B", 9, 2), asset("C", 50, 2))) {
		known[columnar.Digest(f)] = true
	}
	return known
}

// publishKillable publishes the i-th time: a Frame, what is appended to it, and
// now and then the end of all versions but one, so that every publication writes
// its own.
func publishKillable(s *Store, all []*columnar.Frame, more *columnar.Frame, i int) error {
	if _, err := ingest(s, "b", all[i%2], PublishOptions{}); err != nil {
		return err
	}
	if _, err := appendTo(s, "b", more, PublishOptions{}); err != nil {
		return err
	}
	if i%3 != 2 {
		return nil
	}
	_, err := s.GC(context.Background(), "b", 1)
	return err
}

// TestChild is the child's side; it does nothing in an ordinary run.
func TestChild(t *testing.T) {
	dir := os.Getenv(childStore)
	if dir == "" {
		t.Skip("started by TestKilledIngests")
	}
	last, err := strconv.ParseInt(os.Getenv(childSteps), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	me, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.disk = disk.Counted(func(n int64) {
		if n == last {
			t.Error("still alive:", me.Kill())
		}
	})
	all, more := killable(t), killableAppend(t)
	for i := 0; ; i++ {
		if err := publishKillable(s, all, more, i); err != nil {
			t.Fatal(err)
		}
	}
}

// child starts a process that ingests into a store and kills itself before a
// step. What it prints goes to the buffer.
func child(t *testing.T, s *Store, step int64) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	c, out := exec.Command(os.Args[0], "-test.run=^TestChild$"), new(bytes.Buffer)
	c.Env = append(os.Environ(), childStore+"="+s.Dir(), childSteps+"="+strconv.FormatInt(step, 10))
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, out
}

// killableSteps returns how many steps on files the first publications into an
// empty store take, up to the one that removes versions.
func killableSteps(t *testing.T) (n int64) {
	t.Helper()
	s := newStore(t)
	s.disk = disk.Counted(func(step int64) { n = step })
	all, more := killable(t), killableAppend(t)
	for i := range 3 {
		if err := publishKillable(s, all, more, i); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestKilledIngests has two processes ingest and append at once until each dies
// before some step, 50 times, or fewer under the race detector. The store then
// shows a whole version, which verifies, and takes the next.
func TestKilledIngests(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a hundred processes")
	}
	s := newStore(t)
	known := killableStates(t)
	random := rand.New(rand.NewPCG(3, 0)) // #nosec G404: moments, not secrets
	published, appended, unfinished := 0, 0, 0
	pairs, steps := 50, killableSteps(t)
	if proptest.Race {
		pairs = 8
	}
	for range pairs {
		var pair [2]*exec.Cmd
		var said [2]*bytes.Buffer
		for i := range pair {
			pair[i], said[i] = child(t, s, 1+random.Int64N(steps))
		}
		for i, c := range pair {
			if err := c.Wait(); err == nil || c.ProcessState.ExitCode() > 0 {
				t.Fatalf("the child was not killed: %v\n%s", err, said[i])
			}
		}
		is, err := current(s)
		if err != nil || !known[is] {
			t.Fatalf("the store shows %q: %v", is, err)
		}
		if is != "" {
			published++
			if partsOf(t, s) > 1 {
				appended++
			}
		}
		if left, err := os.ReadDir(s.bundle("b").tmp()); err == nil {
			unfinished += len(left)
		}
	}
	t.Logf("the store showed a version %d times, %d of them appended to, with %d ingests cut short", published, appended, unfinished)
	if published == 0 || appended == 0 || unfinished == 0 {
		t.Error("no kill hit an ingest, or all of them")
	}
	afterFault(t, s, small(t))
}
