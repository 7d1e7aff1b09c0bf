package columnar

import (
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Budget counts bytes against a limit. Arrow's allocators cannot return an
// error, so code that may run out reserves first and allocates after. The
// zero value and a nil Budget have no limit. It is safe for concurrent use.
//
// Memory that is only kept because it may be useful again, such as that of a
// cache, is counted like any other and given back where it is needed; see
// [Budget.OnShortage].
type Budget struct {
	limit int64
	used  atomic.Int64
	peak  atomic.Int64

	mu sync.Mutex
	// spare holds the callbacks of OnShortage. The slice is replaced, never
	// changed, so that a Reserve goes over it without the lock.
	spare []*reclaimer
}

// NewBudget returns a budget of limit bytes; 0 means no limit.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Reserve takes n bytes from the budget, or takes none and returns a
// *[BudgetError]. Where n does not fit, what callers of OnShortage can spare is
// asked for first. Every successful Reserve is undone by one Release.
func (b *Budget) Reserve(n int64) error {
	if b == nil {
		return nil
	}
	used, ok := b.take(n)
	if !ok && n <= b.limit {
		used, ok = b.reclaim(n)
	}
	if !ok {
		return &BudgetError{Asked: n, Used: used, Limit: b.limit}
	}
	return nil
}

// take takes n bytes if they are free; if not, it returns what is used.
func (b *Budget) take(n int64) (used int64, ok bool) {
	for {
		used := b.used.Load()
		// Compared by subtraction, so that a huge n cannot overflow the sum.
		if b.limit > 0 && n > b.limit-used {
			return used, false
		}
		if b.used.CompareAndSwap(used, used+n) {
			b.raisePeak(used + n)
			return used, true
		}
	}
}

// Release gives n reserved bytes back.
func (b *Budget) Release(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}

// Used returns the bytes reserved now.
func (b *Budget) Used() int64 {
	if b == nil {
		return 0
	}
	return b.used.Load()
}

// Peak returns the most bytes that were reserved at one time.
func (b *Budget) Peak() int64 {
	if b == nil {
		return 0
	}
	return b.peak.Load()
}

// Limit returns the limit in bytes; 0 means none.
func (b *Budget) Limit() int64 {
	if b == nil {
		return 0
	}
	return b.limit
}

// Allocator returns an Arrow allocator on top of base whose live bytes are
// counted in the budget. It never refuses: reserve the size of what is about
// to be built first, and release that reservation when it has been built.
func (b *Budget) Allocator(base memory.Allocator) memory.Allocator {
	return &countingAllocator{budget: b, base: base}
}

func (b *Budget) raisePeak(n int64) {
	for {
		peak := b.peak.Load()
		if n <= peak || b.peak.CompareAndSwap(peak, n) {
			return
		}
	}
}

type countingAllocator struct {
	budget *Budget
	base   memory.Allocator
}

func (a *countingAllocator) count(n int) {
	if a.budget != nil {
		a.budget.raisePeak(a.budget.used.Add(int64(n)))
	}
}

// Allocate implements memory.Allocator.
func (a *countingAllocator) Allocate(size int) []byte {
	b := a.base.Allocate(size)
	a.count(len(b))
	return b
}

// Reallocate implements memory.Allocator.
func (a *countingAllocator) Reallocate(size int, b []byte) []byte {
	a.count(-len(b))
	b = a.base.Reallocate(size, b)
	a.count(len(b))
	return b
}

// Free implements memory.Allocator.
func (a *countingAllocator) Free(b []byte) {
	a.count(-len(b))
	a.base.Free(b)
}
