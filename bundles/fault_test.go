package bundles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
)

// faults fails the k-th step on a disk, and with crash every step after it,
// as if the process had died there.
type faults struct {
	k     int
	crash bool
	steps int
}

func (f *faults) step(_, _ string, bytes int) (int, error) {
	f.steps++
	if f.steps == f.k || f.crash && f.steps > f.k {
		return bytes / 2, syscall.ENOSPC
	}
	return bytes, nil
}

// current returns the digest that bundle b shows, after verifying it; "" is
// no bundle.
func current(s *Store) (string, error) {
	b, err := s.Open(context.Background(), "b", OpenOptions{})
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer b.Close()
	v, err := s.Verify(context.Background(), "b")
	return b.Digest(), errors.Join(err, v.Err())
}

// TestFaultAtEveryStep fails every step of an ingest in turn: into an empty
// store, over another version, and over the same data.
func TestFaultAtEveryStep(t *testing.T) {
	old, next := small(t), another(t)
	later := undigested(t, another)
	for name, before := range map[string]*columnar.Frame{"empty": nil, "other": old, "same": next, "undigested": old} {
		published := next
		if name == "undigested" {
			published = later
		}
		for _, crash := range []bool{false, true} {
			if !crash && name != "other" {
				continue // a step that fails alone is no different there
			}
			t.Run(fmt.Sprintf("%s/crash=%v", name, crash), func(t *testing.T) {
				for k := 1; ; k++ {
					s := newStore(t)
					was := ""
					if before != nil {
						was = mustIngest(t, s, "b", before, PublishOptions{}).Digest
					}
					broken := &Store{dir: s.dir, disk: disk.Disk{Fault: (&faults{k: k, crash: crash}).step}}
					_, failed := ingest(broken, "b", published, PublishOptions{})
					is, err := current(s)
					if err != nil || is != was && is != columnar.Digest(next) {
						t.Fatalf("step %d: store shows %q after %v: %v", k, is, failed, err)
					}
					if failed == nil {
						if is != columnar.Digest(next) || k < 10 {
							t.Fatalf("step %d: published, but the store shows %q", k, is)
						}
						return
					}
					if !errors.Is(failed, syscall.ENOSPC) {
						t.Fatalf("step %d: %v", k, failed)
					}
					afterFault(t, s, next)
				}
			})
		}
	}
}

// TestFaultWhileAppending fails every step of an append in turn: to a version
// of one file, to one of two, and of what is there already.
func TestFaultWhileAppending(t *testing.T) {
	x := columnar.BarColumns()
	all := asset("AAA", 60, 5)
	third := build(t, x, between(all, 50, 60))
	for name, before := range map[string][]*columnar.Frame{
		"one file":  {build(t, x, between(all, 0, 50))},
		"two files": {build(t, x, between(all, 0, 40)), build(t, x, between(all, 40, 50))},
		"same":      {build(t, x, all)},
	} {
		want := columnar.Digest(build(t, x, all))
		for _, crash := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/crash=%v", name, crash), func(t *testing.T) {
				for k := 1; ; k++ {
					s := newStore(t)
					was := mustIngest(t, s, "b", before[0], PublishOptions{}).Digest
					for _, f := range before[1:] {
						was = mustAppend(t, s, f, PublishOptions{}).Digest
					}
					broken := &Store{dir: s.dir, disk: disk.Disk{Fault: (&faults{k: k, crash: crash}).step}}
					_, failed := appendTo(broken, "b", third, PublishOptions{})
					is, err := current(s)
					if err != nil || is != was && is != want {
						t.Fatalf("step %d: store shows %q after %v: %v", k, is, failed, err)
					}
					if failed == nil && is != want {
						t.Fatalf("step %d: appended, but the store shows %q", k, is)
					}
					if failed != nil && !errors.Is(failed, syscall.ENOSPC) {
						t.Fatalf("step %d: %v", k, failed)
					}
					if _, err := appendTo(s, "b", third, PublishOptions{}); err != nil {
						t.Fatalf("step %d: the next append: %v", k, err)
					}
					afterFault(t, s, build(t, x, all))
					if failed == nil {
						return
					}
				}
			})
		}
	}
}

// TestAppendWithoutLinks copies the shared file where there are no links.
func TestAppendWithoutLinks(t *testing.T) {
	x := columnar.BarColumns()
	all := asset("AAA", 60, 5)
	s := newStore(t)
	first := mustIngest(t, s, "b", build(t, x, between(all, 0, 50)), PublishOptions{})
	s.disk.Fault = func(step, path string, bytes int) (int, error) {
		if step == "link" {
			return 0, &os.LinkError{Op: "link", New: path, Err: syscall.EPERM}
		}
		return bytes, nil
	}
	second := mustAppend(t, s, build(t, x, between(all, 50, 60)), PublishOptions{})
	one, err := os.Stat(s.bundle("b").version(versionID(first.Digest)).bars())
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.Stat(s.bundle("b").version(versionID(second.Digest)).bars())
	if err != nil || os.SameFile(one, two) || one.Size() != two.Size() {
		t.Errorf("no copy: %v", err)
	}
	sameAs(t, s, build(t, x, all))
}

// afterFault shows that a following ingest works and that nothing is left
// behind after GC.
func afterFault(t *testing.T, s *Store, f *columnar.Frame) {
	t.Helper()
	mustIngest(t, s, "b", f, PublishOptions{})
	if is, err := current(s); err != nil || is != columnar.Digest(f) {
		t.Fatalf("the next ingest: %q %v", is, err)
	}
	if _, err := s.GC(context.Background(), "b", 1); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]int{s.bundle("b").tmp(): 0, s.bundle("b").versions(): 1} {
		if n := entries(t, dir); n != want {
			t.Fatalf("%d entries left in %s, want %d", n, dir, want)
		}
	}
}

// TestFaultWhileRemoving fails every step of GC and of Remove.
func TestFaultWhileRemoving(t *testing.T) {
	ctx := context.Background()
	next := another(t)
	for name, remove := range map[string]func(*Store) error{
		"gc":      func(s *Store) error { _, err := s.GC(ctx, "b", 1); return err },
		"version": func(s *Store) error { return s.Remove(ctx, "b@"+columnar.Digest(small(t))) },
		"bundle":  func(s *Store) error { return s.Remove(ctx, "b") },
	} {
		t.Run(name, func(t *testing.T) {
			for k := 1; ; k++ {
				s := newStore(t)
				mustIngest(t, s, "b", small(t), PublishOptions{})
				mustIngest(t, s, "b", next, PublishOptions{})
				failed := remove(&Store{dir: s.dir, disk: disk.Disk{Fault: (&faults{k: k, crash: true}).step}})
				is, err := current(s)
				if err != nil || is != columnar.Digest(next) && (name != "bundle" || is != "") {
					t.Fatalf("step %d: store shows %q after %v: %v", k, is, failed, err)
				}
				if failed == nil {
					return
				}
				afterFault(t, s, next)
			}
		})
	}
}
