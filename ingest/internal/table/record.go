package table

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// ColumnsOf returns what the columns of records of a schema hold.
func ColumnsOf(schema *arrow.Schema) ([]Column, error) {
	if schema == nil {
		return nil, damaged("no schema")
	}
	if n := schema.NumFields(); n > maxColumns {
		return nil, damaged("%d columns; want %d at most", n, maxColumns)
	}
	columns := make([]Column, schema.NumFields())
	for i, f := range schema.Fields() {
		columns[i] = columnOf(f.Type)
		columns[i].Name, columns[i].Type = f.Name, f.Type.String()
		if s := columns[i].Scale; s < -maxScale || s > maxScale {
			return nil, damaged("column %q: %s", f.Name, columns[i].Type)
		}
	}
	return columns, nil
}

// columnOf returns what a column of a type holds.
func columnOf(t arrow.DataType) Column {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		if arrow.IsInteger(t.IndexType.ID()) && t.ValueType.ID() != arrow.DICTIONARY {
			return columnOf(t.ValueType)
		}
	case *arrow.TimestampType:
		return Column{Kind: Time, Unit: int64(t.Unit.Multiplier()), Local: t.TimeZone == ""}
	case *arrow.Date32Type:
		return Column{Kind: Date, Unit: day}
	case *arrow.Date64Type:
		return Column{Kind: Date, Unit: 1e6}
	case *arrow.Time32Type:
		return Column{Kind: Clock, Unit: int64(t.Unit.Multiplier())}
	case *arrow.Time64Type:
		return Column{Kind: Clock, Unit: int64(t.Unit.Multiplier())}
	case *arrow.Decimal128Type:
		return Column{Kind: Decimal, Scale: int(t.Scale)}
	case *arrow.Decimal256Type:
		return Column{Kind: Decimal, Scale: int(t.Scale)}
	}
	switch t.ID() {
	case arrow.BOOL:
		return Column{Kind: Bool}
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64, arrow.NULL:
		return Column{Kind: Int}
	case arrow.FLOAT16, arrow.FLOAT32:
		return Column{Kind: Float, Single: true}
	case arrow.FLOAT64:
		return Column{Kind: Float}
	case arrow.STRING, arrow.LARGE_STRING, arrow.STRING_VIEW, arrow.BINARY, arrow.LARGE_BINARY, arrow.BINARY_VIEW:
		return Column{Kind: Text}
	}
	return Column{}
}

// Record reads the rows of an Arrow record, or of some of its columns, in
// order. It borrows the record, and serves one goroutine.
type Record struct {
	names  []string
	arrays []arrow.Array
	out    []Vector
	// words are the values of dictionaries.
	words   []Vector
	at, end int
}

// NewRecord prepares to read columns, by their positions, of a record.
func NewRecord(rec arrow.Record, columns []int) *Record {
	r := &Record{out: make([]Vector, len(columns)), words: make([]Vector, len(columns)), end: int(rec.NumRows())}
	for _, c := range columns {
		r.arrays = append(r.arrays, rec.Column(c))
		r.names = append(r.names, rec.ColumnName(c))
	}
	return r
}

// Next fills dst, one vector a column, with the next n rows, of which there
// must be so many.
func (r *Record) Next(dst []Vector, n int) (err error) {
	at := 0
	defer func() {
		if err != nil {
			err = fmt.Errorf("column %q: %w", r.names[at], err)
		}
	}()
	defer rescue(&err)
	if n > r.end-r.at {
		return damaged("%d rows are left, want %d", r.end-r.at, n)
	}
	for at = range r.arrays {
		v := &r.out[at]
		v.reset()
		if d, ok := r.arrays[at].(*array.Dictionary); ok {
			err = v.fromDictionary(d, &r.words[at], r.at, n)
		} else {
			err = v.fromArray(r.arrays[at], r.at, n)
		}
		if err != nil {
			return err
		}
		dst[at] = *v
	}
	r.at += n
	return nil
}

// fromArray fills v with n values of an array from one on.
func (v *Vector) fromArray(a arrow.Array, from, n int) error {
	if a.Len() < from+n {
		return damaged("%d values, want %d", a.Len(), from+n)
	}
	if err := v.present(a, from, n); err != nil {
		return err
	}
	if _, ok := a.(*array.Null); ok {
		v.Nulls = slices.Repeat([]bool{true}, n)
		return nil
	}
	// NullN may count and keep what it finds in data that several share.
	if len(a.NullBitmapBytes()) == 0 {
		return nil
	}
	v.Nulls = make([]bool, n)
	for i := range n {
		v.Nulls[i] = a.IsNull(from + i)
	}
	return nil
}

// present fills v with values, whatever they are where there is none.
func (v *Vector) present(a arrow.Array, from, n int) error {
	switch a := a.(type) {
	case *array.Float64:
		v.Floats = append(v.Floats, a.Float64Values()[from:from+n]...)
	case *array.Float32:
		for _, x := range a.Float32Values()[from : from+n] {
			v.Floats = append(v.Floats, float64(x))
		}
	case *array.Float16:
		for _, x := range a.Values()[from : from+n] {
			v.Floats = append(v.Floats, half(x.Uint16()))
		}
	case *array.Int64:
		v.Ints = append(v.Ints, a.Int64Values()[from:from+n]...)
	case *array.Int32:
		appendInts(v, a.Int32Values()[from:from+n])
	case *array.Int16:
		appendInts(v, a.Int16Values()[from:from+n])
	case *array.Int8:
		appendInts(v, a.Int8Values()[from:from+n])
	case *array.Uint64:
		v.unsigned(a.Uint64Values()[from : from+n])
	case *array.Uint32:
		appendInts(v, a.Uint32Values()[from:from+n])
	case *array.Uint16:
		appendInts(v, a.Uint16Values()[from:from+n])
	case *array.Uint8:
		appendInts(v, a.Uint8Values()[from:from+n])
	case *array.Timestamp:
		appendInts(v, a.TimestampValues()[from:from+n])
	case *array.Date32:
		appendInts(v, a.Date32Values()[from:from+n])
	case *array.Date64:
		appendInts(v, a.Date64Values()[from:from+n])
	case *array.Time32:
		appendInts(v, a.Time32Values()[from:from+n])
	case *array.Time64:
		appendInts(v, a.Time64Values()[from:from+n])
	case *array.Null:
		v.Ints = append(v.Ints, make([]int64, n)...)
	default:
		return v.presentOthers(a, from, n)
	}
	return nil
}

// presentOthers is present for values that are taken one by one.
func (v *Vector) presentOthers(a arrow.Array, from, n int) error {
	switch a := a.(type) {
	case *array.Boolean:
		for i := from; i < from+n; i++ {
			x := int64(0)
			if a.IsValid(i) && a.Value(i) {
				x = 1
			}
			v.Ints = append(v.Ints, x)
		}
	case *array.Decimal128:
		for i := from; i < from+n; i++ {
			v.addWhole(a.IsValid(i), func() *big.Int { return a.Value(i).BigInt() })
		}
	case *array.Decimal256:
		for i := from; i < from+n; i++ {
			v.addWhole(a.IsValid(i), func() *big.Int { return a.Value(i).BigInt() })
		}
	case interface {
		Value(int) []byte
		IsNull(int) bool
	}:
		for i := from; i < from+n; i++ {
			var text []byte
			if !a.IsNull(i) {
				text = a.Value(i)
			}
			v.Texts = append(v.Texts, text)
		}
	case interface {
		ValueOffset64(int) int64
		ValueBytes() []byte
	}: // short and long offsets
		if n > 0 {
			v.texts(a.ValueBytes(), a.ValueOffset64, from, n)
		}
	case interface {
		Value(int) string
		IsNull(int) bool
	}: // views
		for i := from; i < from+n; i++ {
			var text []byte
			if !a.IsNull(i) {
				text = []byte(a.Value(i))
			}
			v.Texts = append(v.Texts, text)
		}
	default:
		return unsupported("%s", a.DataType())
	}
	if v.Wide != nil {
		v.fill(len(v.Ints))
	}
	return nil
}

// texts appends texts of bytes that begin with the first text of the array.
func (v *Vector) texts(bytes []byte, offset func(int) int64, from, n int) {
	base := offset(0)
	at := offset(from) - base
	for i := from; i < from+n; i++ {
		end := offset(i+1) - base
		v.Texts = append(v.Texts, bytes[at:end:end])
		at = end
	}
}

// appendInts appends whole numbers that int64 holds.
func appendInts[T ~int64 | ~int32 | ~int16 | ~int8 | ~uint32 | ~uint16 | ~uint8](v *Vector, values []T) {
	for _, x := range values {
		v.Ints = append(v.Ints, int64(x))
	}
}

// unsigned appends whole numbers that int64 may not hold.
func (v *Vector) unsigned(values []uint64) {
	for i, x := range values {
		v.Ints = append(v.Ints, int64(x))
		if int64(x) < 0 {
			v.wide(i, strconv.FormatUint(x, 10))
		}
	}
	if v.Wide != nil {
		v.fill(len(v.Ints))
	}
}

// addWhole appends a whole number of any size, 0 where there is none.
func (v *Vector) addWhole(valid bool, value func() *big.Int) {
	if !valid {
		v.Ints = append(v.Ints, 0)
		return
	}
	x := value()
	if x.IsInt64() {
		v.Ints = append(v.Ints, x.Int64())
		return
	}
	v.Ints = append(v.Ints, 0)
	v.wide(len(v.Ints)-1, x.String())
}

// fromDictionary fills v with values that an array refers to. words is kept for
// the next call.
func (v *Vector) fromDictionary(d *array.Dictionary, words *Vector, from, n int) error {
	values := d.Dictionary()
	if words.rows() == 0 {
		if err := words.fromArray(values, 0, values.Len()); err != nil {
			return err
		}
	}
	codes := make([]uint32, n)
	nulls := make([]bool, n)
	none := true
	for i := range n {
		if d.IsNull(from + i) {
			nulls[i], none = true, false
			continue
		}
		code := d.GetValueIndex(from + i)
		if code < 0 || code >= values.Len() {
			return damaged("reference %d to a dictionary of %d", code, values.Len())
		}
		codes[i] = uint32(code)
	}
	if values.Len() == 0 {
		if none && n > 0 {
			return damaged("references to an empty dictionary")
		}
		words.fromNothing(columnOf(values.DataType()).Kind)
	}
	v.pick(words, codes)
	if none {
		return nil
	}
	for i, null := range nulls {
		nulls[i] = null || v.Null(i)
	}
	v.Nulls = nulls
	return nil
}

// fromNothing makes one value of a kind that means nothing.
func (v *Vector) fromNothing(kind Kind) {
	switch kind {
	case Text:
		v.Texts = [][]byte{nil}
	case Float:
		v.Floats = []float64{0}
	default:
		v.Ints = []int64{0}
	}
}

// Memory is how many bytes the Record takes while it is read, beside those of
// the record itself: none to speak of.
func (r *Record) Memory() int64 { return 0 }

// Close is there for symmetry with [Group].
func (r *Record) Close() {}
