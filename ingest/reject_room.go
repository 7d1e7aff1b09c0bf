package ingest

import (
	"cmp"
	"container/heap"
	"sync"
)

// What is kept of rejected rows: the first MaxRejects of an ingest, in the order
// of its sources and lines, as far as they have MaxRejectText bytes of text.
// All others are counted.
const (
	MaxRejects    = 1_000_000
	MaxRejectText = 64 << 20
)

// rejectRoom sees to it that chunks hold few more rejected rows than are kept,
// in whatever order they are parsed: a chunk gives up its own when those before
// it are enough.
type rejectRoom struct {
	mu         sync.Mutex
	chunks     rejectHeap
	rows, text int
}

// roomOf is what a chunk takes: number seq of a source.
type roomOf struct {
	source, seq int
	// rows are the rejected ones, and text how many bytes of text they have.
	rows, text int
	// drop has the chunk forget them.
	drop func()
}

// take counts a chunk that has been parsed. A nil room has no bounds.
func (r *rejectRoom) take(of roomOf) {
	if r == nil || of.rows == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	heap.Push(&r.chunks, of)
	r.rows, r.text = r.rows+of.rows, r.text+of.text
	for {
		last := r.chunks[0]
		if r.rows-last.rows < MaxRejects && r.text-last.text < MaxRejectText {
			return
		}
		heap.Pop(&r.chunks)
		r.rows, r.text = r.rows-last.rows, r.text-last.text
		last.drop()
	}
}

// rejectHeap has the last chunk on top.
type rejectHeap []roomOf

// Len implements [heap.Interface].
func (h rejectHeap) Len() int { return len(h) }

// Less implements [heap.Interface].
func (h rejectHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].source, h[j].source), cmp.Compare(h[i].seq, h[j].seq)) > 0
}

// Swap implements [heap.Interface].
func (h rejectHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements [heap.Interface].
func (h *rejectHeap) Push(x any) { *h = append(*h, x.(roomOf)) }

// Pop implements [heap.Interface].
func (h *rejectHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
