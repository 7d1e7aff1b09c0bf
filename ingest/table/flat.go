package table

import "encoding/binary"

// flat is a FlatBuffers value. The code that Arrow generates for them trusts
// every offset and every length, and follows offsets in circles; so the parts
// that it allocates or recurses for are walked first. What is outside the
// bytes is an error, kept in bad; the zero answer stands for it meanwhile.
//
// https://flatbuffers.dev/internals/
type flat struct {
	b   []byte
	bad bool
	shape
}

// shape is what a schema says of the batches to come, which Arrow's reader
// does not hold against them.
type shape struct {
	// dictionaries are needed before the first batch, by their numbers: how many
	// views each has.
	dictionaries map[int64]int
	// views is how many columns of views there are, of those without dictionaries.
	views int
}

func (f *flat) u16(at int) int {
	if at < 0 || at > len(f.b)-2 {
		f.bad = true
		return 0
	}
	return int(binary.LittleEndian.Uint16(f.b[at:]))
}

func (f *flat) u32(at int) int {
	if at < 0 || at > len(f.b)-4 {
		f.bad = true
		return 0
	}
	return int(binary.LittleEndian.Uint32(f.b[at:]))
}

func (f *flat) i64(at int) int64 {
	if at < 0 || at > len(f.b)-8 {
		f.bad = true
		return 0
	}
	return int64(binary.LittleEndian.Uint64(f.b[at:]))
}

func (f *flat) u8(at int) int {
	if at < 0 || at >= len(f.b) {
		f.bad = true
		return 0
	}
	return int(f.b[at])
}

// indirect returns where the offset at a position leads: forward, always.
func (f *flat) indirect(at int) int {
	to := at + f.u32(at)
	if to <= at || to > len(f.b)-4 {
		f.bad = true
		return 0
	}
	return to
}

// field returns the position of field number slot of a table, 0 where it is
// not set.
func (f *flat) field(table, slot int) int {
	vtable := table - int(int32(f.u32(table)))
	if size := f.u16(vtable); f.bad || 4+2*slot+2 > size {
		return 0
	}
	offset := f.u16(vtable + 4 + 2*slot)
	if offset == 0 {
		return 0
	}
	return table + offset
}

// table returns the table in a field, 0 where it is not set.
func (f *flat) table(table, slot int) int {
	at := f.field(table, slot)
	if at == 0 {
		return 0
	}
	return f.indirect(at)
}

// vector returns the first element and the length of a vector in a field, whose
// elements have so many bytes and lie in the bytes.
func (f *flat) vector(table, slot, size int) (first, n int) {
	at := f.table(table, slot)
	if at == 0 || f.bad {
		return 0, 0
	}
	n = f.u32(at)
	if n > (len(f.b)-at-4)/size {
		f.bad = true
		return 0, 0
	}
	return at + 4, n
}

// number returns a field of 64 bits, 0 where it is not set.
func (f *flat) number(table, slot int) int64 {
	if at := f.field(table, slot); at > 0 {
		return f.i64(at)
	}
	return 0
}

// small returns a field of 8 bits, 0 where it is not set.
func (f *flat) small(table, slot int) int {
	if at := f.field(table, slot); at > 0 {
		return f.u8(at)
	}
	return 0
}

// text checks the text in a field.
func (f *flat) text(table, slot int) { f.vector(table, slot, 1) }

// Positions of fields in the tables of Arrow's format, and numbers of types.
//
// https://github.com/apache/arrow/blob/main/format/Message.fbs and Schema.fbs
const (
	messageHeaderType, messageHeader, messageBodyLength, messageMetadata   = 1, 2, 3, 4
	schemaFields, schemaMetadata, schemaFeatures                           = 1, 2, 3
	fieldName, fieldTypeType, fieldType, fieldDictionary, fieldChildren    = 0, 2, 3, 4, 5
	fieldMetadata                                                          = 6
	batchLength, batchNodes, batchBuffers, batchCompression, batchVariadic = 0, 1, 2, 3, 4
	dictionaryData                                                         = 1
	headerSchema, headerDictionary, headerBatch                            = 1, 2, 3
	typeBinaryView, typeTextView                                           = 23, 24
	typeUnion                                                              = 14
	fieldsDepth                                                            = 16
)

// schema checks a schema, and counts its fields.
func (f *flat) schema(table int) error {
	fields, n := f.vector(table, schemaFields, 4)
	f.pairs(table, schemaMetadata)
	f.vector(table, schemaFeatures, 8)
	if f.bad {
		return damaged("a schema that leads out of its message")
	}
	if n > maxColumns {
		return damaged("%d columns; want %d at most", n, maxColumns)
	}
	budget := maxLeaves
	for i := range n {
		if err := f.fieldOf(f.indirect(fields+4*i), 0, &budget, &f.views); err != nil {
			return err
		}
	}
	return nil
}

// fieldOf checks a field and those below it.
func (f *flat) fieldOf(table, depth int, budget, views *int) error {
	if *budget--; *budget < 0 || depth > fieldsDepth {
		return damaged("more than %d columns and parts of them, or nested deeper than %d", maxLeaves, fieldsDepth)
	}
	f.text(table, fieldName)
	f.table(table, fieldType)
	if d := f.table(table, fieldDictionary); d > 0 {
		id, below := f.number(d, 0), 0
		views = &below
		defer func() {
			if f.dictionaries == nil {
				f.dictionaries = make(map[int64]int)
			}
			f.dictionaries[id] = max(f.dictionaries[id], below)
		}()
	}
	f.pairs(table, fieldMetadata)
	switch f.small(table, fieldTypeType) {
	case typeUnion:
		return unsupported("a column of a union")
	case typeBinaryView, typeTextView:
		*views++
	}
	children, n := f.vector(table, fieldChildren, 4)
	for i := range n {
		if f.bad {
			break
		}
		if err := f.fieldOf(f.indirect(children+4*i), depth+1, budget, views); err != nil {
			return err
		}
	}
	if f.bad {
		return damaged("a schema that leads out of its message")
	}
	return nil
}

// pairs checks keys with values.
func (f *flat) pairs(table, slot int) {
	first, n := f.vector(table, slot, 4)
	for i := range n {
		if f.bad {
			return
		}
		pair := f.indirect(first + 4*i)
		f.text(pair, 0)
		f.text(pair, 1)
	}
}

// batch checks the parts of a record batch against its body, and returns how
// many bytes it is when it has been unpacked; 0 where it is not packed.
func (f *flat) batch(table int, body []byte, views int) (plain int64, err error) {
	nodes, n := f.vector(table, batchNodes, 16)
	buffers, k := f.vector(table, batchBuffers, 16)
	counts, variadic := f.vector(table, batchVariadic, 8)
	compressed := f.table(table, batchCompression) != 0
	rows := f.number(table, batchLength)
	if f.bad || rows < 0 || rows > maxRows || variadic < views {
		return 0, damaged("a record batch that leads out of its message")
	}
	for i := range variadic {
		if c := f.i64(counts + 8*i); c < 0 || c > int64(k) {
			return 0, damaged("%d buffers of text, of %d", c, k)
		}
	}
	for i := range n {
		if length, nulls := f.i64(nodes+16*i), f.i64(nodes+16*i+8); length < 0 || nulls < 0 || nulls > length || length > maxRows {
			return 0, damaged("%d nulls in %d rows", nulls, length)
		}
	}
	for i := range k {
		at, size := f.i64(buffers+16*i), f.i64(buffers+16*i+8)
		if at < 0 || size < 0 || at > int64(len(body)) || size > int64(len(body))-at {
			return 0, damaged("a buffer of %d bytes at %d, in %d bytes", size, at, len(body))
		}
		if compressed && size > 0 {
			if size < 8 {
				return 0, damaged("a compressed buffer of %d bytes", size)
			}
			if unpacked := int64(binary.LittleEndian.Uint64(body[at:])); unpacked != -1 {
				if unpacked < 0 || bomb(unpacked, size) {
					return 0, damaged("a buffer of %d bytes unpacks to %d", size, unpacked)
				}
				size = unpacked
			}
		}
		if compressed {
			plain += aligned(size)
		}
		if bomb(plain, int64(len(body))) {
			return 0, damaged("a record batch of %d bytes unpacks to more than %d times its size", len(body), MaxRatio)
		}
	}
	return plain, nil
}

// aligned rounds up to where a buffer may begin.
func aligned(n int64) int64 { return (n + 63) &^ 63 }

// Codecs of buffers, as a batch names them.
const codecLZ4, codecZstd = 0, 1

// unpack unpacks the buffers of a batch that batch has found to be right, of so
// many bytes, and makes the batch one that is not packed. Arrow's reader would
// take what each frame asks for.
func (f *flat) unpack(table int, body []byte, plain int64, z *inflater) ([]byte, error) {
	codec := f.small(f.table(table, batchCompression), 0)
	buffers, k := f.vector(table, batchBuffers, 16)
	out := make([]byte, 0, plain)
	for i := range k {
		at := buffers + 16*i
		from, size := f.i64(at), f.i64(at+8)
		start := int64(len(out))
		if size > 0 {
			packed := body[from : from+size]
			n := int64(binary.LittleEndian.Uint64(packed))
			if packed = packed[8:]; n < 0 {
				n = int64(len(packed))
				out = append(out, packed...)
			} else {
				out = out[:start+n]
				if err := z.frame(codec, out[start:], packed); err != nil {
					return nil, err
				}
			}
			size = n
		}
		binary.LittleEndian.PutUint64(f.b[at:], uint64(start))
		binary.LittleEndian.PutUint64(f.b[at+8:], uint64(size))
		out = out[:min(aligned(int64(len(out))), plain)]
	}
	// The batch has no compression where its vtable has no place for it.
	vtable := table - int(int32(f.u32(table)))
	binary.LittleEndian.PutUint16(f.b[vtable+4+2*batchCompression:], 0)
	return out, nil
}
