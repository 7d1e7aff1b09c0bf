package columnar_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
)

var _ cache.Budget = (*columnar.Budget)(nil)

// spare gives pieces of a budget back, one a call.
type spare struct {
	budget *columnar.Budget
	pieces []int64
	asked  []int64
}

func (s *spare) reclaim(short int64) bool {
	s.asked = append(s.asked, short)
	if len(s.pieces) == 0 {
		return false
	}
	s.budget.Release(s.pieces[0])
	s.pieces = s.pieces[1:]
	return true
}

func TestShortageIsReclaimedInOrder(t *testing.T) {
	b := columnar.NewBudget(100)
	if err := b.Reserve(90); err != nil {
		t.Fatal(err)
	}
	first, second := &spare{budget: b, pieces: []int64{10, 10}}, &spare{budget: b, pieces: []int64{30, 40}}
	removeFirst := b.OnShortage(first.reclaim)
	defer b.OnShortage(second.reclaim)()
	check := func(name string, got, want []int64) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s was asked for %v, want %v", name, got, want)
		}
	}
	if err := b.Reserve(10); err != nil { // fits
		t.Fatal(err)
	}
	check("first", first.asked, nil)
	if err := b.Reserve(35); err != nil { // 35 short, then 25 and 15; then the second one's 30
		t.Fatal(err)
	}
	check("first", first.asked, []int64{35, 25, 15})
	check("second", second.asked, []int64{15})
	if b.Used() != 85 || b.Peak() != 100 {
		t.Errorf("used %d, peak %d", b.Used(), b.Peak())
	}
	if err := b.Reserve(101); err == nil { // never fits
		t.Error("more than the limit was reserved")
	}
	if err := b.Reserve(math.MaxInt64); err == nil {
		t.Error("a huge reservation overflowed")
	}
	check("second", second.asked, []int64{15})
	removeFirst()
	err := b.Reserve(70) // 55 short; the second one has 40
	var full *columnar.BudgetError
	if !errors.As(err, &full) || *full != (columnar.BudgetError{Asked: 70, Used: 45, Limit: 100}) {
		t.Errorf("got %v", err)
	}
	check("first", first.asked, []int64{35, 25, 15})
	check("second", second.asked, []int64{15, 55, 15})
	var none *columnar.Budget
	none.OnShortage(first.reclaim)()
}

// TestCacheGivesWay, under -race: a cache that fills a budget never makes the
// reservation of another fail, because its values go first.
func TestCacheGivesWay(t *testing.T) {
	b := columnar.NewBudget(1000)
	c := cache.New[int, int](cache.Options{Limit: 1000, Budget: b})
	defer b.OnShortage(c.Shrink)()
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 300 {
				if _, err := c.Get(context.Background(), i*4+worker, func() (int, int64, error) { return i, 50, nil }); err != nil {
					t.Error(err)
				}
				// Of 4 workers, each holds at most 50 bytes of a value that is not
				// kept yet and 200 of its own, which is the whole budget.
				if err := b.Reserve(200); err != nil {
					t.Error(err)
					continue
				}
				b.Release(200)
			}
		}()
	}
	wg.Wait()
	if s := c.Stats().LRU; b.Used() != s.Bytes || s.Evictions == 0 || b.Peak() > 1000 {
		t.Errorf("used %d, peak %d, cache %+v", b.Used(), b.Peak(), s)
	}
	c.Drop(func(int) bool { return true })
	if b.Used() != 0 {
		t.Errorf("%d bytes are left", b.Used())
	}
}
