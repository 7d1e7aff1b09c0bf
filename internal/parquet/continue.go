package parquet

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// RowGroup returns what the footer will say of row group i, encoded. A file
// that has lost its footer is continued from the row groups written down
// elsewhere: see [ContinueWriter]. Do not modify.
func (f *Writer) RowGroup(i int) []byte { return f.groups[i] }

// ContinueWriter returns a Writer that goes on with a file which another one
// has begun with the same columns and options: groups are its row groups, as
// [Writer.RowGroup] has them. Offset says where the next one goes; w stands
// there, and whatever followed is gone. The file ends with the bytes that the
// other Writer would have given it. Row groups that are not of such a file
// are an [ErrCorrupt]; what they say of the pages is not checked.
func ContinueWriter(w io.Writer, columns []Column, options Options, groups [][]byte) (*Writer, error) {
	f, err := newWriter(w, columns, options)
	if err != nil {
		return nil, err
	}
	f.offset = int64(len(magic))
	for i, b := range groups {
		var g format.RowGroup
		n, err := decodeThrift(b, &g)
		if err != nil {
			return nil, fmt.Errorf("row group %d: %w", i, err)
		}
		if n != len(b) || int(g.Ordinal) != i || g.NumRows == 0 {
			return nil, fmt.Errorf("%w: row group %d: not a row group with this number", ErrCorrupt, i)
		}
		if err := checkGroup(&g, columns, maxOffset); err != nil {
			return nil, fmt.Errorf("row group %d: %w", i, err)
		}
		for c := range g.Columns {
			m := &g.Columns[c].MetaData
			at := firstPage(m)
			if at < f.offset || at-f.offset >= Alignment {
				return nil, fmt.Errorf("%w: row group %d: column %q starts at byte %d, behind %d", ErrCorrupt, i, columns[c].Name, at, f.offset)
			}
			f.offset = at + m.TotalCompressedSize
		}
		f.groups = append(f.groups, b)
		f.rows += g.NumRows
	}
	return f, nil
}

// maxOffset bounds the size of a file that is continued.
const maxOffset = 1 << 60
