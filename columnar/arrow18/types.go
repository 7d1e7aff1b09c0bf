package arrow18

import (
	"fmt"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v17 "github.com/apache/arrow/go/v17/arrow"
)

// plain are the types that have no parameters.
var plain = [...]struct {
	v17 v17.DataType
	v18 v18.DataType
}{
	{v17.Null, v18.Null},
	{v17.FixedWidthTypes.Boolean, v18.FixedWidthTypes.Boolean},
	{v17.PrimitiveTypes.Int8, v18.PrimitiveTypes.Int8},
	{v17.PrimitiveTypes.Int16, v18.PrimitiveTypes.Int16},
	{v17.PrimitiveTypes.Int32, v18.PrimitiveTypes.Int32},
	{v17.PrimitiveTypes.Int64, v18.PrimitiveTypes.Int64},
	{v17.PrimitiveTypes.Uint8, v18.PrimitiveTypes.Uint8},
	{v17.PrimitiveTypes.Uint16, v18.PrimitiveTypes.Uint16},
	{v17.PrimitiveTypes.Uint32, v18.PrimitiveTypes.Uint32},
	{v17.PrimitiveTypes.Uint64, v18.PrimitiveTypes.Uint64},
	{v17.FixedWidthTypes.Float16, v18.FixedWidthTypes.Float16},
	{v17.PrimitiveTypes.Float32, v18.PrimitiveTypes.Float32},
	{v17.PrimitiveTypes.Float64, v18.PrimitiveTypes.Float64},
	{v17.BinaryTypes.String, v18.BinaryTypes.String},
	{v17.BinaryTypes.LargeString, v18.BinaryTypes.LargeString},
	{v17.BinaryTypes.StringView, v18.BinaryTypes.StringView},
	{v17.BinaryTypes.Binary, v18.BinaryTypes.Binary},
	{v17.BinaryTypes.LargeBinary, v18.BinaryTypes.LargeBinary},
	{v17.BinaryTypes.BinaryView, v18.BinaryTypes.BinaryView},
	{v17.FixedWidthTypes.Date32, v18.FixedWidthTypes.Date32},
	{v17.FixedWidthTypes.Date64, v18.FixedWidthTypes.Date64},
	{v17.FixedWidthTypes.MonthInterval, v18.FixedWidthTypes.MonthInterval},
	{v17.FixedWidthTypes.DayTimeInterval, v18.FixedWidthTypes.DayTimeInterval},
	{v17.FixedWidthTypes.MonthDayNanoInterval, v18.FixedWidthTypes.MonthDayNanoInterval},
}

// noType is the error of a type that the other version does not know.
func noType(t fmt.Stringer, other string) error {
	return fmt.Errorf("%s: %w: %s does not know it; cast the column first", t, ErrType, other)
}

// noExtension is the error of an extension type that the other version has not
// registered.
func noExtension(name, other string) error {
	return fmt.Errorf("extension type %q: %w: register it with %s, or pass the storage of the column", name, ErrType, other)
}

// badExtension is the error of an extension type that its namesake refuses.
func badExtension(name string, err error) error {
	return fmt.Errorf("extension type %q: %w: the registered type refuses it: %w", name, ErrType, err)
}
