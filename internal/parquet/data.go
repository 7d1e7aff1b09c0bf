package parquet

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Data holds the values of one column in one row group. The field of the
// column's type is set, the others are nil:
//
//   - Int64 for Int64 and Timestamp columns (nanoseconds since 1970 UTC);
//   - Float64 for Float64 columns;
//   - Int64s or Float64s in the place of either, for values that lie in
//     several pieces: plain pages are written from them without a copy;
//   - Codes and Dictionary for String columns: value i is
//     Dictionary[Codes[i]].
//
// The slices are read, not kept.
type Data struct {
	Int64      []int64
	Float64    []float64
	Int64s     [][]int64
	Float64s   [][]float64
	Codes      []int32
	Dictionary []string
	// Valid says which values exist; nil means all. Only Nullable columns may
	// have it. What stands at the place of a null is ignored.
	Valid []bool
}

// MaxRows is the largest number of rows of a row group: Parquet counts the
// bytes of a page in an int32.
const MaxRows = 1 << 27

// maxPage is the largest page in bytes.
const maxPage = math.MaxInt32

func (d *Data) rows(t Type) int {
	switch t {
	case Float64:
		return len(d.Float64) + total(d.Float64s)
	case String:
		return len(d.Codes)
	}
	return len(d.Int64) + total(d.Int64s)
}

func total[T any](pieces [][]T) (n int) {
	for _, p := range pieces {
		n += len(p)
	}
	return n
}

// partsOf returns the values of a column, in one piece or in several.
func partsOf[T any](one []T, several [][]T) [][]T {
	if several == nil {
		return [][]T{one}
	}
	return several
}

// check reports whether d holds n values for column c.
func (d *Data) check(c Column, n int) error {
	if got := d.rows(c.Type); got != n {
		return fmt.Errorf("%w: column %q has %d values, want %d", ErrInvalid, c.Name, got, n)
	}
	if d.Valid != nil && !c.Nullable {
		return fmt.Errorf("%w: column %q is not nullable", ErrInvalid, c.Name)
	}
	if d.Valid != nil && len(d.Valid) != n {
		return fmt.Errorf("%w: column %q has a validity of %d values, want %d", ErrInvalid, c.Name, len(d.Valid), n)
	}
	if c.Type != String {
		return nil
	}
	for i, code := range d.Codes {
		if (d.Valid == nil || d.Valid[i]) && uint(code) >= uint(len(d.Dictionary)) {
			return fmt.Errorf("%w: column %q: code %d of row %d is not in the dictionary of %d", ErrInvalid, c.Name, code, i, len(d.Dictionary))
		}
	}
	for _, s := range d.Dictionary {
		if !utf8.ValidString(s) {
			return fmt.Errorf("%w: column %q: %q is not UTF-8", ErrInvalid, c.Name, s)
		}
	}
	return nil
}
