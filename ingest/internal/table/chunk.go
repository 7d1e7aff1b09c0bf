package table

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/internal/reuse"
)

// oldDictionary is the encoding of dictionaries and references in older files.
const oldDictionary = format.PlainDictionary //nolint:staticcheck // they are read

// chunk reads a column of a row group page by page.
type chunk struct {
	leaf   *leaf
	column *Column
	codec  format.CompressionCodec
	pages  pager
	z      *inflater
	// left is how many rows are on the pages to come.
	left int

	dictionary Vector
	entries    int // of the dictionary, -1 where there is none
	// rows are those of the page at hand, from at on.
	rows Vector
	at   int
	// out holds rows of several pages.
	out Vector

	// packed, plain, codes and dense are memory of the page before.
	packed, plain []byte
	codes         []uint32
	dense         Vector
}

// next returns the next n rows, which are valid until the next call.
func (c *chunk) next(n int) (Vector, error) {
	if have := c.rows.rows() - c.at; have >= n {
		v := c.rows.slice(c.at, c.at+n)
		c.at += n
		return v, nil
	}
	c.out.reset()
	for n > 0 {
		if c.at == c.rows.rows() {
			if err := c.read(); err != nil {
				return Vector{}, err
			}
		}
		take := min(n, c.rows.rows()-c.at)
		c.out.add(c.rows.slice(c.at, c.at+take))
		c.at += take
		n -= take
	}
	return c.out, nil
}

// read decodes pages until one has rows.
func (c *chunk) read() error {
	for {
		h, err := c.pages.next()
		if errors.Is(err, io.EOF) {
			return damaged("its pages end early")
		}
		if err != nil {
			return err
		}
		switch h.Type {
		case format.DictionaryPage:
			err = c.readDictionary(&h)
		case format.DataPage, format.DataPageV2:
			n := h.values()
			if n > c.left {
				return damaged("a page of %d values where %d are left", n, c.left)
			}
			if n == 0 {
				continue
			}
			c.left -= n
			return c.readData(&h, n)
		}
		if err != nil {
			return err
		}
	}
}

// readDictionary decodes a dictionary. It keeps its memory, since values alias
// it.
func (c *chunk) readDictionary(h *page) error {
	d := &h.DictionaryPageHeader.V
	body, err := c.pages.body(h, nil)
	if err != nil {
		return err
	}
	plain, err := c.z.inflate(c.codec, nil, body, int(h.UncompressedPageSize))
	if err != nil {
		return err
	}
	if d.Encoding != format.Plain && d.Encoding != oldDictionary {
		return unsupported("a dictionary as %s", d.Encoding)
	}
	c.entries = int(d.NumValues)
	c.dictionary = Vector{}
	return c.leaf.values(&c.dictionary, c.column, format.Plain, plain, c.entries)
}

// readData decodes a page of n rows.
func (c *chunk) readData(h *page, n int) error {
	c.at = 0
	if c.column.Kind == Text { // texts alias the page
		c.packed, c.plain = nil, nil
	}
	body, err := c.pages.body(h, c.packed)
	if err != nil {
		return err
	}
	c.packed = body
	var levels []byte
	var encoding format.Encoding
	if h.Type == format.DataPageV2 {
		d := &h.DataPageHeaderV2.V
		at := int(d.DefinitionLevelsByteLength)
		if levels, body, encoding = body[:at], body[at:], d.Encoding; at == 0 && d.NumNulls == 0 {
			levels = nil
		}
		codec := c.codec
		if d.IsCompressed.Valid && !d.IsCompressed.V {
			codec = format.Uncompressed
		}
		if len(body) > 0 || int(h.UncompressedPageSize) > at {
			if body, err = c.unpack(codec, body, int(h.UncompressedPageSize)-at); err != nil {
				return err
			}
		}
	} else {
		d := &h.DataPageHeader.V
		encoding = d.Encoding
		if body, err = c.unpack(c.codec, body, int(h.UncompressedPageSize)); err != nil {
			return err
		}
		if levels, body, err = c.levels(d, body); err != nil {
			return err
		}
	}
	return c.decode(encoding, levels, body, n)
}

func (c *chunk) unpack(codec format.CompressionCodec, src []byte, size int) ([]byte, error) {
	out, err := c.z.inflate(codec, c.plain, src, size)
	if err == nil && codec != format.Uncompressed {
		c.plain = out
	}
	return out, err
}

// levels cuts the levels off the front of a page of the first version.
func (c *chunk) levels(d *format.DataPageHeader, body []byte) (levels, values []byte, err error) {
	if !c.leaf.optional {
		return nil, body, nil
	}
	if d.DefinitionLevelEncoding == format.BitPacked {
		return nil, nil, unsupported("levels as %s", d.DefinitionLevelEncoding)
	}
	if len(body) < 4 {
		return nil, nil, damaged("a page of %d bytes", len(body))
	}
	size := binary.LittleEndian.Uint32(body)
	if uint64(size) > uint64(len(body)-4) {
		return nil, nil, damaged("levels of %d bytes in a page of %d", size, len(body))
	}
	return body[4 : 4+size], body[4+size:], nil
}

// decode decodes the values of a page and puts nulls between them.
func (c *chunk) decode(encoding format.Encoding, levels, body []byte, n int) error {
	var nulls []bool
	present := n
	if c.leaf.optional && levels != nil {
		var err error
		if nulls, present, err = c.nulls(levels, n); err != nil {
			return err
		}
	}
	dense := &c.rows
	if present < n {
		dense = &c.dense
	}
	var err error
	switch {
	case present == 0:
		dense.reset()
	case encoding == oldDictionary || encoding == format.RLEDictionary:
		err = c.lookUp(dense, body, present)
	default:
		err = c.leaf.values(dense, c.column, encoding, body, present)
	}
	if err == nil && present < n {
		c.spread(nulls, n)
	}
	return err
}

// nulls decodes which rows have no value, and counts those that have one.
func (c *chunk) nulls(levels []byte, n int) (nulls []bool, present int, err error) {
	c.codes = reuse.Slice(c.codes, n)
	if err := hybrid(c.codes, levels, 1); err != nil {
		return nil, 0, err
	}
	nulls = make([]bool, n)
	for i, level := range c.codes {
		nulls[i] = level == 0
		present += int(level & 1)
	}
	return nulls, present, nil
}

// lookUp takes values from the dictionary.
func (c *chunk) lookUp(dst *Vector, body []byte, n int) error {
	if c.entries < 0 {
		return damaged("a page refers to a dictionary that is not there")
	}
	if len(body) == 0 || body[0] > 32 {
		return damaged("a page of references of %d bytes", len(body))
	}
	c.codes = reuse.Slice(c.codes, n)
	if err := hybrid(c.codes, body[1:], int(body[0])); err != nil {
		return err
	}
	for _, code := range c.codes {
		if int64(code) >= int64(c.entries) {
			return damaged("reference %d to a dictionary of %d", code, c.entries)
		}
	}
	dst.pick(&c.dictionary, c.codes)
	return nil
}

// pick fills v with rows of w.
func (v *Vector) pick(w *Vector, rows []uint32) {
	v.reset()
	switch {
	case w.Floats != nil:
		for _, r := range rows {
			v.Floats = append(v.Floats, w.Floats[r])
		}
	case w.Texts != nil:
		for _, r := range rows {
			v.Texts = append(v.Texts, w.Texts[r])
		}
	default:
		for _, r := range rows {
			v.Ints = append(v.Ints, w.Ints[r])
		}
	}
	if w.Wide != nil {
		for _, r := range rows {
			v.Wide = append(v.Wide, w.Wide[r])
		}
	}
	if w.Nulls != nil {
		for _, r := range rows {
			v.Nulls = append(v.Nulls, w.Nulls[r])
		}
	}
}

// spread puts the values of dense on the rows that are not null.
func (c *chunk) spread(nulls []bool, n int) {
	from, to := &c.dense, &c.rows
	to.reset()
	at := 0
	for row := range n {
		k := at
		if nulls[row] {
			k = -1
		} else {
			at++
			nulls[row] = from.Null(k)
		}
		to.put(c.column.Kind, from, k)
	}
	to.Nulls = nulls
}

// put appends row k of w, or nothing's place for -1.
func (v *Vector) put(kind Kind, w *Vector, k int) {
	switch kind {
	case Float:
		x := 0.0
		if k >= 0 {
			x = w.Floats[k]
		}
		v.Floats = append(v.Floats, x)
	case Text:
		var x []byte
		if k >= 0 {
			x = w.Texts[k]
		}
		v.Texts = append(v.Texts, x)
	default:
		x := int64(0)
		if k >= 0 {
			x = w.Ints[k]
		}
		v.Ints = append(v.Ints, x)
	}
	if w.Wide != nil {
		digits := ""
		if k >= 0 {
			digits = w.Wide[k]
		}
		v.Wide = append(v.Wide, digits)
	}
}
