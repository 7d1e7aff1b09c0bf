package export

import "slices"

// batchRows is the number of rows of a row group and of a record batch: 2 MiB a
// column, and few enough groups for a file of 8 billion rows.
const batchRows = 1 << 18

// batch collects rows until there are enough for a row group or a record batch.
type batch struct {
	limit  int      // how many rows are enough
	assets []string // those in the batch, in order
	codes  []int32  // the asset of each row, as a position in assets
	times  []int64
	values [][]float64
	// valid says which values exist; valid[i] is nil where they all do.
	valid [][]bool
}

func newBatch(columns, limit int) *batch {
	return &batch{limit: limit, values: make([][]float64, columns), valid: make([][]bool, columns)}
}

// rows is the number of rows in the batch.
func (b *batch) rows() int { return len(b.times) }

// fill takes all bars, and has the batch flushed, which empties it, whenever it
// has enough rows.
func (b *batch) fill(in *bars, flush func() error) error {
	for at := 0; at < len(in.times); {
		at += b.add(in, at)
		if b.rows() == b.limit {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// add takes as many of the bars as it needs to have enough rows, and returns
// the number.
func (b *batch) add(in *bars, from int) (taken int) {
	to := min(len(in.times), from+b.limit-b.rows())
	if len(b.assets) == 0 || b.assets[len(b.assets)-1] != in.asset {
		b.assets = append(b.assets, in.asset)
	}
	code := int32(len(b.assets) - 1)
	for range to - from {
		b.codes = append(b.codes, code)
	}
	before := b.rows()
	b.times = append(b.times, in.times[from:to]...)
	for i, v := range in.values {
		b.values[i] = append(b.values[i], v[from:to]...)
		b.mark(i, before)
	}
	return to - from
}

// mark notes which values of a column exist, from a row on.
func (b *batch) mark(column, from int) {
	values := b.values[column]
	if len(b.valid[column]) == 0 {
		if !slices.ContainsFunc(values[from:], func(v float64) bool { return v != v }) {
			return
		}
		from = 0
	}
	for _, v := range values[from:] {
		b.valid[column] = append(b.valid[column], v == v)
	}
}

// validity returns which values of a column exist; nil is all.
func (b *batch) validity(column int) []bool {
	if len(b.valid[column]) == 0 {
		return nil
	}
	return b.valid[column]
}

// reset empties the batch, and keeps its memory.
func (b *batch) reset() {
	b.assets, b.codes, b.times = b.assets[:0], b.codes[:0], b.times[:0]
	for i := range b.values {
		b.values[i], b.valid[i] = b.values[i][:0], b.valid[i][:0]
	}
}
