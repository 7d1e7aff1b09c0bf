package arrow18_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v18memory "github.com/apache/arrow-go/v18/arrow/memory"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

// decimals makes a record with a column that v17 has no type for.
func decimals(t failer, mem v18memory.Allocator) v18.RecordBatch {
	t.Helper()
	schema := v18.NewSchema([]v18.Field{
		{Name: "n", Type: v18.PrimitiveTypes.Int64},
		{Name: "price", Type: v18.ListOf(&v18.Decimal32Type{Precision: 9, Scale: 2})},
	}, nil)
	r, _, err := v18array.RecordFromJSON(mem, schema, strings.NewReader(`[{"n": 1, "price": ["1.25"]}]`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTypesThatV17DoesNotHave(t *testing.T) {
	mem, done := memory18(t)
	r := decimals(t, mem)
	got, err := arrow18.FromRecord(r)
	if got != nil || !errors.Is(err, arrow18.ErrType) {
		t.Errorf("record %v, error %v", got, err)
	}
	for _, part := range []string{`field "price"`, "decimal32(9, 2)", "arrow/go v17 does not know it", "cast the column"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not say %q", err, part)
		}
	}
	if _, err := arrow18.FromArray(r.Column(1)); !errors.Is(err, arrow18.ErrType) {
		t.Errorf("array: error %v", err)
	}
	reader, err := v18array.NewRecordReader(r.Schema(), []v18.RecordBatch{r})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := arrow18.FromReader(reader); !errors.Is(err, arrow18.ErrType) {
		t.Errorf("reader: error %v", err)
	}
	reader.Release()
	r.Release()
	done()

	small := &v18.Decimal64Type{Precision: 12, Scale: 2}
	for _, inner := range []v18.DataType{
		small,
		v18.StructOf(v18.Field{Name: "x", Type: small}),
		v18.MapOf(v18.BinaryTypes.String, small),
		&v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int8, ValueType: small},
		v18.RunEndEncodedOf(v18.PrimitiveTypes.Int32, small),
		v18.DenseUnionOf([]v18.Field{{Name: "x", Type: small}}, []v18.UnionTypeCode{0}),
		&tag18{v18.ExtensionBase{Storage: small}},
	} {
		_, err := arrow18.FromSchema(v18.NewSchema([]v18.Field{{Name: "x", Type: inner}}, nil))
		if !errors.Is(err, arrow18.ErrType) || !strings.Contains(err.Error(), "decimal64(12, 2)") {
			t.Errorf("%s: error %v", inner, err)
		}
	}
}

// tag17 and tag18 are one extension type, "test.tag", in both versions: text of
// any length, with no parameters.
type tag17 struct{ v17.ExtensionBase }
type tag17Array struct{ v17array.ExtensionArrayBase }

func (*tag17) ArrayType() reflect.Type { return reflect.TypeFor[tag17Array]() }
func (*tag17) ExtensionName() string   { return "test.tag" }
func (*tag17) Serialize() string       { return "v1" }
func (*tag17) ExtensionEquals(other v17.ExtensionType) bool {
	return other.ExtensionName() == "test.tag"
}

func (*tag17) Deserialize(storage v17.DataType, parameters string) (v17.ExtensionType, error) {
	if storage.ID() != v17.STRING || parameters != "v1" {
		return nil, fmt.Errorf("tag of %s with parameters %q", storage, parameters)
	}
	return &tag17{v17.ExtensionBase{Storage: storage}}, nil
}

type tag18 struct{ v18.ExtensionBase }
type tag18Array struct{ v18array.ExtensionArrayBase }

func (*tag18) ArrayType() reflect.Type { return reflect.TypeFor[tag18Array]() }
func (*tag18) ExtensionName() string   { return "test.tag" }
func (*tag18) Serialize() string       { return "v1" }
func (*tag18) ExtensionEquals(other v18.ExtensionType) bool {
	return other.ExtensionName() == "test.tag"
}

func (*tag18) Deserialize(storage v18.DataType, parameters string) (v18.ExtensionType, error) {
	if storage.ID() != v18.STRING || parameters != "v1" {
		return nil, fmt.Errorf("tag of %s with parameters %q", storage, parameters)
	}
	return &tag18{v18.ExtensionBase{Storage: storage}}, nil
}

// TestExtensionTypes takes an extension type there and back once both versions
// have it, and is told what to do before.
func TestExtensionTypes(t *testing.T) {
	mem, done := memory17(t)
	tag := &tag17{v17.ExtensionBase{Storage: v17.BinaryTypes.String}}
	r := record17(t, mem, v17.Field{Name: "x", Type: v17.ListOf(tag)}, `[["a"], null, ["b", null], []]`)
	refused := func(want string) {
		t.Helper()
		got, err := arrow18.ToRecord(r)
		if got != nil || !errors.Is(err, arrow18.ErrType) || !strings.Contains(err.Error(), want) {
			t.Errorf("record %v, error %v, want %q", got, err, want)
		}
	}
	refused(`extension type "test.tag"`)
	refused("register it with arrow-go v18, or pass the storage")

	if err := v17.RegisterExtensionType(tag); err != nil {
		t.Fatal(err)
	}
	defer v17.UnregisterExtensionType("test.tag")
	if err := v18.RegisterExtensionType(&tag18{v18.ExtensionBase{Storage: v18.BinaryTypes.String}}); err != nil {
		t.Fatal(err)
	}
	defer v18.UnregisterExtensionType("test.tag")
	want := ipcTo18(t, r)
	there(t, r, want, true)
	part := r.NewSlice(1, 3)
	there(t, part, want.NewSlice(1, 3), false)
	part.Release()
	r.Release()

	r = record17(t, mem, v17.Field{Name: "x", Type: &tag17{v17.ExtensionBase{Storage: v17.PrimitiveTypes.Int8}}}, `[1, 2]`)
	refused("the registered type refuses it: tag of int8")
	r.Release()
	done()
}
