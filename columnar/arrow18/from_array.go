package arrow18

import (
	"fmt"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"
	v17memory "github.com/apache/arrow/go/v17/arrow/memory"
)

// FromRecord returns a v17 record over the memory of r, which it does not
// release. Metadata of the record itself, beside that of its schema, is
// dropped. A column of a type that v17 does not have is an [ErrType] that names
// it.
func FromRecord(r v18.RecordBatch) (v17.Record, error) {
	schema, err := FromSchema(r.Schema())
	if err != nil {
		return nil, err
	}
	columns := make([]v17.Array, 0, r.NumCols())
	defer func() { releaseAll(columns) }()
	for i, c := range r.Columns() {
		column, err := FromArray(c)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", r.ColumnName(i), err)
		}
		columns = append(columns, column)
	}
	return v17array.NewRecord(schema, columns, r.NumRows()), nil
}

// FromArray returns a v17 array over the memory of a, which it does not release.
// A type that v17 does not have is an [ErrType].
func FromArray(a v18.Array) (v17.Array, error) {
	data, err := fromData(a.Data())
	if err != nil {
		return nil, err
	}
	defer data.Release()
	return v17array.MakeFromData(data), nil
}

// fromData wraps what an array is made of, which the caller releases.
func fromData(d v18.ArrayData) (*v17array.Data, error) {
	t, err := fromType(d.DataType())
	if err != nil {
		return nil, err
	}
	children := make([]v17.ArrayData, 0, len(d.Children()))
	defer func() { releaseAll(children) }()
	for _, c := range d.Children() {
		child, err := fromData(c)
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	var dictionary *v17array.Data
	if v, ok := d.Dictionary().(*v18array.Data); ok && v != nil {
		if dictionary, err = fromData(v); err != nil {
			return nil, err
		}
		defer dictionary.Release()
	}
	buffers := make([]*v17memory.Buffer, len(d.Buffers()))
	for i, b := range d.Buffers() {
		if buffers[i] = fromBuffer(b); b != nil {
			defer buffers[i].Release()
		}
	}
	data := v17array.NewData(t, d.Len(), buffers, children, d.NullN(), d.Offset())
	data.SetDictionary(dictionary)
	return data, nil
}
