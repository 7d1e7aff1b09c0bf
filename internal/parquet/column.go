package parquet

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// Type is the type of a column.
type Type uint8

// The column types and their Parquet and Arrow counterparts.
const (
	// Int64 is INT64, int64.
	Int64 Type = iota
	// Timestamp is INT64 with TIMESTAMP(NANOS, UTC), timestamp[ns, UTC].
	Timestamp
	// Float64 is DOUBLE, float64.
	Float64
	// String is BYTE_ARRAY with STRING, dictionary-encoded; utf8.
	String
)

// String returns the name of the type.
func (t Type) String() string {
	switch t {
	case Int64:
		return "int64"
	case Timestamp:
		return "timestamp"
	case Float64:
		return "float64"
	case String:
		return "string"
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// Arrow returns the Arrow type that columns of this type are read as.
func (t Type) Arrow() arrow.DataType {
	switch t {
	case Timestamp:
		return arrow.FixedWidthTypes.Timestamp_ns
	case Float64:
		return arrow.PrimitiveTypes.Float64
	case String:
		return arrow.BinaryTypes.String
	}
	return arrow.PrimitiveTypes.Int64
}

// Column describes one column of a file.
type Column struct {
	Name string
	Type Type
	// Nullable columns are OPTIONAL: they may hold nulls and are never read
	// without a copy.
	Nullable bool
}

// Codec says how pages are compressed.
type Codec uint8

// The codecs.
const (
	// None leaves pages as they are; such files can be read without a copy.
	None Codec = iota
	// Zstd compresses every page with zstd at its fastest level.
	Zstd
	// Snappy compresses every page by its repeated values of eight bytes:
	// much faster than Zstd, and for numbers nearly as small.
	Snappy
)

// String returns the name of the codec.
func (c Codec) String() string {
	switch c {
	case None:
		return "none"
	case Zstd:
		return "zstd"
	case Snappy:
		return "snappy"
	}
	return fmt.Sprintf("Codec(%d)", uint8(c))
}

// Options are the choices of a [Writer]. The zero value is valid.
type Options struct {
	Codec Codec
	// CreatedBy names the writing program in the file; "" leaves it out.
	CreatedBy string
	// SortedBy names the columns, all ascending, that the rows of every row
	// group are sorted by. It is recorded, not checked.
	SortedBy []string
	// Workers is the number of goroutines that encode the columns of a row
	// group; 0 means one. It changes no byte of the file. With several, the
	// encoded columns of a row group are kept in memory together.
	Workers int
}

// Validate reports everything that is wrong with the options for a file of
// these columns. The error wraps [ErrInvalid].
func (o Options) Validate(columns []Column) error {
	var errs []error
	if o.Codec > Snappy {
		errs = append(errs, fmt.Errorf("%w: unknown codec %d", ErrInvalid, o.Codec))
	}
	if o.Workers < 0 {
		errs = append(errs, fmt.Errorf("%w: %d workers", ErrInvalid, o.Workers))
	}
	if len(columns) == 0 {
		errs = append(errs, fmt.Errorf("%w: a file needs a column", ErrInvalid))
	}
	seen := make(map[string]bool, len(columns))
	for i, c := range columns {
		if c.Name == "" {
			errs = append(errs, fmt.Errorf("%w: column %d has no name", ErrInvalid, i))
		} else if seen[c.Name] {
			errs = append(errs, fmt.Errorf("%w: column %q occurs twice", ErrInvalid, c.Name))
		}
		if c.Type > String {
			errs = append(errs, fmt.Errorf("%w: column %q has unknown type %d", ErrInvalid, c.Name, c.Type))
		}
		seen[c.Name] = true
	}
	for _, name := range o.SortedBy {
		if !seen[name] {
			errs = append(errs, fmt.Errorf("%w: sorted by %q, which is no column", ErrInvalid, name))
		}
	}
	return errors.Join(errs...)
}

// Schema returns the Arrow schema that a file of these columns is read as.
func Schema(columns []Column) *arrow.Schema {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.Name, Type: c.Type.Arrow(), Nullable: c.Nullable}
	}
	return arrow.NewSchema(fields, nil)
}

// ColumnsOf returns the columns that hold records of an Arrow schema whose
// fields are int64, float64, timestamp[ns], string or dictionaries of
// strings. The error wraps [ErrUnsupported] and names every other field.
func ColumnsOf(schema *arrow.Schema) ([]Column, error) {
	var errs []error
	columns := make([]Column, 0, schema.NumFields())
	for _, f := range schema.Fields() {
		t, ok := typeOf(f.Type)
		if !ok {
			errs = append(errs, fmt.Errorf("%w: column %q has type %s", ErrUnsupported, f.Name, f.Type))
		}
		columns = append(columns, Column{Name: f.Name, Type: t, Nullable: f.Nullable})
	}
	return columns, errors.Join(errs...)
}

func typeOf(t arrow.DataType) (Type, bool) {
	switch t := t.(type) {
	case *arrow.Int64Type:
		return Int64, true
	case *arrow.Float64Type:
		return Float64, true
	case *arrow.TimestampType:
		return Timestamp, t.Unit == arrow.Nanosecond && (t.TimeZone == "UTC" || t.TimeZone == "")
	case *arrow.StringType:
		return String, true
	case *arrow.DictionaryType:
		return String, t.ValueType.ID() == arrow.STRING && arrow.IsInteger(t.IndexType.ID())
	}
	return 0, false
}
