package kernel

// extremum is the highest or lowest value of the n bars up to each bar, of bars one
// after the other; it may begin at any bar from n-1 on, and go to any other, which
// costs O(n). It is NaN where the window has one. It works as [cursor] does, on ranks
// as [Highest] does.
type extremum struct {
	src  []float64
	n    int
	flip int64 // as that of rank

	from, to     int           // the bars of the tile
	next         int           // the bar after the one of the last call
	heads        [Anchor]int64 // the rank of the extreme from each bar of the head to its end
	middle, tail int64         // that of the middle, and from the beginning of the tile on
}

// start sets the extremum before its first bar; it is large, hence no value of it.
func (e *extremum) start(src []float64, n int, flip int64) {
	e.src, e.n, e.flip, e.to, e.next = src, n, flip, 0, n-1
}

// at returns the extreme of the window up to a bar.
func (e *extremum) at(bar int) float64 {
	if bar >= e.to || bar != e.next {
		e.tile(bar)
	}
	e.next = bar + 1
	e.tail = max(e.tail, rank(e.src[bar], e.flip))
	return unrank(max(e.tail, e.middle, e.heads[bar-e.from]), e.flip)
}

// tile prepares the windows that end from a bar on.
func (e *extremum) tile(bar int) {
	const least = -1 << 63
	length := min(e.n, Anchor)
	e.from, e.to, e.tail, e.middle = bar, bar+length, least, least
	start := bar - e.n + 1
	end := start + length - 1 // of the head, not included
	for _, x := range e.src[end:bar] {
		e.middle = max(e.middle, rank(x, e.flip))
	}
	best := int64(least)
	e.heads[length-1] = best // the last window begins behind the head
	for i := end - 1; i >= start; i-- {
		best = max(best, rank(e.src[i], e.flip))
		e.heads[i-start] = best
	}
}
