package parquet

import (
	"bytes"
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/internal/parquet/footer"
)

const (
	tailSize  = footer.TailSize
	maxFooter = footer.MaxSize
)

// footerOf returns the footer of a file's content, without its tail.
func footerOf(file []byte) ([]byte, error) {
	n, err := footer.Length(file[max(len(file)-tailSize, 0):], int64(len(file)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if !bytes.HasPrefix(file, []byte(magic)) {
		return nil, fmt.Errorf("%w: does not begin with %q", ErrCorrupt, magic)
	}
	end := len(file) - tailSize
	return file[end-int(n) : end], nil
}

// decodeFooter decodes a footer whose row groups lie in front of it, in the
// first size bytes of the file.
func decodeFooter(b []byte, size int64) (*format.FileMetaData, []Column, error) {
	meta := new(format.FileMetaData)
	// The decoded strings alias their input, which must outlive the mapping.
	n, err := decodeThrift(bytes.Clone(b), meta)
	if err != nil {
		return nil, nil, fmt.Errorf("footer: %w", err)
	}
	if n != len(b) {
		return nil, nil, fmt.Errorf("%w: %d bytes too many in the footer", ErrCorrupt, len(b)-n)
	}
	if meta.EncryptionAlgorithm.Value != nil {
		return nil, nil, fmt.Errorf("%w: encrypted", ErrUnsupported)
	}
	columns, err := columnsOf(meta.Schema)
	if err != nil {
		return nil, nil, err
	}
	var rows int64
	for i := range meta.RowGroups {
		g := &meta.RowGroups[i]
		if err := checkGroup(g, columns, size); err != nil {
			return nil, nil, fmt.Errorf("row group %d: %w", i, err)
		}
		rows += g.NumRows
	}
	if rows != meta.NumRows {
		return nil, nil, fmt.Errorf("%w: %d rows in the row groups, %d in the footer", ErrCorrupt, rows, meta.NumRows)
	}
	return meta, columns, nil
}

func columnsOf(schema []format.SchemaElement) ([]Column, error) {
	if len(schema) == 0 || int(schema[0].NumChildren.V) != len(schema)-1 {
		return nil, fmt.Errorf("%w: the schema is not flat", ErrUnsupported)
	}
	columns := make([]Column, 0, len(schema)-1)
	for i := range schema[1:] {
		e := &schema[1+i]
		t, ok := elementType(e)
		if !ok || e.NumChildren.V != 0 || e.RepetitionType.V == format.Repeated {
			return nil, fmt.Errorf("%w: column %q of type %s %s", ErrUnsupported, e.Name, e.Type.V, e.LogicalType.String())
		}
		columns = append(columns, Column{Name: e.Name, Type: t, Nullable: e.RepetitionType.V == format.Optional})
	}
	return columns, nil
}

func elementType(e *format.SchemaElement) (Type, bool) {
	logical := e.LogicalType.Value
	switch {
	case !e.Type.Valid || !e.RepetitionType.Valid:
		return 0, false
	case e.Type.V == format.Double:
		return Float64, logical == nil
	case e.Type.V == format.ByteArray:
		_, text := logical.(*format.StringType)
		return String, text
	case e.Type.V != format.Int64:
		return 0, false
	}
	switch l := logical.(type) {
	case nil:
		return Int64, !e.ConvertedType.Valid
	case *format.IntType:
		return Int64, l.IsSigned && l.BitWidth == 64
	case *format.TimestampType:
		_, nanos := l.Unit.Value.(*format.NanoSeconds)
		return Timestamp, nanos && l.IsAdjustedToUTC
	}
	return 0, false
}

// checkGroup reports whether the chunks of a row group are those of the
// columns and lie between the magic and the footer.
func checkGroup(g *format.RowGroup, columns []Column, size int64) error {
	if g.NumRows < 0 || g.NumRows > MaxRows {
		return fmt.Errorf("%w: %d rows", ErrCorrupt, g.NumRows)
	}
	if len(g.Columns) != len(columns) {
		return fmt.Errorf("%w: %d column chunks for %d columns", ErrCorrupt, len(g.Columns), len(columns))
	}
	for i, c := range columns {
		chunk := &g.Columns[i]
		m := &chunk.MetaData
		if chunk.FilePath != "" || chunk.CryptoMetadata.Value != nil {
			return fmt.Errorf("%w: column %q is encrypted or in another file", ErrUnsupported, c.Name)
		}
		if len(m.PathInSchema) != 1 || m.PathInSchema[0] != c.Name || m.Type != c.Type.physical() || m.NumValues != g.NumRows {
			return fmt.Errorf("%w: column %q: its chunk is of another column", ErrCorrupt, c.Name)
		}
		at := firstPage(m)
		if at < int64(len(magic)) || m.DataPageOffset < at || m.TotalCompressedSize < 0 || m.TotalUncompressedSize < 0 ||
			at > size || m.TotalCompressedSize > size-at || m.DataPageOffset-at > m.TotalCompressedSize {
			return fmt.Errorf("%w: column %q: its chunk lies outside the file", ErrCorrupt, c.Name)
		}
	}
	return nil
}
