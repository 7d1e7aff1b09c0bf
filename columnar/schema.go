package columnar

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
)

// The columns that every bundle has. All but Time are float64.
const (
	Time   = "time"
	Open   = "open"
	High   = "high"
	Low    = "low"
	Close  = "close"
	Volume = "volume"
)

// decimalsKey is the Arrow field metadata key that holds [Column] decimals.
const decimalsKey = "decimals"

// MaxDecimals is the largest number of decimals that counts as decimal: such
// values are exact multiples of 10^-6 in all arithmetic that asks for it.
const MaxDecimals = 6

// Column describes a float64 column.
type Column struct {
	Name string
	// Scale is 10^d where every value of the column is a decimal number of at
	// most d ≤ [MaxDecimals] decimals, so that value × Scale is a whole
	// number. 0 means not known to be decimal.
	Scale int64
}

// ScaleOf returns 10^decimals, or 0 where decimals is outside 0..MaxDecimals.
func ScaleOf(decimals int) int64 {
	if decimals < 0 || decimals > MaxDecimals {
		return 0
	}
	scale := int64(1)
	for range decimals {
		scale *= 10
	}
	return scale
}

// Decimals returns the d of Scale = 10^d, or -1 where Scale is 0.
func (c Column) Decimals() int {
	for d := range MaxDecimals + 1 {
		if ScaleOf(d) == c.Scale {
			return d
		}
	}
	return -1
}

// BarColumns returns the five columns that every bundle has, in order,
// none of them known to be decimal.
func BarColumns() []Column {
	return []Column{{Name: Open}, {Name: High}, {Name: Low}, {Name: Close}, {Name: Volume}}
}

// NewSchema returns the Arrow schema of bars with these columns: the
// timestamp (nanoseconds, UTC) first, then each column as float64. No field
// is nullable. Decimals are kept in the field metadata.
func NewSchema(columns []Column) *arrow.Schema {
	fields := make([]arrow.Field, 0, len(columns)+1)
	fields = append(fields, arrow.Field{Name: Time, Type: arrow.FixedWidthTypes.Timestamp_ns})
	for _, c := range columns {
		f := arrow.Field{Name: c.Name, Type: arrow.PrimitiveTypes.Float64}
		if d := c.Decimals(); d >= 0 {
			f.Metadata = arrow.NewMetadata([]string{decimalsKey}, []string{strconv.Itoa(d)})
		}
		fields = append(fields, f)
	}
	return arrow.NewSchema(fields, nil)
}

// columnsOf is the inverse of NewSchema. It reports ErrInvalid for a schema
// that does not start with the timestamp or has another type in it.
func columnsOf(schema *arrow.Schema) ([]Column, error) {
	if schema.NumFields() == 0 || schema.Field(0).Name != Time ||
		!arrow.TypeEqual(schema.Field(0).Type, arrow.FixedWidthTypes.Timestamp_ns) {
		return nil, fmt.Errorf("%w: the first field must be %q of type timestamp[ns, UTC]", ErrInvalid, Time)
	}
	columns := make([]Column, 0, schema.NumFields()-1)
	for _, f := range schema.Fields()[1:] {
		if f.Type.ID() != arrow.FLOAT64 {
			return nil, fmt.Errorf("%w: column %q has type %s, want float64", ErrInvalid, f.Name, f.Type)
		}
		c := Column{Name: f.Name}
		if v, ok := f.Metadata.GetValue(decimalsKey); ok {
			d, err := strconv.Atoi(v)
			if err != nil || ScaleOf(d) == 0 {
				return nil, fmt.Errorf("%w: column %q has decimals %q, want 0 to %d", ErrInvalid, f.Name, v, MaxDecimals)
			}
			c.Scale = ScaleOf(d)
		}
		if c.Name == Time || slices.ContainsFunc(columns, func(seen Column) bool { return seen.Name == c.Name }) {
			return nil, fmt.Errorf("%w: column %q occurs twice", ErrInvalid, c.Name)
		}
		columns = append(columns, c)
	}
	return columns, nil
}
