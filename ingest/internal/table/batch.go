package table

import "encoding/binary"

// batch is what a record batch, or one of a dictionary, says of its body.
type batch struct {
	version int
	rows    int64
	// nodes are the rows and nulls of each part of a column, buffers where they
	// are and how many bytes they have, counts how many buffers of text each
	// column of views has.
	nodes, buffers [][2]int64
	counts         []int64
	// codec packed the buffers; -1 where they are not packed.
	codec int
	// A batch of a dictionary has its number, and says whether it goes on with
	// those before it.
	dictionary, delta bool
	id                int64
}

// Codecs of buffers, as a batch names them.
const noCodec, codecLZ4, codecZstd = -1, 0, 1

// batch reads what a batch says of a body of so many bytes, and holds it
// against them: buffers lie in the body and do not overlap, and there are as
// many of everything as the schema wants.
func (f *flat) batch(table int, body []byte, want parts) (b batch, err error) {
	b = batch{rows: f.number(table, batchLength), codec: noCodec}
	if at := f.table(table, batchCompression); at != 0 {
		b.codec = f.small(at, 0)
	}
	b.nodes, b.buffers = f.numbers2(table, batchNodes), f.numbers2(table, batchBuffers)
	first, n := f.vector(table, batchVariadic, 8)
	if f.bad || b.rows < 0 {
		return b, damaged("a record batch that leads out of its message")
	}
	buffers := want.buffers
	for i := range n {
		c := f.i64(first + 8*i)
		if c < 0 || c > int64(len(b.buffers)) {
			return b, damaged("%d buffers of text, of %d", c, len(b.buffers))
		}
		buffers += int(c)
		b.counts = append(b.counts, c)
	}
	if len(b.nodes) < want.nodes || len(b.buffers) < buffers || n < want.views {
		return b, damaged("a record batch of %d parts in %d buffers; want %d in %d", len(b.nodes), len(b.buffers), want.nodes, buffers)
	}
	left := int64(len(body))
	for _, x := range b.buffers {
		at, size := x[0], x[1]
		if at < 0 || size < 0 || at > int64(len(body)) || size > int64(len(body))-at {
			return b, damaged("a buffer of %d bytes at %d, in %d bytes", size, at, len(body))
		}
		if left -= size; left < 0 {
			return b, damaged("buffers that overlap")
		}
	}
	return b, nil
}

// numbers2 reads a vector of pairs of numbers.
func (f *flat) numbers2(table, slot int) [][2]int64 {
	first, n := f.vector(table, slot, 16)
	all := make([][2]int64, n)
	for i := range all {
		all[i] = [2]int64{f.i64(first + 16*i), f.i64(first + 16*i + 8)}
	}
	return all
}

// plain returns how many bytes a packed body is when it has been unpacked.
func (b *batch) plain(body []byte) (plain int64, err error) {
	for _, x := range b.buffers {
		size := x[1]
		if size == 0 {
			continue
		}
		if size < 8 {
			return 0, damaged("a compressed buffer of %d bytes", size)
		}
		n := int64(binary.LittleEndian.Uint64(body[x[0]:]))
		switch {
		case n == -1: // as it stands
			n = size - 8
		case n < 0 || bomb(n, size):
			return 0, damaged("a buffer of %d bytes unpacks to %d", size, n)
		}
		if plain += aligned(n); bomb(plain, int64(len(body))) {
			return 0, damaged("a record batch of %d bytes unpacks to more than %d times its size", len(body), MaxRatio)
		}
	}
	return plain, nil
}

// unpack unpacks a body to so many bytes, as plain has found, and makes the
// batch one that is not packed. Arrow's reader would take what each frame asks
// for.
func (b *batch) unpack(body []byte, plain int64, z *inflater) ([]byte, error) {
	out := make([]byte, 0, plain)
	for i, x := range b.buffers {
		start, size := int64(len(out)), x[1]
		if size > 0 {
			packed := body[x[0] : x[0]+size]
			n := int64(binary.LittleEndian.Uint64(packed))
			if packed = packed[8:]; n < 0 {
				n = int64(len(packed))
				out = append(out, packed...)
			} else {
				out = out[:start+n]
				if err := z.frame(b.codec, out[start:], packed); err != nil {
					return nil, err
				}
			}
			size = n
		}
		b.buffers[i] = [2]int64{start, size}
		out = out[:min(aligned(int64(len(out))), plain)]
	}
	b.codec = noCodec
	return out, nil
}

// fits holds the rows against the bytes that there are, unpacked: a value takes
// a bit at least, or has no meaning here.
func (b *batch) fits(body []byte) error {
	most := 8 * int64(len(body))
	if b.rows > most {
		return damaged("%d rows in %d bytes", b.rows, len(body))
	}
	for _, x := range b.nodes {
		if rows, nulls := x[0], x[1]; rows < 0 || nulls < 0 || nulls > rows || rows > most {
			return damaged("%d nulls in %d rows, in %d bytes", nulls, rows, len(body))
		}
	}
	return nil
}

// aligned rounds up to where a buffer may begin.
func aligned(n int64) int64 { return (n + 63) &^ 63 }

// message writes a batch as a message of its own, which says what has been
// checked and nothing else: Arrow's reader does not see what the file says.
func (b *batch) message(body int) []byte {
	const (
		message    = 16  // behind its vtable at 4
		dictionary = 56  // behind its vtable at 40
		data       = 96  // behind its vtable at 80
		vectors    = 120 // behind which everything is of any length
	)
	le := binary.LittleEndian
	out := make([]byte, vectors, vectors+16*(len(b.nodes)+len(b.buffers))+8*len(b.counts)+24)
	vtable := func(at, table int, size int, fields ...int) {
		le.PutUint16(out[at:], uint16(4+2*len(fields)))
		le.PutUint16(out[at+2:], uint16(size))
		for i, offset := range fields {
			le.PutUint16(out[at+4+2*i:], uint16(offset))
		}
		le.PutUint32(out[table:], uint32(table-at))
	}
	lead := func(at, to int) { le.PutUint32(out[at:], uint32(to-at)) }
	lead(0, message)
	vtable(4, message, 20, 16, 18, 4, 8) // version, type of the header, header, length of the body
	le.PutUint64(out[message+8:], uint64(body))
	le.PutUint16(out[message+16:], uint16(b.version))
	out[message+18] = headerBatch
	lead(message+4, data)
	if b.dictionary {
		out[message+18] = headerDictionary
		lead(message+4, dictionary)
		vtable(40, dictionary, 20, 8, 4, 16) // number, data, whether it goes on
		lead(dictionary+4, data)
		le.PutUint64(out[dictionary+8:], uint64(b.id))
		if b.delta {
			out[dictionary+16] = 1
		}
	}
	vtable(80, data, 24, 8, 4, 16, 0, 20) // rows, nodes, buffers, no compression, counts
	le.PutUint64(out[data+8:], uint64(b.rows))
	for i, pairs := range [][][2]int64{b.nodes, b.buffers} {
		lead(data+[]int{4, 16}[i], len(out))
		out = le.AppendUint32(out, uint32(len(pairs)))
		for _, x := range pairs {
			out = le.AppendUint64(le.AppendUint64(out, uint64(x[0])), uint64(x[1]))
		}
	}
	lead(data+20, len(out))
	out = le.AppendUint32(out, uint32(len(b.counts)))
	for _, c := range b.counts {
		out = le.AppendUint64(out, uint64(c))
	}
	return out
}
