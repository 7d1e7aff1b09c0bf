package arrow18_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

// numbers and texts are types that JSON writes as whole numbers or as text.
var (
	numbers = []v17.DataType{
		v17.PrimitiveTypes.Int8, v17.PrimitiveTypes.Uint16, v17.PrimitiveTypes.Int32, v17.PrimitiveTypes.Uint64,
		v17.PrimitiveTypes.Float32, v17.PrimitiveTypes.Float64, v17.FixedWidthTypes.Timestamp_ns, v17.FixedWidthTypes.Duration_ms,
	}
	texts = []v17.DataType{v17.BinaryTypes.String, v17.BinaryTypes.LargeString, v17.BinaryTypes.StringView}
)

// anyType draws a type that nests at most depth deep, and a generator of its
// values as JSON knows them.
func anyType(t *rapid.T, depth int) (v17.DataType, *rapid.Generator[any]) {
	number := rapid.Map(rapid.IntRange(0, 100), func(n int) any { return n })
	text := rapid.Map(rapid.StringMatching(`[a-zé]{0,20}`), func(s string) any { return s })
	kinds := []string{"number", "text", "bool", "dictionary"}
	if depth > 0 {
		kinds = append(kinds, "list", "large list", "list view", "fixed list", "struct", "sparse union", "dense union", "map")
	}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	switch kind {
	case "number":
		return rapid.SampledFrom(numbers).Draw(t, "number"), orNull(number)
	case "text":
		return rapid.SampledFrom(texts).Draw(t, "text"), orNull(text)
	case "bool":
		return v17.FixedWidthTypes.Boolean, orNull(rapid.Map(rapid.Bool(), func(b bool) any { return b }))
	case "dictionary":
		return &v17.DictionaryType{IndexType: v17.PrimitiveTypes.Int16, ValueType: v17.BinaryTypes.String}, orNull(text)
	}
	inner, values := anyType(t, depth-1)
	other, others := anyType(t, depth-1)
	fields := []v17.Field{{Name: "a", Type: inner, Nullable: true}, {Name: "b", Type: other, Nullable: true}}
	many := rapid.Map(rapid.SliceOfN(values, 0, 3), func(v []any) any { return v })
	codes := []v17.UnionTypeCode{3, 1}
	chosen := rapid.Custom(func(t *rapid.T) any {
		if rapid.Bool().Draw(t, "a") {
			return []any{3, values.Draw(t, "value")}
		}
		return []any{1, others.Draw(t, "value")}
	})
	switch kind {
	case "list":
		return v17.ListOf(inner), orNull(many)
	case "large list":
		return v17.LargeListOf(inner), orNull(many)
	case "list view":
		return v17.ListViewOf(inner), orNull(many)
	case "fixed list":
		return v17.FixedSizeListOf(2, inner), orNull(rapid.Map(rapid.SliceOfN(values, 2, 2), func(v []any) any { return v }))
	case "sparse union":
		return v17.SparseUnionOf(fields, codes), chosen
	case "dense union":
		return v17.DenseUnionOf(fields, codes), chosen
	case "map":
		entries := rapid.Map(rapid.SliceOfN(values, 0, 3), func(v []any) any {
			all := make([]any, 0, len(v))
			for i, item := range v {
				all = append(all, map[string]any{"key": fmt.Sprint(i), "value": item})
			}
			return all
		})
		return v17.MapOf(v17.BinaryTypes.String, inner), orNull(entries)
	}
	return v17.StructOf(fields...), orNull(rapid.Custom(func(t *rapid.T) any {
		return map[string]any{"a": values.Draw(t, "a"), "b": others.Draw(t, "b")}
	}))
}

func orNull(values *rapid.Generator[any]) *rapid.Generator[any] {
	return rapid.OneOf(values, values, values, rapid.Just[any](nil))
}

// TestRandomRecords takes slices of slices of random records there and back,
// from memory of
// both versions. Each is held to what the other reads from the same JSON.
func TestRandomRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(0, 12).Draw(t, "rows")
		var fields []v17.Field
		var generators []*rapid.Generator[any]
		for i := range rapid.IntRange(0, 3).Draw(t, "columns") {
			dtype, values := anyType(t, 2)
			fields = append(fields, v17.Field{Name: fmt.Sprint("c", i), Type: dtype, Nullable: true})
			generators = append(generators, values)
		}
		table := make([]map[string]any, rows)
		for i := range table {
			table[i] = make(map[string]any)
			for k, g := range generators {
				table[i][fields[k].Name] = g.Draw(t, "value")
			}
		}
		text, err := json.Marshal(table)
		if err != nil {
			t.Fatal(err)
		}
		schema := v17.NewSchema(fields, nil)
		schema18, err := arrow18.ToSchema(schema)
		if err != nil {
			t.Fatal(err)
		}
		mem17, done17 := memory17(t)
		mem18, done18 := memory18(t)
		ours, _, err := v17array.RecordFromJSON(mem17, schema, strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		theirs, _, err := v18array.RecordFromJSON(mem18, schema18, strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for range 2 {
			from := rapid.Int64Range(0, int64(rows)).Draw(t, "from")
			to := rapid.Int64Range(from, int64(rows)).Draw(t, "to")
			rows = int(to - from)
			part17, part18 := ours.NewSlice(from, to), theirs.NewSlice(from, to)
			ours.Release()
			theirs.Release()
			ours, theirs = part17, part18
			there(t, ours, theirs, rapid.Bool().Draw(t, "wrapper first"))
		}
		wrapped, err := arrow18.FromRecord(theirs)
		if err != nil {
			t.Fatal(err)
		}
		theirs.Release()
		same17(t, wrapped, ours)
		wrapped.Release()
		ours.Release()
		done17()
		done18()
	})
}
