package columnar

import "slices"

// reclaimer is a callback of OnShortage. It is a pointer because functions
// cannot be compared, and remove has to find its own.
type reclaimer struct {
	reclaim func(short int64) bool
}

// OnShortage registers reclaim to be called where a reservation does not fit:
// it releases about short bytes that it can spare, or fewer, and reports
// whether it gave anything up. It is called again until enough is free or it
// has nothing left; then the one registered after it is asked. So what is
// cheapest to make again is registered first, and a reservation that is larger
// than the whole budget asks nobody.
//
// reclaim is called from the goroutine that reserves, by several at a time and
// without a lock. It must not reserve, nor wait for one who does. remove ends
// the registration; a Reserve that is under way may still call it once more.
func (b *Budget) OnShortage(reclaim func(short int64) bool) (remove func()) {
	if b == nil {
		return func() {}
	}
	r := &reclaimer{reclaim}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spare = append(slices.Clone(b.spare), r)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.spare = slices.DeleteFunc(slices.Clone(b.spare), func(other *reclaimer) bool { return other == r })
	}
}

// reclaim asks for what can be spared until n bytes, which are no more than
// the limit, can be taken.
func (b *Budget) reclaim(n int64) (used int64, ok bool) {
	b.mu.Lock()
	spare := b.spare
	b.mu.Unlock()
	used, ok = b.take(n)
	for _, r := range spare {
		for !ok && r.reclaim(used+n-b.limit) {
			used, ok = b.take(n)
		}
	}
	return used, ok
}
