package arrow18_test

import (
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v17 "github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

// everyType has a case a type that both versions have, with parameters and
// nesting, and at least four values, nulls among them.
func everyType() []struct {
	t      v17.DataType
	values string
} {
	meta := v17.NewMetadata([]string{"unit", "unit", "note"}, []string{"a", "b", ""})
	item := v17.Field{Name: "price", Type: v17.PrimitiveTypes.Int32, Nullable: true, Metadata: meta}
	fields := []v17.Field{{Name: "a", Type: v17.PrimitiveTypes.Int32, Nullable: true}, {Name: "b", Type: v17.BinaryTypes.String, Nullable: true, Metadata: meta}}
	sorted := v17.MapOf(v17.BinaryTypes.String, v17.PrimitiveTypes.Float64)
	sorted.KeysSorted = true
	sorted.SetItemNullable(false)
	ends := v17.RunEndEncodedOf(v17.PrimitiveTypes.Int32, v17.BinaryTypes.String)

	const (
		whole    = `[1, null, 3, 4, null, 6, 7]`
		words    = `["a", null, "", "a word of more than twelve bytes", "ü", null, "another long word, out of line"]`
		bytes    = `["YQ==", null, "", "YSB3b3JkIG9mIG1vcmUgdGhhbiB0d2VsdmUgYnl0ZXM=", "/w==", null]`
		lists    = `[[1, 2, null], null, [], [4], [5, 6, 7], null, [8]]`
		pairs    = `[[1, 2], null, [null, 4], [5, 6], [7, 8]]`
		maps     = `[[{"key": "a", "value": 1.5}], null, [], [{"key": "b", "value": 2}, {"key": "c", "value": 3}], [{"key": "d", "value": 4}]]`
		structs  = `[{"a": 1, "b": "x"}, null, {"a": null, "b": "y"}, {"a": 4, "b": null}, {"a": 5, "b": "z"}]`
		unions   = `[[5, 1], [7, "x"], [5, null], [7, "y"], [5, 2], [7, null]]`
		decimals = `["1.23", null, "-4.56", "0.01", "99999.99"]`
	)
	return []struct {
		t      v17.DataType
		values string
	}{
		{v17.Null, `[null, null, null, null, null]`},
		{v17.FixedWidthTypes.Boolean, `[true, null, false, true, true, null, false, true, true, false]`},
		{v17.PrimitiveTypes.Int8, whole},
		{v17.PrimitiveTypes.Int16, whole},
		{v17.PrimitiveTypes.Int32, whole},
		{v17.PrimitiveTypes.Int64, whole},
		{v17.PrimitiveTypes.Uint8, whole},
		{v17.PrimitiveTypes.Uint16, whole},
		{v17.PrimitiveTypes.Uint32, whole},
		{v17.PrimitiveTypes.Uint64, whole},
		{v17.FixedWidthTypes.Float16, whole},
		{v17.PrimitiveTypes.Float32, whole},
		{v17.PrimitiveTypes.Float64, whole},
		{v17.BinaryTypes.String, words},
		{v17.BinaryTypes.LargeString, words},
		{v17.BinaryTypes.StringView, words},
		{v17.BinaryTypes.Binary, bytes},
		{v17.BinaryTypes.LargeBinary, bytes},
		{v17.BinaryTypes.BinaryView, bytes},
		{&v17.FixedSizeBinaryType{ByteWidth: 3}, `["YWJj", null, "ZGVm", "Z2hp", "amts"]`},
		{v17.FixedWidthTypes.Date32, `["2024-02-29", null, "1969-12-31", "2000-01-01"]`},
		{v17.FixedWidthTypes.Date64, `["2024-02-29", null, "1969-12-31", "2000-01-01"]`},
		{v17.FixedWidthTypes.Time32s, `["09:30:00", null, "16:00:00", "00:00:00"]`},
		{v17.FixedWidthTypes.Time32ms, `["09:30:00.001", null, "16:00:00", "00:00:00"]`},
		{v17.FixedWidthTypes.Time64us, `["09:30:00.000001", null, "16:00:00", "00:00:00"]`},
		{v17.FixedWidthTypes.Time64ns, `["09:30:00.000000001", null, "16:00:00", "00:00:00"]`},
		{v17.FixedWidthTypes.Timestamp_s, whole},
		{v17.FixedWidthTypes.Timestamp_ms, whole},
		{v17.FixedWidthTypes.Timestamp_us, whole},
		{v17.FixedWidthTypes.Timestamp_ns, whole},
		{&v17.TimestampType{Unit: v17.Nanosecond}, whole},
		{&v17.TimestampType{Unit: v17.Second, TimeZone: "America/New_York"}, whole},
		{v17.FixedWidthTypes.Duration_s, whole},
		{v17.FixedWidthTypes.Duration_ms, whole},
		{v17.FixedWidthTypes.Duration_us, whole},
		{v17.FixedWidthTypes.Duration_ns, whole},
		{v17.FixedWidthTypes.MonthInterval, `[{"months": 1}, null, {"months": -3}, {"months": 4}]`},
		{v17.FixedWidthTypes.DayTimeInterval, `[{"days": 1, "milliseconds": 2}, null, {"days": 3, "milliseconds": -4}, {"days": 5, "milliseconds": 6}]`},
		{v17.FixedWidthTypes.MonthDayNanoInterval, `[{"months": 1, "days": 2, "nanoseconds": 3}, null, {"months": 4, "days": 5, "nanoseconds": -6}, {"months": 7, "days": 8, "nanoseconds": 9}]`},
		{&v17.Decimal128Type{Precision: 12, Scale: 2}, decimals},
		{&v17.Decimal256Type{Precision: 50, Scale: 3}, decimals},
		{v17.ListOfField(item), lists},
		{v17.ListOfNonNullable(v17.BinaryTypes.String), `[["a", "b"], null, [], ["c"], ["d"]]`},
		{v17.LargeListOfField(item), lists},
		{v17.ListViewOfField(item), lists},
		{v17.LargeListViewOfField(item), lists},
		{v17.FixedSizeListOfField(2, item), pairs},
		{v17.ListOf(v17.ListOf(v17.StructOf(fields...))), `[[[{"a": 1, "b": "x"}], null], null, [], [[], [{"a": 2, "b": null}, null]], [[{"a": 3, "b": "y"}]]]`},
		{v17.StructOf(fields...), structs},
		{v17.StructOf(), `[{}, null, {}, {}, {}]`},
		{v17.MapOf(v17.BinaryTypes.String, v17.PrimitiveTypes.Float64), maps},
		{sorted, maps},
		{v17.SparseUnionOf(fields, []v17.UnionTypeCode{5, 7}), unions},
		{v17.DenseUnionOf(fields, []v17.UnionTypeCode{5, 7}), unions},
		{&v17.DictionaryType{IndexType: v17.PrimitiveTypes.Uint16, ValueType: v17.BinaryTypes.String}, `["a", null, "b", "a", "c", null, "b"]`},
		{&v17.DictionaryType{IndexType: v17.PrimitiveTypes.Int32, ValueType: v17.PrimitiveTypes.Float64, Ordered: true}, whole},
		{v17.ListOf(&v17.DictionaryType{IndexType: v17.PrimitiveTypes.Int8, ValueType: v17.BinaryTypes.String}), `[["a", "b"], null, [], ["a", null, "c"], ["b"]]`},
		{ends, `["a", "a", null, null, "b", "b", "b", "c"]`},
	}
}

// TestEveryTypeIsTried holds the cases to the list of types of v17.
func TestEveryTypeIsTried(t *testing.T) {
	tried := map[v17.Type]bool{v17.EXTENSION: true} // in extension_test.go
	for _, c := range everyType() {
		tried[c.t.ID()] = true
	}
	for id := v17.NULL; id <= v17.LARGE_LIST_VIEW; id++ {
		if !tried[id] {
			t.Errorf("no case for %s", id)
		}
	}
}

// TestSchemas takes a schema of every type there and back. What a type is
// called and what it says of itself is the same in both versions.
func TestSchemas(t *testing.T) {
	var fields []v17.Field
	for i, c := range everyType() {
		fields = append(fields, v17.Field{Name: "same", Type: c.t, Nullable: i%2 == 0})
	}
	// Metadata within a map, which the stream format of v17 drops.
	noted := v17.NewMetadata([]string{"unit", "unit"}, []string{"a", "b"})
	fields = append(fields, v17.Field{Name: "map", Type: v17.MapOfWithMetadata(v17.BinaryTypes.String, noted, v17.BinaryTypes.String, noted)})
	fields[1].Metadata = v17.NewMetadata([]string{"decimals"}, []string{"2"})
	metadata := v17.NewMetadata([]string{"spec", "spec", ""}, []string{"x: 1", "", "y"})
	for _, schema := range []*v17.Schema{
		v17.NewSchema(fields, &metadata),
		v17.NewSchema(nil, nil),
		v17.NewSchemaWithEndian(fields[:3], nil, 1),
	} {
		there, err := arrow18.ToSchema(schema)
		if err != nil {
			t.Fatal(err)
		}
		if there.String() != schema.String() || there.Fingerprint() != schema.Fingerprint() {
			t.Errorf("v18 %s\nv17 %s", there, schema)
		}
		back, err := arrow18.FromSchema(there)
		if err != nil {
			t.Fatal(err)
		}
		if !back.Equal(schema) || back.String() != schema.String() || !back.Metadata().Equal(schema.Metadata()) {
			t.Errorf("back %s\nfrom %s", back, schema)
		}
		for i, f := range schema.Fields() {
			if !v17.TypeEqual(f.Type, back.Field(i).Type, v17.CheckMetadata()) || !f.Equal(back.Field(i)) {
				t.Errorf("back %s, want %s", back.Field(i), f)
			}
		}
	}
}

// TestUnits names what the numbers of time units stand for.
func TestUnits(t *testing.T) {
	for i, unit := range v17.TimeUnitValues {
		if got := v18.TimeUnit(unit); got.String() != unit.String() || got != v18.TimeUnitValues[i] {
			t.Errorf("%s becomes %s", unit, got)
		}
	}
}
