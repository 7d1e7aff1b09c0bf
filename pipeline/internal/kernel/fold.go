package kernel

import "math/bits"

// summary is what is known of some bars in a row; merge is that of its own bars and
// later ones, which follow them.
type summary[S any] interface {
	merge(later S) S
}

// fold gives emit the summary of every full window of n bars, made of those that at
// gives of single bars. Nothing is ever taken away from a summary: the bars are cut
// into blocks of a power of two, at most n and at most [Anchor], and a window is the
// end of a block, whole blocks, and the beginning of another one. So whatever has
// been before a window leaves no trace in it, and a value depends on the window and on
// where it lies among the anchors. The cost is three merges a bar and n / Anchor.
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
			start = start.merge(at(i))
		}
		for bar < to {
			head := (bar - n + 1) / size * size
			next := min(head+size+n-1, to) // the first bar whose window begins in another block
			if head < from {
				endings(&ends, head, bar-n+1, size, from, at)
			}
			for ; bar < next; bar++ {
				if bar > from {
					start = start.merge(at(bar))
				}
				if head == from {
					emit(bar, start)
				} else {
					emit(bar, ends[bar-n+1-head].merge(start))
				}
			}
		}
	}
}

// endings writes the summaries from each bar of the block at head, from first on, to
// the bar before end.
func endings[S summary[S]](ends *[Anchor]S, head, first, size, end int, at func(bar int) S) {
	var rest S // of whole blocks after the first
	last := head + size
	for block := end - size; block >= last; block -= size {
		whole := at(block)
		for i := block + 1; i < block+size; i++ {
			whole = whole.merge(at(i))
		}
		if block+size < end {
			whole = whole.merge(rest)
		}
		rest = whole
	}
	own := at(last - 1)
	for i := last - 1; ; i-- {
		if i < last-1 {
			own = at(i).merge(own)
		}
		if ends[i-head] = own; last < end {
			ends[i-head] = own.merge(rest)
		}
		if i == first {
			return
		}
	}
}
