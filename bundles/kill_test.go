package bundles

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// childStore is the environment variable that makes a test binary a process
// that ingests into the named store until it is killed.
const childStore = "BOWSTRING_TEST_INGEST_INTO"

// killable are the Frames that children publish in turn: large enough that a
// kill hits the writing, too.
func killable(t testing.TB) []*columnar.Frame {
	x := []columnar.Column{{Name: "x"}, {Name: "y"}}
	return []*columnar.Frame{build(t, x, withEvents(asset("A", 40_000, 2))), build(t, x, asset("A", 30_000, 2), asset("B", 9, 2))}
}

// TestChild is the child's side; it does nothing in an ordinary run.
func TestChild(t *testing.T) {
	dir := os.Getenv(childStore)
	if dir == "" {
		t.Skip("started by TestKilledIngests")
	}
	s, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := killable(t)
	for i := 0; ; i++ {
		if _, err := ingest(s, "b", all[i%2], PublishOptions{}); err != nil {
			t.Fatal(err)
		}
		if i%3 == 2 { // so that every publication writes its version
			if _, err := s.GC(context.Background(), "b", 1); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// child starts a process that ingests into a store.
func child(t *testing.T, s *Store) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestChild$")
	c.Env = append(os.Environ(), childStore+"="+s.Dir())
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestKilledIngests kills two ingesting processes at 50 random moments. The
// store then shows a whole version, which verifies, and takes the next.
func TestKilledIngests(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a hundred processes")
	}
	s := newStore(t)
	known := map[string]bool{"": true}
	for _, f := range killable(t) {
		known[columnar.Digest(f)] = true
	}
	random := rand.New(rand.NewPCG(3, 0)) // #nosec G404: moments, not secrets
	published, unfinished := 0, 0
	for range 50 {
		pair := []*exec.Cmd{child(t, s), child(t, s)}
		time.Sleep(20*time.Millisecond + time.Duration(random.IntN(120))*time.Millisecond)
		for _, c := range pair {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(); err == nil {
				t.Fatal("the child ended by itself")
			} else if c.ProcessState.ExitCode() > 0 {
				t.Fatalf("the child failed: %v", err)
			}
		}
		is, err := current(s)
		if err != nil || !known[is] {
			t.Fatalf("the store shows %q: %v", is, err)
		}
		if is != "" {
			published++
		}
		if left, err := os.ReadDir(s.bundle("b").tmp()); err == nil {
			unfinished += len(left)
		}
	}
	t.Logf("the store showed a version %d times, with %d ingests cut short", published, unfinished)
	if published == 0 || unfinished == 0 {
		t.Error("no kill hit an ingest, or all of them")
	}
	afterFault(t, s, small(t))
}
