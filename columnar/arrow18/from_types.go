package arrow18

import (
	"fmt"
	"slices"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18endian "github.com/apache/arrow-go/v18/arrow/endian"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17endian "github.com/apache/arrow/go/v17/arrow/endian"
)

// FromSchema returns the v17 schema with the same fields, metadata and byte
// order. A field whose type v17 does not have is an [ErrType] that names it.
func FromSchema(s *v18.Schema) (*v17.Schema, error) {
	fields, err := fromFields(s.Fields())
	if err != nil {
		return nil, err
	}
	order := v17endian.LittleEndian
	if s.Endianness() == v18endian.BigEndian {
		order = v17endian.BigEndian
	}
	metadata := fromMetadata(s.Metadata())
	return v17.NewSchemaWithEndian(fields, &metadata, order), nil
}

func fromMetadata(m v18.Metadata) v17.Metadata { return v17.NewMetadata(m.Keys(), m.Values()) }

func fromField(f v18.Field) (v17.Field, error) {
	t, err := fromType(f.Type)
	if err != nil {
		return v17.Field{}, fmt.Errorf("field %q: %w", f.Name, err)
	}
	return v17.Field{Name: f.Name, Type: t, Nullable: f.Nullable, Metadata: fromMetadata(f.Metadata)}, nil
}

func fromFields(fields []v18.Field) ([]v17.Field, error) {
	all := make([]v17.Field, len(fields))
	for i, f := range fields {
		var err error
		if all[i], err = fromField(f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fromType returns the v17 type of the same kind and parameters.
func fromType(t v18.DataType) (v17.DataType, error) {
	switch t := t.(type) {
	case *v18.FixedSizeBinaryType:
		return &v17.FixedSizeBinaryType{ByteWidth: t.ByteWidth}, nil
	case *v18.Decimal128Type:
		return &v17.Decimal128Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *v18.Decimal256Type:
		return &v17.Decimal256Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *v18.Time32Type:
		return &v17.Time32Type{Unit: v17.TimeUnit(t.Unit)}, nil
	case *v18.Time64Type:
		return &v17.Time64Type{Unit: v17.TimeUnit(t.Unit)}, nil
	case *v18.TimestampType:
		return &v17.TimestampType{Unit: v17.TimeUnit(t.Unit), TimeZone: t.TimeZone}, nil
	case *v18.DurationType:
		return &v17.DurationType{Unit: v17.TimeUnit(t.Unit)}, nil
	case *v18.DictionaryType:
		return fromDictionary(t)
	case *v18.RunEndEncodedType:
		return fromRunEndEncoded(t)
	case v18.ExtensionType:
		return fromExtension(t)
	case v18.NestedType:
		return fromNested(t)
	}
	for _, p := range plain {
		if p.v18.ID() == t.ID() {
			return p.v17, nil
		}
	}
	return nil, noType(t, "arrow/go v17")
}

// fromNested is fromType for the types that have fields and no more than one
// parameter beside.
func fromNested(t v18.NestedType) (v17.DataType, error) {
	fields, err := fromFields(t.Fields())
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case *v18.StructType:
		return v17.StructOf(fields...), nil
	case *v18.ListType:
		return v17.ListOfField(fields[0]), nil
	case *v18.LargeListType:
		return v17.LargeListOfField(fields[0]), nil
	case *v18.ListViewType:
		return v17.ListViewOfField(fields[0]), nil
	case *v18.LargeListViewType:
		return v17.LargeListViewOfField(fields[0]), nil
	case *v18.FixedSizeListType:
		return v17.FixedSizeListOfField(t.Len(), fields[0]), nil
	case *v18.MapType:
		return fromMap(t, fields[0].Type.(*v17.StructType)), nil
	case *v18.SparseUnionType:
		return v17.SparseUnionOf(fields, slices.Clone(t.TypeCodes())), nil
	case *v18.DenseUnionType:
		return v17.DenseUnionOf(fields, slices.Clone(t.TypeCodes())), nil
	}
	return nil, noType(t, "arrow/go v17")
}

func fromMap(t *v18.MapType, entries *v17.StructType) v17.DataType {
	key, item := entries.Field(0), entries.Field(1)
	m := v17.MapOfWithMetadata(key.Type, key.Metadata, item.Type, item.Metadata)
	m.SetItemNullable(item.Nullable)
	m.KeysSorted = t.KeysSorted
	return m
}

func fromDictionary(t *v18.DictionaryType) (v17.DataType, error) {
	index, err := fromType(t.IndexType)
	if err != nil {
		return nil, err
	}
	value, err := fromType(t.ValueType)
	if err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	return &v17.DictionaryType{IndexType: index, ValueType: value, Ordered: t.Ordered}, nil
}

func fromRunEndEncoded(t *v18.RunEndEncodedType) (v17.DataType, error) {
	ends, err := fromType(t.RunEnds())
	if err != nil {
		return nil, err
	}
	values, err := fromType(t.Encoded())
	if err != nil {
		return nil, fmt.Errorf("run_end_encoded: %w", err)
	}
	r := v17.RunEndEncodedOf(ends, values)
	r.ValueNullable = t.ValueNullable
	return r, nil
}

// fromExtension returns the type that v17 has registered under the name of t.
func fromExtension(t v18.ExtensionType) (v17.DataType, error) {
	storage, err := fromType(t.StorageType())
	if err != nil {
		return nil, fmt.Errorf("extension type %q: %w", t.ExtensionName(), err)
	}
	registered := v17.GetExtensionType(t.ExtensionName())
	if registered == nil {
		return nil, noExtension(t.ExtensionName(), "arrow/go v17")
	}
	e, err := registered.Deserialize(storage, t.Serialize())
	if err != nil {
		return nil, badExtension(t.ExtensionName(), err)
	}
	return e, nil
}
