package bundles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

func entries(t *testing.T, dir string) int {
	t.Helper()
	e, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(e)
}

// frames returns n different small Frames.
func frames(t testing.TB, n int) []*columnar.Frame {
	all := make([]*columnar.Frame, n)
	for i := range all {
		all[i] = build(t, []columnar.Column{{Name: "x"}}, asset("A", i+1, 1))
	}
	return all
}

func TestIngestsAtOnce(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, same := range []bool{false, true} {
		t.Run(fmt.Sprintf("same=%v", same), func(t *testing.T) {
			s := newStore(t)
			all := frames(t, 8)
			var wg errgroup.Group
			var fresh atomic.Int64
			seen := make([]atomic.Bool, len(all)+1)
			for i := range all {
				wg.Go(func() error {
					f := all[i]
					if same {
						f = all[0]
					}
					p, err := ingest(s, "b", f, PublishOptions{})
					if err != nil {
						t.Error(err)
						return nil
					}
					if !p.Existing {
						fresh.Add(1)
					}
					if seen[p.Sequence].Swap(true) {
						t.Errorf("sequence %d was given twice", p.Sequence)
					}
					return nil
				})
			}
			_ = wg.Wait() // tasks report to t
			want := len(all)
			if same {
				want = 1
			}
			if int(fresh.Load()) != want || entries(t, s.bundle("b").versions()) != want {
				t.Errorf("%d fresh versions, want %d", fresh.Load(), want)
			}
			if n := entries(t, s.bundle("b").ingests()); n != len(all) {
				t.Errorf("%d reports", n)
			}
			if n := entries(t, s.bundle("b").tmp()); n != 0 {
				t.Errorf("%d temporaries", n)
			}
			m, err := readMarker(s.bundle("b"))
			if err != nil || m.Sequence != uint64(len(all)) || len(m.Versions) != want {
				t.Errorf("%+v %v", m, err)
			}
			if _, err := current(s); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestReadersDuringIngestAndGC reads while versions come and go: a reader
// sees a whole version, always.
func TestReadersDuringIngestAndGC(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx := context.Background()
	s := newStore(t)
	all := frames(t, 5)
	known := make(map[string]*columnar.Frame)
	for _, f := range all {
		known[columnar.Digest(f)] = f
	}
	mustIngest(t, s, "b", all[0], PublishOptions{})
	var stop atomic.Bool
	var wg errgroup.Group
	for range 2 {
		wg.Go(func() error {
			for !stop.Load() {
				b, err := s.Open(ctx, "b", OpenOptions{})
				if err != nil {
					t.Error(err)
					return nil
				}
				if err := equal(b.Frame(), known[b.Digest()]); err != nil {
					t.Error(err)
				}
				b.Close()
				if l, err := s.List(ctx); err != nil || len(l) != 1 {
					t.Error(l, err)
				}
			}
			return nil
		})
	}
	for i := range 40 {
		mustIngest(t, s, "b", all[i%len(all)], PublishOptions{Compact: i%2 == 0})
		if _, err := s.GC(ctx, "", 1); err != nil {
			t.Error(err)
		}
	}
	stop.Store(true)
	_ = wg.Wait() // tasks report to t
}

func TestRunningIngestIsLeftAlone(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	i, err := s.Begin(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, "b"); !errors.Is(err, ErrLocked) {
		t.Errorf("remove: %v", err)
	}
	if c, err := s.GC(ctx, "b", 1); err != nil || c.Temporaries != 0 {
		t.Errorf("gc: %+v %v", c, err)
	}
	if l, err := s.List(ctx); err != nil || len(l) != 0 {
		t.Errorf("list: %+v %v", l, err)
	}
	if _, err := i.Publish(ctx, small(t), account, PublishOptions{}); err != nil {
		t.Error(err)
	}
	if err := errors.Join(i.Abort(), i.Abort()); err != nil {
		t.Error(err)
	}
}

func TestWaitingForTheLockEndsWithTheContext(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, "b", small(t), PublishOptions{})
	held, err := tryLock(s.bundle("b").lock())
	if err != nil {
		t.Fatal(err)
	}
	defer held.unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Begin(ctx, "b"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	// Readers take no lock.
	if err := openAndClose(s); err != nil {
		t.Error(err)
	}
}

// TestRemoveAndIngestAtOnce removes the bundle while others ingest into it.
func TestRemoveAndIngestAtOnce(t *testing.T) {
	s := newStore(t)
	ctx := context.Background()
	f := small(t)
	var wg errgroup.Group
	for range 3 {
		wg.Go(func() error {
			for range 10 {
				if _, err := ingest(s, "b", f, PublishOptions{}); err != nil {
					t.Error(err)
				}
				if err := s.Remove(ctx, "b"); err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrLocked) {
					t.Error(err)
				}
			}
			return nil
		})
	}
	_ = wg.Wait() // tasks report to t
	if _, err := current(s); err != nil {
		t.Error(err)
	}
}

// TestAbortLeavesNothing: a first ingest that is aborted leaves no folder,
// one into a bundle that is there leaves the bundle, and one beside another
// leaves that.
func TestAbortLeavesNothing(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	begin := func(name string) *Draft {
		i, err := s.Begin(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	abort := func(i *Draft) {
		if err := i.Abort(); err != nil {
			t.Fatal(err)
		}
	}
	abort(begin("typo"))
	if n := entries(t, s.Dir()); n != 1 {
		t.Errorf("%d entries beside the mark after a first ingest that was aborted", n-1)
	}
	p := mustIngest(t, s, "b", small(t), PublishOptions{})
	abort(begin("b"))
	if is, err := current(s); err != nil || is != p.Digest {
		t.Errorf("the bundle after an aborted ingest: %q, %v", is, err)
	}
	one, other := begin("c"), begin("c")
	abort(one)
	if _, err := other.Publish(ctx, small(t), report.Account{Read: 3, Accepted: 3}, PublishOptions{}); err != nil {
		t.Errorf("an ingest beside an aborted one: %v", err)
	}
}

// TestAbortAtOnce aborts and publishes into one new bundle from many sides.
func TestAbortAtOnce(t *testing.T) {
	f := small(t)
	for range 20 {
		s := newStore(t)
		var wg errgroup.Group
		for k := range 6 {
			wg.Go(func() error {
				i, err := s.Begin(context.Background(), "b")
				if err != nil {
					return err
				}
				if k%2 == 0 {
					return i.Abort()
				}
				_, err = i.Publish(context.Background(), f, report.Account{Read: int64(f.NumRows()), Accepted: int64(f.NumRows())}, PublishOptions{})
				return errors.Join(err, i.Abort())
			})
		}
		if err := wg.Wait(); err != nil {
			t.Fatal(err)
		}
		if is, err := current(s); err != nil || is != columnar.Digest(f) {
			t.Fatalf("the store shows %q, %v", is, err)
		}
	}
}
