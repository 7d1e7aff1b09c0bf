package parquet

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/parquet-go/parquet-go"

	"github.com/bowstring-engine/bowstring/columnar"
)

// decode reads a chunk of any encoding and codec through parquet-go.
func (f *File) decode(group, column int) (a arrow.Array, err error) {
	// parquet-go panics on some damaged pages, and so does a file that has been
	// cut short.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			if a, err = nil, columnar.FaultOf(r); err == nil {
				err = fmt.Errorf("%w: %v", ErrCorrupt, r)
			}
		}
	}()
	if err := f.checkPages(group, column); err != nil {
		return nil, err
	}
	r, err := f.reader()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	b := array.NewBuilder(f.mem, f.columns[column].Type.Arrow())
	defer b.Release()
	pages := r.RowGroups()[group].ColumnChunks()[column].Pages()
	defer pages.Close()
	rows := f.GroupRows(group)
	packed := f.meta.RowGroups[group].Columns[column].MetaData.TotalCompressedSize
	for b.Len() < rows {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		err = appendPage(b, page, f.columns[column], packed)
		parquet.Release(page)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
	}
	if b.Len() != rows {
		return nil, fmt.Errorf("%w: %d values, want %d", ErrCorrupt, b.Len(), rows)
	}
	if c := f.columns[column]; b.NullN() > 0 && !c.Nullable {
		return nil, fmt.Errorf("%w: %d nulls in a required column", ErrCorrupt, b.NullN())
	}
	return b.NewArray(), nil
}

// appendPage appends the values of a page. Plain numbers are copied in one
// piece, everything else value by value. packed is how long the chunk is.
func appendPage(b array.Builder, page parquet.Page, c Column, packed int64) error {
	if !c.Nullable && page.Dictionary() == nil {
		data := page.Data()
		switch b := b.(type) {
		case *array.Int64Builder:
			b.AppendValues(data.Int64(), nil)
			return nil
		case *array.TimestampBuilder:
			b.AppendValues(timestamps(data.Int64()), nil)
			return nil
		case *array.Float64Builder:
			b.AppendValues(data.Double(), nil)
			return nil
		}
	}
	values := page.Values()
	var buf [256]parquet.Value
	for {
		n, err := values.ReadValues(buf[:])
		for _, v := range buf[:n] {
			if s, ok := b.(*array.StringBuilder); ok && !v.IsNull() && tooMuch(int64(s.DataLen())+int64(len(v.ByteArray())), packed) {
				return fmt.Errorf("texts of more than %d times their size", maxRatio)
			}
			appendValue(b, v)
		}
		if errors.Is(err, io.EOF) || err == nil && n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func appendValue(b array.Builder, v parquet.Value) {
	if v.IsNull() {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(v.Int64())
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v.Int64()))
	case *array.Float64Builder:
		b.Append(v.Double())
	case *array.StringBuilder:
		b.BinaryBuilder.Append(v.ByteArray())
	}
}

// timestamps returns the same values, over the same memory.
func timestamps(v []int64) []arrow.Timestamp {
	return arrow.TimestampTraits.CastFromBytes(arrow.Int64Traits.CastToBytes(v))
}
