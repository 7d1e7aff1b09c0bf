package cache

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// file is a value that must be destroyed once, and not while it is used.
type file struct {
	key       int
	destroyed atomic.Int64
}

// files is a Shared whose values are counted.
type files struct {
	*Shared[int, *file]
	made, destroyed atomic.Int64
}

func newFiles(bytes int64, entries int) *files {
	f := new(files)
	f.Shared = NewShared(SharedOptions[int, *file]{Bytes: bytes, Entries: entries, Destroy: func(_ int, v *file) {
		v.destroyed.Add(1)
		f.destroyed.Add(1)
	}})
	return f
}

func (f *files) acquire(t rapid.TB, key int) *Handle[int, *file] {
	t.Helper()
	h, err := f.Acquire(context.Background(), key, func() (*file, int64, error) {
		f.made.Add(1)
		return &file{key: key}, size(key), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHeldValuesStay(t *testing.T) {
	f := newFiles(3, 2)
	a, b := f.acquire(t, 0), f.acquire(t, 1) // of 1 and 2 bytes
	c := f.acquire(t, 2)                     // of 3
	if s := f.Stats(); s != (SharedStats{Misses: 3, Entries: 3, Held: 3, Bytes: 6}) {
		t.Errorf("%+v", s)
	}
	a.Release() // over both bounds, so it leaves at once
	if a2 := f.acquire(t, 0); f.made.Load() != 4 {
		t.Error("a value beyond the bounds was kept")
	} else {
		a2.Release()
	}
	b.Release()
	if s := f.Stats(); s != (SharedStats{Misses: 4, Evictions: 3, Entries: 1, Held: 1, Bytes: 3}) {
		t.Errorf("%+v", s)
	}
	c.Release() // fits now
	if c2 := f.acquire(t, 2); f.made.Load() != 4 || c2.Value().destroyed.Load() != 0 {
		t.Error("a value within the bounds was not kept")
	} else {
		c2.Release()
	}
	f.Close()
	if f.destroyed.Load() != f.made.Load() {
		t.Errorf("%d made, %d destroyed", f.made.Load(), f.destroyed.Load())
	}
}

func TestDropOfHeld(t *testing.T) {
	f := newFiles(100, 100)
	old := f.acquire(t, 5)
	f.acquire(t, 4).Release()
	f.Drop(func(key int) bool { return key >= 4 })
	if s := f.Stats(); s.Entries != 1 || s.Held != 1 || f.destroyed.Load() != 1 {
		t.Errorf("%+v, %d destroyed", s, f.destroyed.Load())
	}
	fresh := f.acquire(t, 5)
	if fresh.Value() == old.Value() {
		t.Error("a dropped value was handed out")
	}
	if f.Shrink(100) {
		t.Error("Shrink took what is held")
	}
	old.Release()
	if old := f.destroyed.Load(); old != 2 {
		t.Errorf("%d destroyed: the dropped value outlives its holder", old)
	}
	fresh.Release()
	if f.Stats().Entries != 1 || !f.Shrink(1) || f.Stats().Entries != 0 {
		t.Errorf("%+v", f.Stats())
	}
}

func TestCloseWithHandlesOut(t *testing.T) {
	f := newFiles(100, 100)
	h := f.acquire(t, 1)
	var late *Handle[int, *file]
	late, err := f.Acquire(context.Background(), 2, func() (*file, int64, error) {
		f.made.Add(1)
		f.Close() // while a load is under way
		return &file{key: 2}, 1, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := f.Acquire(context.Background(), 1, nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if h.Value().destroyed.Load() != 0 || late.Value().destroyed.Load() != 0 {
		t.Error("destroyed while it was held")
	}
	h.Release()
	late.Release()
	if s := f.Stats(); f.destroyed.Load() != 2 || s.Entries != 0 || s.Bytes != 0 {
		t.Errorf("%d destroyed, %+v", f.destroyed.Load(), s)
	}
	defer func() {
		if recover() == nil {
			t.Error("a second Release was taken")
		}
	}()
	h.Release()
}

// TestSharedSingleFlight has callers wait for one load: some give up, the rest
// get the value, which is destroyed when the last has released it.
func TestSharedSingleFlight(t *testing.T) {
	f := newFiles(0, 0)
	started, finish := make(chan struct{}), make(chan struct{})
	load := func() (*file, int64, error) { f.made.Add(1); close(started); <-finish; return new(file), 1, nil }
	var wg group
	handles := make(chan *Handle[int, *file], 20)
	join := func(ctx context.Context, want error) {
		wg.run(func() {
			h, err := f.Acquire(ctx, 1, load)
			if !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
			if h != nil {
				handles <- h
			}
		})
	}
	// The first caller's context has ended: its load serves the others.
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	join(ended, nil)
	<-started
	for range 10 {
		join(context.Background(), nil)
	}
	for f.Stats().Hits < 10 {
		runtime.Gosched()
	}
	for range 5 {
		if _, err := f.Acquire(ended, 1, load); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that gives up got %v", err)
		}
	}
	close(finish)
	wg.Wait()
	close(handles)
	if n := len(handles); n != 11 || f.made.Load() != 1 || f.Stats().Held != 1 {
		t.Errorf("%d handles of %d values, %+v", n, f.made.Load(), f.Stats())
	}
	for h := range handles {
		if f.destroyed.Load() != 0 {
			t.Error("destroyed while it was held")
		}
		h.Release()
	}
	if f.destroyed.Load() != 1 {
		t.Error("a handle leaked")
	}
}

func TestSharedErrorsAndPanics(t *testing.T) {
	ctx := context.Background()
	f := newFiles(10, 10)
	broken := errors.New("broken")
	if h, err := f.Acquire(ctx, 1, func() (*file, int64, error) { return nil, 5, broken }); h != nil || !errors.Is(err, broken) {
		t.Error(h, err)
	}
	var wg group
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = f.Acquire(ctx, 1, func() (*file, int64, error) {
			wg.run(func() {
				if _, err := f.Acquire(ctx, 1, nil); err == nil {
					t.Error("a waiting caller got no error")
				}
			})
			for f.Stats().Hits == 0 {
				runtime.Gosched()
			}
			panic("load")
		})
	}()
	wg.Wait()
	f.acquire(t, 1).Release()
	if s := f.Stats(); s.Entries != 1 || s.Bytes != 2 || s.HitRate() != 0.25 { // of 4 calls 1 joined another
		t.Errorf("%+v", s)
	}
	f.Close()
}

// TestSharedAgainstNaive compares with a list of the unused keys in the order
// of their release.
func TestSharedAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes, entries := rapid.Int64Range(0, 20).Draw(t, "bytes"), rapid.IntRange(0, 5).Draw(t, "entries")
		f := newFiles(bytes, entries)
		var held []*Handle[int, *file]
		var stale []*file // dropped and still held
		var idle []int
		current := func(key int) bool {
			return slices.ContainsFunc(held, func(h *Handle[int, *file]) bool {
				return h.Value().key == key && !slices.Contains(stale, h.Value())
			})
		}
		alive := func() (keys []int) {
			var seen []*file
			for _, h := range held {
				if v := h.Value(); !slices.Contains(seen, v) {
					seen, keys = append(seen, v), append(keys, v.key)
				}
			}
			return append(keys, idle...)
		}
		trim := func() {
			for len(idle) > 0 && (sizes(alive()) > bytes || len(alive()) > entries) {
				idle = idle[1:]
			}
		}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			key := rapid.IntRange(0, 6).Draw(t, "key")
			switch step := rapid.IntRange(0, 9).Draw(t, "step"); {
			case step < 5:
				before, known := f.made.Load(), current(key) || has(idle, key)
				h := f.acquire(t, key)
				if fresh := f.made.Load() > before; fresh == known {
					t.Fatalf("key %d: loaded %v, known %v", key, fresh, known)
				}
				held, idle = append(held, h), without(idle, func(k int) bool { return k == key })
				trim()
			case step < 9 && len(held) > 0:
				h, v := held[key%len(held)], held[key%len(held)].Value()
				held = slices.DeleteFunc(held, func(x *Handle[int, *file]) bool { return x == h })
				h.Release()
				still := slices.ContainsFunc(held, func(x *Handle[int, *file]) bool { return x.Value() == v })
				if !still && !slices.Contains(stale, v) {
					idle = append(idle, v.key)
					trim()
				}
			case step == 9:
				match := func(k int) bool { return k%3 == key%3 }
				f.Drop(match)
				idle = without(idle, match)
				for _, h := range held {
					if match(h.Value().key) {
						stale = append(stale, h.Value())
					}
				}
			}
			want := alive()
			if s := f.Stats(); s.Entries != len(want) || s.Bytes != sizes(want) || s.Held != len(want)-len(idle) {
				t.Fatalf("%+v, want %v of which idle %v", s, want, idle)
			}
			for _, h := range held {
				if h.Value().destroyed.Load() != 0 {
					t.Fatalf("key %d is held and destroyed", h.Value().key)
				}
			}
		}
		for _, h := range held {
			h.Release()
		}
		f.Close()
		if f.made.Load() != f.destroyed.Load() || f.Stats().Bytes != 0 {
			t.Fatalf("%d made, %d destroyed, %+v", f.made.Load(), f.destroyed.Load(), f.Stats())
		}
	})
}

// TestSharedIsConcurrent, under -race: values in use are never destroyed, and
// in the end all are, once.
func TestSharedIsConcurrent(t *testing.T) {
	f := newFiles(12, 4)
	var wg group
	for worker := range 50 {
		wg.run(func() {
			rng := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 200 {
				key := rng.IntN(8)
				ctx, cancel := context.WithCancel(context.Background())
				if rng.IntN(3) == 0 {
					wg.run(cancel) // while the call waits, loads, or is through
				}
				h, err := f.Acquire(ctx, key, func() (*file, int64, error) {
					f.made.Add(1)
					runtime.Gosched() // so that others wait
					return &file{key: key}, size(key), nil
				})
				cancel()
				if err != nil {
					if !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
					continue
				}
				if v := h.Value(); v.key != key || v.destroyed.Load() != 0 {
					t.Errorf("key %d: got %d, destroyed %d times", key, v.key, v.destroyed.Load())
				}
				switch rng.IntN(20) {
				case 0:
					f.Drop(func(k int) bool { return k == key })
				case 1:
					f.Shrink(5)
				}
				h.Release()
			}
		})
	}
	wg.Wait()
	if s := f.Stats(); s.Held != 0 || s.Bytes > 12 || s.Entries > 4 {
		t.Errorf("%+v", s)
	}
	f.Close()
	if f.made.Load() != f.destroyed.Load() {
		t.Errorf("%d made, %d destroyed", f.made.Load(), f.destroyed.Load())
	}
}

func ExampleShared() {
	open := NewShared(SharedOptions[string, int]{Bytes: 100, Entries: 2, Destroy: func(key string, _ int) { fmt.Println("closing", key) }})
	h, err := open.Acquire(context.Background(), "a", func() (int, int64, error) { return len("a"), 10, nil })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("value", h.Value())
	h.Release()
	open.Close()
	// Output:
	// value 1
	// closing a
}
