package table

import (
	"fmt"
	"time"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// leaf is what a row group has a chunk of.
type leaf struct {
	name     string
	physical format.Type
	// width is the bytes of a value; 0 where they differ.
	width    int
	optional bool
	// unsigned says that whole numbers have no sign.
	unsigned bool
	// column is the column that the leaf is, or -1.
	column int
}

// maxLeaves is the most chunks that a row group may have.
const maxLeaves = 4 * maxColumns

// schema finds the columns of a flattened tree of elements.
func (f *Parquet) schema(elements []format.SchemaElement) error {
	if len(elements) == 0 {
		return damaged("no schema")
	}
	if n := int(elements[0].NumChildren.V); n > maxColumns || len(elements) > 2*maxLeaves {
		return damaged("%d columns; want %d at most", max(n, len(elements)-1), maxColumns)
	}
	at := 1
	for range int(elements[0].NumChildren.V) {
		if at >= len(elements) {
			return damaged("the schema ends early")
		}
		e := &elements[at]
		if e.NumChildren.V != 0 || e.RepetitionType.V == format.Repeated || !e.Type.Valid {
			next, err := f.group(elements, at, 0)
			if err != nil {
				return err
			}
			f.columns = append(f.columns, Column{Name: e.Name, Type: groupType(e)})
			f.leaf = append(f.leaf, -1)
			at = next
			continue
		}
		l, c, err := primitive(e)
		if err != nil {
			return fmt.Errorf("column %q: %w", e.Name, err)
		}
		l.column = -1
		if c.Kind != Other {
			l.column = len(f.columns)
		}
		f.leaf = append(f.leaf, len(f.leaves))
		f.columns, f.leaves = append(f.columns, c), append(f.leaves, l)
		at++
	}
	if at != len(elements) {
		return damaged("%d elements too many in the schema", len(elements)-at)
	}
	return nil
}

// group steps over the element at a position and those below it.
func (f *Parquet) group(elements []format.SchemaElement, at, depth int) (next int, err error) {
	const maxDepth = 64
	if at >= len(elements) || depth > maxDepth {
		return 0, damaged("the schema ends early, or is nested deeper than %d", maxDepth)
	}
	e := &elements[at]
	if e.NumChildren.V <= 0 {
		f.leaves = append(f.leaves, leaf{name: e.Name, column: -1})
		return at + 1, nil
	}
	next = at + 1
	for range int(e.NumChildren.V) {
		if next, err = f.group(elements, next, depth+1); err != nil {
			return 0, err
		}
	}
	return next, nil
}

// groupType names what has no single values.
func groupType(e *format.SchemaElement) string {
	switch {
	case e.LogicalType.Value != nil:
		return e.LogicalType.Value.String()
	case e.ConvertedType.Valid && e.ConvertedType.V == deprecated.List:
		return "LIST"
	case e.ConvertedType.Valid && e.ConvertedType.V == deprecated.Map:
		return "MAP"
	case e.RepetitionType.V == format.Repeated:
		return "REPEATED"
	}
	return "GROUP"
}

// primitive finds out what the values of an element are.
func primitive(e *format.SchemaElement) (leaf, Column, error) {
	l := leaf{name: e.Name, physical: e.Type.V, optional: e.RepetitionType.V == format.Optional}
	c := Column{Name: e.Name, Type: e.Type.V.String()}
	switch l.physical {
	case format.Boolean:
		c.Kind = Bool
	case format.Int32:
		c.Kind, l.width = Int, 4
	case format.Int64:
		c.Kind, l.width = Int, 8
	case format.Int96:
		c.Kind, c.Unit, c.Local, l.width = Time, 1, true, 12
	case format.Float:
		c.Kind, c.Single, l.width = Float, true, 4
	case format.Double:
		c.Kind, l.width = Float, 8
	case format.ByteArray:
		c.Kind = Text
	case format.FixedLenByteArray:
		l.width = int(e.TypeLength.V)
		if l.width <= 0 || l.width > maxFixed {
			return l, c, damaged("values of %d bytes", e.TypeLength.V)
		}
	default:
		return l, c, damaged("unknown type %d", l.physical)
	}
	if e.LogicalType.Value != nil {
		return l, c, logical(e, &l, &c)
	}
	if e.ConvertedType.Valid {
		return l, c, converted(e, &l, &c)
	}
	return l, c, nil
}

// maxFixed is the most bytes that a value of fixed length may have.
const maxFixed = 1 << 16

// logical takes what the logical type says of a column.
func logical(e *format.SchemaElement, l *leaf, c *Column) error {
	c.Type = e.LogicalType.Value.String()
	whole := l.physical == format.Int32 || l.physical == format.Int64
	switch t := e.LogicalType.Value.(type) {
	case *format.DecimalType:
		return decimal(l, c, int(t.Scale), int(t.Precision))
	case *format.DateType:
		if l.physical == format.Int32 {
			c.Kind, c.Unit = Date, day
		}
	case *format.TimeType:
		if whole {
			c.Kind, c.Unit = Clock, unitOf(t.Unit)
		}
	case *format.TimestampType:
		if l.physical == format.Int64 {
			c.Kind, c.Unit, c.Local = Time, unitOf(t.Unit), !t.IsAdjustedToUTC
		}
	case *format.IntType:
		l.unsigned = !t.IsSigned
	case *format.Float16Type:
		if l.physical == format.FixedLenByteArray && l.width == 2 {
			c.Kind, c.Single = Float, true
		}
	case *format.StringType, *format.EnumType, *format.JsonType, *format.NullType:
	default:
		c.Kind = Other
	}
	if c.Kind.timed() && c.Unit == 0 {
		return damaged("%s has no unit", c.Type)
	}
	return nil
}

// converted takes what the older form of logical types says of a column.
func converted(e *format.SchemaElement, l *leaf, c *Column) error {
	t := e.ConvertedType.V
	c.Type = convertedName(t)
	of := func(p format.Type, kind Kind, unit int64) {
		if l.physical == p {
			c.Kind, c.Unit = kind, unit
		}
	}
	switch t {
	case deprecated.Decimal:
		return decimal(l, c, int(e.Scale.V), int(e.Precision.V))
	case deprecated.Date:
		of(format.Int32, Date, day)
	case deprecated.TimeMillis:
		of(format.Int32, Clock, 1e6)
	case deprecated.TimeMicros:
		of(format.Int64, Clock, 1e3)
	case deprecated.TimestampMillis:
		of(format.Int64, Time, 1e6)
	case deprecated.TimestampMicros:
		of(format.Int64, Time, 1e3)
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		l.unsigned = true
	case deprecated.Bson, deprecated.Interval:
		c.Kind = Other
	}
	return nil
}

// convertedName names an older logical type.
func convertedName(t deprecated.ConvertedType) string {
	names := [...]string{"UTF8", "MAP", "MAP_KEY_VALUE", "LIST", "ENUM", "DECIMAL", "DATE", "TIME_MILLIS", "TIME_MICROS",
		"TIMESTAMP_MILLIS", "TIMESTAMP_MICROS", "UINT_8", "UINT_16", "UINT_32", "UINT_64", "INT_8", "INT_16", "INT_32", "INT_64",
		"JSON", "BSON", "INTERVAL"}
	if t < 0 || int(t) >= len(names) {
		return fmt.Sprintf("ConvertedType(%d)", t)
	}
	return names[t]
}

// day is the length of a day in nanoseconds.
const day = int64(24 * time.Hour)

// timed reports whether values are times.
func (k Kind) timed() bool { return k == Time || k == Date || k == Clock }

// maxScale is the most decimals that a number has: those of decimal256 of Arrow.
const maxScale = 76

// decimal makes a column one of decimal numbers.
func decimal(l *leaf, c *Column, scale, precision int) error {
	switch {
	case scale < 0 || scale > maxScale || precision < 0 || precision > maxScale:
		return damaged("DECIMAL(%d,%d)", precision, scale)
	case l.physical == format.FixedLenByteArray && l.width > 32:
		return unsupported("DECIMAL of %d bytes", l.width)
	case l.physical != format.Int32 && l.physical != format.Int64 && l.physical != format.FixedLenByteArray && l.physical != format.ByteArray:
		return damaged("DECIMAL stored as %s", l.physical)
	}
	c.Kind, c.Scale, c.Type = Decimal, scale, fmt.Sprintf("DECIMAL(%d,%d)", precision, scale)
	return nil
}

// unitOf returns a unit in nanoseconds, 0 where there is none.
func unitOf(u format.TimeUnit) int64 {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return 1e6
	case *format.MicroSeconds:
		return 1e3
	case *format.NanoSeconds:
		return 1
	}
	return 0
}
