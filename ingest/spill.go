package ingest

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	arrowmemory "github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// spill is where rows go that the budget has no room for: first the chunks, in
// the order in which they were parsed, then the columns of the Frame. Its
// methods are safe for concurrent use.
type spill struct {
	dir string
	// fault stands in for a disk that fails, in tests.
	fault func() error

	mu     sync.Mutex
	moved  sync.Cond // a chunk was parked, or given up
	parked []*chunk  // parsed, with their columns in memory
	// working is the number of parsers that hold memory and do not wait for more.
	working int
	file    *os.File
	at      int64
}

// spilled is where the columns of a chunk are in the file.
type spilled struct {
	at   int64
	rows int
}

func newSpill(dir string, fault func() error) *spill {
	s := &spill{dir: dir, fault: fault}
	s.moved.L = &s.mu
	return s
}

// close removes the file of chunks. It can be called on nil.
func (s *spill) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// create makes a temporary file.
func (s *spill) create() (*os.File, error) {
	if s.fault != nil {
		if err := s.fault(); err != nil {
			return nil, err
		}
	}
	return os.CreateTemp(s.dir, "spill-*")
}

// writeAt writes to a temporary file.
func (s *spill) writeAt(f *os.File, b []byte, at int64) error {
	if s.fault != nil {
		if err := s.fault(); err != nil {
			return err
		}
	}
	_, err := f.WriteAt(b, at)
	return err
}

// begin reserves the memory of a chunk that is to be parsed. working says that
// the parser is at work on something else as well.
func (s *spill) begin(m *memory, c *chunk, bytes int64, working bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.take(m, bytes, working); err != nil {
		return err
	}
	c.reserved = bytes
	if !working {
		s.working++
	}
	return nil
}

// take reserves memory. Where there is not enough it writes chunks out, and then
// waits for the parsers that are at work, one of which may be the caller.
func (s *spill) take(m *memory, bytes int64, working bool) error {
	for {
		err := m.reserve(bytes)
		if err == nil {
			return nil
		}
		if len(s.parked) > 0 {
			if err := s.flush(m); err != nil {
				return err
			}
			continue
		}
		others := s.working
		if working {
			others--
		}
		if others == 0 {
			return s.short(m, bytes, err)
		}
		s.working = others
		s.moved.Wait()
		if working {
			s.working++
		}
	}
}

// end parks a chunk that has been parsed, and reserves what it holds beside its
// columns. Where there is not enough it is written out.
func (s *spill) end(m *memory, c *chunk, working bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.moved.Broadcast()
	if !working {
		s.working--
	}
	s.parked = append(s.parked, c)
	side := c.sideBytes()
	if m.reserve(side) == nil {
		c.reserved += side
		return nil
	}
	return s.flush(m)
}

// start reserves memory for a parser to work with, and rest gives it back.
func (s *spill) start(m *memory, bytes int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.take(m, bytes, false); err != nil {
		return err
	}
	s.working++
	return nil
}

func (s *spill) stop(m *memory, bytes int64) {
	s.mu.Lock()
	m.release(bytes)
	s.working--
	s.mu.Unlock()
	s.moved.Broadcast()
}

// abandon ends a chunk that could not be parsed.
func (s *spill) abandon() {
	s.mu.Lock()
	s.working--
	s.mu.Unlock()
	s.moved.Broadcast()
}

// short is the error of a budget in which not even what cannot be written out
// has room.
func (s *spill) short(m *memory, bytes int64, err error) error {
	return fmt.Errorf("%w; with what does not fit written to temporary files, %d bytes are needed so far, and more for longer files", err, m.held.Load()+bytes)
}

// flush writes the parked chunks out and frees their memory.
func (s *spill) flush(m *memory) (err error) {
	if s.file == nil {
		if s.file, err = s.create(); err != nil {
			return fmt.Errorf("spill: %w", err)
		}
	}
	for len(s.parked) > 0 {
		c := s.parked[0]
		if err := s.store(c); err != nil {
			return fmt.Errorf("spill: %w", err)
		}
		s.parked = s.parked[1:]
		side := c.sideBytes()
		if more := side - c.reserved; more <= 0 {
			m.release(-more)
		} else if err := m.reserve(more); err != nil {
			return s.short(m, more, err)
		}
		c.reserved = side
	}
	return nil
}

// flushAll is flush for callers outside.
func (s *spill) flushAll(m *memory) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flush(m)
}

// store writes the columns of a chunk, and forgets the texts of its rejected
// rows where they can be read again from the source.
func (s *spill) store(c *chunk) error {
	at := s.at
	put := func(b []byte) error {
		if len(b) == 0 {
			return nil
		}
		err := s.writeAt(s.file, b, s.at)
		s.at += int64(len(b))
		return err
	}
	if err := put(arrow.Int64Traits.CastToBytes(c.times)); err != nil {
		return err
	}
	for _, v := range c.values {
		if err := put(arrow.Float64Traits.CastToBytes(v)); err != nil {
			return err
		}
	}
	if err := put(arrow.Uint32Traits.CastToBytes(c.slots)); err != nil {
		return err
	}
	s.at = (s.at + 7) &^ 7
	c.spilled = &spilled{at: at, rows: len(c.times)}
	c.long, c.columns = c.slots != nil, len(c.values)
	c.times, c.values, c.slots = nil, nil, nil
	if !c.keepTexts {
		c.forgetTexts()
	}
	return nil
}

// load reads the columns of a chunk back, where they are in the file.
func (s *spill) load(c *chunk) error {
	if c.spilled == nil || c.times != nil {
		return nil
	}
	c.allocate(c.spilled.rows, c.columns, c.long)
	at := c.spilled.at
	get := func(b []byte) error {
		if len(b) == 0 {
			return nil
		}
		_, err := s.file.ReadAt(b, at)
		at += int64(len(b))
		return err
	}
	err := get(arrow.Int64Traits.CastToBytes(c.times))
	for _, v := range c.values {
		err = errors.Join(err, get(arrow.Float64Traits.CastToBytes(v)))
	}
	if err = errors.Join(err, get(arrow.Uint32Traits.CastToBytes(c.slots))); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	return nil
}

// loadSlots reads back of which asset each row of a chunk is, where that is in the
// file, and dropSlots forgets it again. Both can be called on nil.
func (s *spill) loadSlots(c *chunk) error {
	if s == nil || c.spilled == nil || !c.long || c.slots != nil {
		return nil
	}
	c.slots = make([]uint32, c.spilled.rows)
	at := c.spilled.at + int64(c.spilled.rows)*int64(c.columns+1)*8
	if _, err := s.file.ReadAt(arrow.Uint32Traits.CastToBytes(c.slots), at); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	return nil
}

func (s *spill) dropSlots(c *chunk) {
	if s != nil && c.spilled != nil {
		c.slots = nil
	}
}

// mapColumns maps a file of columns, which loses its name: it goes when the
// buffer is released.
func mapColumns(f *os.File, size int) (*arrowmemory.Buffer, error) {
	buf, err := columnar.MapFile(f, size, true)
	if err = errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		if buf != nil {
			buf.Release()
		}
		return nil, fmt.Errorf("spill: %w", err)
	}
	return buf, nil
}
