package kernel

import "math/bits"

// summary is what is known of some bars in a row; merge is that of its own bars and
// of later ones, which follow them. Summaries of more than four numbers are slow.
type summary[S any] interface {
	merge(later S, bars, laterBars float64) S
}

// fold gives emit the summary of every full window of n bars, made of those that at
// gives of single bars. Nothing is ever taken away from a summary: the bars are cut
// into blocks of a power of two, at most n and at most [Anchor], and a window is the
// end of a block, whole blocks, and the beginning of another one. So whatever has
// been before a window leaves no trace in it, and a value depends on the window and on
// where it lies among the anchors. The cost is three merges a bar, and n / Anchor.
//
// emit may write what at reads of bars from its own on.
func fold[S summary[S]](count, n int, at func(bar int) S, emit func(bar int, window S)) {
	size := min(1<<(bits.Len(uint(n))-1), Anchor)
	var ends [Anchor]S // from each bar of a block to the last bar before from
	for from := (count - 1) / size * size; from >= 0; from -= size {
		to := min(from+size, count)
		bar := max(from, n-1)
		if bar >= to {
			return // no window is full by then
		}
		start := at(from) // of this block
		for i := from + 1; i < bar; i++ {
			start = start.merge(at(i), float64(i-from), 1)
		}
		head, last := (bar-n+1)/size*size, (to-n)/size*size // blocks in which windows begin
		var rest, inner S                                   // after those two
		if last+size < from {
			inner = blocks(last+size, from, size, at)
		}
		if rest = inner; head != last && last < from {
			rest = blocks(last, last+size, size, at)
			if last+size < from {
				rest = rest.merge(inner, float64(size), float64(from-last-size))
			}
		}
		for bar < to {
			head = (bar - n + 1) / size * size
			if head == last {
				rest = inner
			}
			if head < from {
				endings(&ends, head, bar-n+1, size, at, rest, float64(from-head-size))
			}
			for next := min(head+size+n-1, to); bar < next; bar++ {
				if bar > from {
					start = start.merge(at(bar), float64(bar-from), 1)
				}
				if head == from {
					emit(bar, start)
				} else {
					first := bar - n + 1
					emit(bar, ends[first-head].merge(start, float64(from-first), float64(bar-from+1)))
				}
			}
		}
	}
}

// blocks returns the summary of blocks.
func blocks[S summary[S]](from, to, size int, at func(bar int) S) (all S) {
	for block := to - size; block >= from; block -= size {
		own := at(block)
		for i := block + 1; i < block+size; i++ {
			own = own.merge(at(i), float64(i-block), 1)
		}
		if block+size < to {
			own = own.merge(all, float64(size), float64(to-block-size))
		}
		all = own
	}
	return all
}

// endings writes the summaries from each bar of the block at head, from first on, to
// the end of the so many bars after the block that rest is of.
func endings[S summary[S]](ends *[Anchor]S, head, first, size int, at func(bar int) S, rest S, restBars float64) {
	i := head + size - 1
	own := at(i)
	for {
		if ends[i-head] = own; restBars > 0 {
			ends[i-head] = own.merge(rest, float64(head+size-i), restBars)
		}
		if i--; i < first {
			return
		}
		own = at(i).merge(own, 1, float64(head+size-1-i))
	}
}
