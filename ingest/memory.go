package ingest

import (
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/columnar"
)

// memory is what one ingest has reserved of a budget.
type memory struct {
	budget *columnar.Budget
	held   atomic.Int64
	// spill takes what does not fit; nil where that is an error.
	spill *spill
	// slabs is where chunks have their columns when there is no limit; nil
	// where each has its own, which can be given back by itself.
	slabs *slabs
}

// allocate gives a chunk room for the rows of a block of so many bytes.
func (m *memory) allocate(c *chunk, rows, columns int, long bool, text int) {
	if m.slabs != nil {
		m.slabs.take(c, rows, columns, long, text)
	} else {
		c.allocate(rows, columns, long)
	}
}

// begin reserves the memory of a chunk that is to be parsed.
func (m *memory) begin(c *chunk, bytes int64) error {
	if m.spill == nil {
		return m.reserve(bytes)
	}
	return m.spill.begin(m, c, bytes, false)
}

// end reserves what a parsed chunk holds beside its columns.
func (m *memory) end(c *chunk) error {
	if m.spill == nil {
		return m.reserve(c.sideBytes())
	}
	return m.spill.end(m, c, false)
}

// start reserves memory that a parser needs beside that of its chunks, until
// stop is called. next and done are begin and end between the two.
func (m *memory) start(bytes int64) error {
	if m.spill == nil {
		return m.reserve(bytes)
	}
	return m.spill.start(m, bytes)
}

func (m *memory) stop(bytes int64) {
	if m.spill == nil {
		m.release(bytes)
		return
	}
	m.spill.stop(m, bytes)
}

func (m *memory) next(c *chunk, bytes int64) error {
	if m.spill == nil {
		return m.reserve(bytes)
	}
	return m.spill.begin(m, c, bytes, true)
}

func (m *memory) done(c *chunk) error {
	if m.spill == nil {
		return m.reserve(c.sideBytes())
	}
	return m.spill.end(m, c, true)
}

// borrow reserves memory that giveBack releases, maybe on another goroutine.
func (m *memory) borrow(bytes int64) error {
	if m.spill == nil {
		return m.reserve(bytes)
	}
	m.spill.mu.Lock()
	defer m.spill.mu.Unlock()
	return m.spill.take(m, bytes, false)
}

func (m *memory) giveBack(bytes int64) {
	if m.spill == nil {
		m.release(bytes)
		return
	}
	m.spill.mu.Lock() // else a waiter may miss it
	m.release(bytes)
	m.spill.mu.Unlock()
	m.spill.moved.Broadcast()
}

// abandon ends a chunk that begin has reserved memory for, and that was not
// parsed.
func (m *memory) abandon() {
	if m.spill != nil {
		m.spill.abandon()
	}
}

// spilled reports whether chunks have been written out.
func (m *memory) spilled() bool { return m.spill != nil && m.spill.file != nil }

func (m *memory) release(n int64) {
	m.held.Add(-n)
	m.budget.Release(n)
}

func (m *memory) reserve(n int64) error {
	if err := m.budget.Reserve(n); err != nil {
		return err
	}
	m.held.Add(n)
	return nil
}

// releaseAll gives back whatever is still held.
func (m *memory) releaseAll() { m.budget.Release(m.held.Swap(0)) }
