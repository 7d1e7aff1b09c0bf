package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// WriteRecord writes an Arrow record as one row group. Its columns stand in
// the order of the file's and have the types of [ColumnsOf]; nulls need a
// Nullable column. The record is borrowed.
func (f *Writer) WriteRecord(rec arrow.Record) error {
	if int(rec.NumCols()) != len(f.columns) {
		return fmt.Errorf("%w: a record of %d columns, want %d", ErrInvalid, rec.NumCols(), len(f.columns))
	}
	data := make([]Data, len(f.columns))
	for i, c := range f.columns {
		field := rec.Schema().Field(i)
		t, ok := typeOf(field.Type)
		if !ok || t != c.Type || field.Name != c.Name {
			return fmt.Errorf("%w: column %d of the record is %q of type %s, want %q of type %s", ErrInvalid, i, field.Name, field.Type, c.Name, c.Type)
		}
		data[i] = dataOf(rec.Column(i))
	}
	return f.WriteRowGroup(data)
}

// dataOf returns the values of an array of one of the types of typeOf, over
// the same memory where that is possible.
func dataOf(a arrow.Array) Data {
	d := Data{Valid: validity(a)}
	switch a := a.(type) {
	case *array.Int64:
		d.Int64 = a.Int64Values()
	case *array.Timestamp:
		d.Int64 = arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(a.TimestampValues()))
	case *array.Float64:
		d.Float64 = a.Float64Values()
	case *array.Dictionary:
		d.Codes = make([]int32, a.Len())
		for i := range d.Codes {
			if a.IsValid(i) {
				d.Codes[i] = int32(a.GetValueIndex(i))
			}
		}
		values := a.Dictionary().(*array.String)
		d.Dictionary = make([]string, values.Len())
		for i := range d.Dictionary {
			d.Dictionary[i] = values.Value(i)
		}
	case *array.String:
		d.Codes, d.Dictionary = intern(a)
	}
	return d
}

func validity(a arrow.Array) []bool {
	if a.NullN() == 0 {
		return nil
	}
	valid := make([]bool, a.Len())
	bitmap, at := a.NullBitmapBytes(), a.Data().Offset()
	for i := range valid {
		valid[i] = bitmap[(at+i)>>3]>>((at+i)&7)&1 != 0
	}
	return valid
}

// intern returns the strings of an array as codes into the distinct ones, in
// the order in which they first occur. Columns of names repeat the same
// sequence over and over, so what followed a string the last time is tried
// before it is looked up.
func intern(a *array.String) (codes []int32, dictionary []string) {
	codes = make([]int32, a.Len())
	if a.NullN() == a.Len() {
		return codes, nil
	}
	known := make(map[string]int32)
	var follower []int32 // of each string
	last := int32(-1)
	for i := range codes {
		if a.IsNull(i) {
			continue
		}
		s := a.Value(i)
		if last >= 0 {
			if guess := follower[last]; dictionary[guess] == s {
				codes[i], last = guess, guess
				continue
			}
		}
		code, ok := known[s]
		if !ok {
			code = int32(len(dictionary))
			known[s] = code
			dictionary = append(dictionary, s)
			follower = append(follower, code)
		}
		if last >= 0 {
			follower[last] = code
		}
		codes[i], last = code, code
	}
	return codes, dictionary
}
