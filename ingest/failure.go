package ingest

import (
	"context"

	"sync"
)

// failure keeps the error of the earliest place in the input. Work before
// that place goes on and work after it is skipped, so that the error does not
// depend on which goroutine was first.
type failure struct {
	mu          sync.Mutex
	source, seq int
	err         error
}

// add notes an error of block seq of a source; -1 is its header.
func (f *failure) add(source, seq int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil || source < f.source || source == f.source && seq < f.seq {
		f.source, f.seq, f.err = source, seq, err
	}
}

// before reports whether an error lies before a block, which need not be
// looked at then.
func (f *failure) before(source, seq int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil && (f.source < source || f.source == source && f.seq < seq)
}

// cause returns the error. A context that is done comes first, since it may
// show as anything in between.
func (f *failure) cause(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return f.err
}
