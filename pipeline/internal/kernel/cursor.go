package kernel

// cursor finds the extreme of the n bars up to each bar, of bars one after the other,
// and where it is. It may begin at any bar from n-1 on, and go to any other, which
// costs O(n).
//
// Windows that end in one tile of up to [Anchor] bars have a middle in common; what
// is before it is a suffix, what is behind a prefix (van Herk 1992, Gil and Werman
// 1993): a few comparisons a bar and n/Anchor more, in a fixed room.
type cursor struct {
	src  []float64
	n    int
	sign float64 // 1 for the highest, -1 for the lowest

	from, to int         // the bars of the tile
	next     int         // the bar after the one of the last call
	heads    [Anchor]int // the bar of the extreme from each bar of the head to its end
	middle   int         // that of the middle, -1 where there is none
	tail     int         // that from the beginning of the tile on
	unknown  int         // the last bar seen that is NaN
}

// start sets the cursor before its first bar; it is large, hence no value of it.
func (c *cursor) start(src []float64, n int, sign float64) {
	c.src, c.n, c.sign, c.to, c.next, c.unknown = src, n, sign, 0, n-1, -1
}

// better returns the bar of the extreme of two, the later one of equals.
func (c *cursor) better(earlier, later int) int {
	if c.sign*c.src[later] >= c.sign*c.src[earlier] {
		return later
	}
	return earlier
}

// at returns the bar of the extreme of the window up to a bar, the later one of
// equals, and false where the window has a NaN.
func (c *cursor) at(bar int) (int, bool) {
	if bar >= c.to || bar != c.next {
		c.tile(bar)
	}
	c.next = bar + 1
	if c.src[bar] != c.src[bar] {
		c.unknown = bar
	}
	c.tail = c.better(c.tail, bar)
	best := c.tail
	if c.middle >= 0 {
		best = c.better(c.middle, best)
	}
	if j := bar - c.from; j < min(c.n, Anchor)-1 {
		best = c.better(c.heads[j], best)
	}
	return best, c.unknown <= bar-c.n
}

// tile prepares the windows that end from a bar on.
func (c *cursor) tile(bar int) {
	length := min(c.n, Anchor)
	c.from, c.to, c.tail, c.middle = bar, bar+length, bar, -1
	start := bar - c.n + 1
	end := start + length - 1 // of the head, not included
	for i := end; i < bar; i++ {
		if c.src[i] != c.src[i] {
			c.unknown = max(c.unknown, i)
		}
		if c.middle < 0 {
			c.middle = i
		}
		c.middle = c.better(c.middle, i)
	}
	best := end - 1
	for i := end - 1; i >= start; i-- {
		if c.src[i] != c.src[i] {
			c.unknown = max(c.unknown, i)
		}
		best = c.better(i, best)
		c.heads[i-start] = best
	}
}
