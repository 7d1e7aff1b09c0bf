package ingest

import "slices"

// When a time is taken for one that is no time of its asset. It is judged only
// where the rows are in order but for few: among shuffled rows nothing tells a
// wrong date from a right one.
const (
	strayRows  = 20  // rows that an asset has at least
	strayShare = 100 // of so many rows one may step back, and one be a stray
	strayFew   = 3   // or so many
	strayTypes = 20  // times the usual step from the others
	strayGaps  = 2   // times the largest step of the others
)

// strays returns the rows, by arrival, whose time has no place: they stand among
// rows of another time, and their own lies outside of all others, by more than
// these are ever apart. order are the rows by time.
func strays(times []int64, order []uint32) (found []uint32) {
	n := len(times)
	if n < strayRows {
		return nil
	}
	few := max(strayFew, n/strayShare)
	back := 0
	for i := 1; i < n; i++ {
		if times[i] < times[i-1] {
			if back++; back > few {
				return nil
			}
		}
	}
	// The largest and the usual step where strays cannot be.
	core := order[min(few, n/4) : n-min(few, n/4)]
	steps := make([]int64, 0, len(core))
	for k := 1; k < len(core); k++ {
		if step := times[core[k]] - times[core[k-1]]; step > 0 {
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		return nil
	}
	slices.Sort(steps)
	apart := max(strayTypes*steps[len(steps)/2], strayGaps*steps[len(steps)-1])
	low, high := 0, n
	for k := min(few, n/4); k > 0; k-- {
		if low == 0 && times[order[k]]-times[order[k-1]] > apart {
			low = k
		}
		if high == n && times[order[n-k]]-times[order[n-k-1]] > apart {
			high = n - k
		}
	}
	earliest, latest := times[order[low]], times[order[high-1]]
	outside := func(i int) bool { return times[i] < earliest || times[i] > latest }
	for _, i := range slices.Concat(order[:low], order[high:]) {
		before, after := int(i)-1, int(i)+1
		for before >= 0 && outside(before) {
			before--
		}
		for after < n && outside(after) {
			after++
		}
		if before >= 0 && times[before] > times[i] || after < n && times[after] < times[i] {
			found = append(found, i)
		}
	}
	return found
}
