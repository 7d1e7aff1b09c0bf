package ingest

import (
	"slices"
	"sync"
)

// chunk holds the rows of one block, in file order, that keep every rule as
// far as the block alone can tell.
type chunk struct {
	line, lines int // as of the block
	// backwards says that the rows stand in the opposite order of the lines,
	// and that skipped is counted from the last line.
	backwards bool
	blank     int
	// accepted rows are those left when the chunk has its place among others.
	accepted int
	times    []int64
	values   [][]float64
	// slots holds for each row the position of its run; nil where the chunk
	// has at most one.
	slots []uint32
	runs  []run
	// skipped are the lines, counted from the first, that gave no row.
	skipped []lines
	// side guards rejects from when the chunk is parsed
	// until all are: it may be written out by one goroutine, and give them up by
	// another.
	side    sync.Mutex
	rejects []reject
	// unkept counts rejects that have been given up, since enough stand before
	// them.
	unkept     codeCounts
	ohlcBreaks ohlcBreaks
	// rounded counts rows that keep rule ohlc by its tolerance only.
	rounded int
	// blankBars counts rejected rows that have a time and no value.
	blankBars int

	// reserved is what the chunk has of the budget where columns may be
	// spilled, and spilled where they are when they have been; long, columns and
	// textless, that the texts of rejects have gone, tell of them then.
	reserved int64
	spilled  *spilled
	long     bool
	columns  int
	textless bool
	// keepTexts says that rows cannot be read again from the source.
	keepTexts bool
}

// rows returns the number of rows, wherever they are.
func (c *chunk) rows() int {
	if c.spilled != nil {
		return c.spilled.rows
	}
	return len(c.times)
}

// run is what a chunk has of one asset.
type run struct {
	asset string
	rows  int
	// first is the time of the first row and max the latest; unsorted says that
	// some row is not later than all before it.
	first, max int64
	unsorted   bool

	// base is set when chunks are put together: where the rows go among those of
	// the asset.
	base int
}

// reject is a row that broke a rule on its own.
type reject struct {
	line   int
	code   code
	text   string
	column string
}

// dropRejects counts the rejects by rule and forgets them.
func (c *chunk) dropRejects() {
	c.side.Lock()
	defer c.side.Unlock()
	for _, r := range c.rejects {
		c.unkept[r.code]++
	}
	c.rejects = nil
}

// lineOf returns the line of a row.
func (c *chunk) lineOf(row int) int {
	offset := int32(row)
	for _, s := range c.skipped {
		if s.first > offset {
			break
		}
		offset += s.n
	}
	if c.backwards {
		return c.line + c.lines - 1 - int(offset)
	}
	return c.line + int(offset)
}

// lines are so many lines, one behind the other.
type lines struct{ first, n int32 }

// skip notes that a line gave no row; lines come in their order.
func (c *chunk) skip(line int) {
	if k := len(c.skipped) - 1; k >= 0 && int(c.skipped[k].first+c.skipped[k].n) == line {
		c.skipped[k].n++
		return
	}
	c.skipped = append(c.skipped, lines{int32(line), 1})
}

// forgetTexts forgets the texts of rejected rows, which can be read again.
func (c *chunk) forgetTexts() {
	c.side.Lock()
	defer c.side.Unlock()
	c.textless = true
	for i := range c.rejects {
		c.rejects[i].text = ""
	}
}

// allocate makes room for rows.
func (c *chunk) allocate(rows, columns int, long bool) {
	c.times = make([]int64, rows)
	c.values = make([][]float64, columns)
	all := make([]float64, rows*columns)
	for i := range c.values {
		c.values[i] = all[i*rows : (i+1)*rows : (i+1)*rows]
	}
	if long {
		c.slots = make([]uint32, rows)
	}
}

// truncate cuts the columns to the rows that were found.
func (c *chunk) truncate(rows int) {
	c.times = c.times[:rows]
	for i := range c.values {
		c.values[i] = c.values[i][:rows]
	}
	if c.slots != nil {
		c.slots = c.slots[:rows]
	}
}

// chunkBytes is the memory of a chunk with room for rows.
func chunkBytes(rows, columns int, long bool) int64 {
	n := int64(rows) * int64(columns+1) * 8
	if long {
		n += int64(rows) * 4
	}
	return n
}

// sideBytes is the memory of what a chunk holds beside its columns.
func (c *chunk) sideBytes() int64 {
	c.side.Lock()
	defer c.side.Unlock()
	const perReject, perRun = 48, 64
	n := len(c.rejects)*perReject + len(c.runs)*perRun + 8*len(c.skipped)
	for _, r := range c.rejects {
		n += len(r.text)
	}
	return int64(n)
}

// release frees the columns when they have been copied; places says that where
// its rows come from is still to be asked.
func (c *chunk) release(places bool) {
	c.times, c.values = nil, nil
	if c.spilled != nil || !places {
		c.slots = nil
	}
	if !places {
		c.skipped = slices.Clip(c.skipped[:0])
	}
}
