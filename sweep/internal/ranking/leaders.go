package ranking

import "slices"

// Leaders keeps the N best of what it is shown, in the memory of N. It is a heap,
// in which none ranks behind what is above it: the last of them is first.
type Leaders[T any] struct {
	// N is how many are kept.
	N int
	// Compare returns a negative number where a ranks before b.
	Compare func(a, b T) int
	// Kept are the best so far, the last of them first.
	Kept []T
}

// Enters reports whether v is among the best so far.
func (l *Leaders[T]) Enters(v T) bool {
	return len(l.Kept) < l.N || l.Compare(v, l.Kept[0]) < 0
}

// Keep takes one that enters, in a new place or in that of the last, who
// leaves; fill writes it there.
func (l *Leaders[T]) Keep(fill func(place *T)) {
	if len(l.Kept) == l.N {
		fill(&l.Kept[0])
		l.sink(0)
		return
	}
	var zero T
	l.Kept = append(l.Kept, zero)
	at := len(l.Kept) - 1
	fill(&l.Kept[at])
	for at > 0 && l.Compare(l.Kept[at], l.Kept[(at-1)/2]) > 0 {
		l.Kept[at], l.Kept[(at-1)/2] = l.Kept[(at-1)/2], l.Kept[at]
		at = (at - 1) / 2
	}
}

// sink moves one down to where it ranks behind those below it.
func (l *Leaders[T]) sink(i int) {
	for {
		last := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(l.Kept); child++ {
			if l.Compare(l.Kept[child], l.Kept[last]) > 0 {
				last = child
			}
		}
		if last == i {
			return
		}
		l.Kept[i], l.Kept[last] = l.Kept[last], l.Kept[i]
		i = last
	}
}

// Ranked returns those that were kept, best first. No more are kept after it.
func (l *Leaders[T]) Ranked() []T {
	slices.SortFunc(l.Kept, l.Compare)
	return l.Kept
}
