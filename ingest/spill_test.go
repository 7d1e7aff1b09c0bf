package ingest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

// smallest returns the smallest budget, by factors of 1.25, that an ingest gets
// through in, and how many did not do.
func smallest(t rapid.TB, paths []string, o Options) (budget int64, refused int) {
	t.Helper()
	for limit := int64(256); ; limit += limit / 4 {
		o.Budget = columnar.NewBudget(limit)
		r, err := Files(context.Background(), paths, o)
		if o.Budget.Used() != 0 || o.Budget.Peak() > limit {
			t.Fatalf("budget %d: %d in use, %d at most", limit, o.Budget.Used(), o.Budget.Peak())
		}
		if err == nil {
			r.Frame.Release()
		}
		if !errors.Is(err, columnar.ErrMemory) {
			return limit, refused
		}
		refused++
	}
}

func nothingLeft(t rapid.TB, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Fatalf("%v left, %v", left, err)
	}
}

// TestSpilled: with a budget far below the data everything is as in memory:
// bars, digest, report, rejects with their texts, errors.
func TestSpilled(t *testing.T) {
	dir, spill := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "X.csv")
	rapid.Check(t, func(t *rapid.T) {
		var text []byte
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0: // bad rows of every kind
			text = drawFile(t)
		case 1: // one asset, newest first
			lines := bytes.SplitAfter(generate(rapid.IntRange(3, 80).Draw(t, "rows"), 1, 7), []byte("\n"))
			lines = lines[:len(lines)-1]
			slices.Reverse(lines[1:])
			text = bytes.Join(lines, nil)
		default: // many assets, with a day again at the end
			days, assets := rapid.IntRange(2, 40).Draw(t, "days"), rapid.IntRange(2, 5).Draw(t, "assets")
			text = generate(days, assets, 3)
			lines := bytes.SplitAfter(text, []byte("\n"))
			from := 1 + rapid.IntRange(0, (days-1)*assets).Draw(t, "again")
			text = append(text, bytes.Join(lines[from:from+assets], nil)...)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		o := Options{Workers: rapid.IntRange(1, 3).Draw(t, "workers"), blockBytes: rapid.IntRange(64, 600).Draw(t, "block")}
		want := outcome(t, []string{path}, o)
		o.SpillDir = spill
		budget, _ := smallest(t, []string{path}, o)
		// A little more, because what is needed depends on which of the chunks
		// that are parsed at a time is the last.
		for _, factor := range []int64{3, 4, 8} {
			o.Budget = columnar.NewBudget(budget * factor / 2)
			if got := outcome(t, []string{path}, o); got != want {
				t.Fatalf("budget %d:\n%s\nwant\n%s", budget*factor/2, got, want)
			}
			if o.Budget.Used() != 0 {
				t.Fatalf("%d bytes left", o.Budget.Used())
			}
		}
		nothingLeft(t, spill)
	})
}

// TestSpillNeedsLess: half of the columns are far more than what it takes, and
// a budget that is too small says how much is needed.
func TestSpillNeedsLess(t *testing.T) {
	path, spill := write(t, "X.csv", generate(20_000, 3, 5)), t.TempDir()
	o := Options{Workers: 2, blockBytes: 16 << 10, SpillDir: spill}
	const columns = 60_000 * 6 * 8
	budget, refused := smallest(t, []string{path}, o)
	if budget > columns/4 || refused == 0 {
		t.Errorf("%d bytes are needed for %d of columns; %d budgets were refused", budget, columns, refused)
	}
	o.Budget = columnar.NewBudget(budget / 2)
	_, err := Files(context.Background(), []string{path}, o)
	if !errors.Is(err, columnar.ErrMemory) || !strings.Contains(err.Error(), "are needed") && !strings.Contains(err.Error(), "takes") {
		t.Errorf("%v", err)
	}
	nothingLeft(t, spill)
}

// TestSpillFaults: a disk that fails at any write ends the ingest with its error
// and leaves nothing.
func TestSpillFaults(t *testing.T) {
	path, spill := write(t, "X.csv", generate(300, 3, 5)), t.TempDir()
	o := Options{Workers: 2, blockBytes: 4 << 10, SpillDir: spill}
	budget, _ := smallest(t, []string{path}, o)
	for k := 1; ; k++ {
		steps := 0
		o.Budget = columnar.NewBudget(budget * 3 / 2)
		o.spillFault = func() error {
			if steps++; steps == k {
				return syscall.ENOSPC
			}
			return nil
		}
		r, err := Files(context.Background(), []string{path}, o)
		nothingLeft(t, spill)
		if o.Budget.Used() != 0 {
			t.Fatalf("%d bytes left", o.Budget.Used())
		}
		if err == nil {
			r.Frame.Release()
			if k < 10 {
				t.Errorf("%d writes", k-1)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("step %d: %v", k, err)
		}
	}
}

// TestSpillCancelled: an ingest that is interrupted while it spills ends soon
// and leaves nothing.
func TestSpillCancelled(t *testing.T) {
	path, spill := write(t, "X.csv", generate(30_000, 4, 5)), t.TempDir()
	o := Options{Workers: 2, blockBytes: 16 << 10, SpillDir: spill, Budget: columnar.NewBudget(1 << 20)}
	interrupted := 0
	for wait := time.Millisecond; wait < 200*time.Millisecond; wait = wait * 3 / 2 {
		ctx, cancel := context.WithTimeout(context.Background(), wait)
		r, err := Files(ctx, []string{path}, o)
		cancel()
		switch {
		case err == nil:
			r.Frame.Release()
		case errors.Is(err, context.DeadlineExceeded):
			interrupted++
		default:
			t.Fatal(err)
		}
		nothingLeft(t, spill)
	}
	if interrupted == 0 {
		t.Error("nothing was interrupted")
	}
}
