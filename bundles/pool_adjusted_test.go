package bundles

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

func TestAcquireAdjusted(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustIngest(t, s, "b", raw(t), PublishOptions{})
	pool := NewPool(s, PoolOptions{})
	defer pool.Close()
	acquire := func(mode columnar.Adjustment) *Bundle {
		t.Helper()
		b, err := pool.AcquireAdjusted(ctx, "b", mode)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	all, again, named, splits, none := acquire(""), acquire(""), acquire("all"), acquire("splits"), acquire("none")
	if all.Frame() != again.Frame() || all.Frame() != named.Frame() {
		t.Error("adjusted more than once")
	}
	for mode, b := range map[columnar.Adjustment]*Bundle{"all": all, "splits": splits, "none": none} {
		if got := b.Frame().Info().Adjusted; got != mode {
			t.Errorf("adjusted for %s, want %s", got, mode)
		}
	}
	if opened := pool.Stats().Misses; opened != 3 {
		t.Errorf("%d made, want the version and its two adjustments", opened)
	}
	for _, b := range []*Bundle{all, again, named, splits, none} {
		b.Close()
	}
	// Kept, so nothing is made again.
	b := acquire("all")
	if pool.Stats().Misses != 3 {
		t.Error("made again")
	}
	// What is no longer current is closed when its last user closes it.
	next := mustIngest(t, s, "b", another(t), PublishOptions{})
	old := b.Frame().Info().Source
	newer := acquire("all")
	if newer.Digest() != next.Digest || newer.Frame().Info().Source != next.Digest || old == next.Digest {
		t.Error("the version before was acquired")
	}
	if got := pool.Stats().Entries; got != 3 {
		t.Errorf("%d open: want both new ones and the old one in use", got)
	}
	b.Close()
	newer.Close()
	if got := pool.Stats().Entries; got != 2 {
		t.Errorf("%d open, want 2", got)
	}
	if _, err := pool.AcquireAdjusted(ctx, "b", "none"); !errors.Is(err, columnar.ErrAdjustment) {
		t.Errorf("prices that came adjusted for splits: %v", err)
	}
	if _, err := pool.AcquireAdjusted(ctx, "missing", ""); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// Many at once get one adjusted Frame, or the same error.
func TestAcquireAdjustedAtOnce(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustIngest(t, s, "b", raw(t), PublishOptions{})
	for _, budget := range []int64{0, 3000} {
		pool := NewPool(s, PoolOptions{Open: OpenOptions{Budget: columnar.NewBudget(budget)}})
		var wg sync.WaitGroup
		for range 16 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				b, err := pool.AcquireAdjusted(ctx, "b", "all")
				switch {
				case err == nil:
					b.Close()
				case budget == 0 || !errors.Is(err, columnar.ErrMemory):
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if made := pool.Stats().Misses; budget == 0 && made != 2 {
			t.Errorf("%d made, want 2", made)
		}
		pool.Close()
	}
}
