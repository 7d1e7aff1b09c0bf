package sweep

import "slices"

// leaders keeps the n best of what it is shown, in the memory of n. It is a
// heap, in which none ranks behind what is above it: the last of them is first.
type leaders[T any] struct {
	n int
	// compare returns a negative number where a ranks before b.
	compare func(a, b T) int
	kept    []T
}

// enters reports whether v is among the best so far.
func (l *leaders[T]) enters(v T) bool {
	return len(l.kept) < l.n || l.compare(v, l.kept[0]) < 0
}

// keep takes one that enters, in a new place or in that of the last, who
// leaves; fill writes it there.
func (l *leaders[T]) keep(fill func(place *T)) {
	if len(l.kept) == l.n {
		fill(&l.kept[0])
		l.sink(0)
		return
	}
	var zero T
	l.kept = append(l.kept, zero)
	at := len(l.kept) - 1
	fill(&l.kept[at])
	for at > 0 && l.compare(l.kept[at], l.kept[(at-1)/2]) > 0 {
		l.kept[at], l.kept[(at-1)/2] = l.kept[(at-1)/2], l.kept[at]
		at = (at - 1) / 2
	}
}

// sink moves one down to where it ranks behind those below it.
func (l *leaders[T]) sink(i int) {
	for {
		last := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(l.kept); child++ {
			if l.compare(l.kept[child], l.kept[last]) > 0 {
				last = child
			}
		}
		if last == i {
			return
		}
		l.kept[i], l.kept[last] = l.kept[last], l.kept[i]
		i = last
	}
}

// ranked returns those that were kept, best first. No more are kept after it.
func (l *leaders[T]) ranked() []T {
	slices.SortFunc(l.kept, l.compare)
	return l.kept
}
