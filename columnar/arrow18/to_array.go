package arrow18

import (
	"fmt"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v18memory "github.com/apache/arrow-go/v18/arrow/memory"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"
)

// ToRecord returns a v18 record over the memory of r, which it does not
// release. A column of a type that v18 does not have is an [ErrType] that names
// it.
func ToRecord(r v17.Record) (v18.RecordBatch, error) {
	schema, err := ToSchema(r.Schema())
	if err != nil {
		return nil, err
	}
	columns := make([]v18.Array, 0, r.NumCols())
	defer func() { releaseAll(columns) }()
	for i, c := range r.Columns() {
		column, err := ToArray(c)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", r.ColumnName(i), err)
		}
		columns = append(columns, column)
	}
	return v18array.NewRecordBatch(schema, columns, r.NumRows()), nil
}

// ToArray returns a v18 array over the memory of a, which it does not release.
// A type that v18 does not have is an [ErrType].
func ToArray(a v17.Array) (v18.Array, error) {
	data, err := toData(a.Data())
	if err != nil {
		return nil, err
	}
	defer data.Release()
	return v18array.MakeFromData(data), nil
}

// toData wraps what an array is made of, which the caller releases.
func toData(d v17.ArrayData) (*v18array.Data, error) {
	t, err := toType(d.DataType())
	if err != nil {
		return nil, err
	}
	children := make([]v18.ArrayData, 0, len(d.Children()))
	defer func() { releaseAll(children) }()
	for _, c := range d.Children() {
		child, err := toData(c)
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	var dictionary *v18array.Data
	if v, ok := d.Dictionary().(*v17array.Data); ok && v != nil {
		if dictionary, err = toData(v); err != nil {
			return nil, err
		}
		defer dictionary.Release()
	}
	buffers := make([]*v18memory.Buffer, len(d.Buffers()))
	for i, b := range d.Buffers() {
		if buffers[i] = toBuffer(b); b != nil {
			defer buffers[i].Release()
		}
	}
	data := v18array.NewData(t, d.Len(), buffers, children, d.NullN(), d.Offset())
	data.SetDictionary(dictionary)
	return data, nil
}

// releaseAll drops one reference of each.
func releaseAll[T interface{ Release() }](all []T) {
	for _, one := range all {
		one.Release()
	}
}
