package arrow18

import (
	"fmt"
	"slices"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18endian "github.com/apache/arrow-go/v18/arrow/endian"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17endian "github.com/apache/arrow/go/v17/arrow/endian"
)

// ToSchema returns the v18 schema with the same fields, metadata and byte
// order. A field whose type v18 does not have is an [ErrType] that names it.
func ToSchema(s *v17.Schema) (*v18.Schema, error) {
	fields, err := toFields(s.Fields())
	if err != nil {
		return nil, err
	}
	order := v18endian.LittleEndian
	if s.Endianness() == v17endian.BigEndian {
		order = v18endian.BigEndian
	}
	metadata := toMetadata(s.Metadata())
	return v18.NewSchemaWithEndian(fields, &metadata, order), nil
}

func toMetadata(m v17.Metadata) v18.Metadata { return v18.NewMetadata(m.Keys(), m.Values()) }

func toField(f v17.Field) (v18.Field, error) {
	t, err := toType(f.Type)
	if err != nil {
		return v18.Field{}, fmt.Errorf("field %q: %w", f.Name, err)
	}
	return v18.Field{Name: f.Name, Type: t, Nullable: f.Nullable, Metadata: toMetadata(f.Metadata)}, nil
}

func toFields(fields []v17.Field) ([]v18.Field, error) {
	all := make([]v18.Field, len(fields))
	for i, f := range fields {
		var err error
		if all[i], err = toField(f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// toType returns the v18 type of the same kind and parameters.
func toType(t v17.DataType) (v18.DataType, error) {
	switch t := t.(type) {
	case *v17.FixedSizeBinaryType:
		return &v18.FixedSizeBinaryType{ByteWidth: t.ByteWidth}, nil
	case *v17.Decimal128Type:
		return &v18.Decimal128Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *v17.Decimal256Type:
		return &v18.Decimal256Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *v17.Time32Type:
		return &v18.Time32Type{Unit: v18.TimeUnit(t.Unit)}, nil
	case *v17.Time64Type:
		return &v18.Time64Type{Unit: v18.TimeUnit(t.Unit)}, nil
	case *v17.TimestampType:
		return &v18.TimestampType{Unit: v18.TimeUnit(t.Unit), TimeZone: t.TimeZone}, nil
	case *v17.DurationType:
		return &v18.DurationType{Unit: v18.TimeUnit(t.Unit)}, nil
	case *v17.DictionaryType:
		return toDictionary(t)
	case *v17.RunEndEncodedType:
		return toRunEndEncoded(t)
	case v17.ExtensionType:
		return toExtension(t)
	case v17.NestedType:
		return toNested(t)
	}
	for _, p := range plain {
		if p.v17.ID() == t.ID() {
			return p.v18, nil
		}
	}
	return nil, noType(t, "arrow-go v18")
}

// toNested is toType for the types that have fields and no more than one
// parameter beside.
func toNested(t v17.NestedType) (v18.DataType, error) {
	fields, err := toFields(t.Fields())
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case *v17.StructType:
		return v18.StructOf(fields...), nil
	case *v17.ListType:
		return v18.ListOfField(fields[0]), nil
	case *v17.LargeListType:
		return v18.LargeListOfField(fields[0]), nil
	case *v17.ListViewType:
		return v18.ListViewOfField(fields[0]), nil
	case *v17.LargeListViewType:
		return v18.LargeListViewOfField(fields[0]), nil
	case *v17.FixedSizeListType:
		return v18.FixedSizeListOfField(t.Len(), fields[0]), nil
	case *v17.MapType:
		return toMap(t, fields[0].Type.(*v18.StructType)), nil
	case *v17.SparseUnionType:
		return v18.SparseUnionOf(fields, slices.Clone(t.TypeCodes())), nil
	case *v17.DenseUnionType:
		return v18.DenseUnionOf(fields, slices.Clone(t.TypeCodes())), nil
	}
	return nil, noType(t, "arrow-go v18")
}

func toMap(t *v17.MapType, entries *v18.StructType) v18.DataType {
	key, item := entries.Field(0), entries.Field(1)
	m := v18.MapOfWithMetadata(key.Type, key.Metadata, item.Type, item.Metadata)
	m.SetItemNullable(item.Nullable)
	m.KeysSorted = t.KeysSorted
	return m
}

func toDictionary(t *v17.DictionaryType) (v18.DataType, error) {
	index, err := toType(t.IndexType)
	if err != nil {
		return nil, err
	}
	value, err := toType(t.ValueType)
	if err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	return &v18.DictionaryType{IndexType: index, ValueType: value, Ordered: t.Ordered}, nil
}

func toRunEndEncoded(t *v17.RunEndEncodedType) (v18.DataType, error) {
	ends, err := toType(t.RunEnds())
	if err != nil {
		return nil, err
	}
	values, err := toType(t.Encoded())
	if err != nil {
		return nil, fmt.Errorf("run_end_encoded: %w", err)
	}
	r := v18.RunEndEncodedOf(ends, values)
	r.ValueNullable = t.ValueNullable
	return r, nil
}

// toExtension returns the type that v18 has registered under the name of t.
func toExtension(t v17.ExtensionType) (v18.DataType, error) {
	storage, err := toType(t.StorageType())
	if err != nil {
		return nil, fmt.Errorf("extension type %q: %w", t.ExtensionName(), err)
	}
	registered := v18.GetExtensionType(t.ExtensionName())
	if registered == nil {
		return nil, noExtension(t.ExtensionName(), "arrow-go v18")
	}
	e, err := registered.Deserialize(storage, t.Serialize())
	if err != nil {
		return nil, badExtension(t.ExtensionName(), err)
	}
	return e, nil
}
