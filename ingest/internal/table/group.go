package table

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// Group reads the rows of a row group, or of some of its columns, in order. It
// serves one goroutine.
type Group struct {
	chunks  []chunk
	z       inflater
	rows    int // to come
	scratch int64
}

// OpenGroup prepares to read columns, by their positions, of a row group, and
// reads the headers of all their pages. The caller closes the Group.
func (f *Parquet) OpenGroup(group int, columns []int) (*Group, error) {
	g := &Group{rows: f.GroupRows(group), chunks: make([]chunk, len(columns))}
	for i, c := range columns {
		leaf := f.leaf[c]
		if leaf < 0 || f.leaves[leaf].column < 0 {
			return nil, unsupported("column %q holds %s", f.columns[c].Name, f.columns[c].Type)
		}
		m := &f.meta.RowGroups[group].Columns[leaf].MetaData
		at := firstPage(m)
		g.chunks[i] = chunk{
			leaf: &f.leaves[leaf], column: &f.columns[c], codec: m.Codec, z: &g.z, entries: -1, left: g.rows,
			pages: pager{r: f.r, at: at, end: at + m.TotalCompressedSize},
		}
		s, err := g.chunks[i].pages.survey()
		if err == nil {
			err = g.chunks[i].check(s)
		}
		if err != nil {
			return nil, fmt.Errorf("row group %d: column %q: %w", group, f.columns[c].Name, err)
		}
		g.scratch += g.chunks[i].memory(s)
	}
	return g, nil
}

// check holds the pages against the number of rows.
func (c *chunk) check(s survey) error {
	switch {
	case s.rows != int64(c.left):
		return damaged("%d values on the pages, %d rows in the footer", s.rows, c.left)
	case c.codec != format.Uncompressed && bomb(s.plain, s.packed):
		return damaged("a page unpacks to more than %d times its size", MaxRatio)
	}
	return nil
}

// memory is what reading a chunk takes: a page as it is stored, unpacked and
// decoded, and the dictionary.
func (c *chunk) memory(s survey) int64 {
	perValue := int64(8)
	if c.column.Kind == Text {
		perValue = 24
	}
	n := s.packed + s.values*(perValue+4) + s.dictionary + s.entries*perValue
	if c.codec != format.Uncompressed {
		n += s.plain
	}
	if c.leaf.optional {
		n += s.values * (perValue + 1)
	}
	return n
}

// Memory is how many bytes the Group takes at most while it is read, about.
func (g *Group) Memory() int64 { return g.scratch }

// Next fills dst, one vector a column, with the next n rows, of which there
// must be so many.
func (g *Group) Next(dst []Vector, n int) (err error) {
	defer rescue(&err)
	if n > g.rows {
		return damaged("%d rows are left, want %d", g.rows, n)
	}
	g.rows -= n
	for i := range g.chunks {
		c := &g.chunks[i]
		if dst[i], err = c.next(n); err != nil {
			return fmt.Errorf("column %q: %w", c.column.Name, err)
		}
		if g.rows > 0 {
			continue
		}
		if err := c.end(); err != nil {
			return fmt.Errorf("column %q: %w", c.column.Name, err)
		}
	}
	return nil
}

// end reports rows behind the last.
func (c *chunk) end() error {
	if c.at != c.rows.rows() || c.left != 0 {
		return damaged("it has more values than rows")
	}
	if _, err := c.pages.next(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// Close frees what the decoders hold.
func (g *Group) Close() { g.z.close() }
