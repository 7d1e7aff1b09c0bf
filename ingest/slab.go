package ingest

import (
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
)

// slabs is the memory of the chunks of an ingest that has no limit: large
// pieces, one a column, from which chunks take rows one after the other. A
// column whose rows have been copied to their places gives its piece to the
// next, so that grouping takes the memory of one column and not of all, and
// the system hands out half the pages. It is safe for concurrent use.
type slabs struct {
	// text is the number of bytes of all sources, of which the rows are guessed.
	text int64

	mu   sync.Mutex
	list []*slab
	rows int // of all slabs
}

// slab is room for the rows of chunks.
type slab struct {
	rows, used int
	// columns are the timestamps and the values, as words.
	columns [][]float64
	slots   []uint32
}

// take gives a chunk of a block of so many bytes room for rows.
func (s *slabs) take(c *chunk, rows, columns int, long bool, text int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var at *slab
	if n := len(s.list); n > 0 {
		at = s.list[n-1]
	}
	if at == nil || at.rows-at.used < rows || len(at.columns) != columns+1 {
		at = s.add(s.size(rows, text), columns)
	}
	from, to := at.used, at.used+rows
	at.used = to
	c.times = timesIn(at.columns[0][from:to:to])
	c.values = make([][]float64, columns)
	for i := range c.values {
		c.values[i] = at.columns[i+1][from:to:to]
	}
	if long {
		if at.slots == nil {
			at.slots = make([]uint32, at.rows)
		}
		c.slots = at.slots[from:to:to]
	}
}

// size guesses how many rows there will be. Of the first slab it is those that
// the sources have if all of their lines are as long as those of a block, and
// a little more; pages that are never written take no memory. Where the guess
// was too low, as it is of compressed sources, slabs grow by half.
func (s *slabs) size(rows, text int) int {
	guess := s.rows / 2
	if s.rows == 0 {
		guess = int(float64(rows) * float64(s.text) / float64(text) * 17 / 16)
	}
	return max(rows, guess)
}

func (s *slabs) add(rows, columns int) *slab {
	at := &slab{rows: rows, columns: make([][]float64, columns+1)}
	for i := range at.columns {
		at.columns[i] = make([]float64, rows)
	}
	s.list = append(s.list, at)
	s.rows += rows
	return at
}

// free takes the pieces of a column, whose rows are no longer needed, and
// returns one that has room for rows, or nil.
func (s *slabs) free(column, rows int) []float64 {
	var largest []float64
	for _, at := range s.list {
		if column < len(at.columns) {
			if v := at.columns[column]; len(v) >= rows && largest == nil {
				largest = v[:rows:rows]
			}
			at.columns[column] = nil
		}
	}
	return largest
}

// timesIn returns words as timestamps, over the same memory.
func timesIn(v []float64) []int64 {
	return arrow.Int64Traits.CastFromBytes(arrow.Float64Traits.CastToBytes(v))
}
