package columnar_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

func TestBudgetCounts(t *testing.T) {
	b := columnar.NewBudget(100)
	for _, n := range []int64{60, 40} {
		if err := b.Reserve(n); err != nil {
			t.Fatal(err)
		}
	}
	err := b.Reserve(1)
	var full *columnar.BudgetError
	if !errors.As(err, &full) || !errors.Is(err, columnar.ErrMemory) {
		t.Fatalf("got %v, want a BudgetError", err)
	}
	if *full != (columnar.BudgetError{Asked: 1, Used: 100, Limit: 100}) || !strings.Contains(err.Error(), "1 bytes asked, 100 of 100 in use") {
		t.Errorf("got %+v: %v", full, err)
	}
	b.Release(60)
	if b.Used() != 40 || b.Peak() != 100 || b.Limit() != 100 {
		t.Errorf("used %d, peak %d, limit %d", b.Used(), b.Peak(), b.Limit())
	}
	if err := b.Reserve(math.MaxInt64); err == nil {
		t.Error("a huge reservation overflowed")
	}
	if b.Used() != 40 {
		t.Errorf("a refused reservation took %d", b.Used()-40)
	}
}

func TestBudgetWithoutLimit(t *testing.T) {
	var none *columnar.Budget
	if err := none.Reserve(math.MaxInt64); err != nil {
		t.Error(err)
	}
	none.Release(1)
	if none.Used() != 0 || none.Peak() != 0 || none.Limit() != 0 {
		t.Error("a nil Budget counts")
	}
	var zero columnar.Budget
	if err := zero.Reserve(1 << 50); err != nil {
		t.Error(err)
	}
	if zero.Used() != 1<<50 {
		t.Errorf("used %d", zero.Used())
	}
}

// Under -race: reservations of many goroutines never pass the limit.
func TestBudgetIsConcurrent(t *testing.T) {
	b := columnar.NewBudget(100)
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 500 {
				if b.Reserve(30) == nil {
					b.Release(30)
				}
			}
		}()
	}
	wg.Wait()
	if b.Used() != 0 || b.Peak() > 100 || b.Peak() < 30 {
		t.Errorf("used %d, peak %d", b.Used(), b.Peak())
	}
}

func TestBudgetAllocator(t *testing.T) {
	checked := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer checked.AssertSize(t, 0)
	for _, b := range []*columnar.Budget{columnar.NewBudget(0), nil} {
		mem := b.Allocator(checked)
		counted := func(n int64) int64 {
			if b == nil {
				return 0
			}
			return n
		}
		v := mem.Allocate(100)
		if b.Used() != counted(100) {
			t.Errorf("allocate: used %d", b.Used())
		}
		v = mem.Reallocate(300, v)
		if len(v) != 300 || b.Used() != counted(300) {
			t.Errorf("reallocate: used %d", b.Used())
		}
		mem.Free(v)
		if b.Used() != 0 || b.Peak() != counted(300) {
			t.Errorf("free: used %d, peak %d", b.Used(), b.Peak())
		}
	}
}

// A Frame over counted memory gives all of it back.
func TestBudgetSeesAFrame(t *testing.T) {
	b := columnar.NewBudget(1 << 20)
	f := sharedBatch(t, b.Allocator(memory.NewGoAllocator()))
	if b.Used() == 0 {
		t.Error("a Frame uses no memory")
	}
	f.Release()
	if b.Used() != 0 {
		t.Errorf("%d bytes are still used", b.Used())
	}
}
