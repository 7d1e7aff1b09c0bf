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
	// copied is how many bytes of text Arrow's reader will copy, which offsets
	// that lead to one place can make many times those that are there.
	copied int
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

// field returns the position of field number slot of a table, whose value has so
// many bytes, 0 where it is not set. The table and its vtable lie in the bytes,
// and the value in the table: where they do not, this reader and Arrow's could
// take them for different things.
func (f *flat) field(table, slot, size int) int {
	vtable := table - int(int32(f.u32(table)))
	n, inside := f.u16(vtable), f.u16(vtable+2)
	if f.bad || n < 4 || n%2 != 0 || n > len(f.b)-vtable || inside < 4 || inside > len(f.b)-table {
		f.bad = true
		return 0
	}
	if 4+2*slot+2 > n {
		return 0
	}
	offset := f.u16(vtable + 4 + 2*slot)
	if offset == 0 {
		return 0
	}
	if offset < 4 || offset > inside-size {
		f.bad = true
		return 0
	}
	return table + offset
}

// table returns the table in a field, 0 where it is not set.
func (f *flat) table(table, slot int) int {
	at := f.field(table, slot, 4)
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
	if at := f.field(table, slot, 8); at > 0 {
		return f.i64(at)
	}
	return 0
}

// small returns a field of 8 bits, 0 where it is not set.
func (f *flat) small(table, slot int) int {
	if at := f.field(table, slot, 1); at > 0 {
		return f.u8(at)
	}
	return 0
}

// text checks the text in a field.
func (f *flat) text(table, slot int) {
	_, n := f.vector(table, slot, 1)
	f.copy(n)
}

// copy counts bytes that are copied.
func (f *flat) copy(n int) {
	if f.copied += n; f.copied > maxCopies*len(f.b) {
		f.bad = true
	}
}

const (
	// maxCopies is how many times over the texts of a message may be its length:
	// more than once where a writer stores equal texts once.
	maxCopies = 4
	// pairBytes is what a pair takes in a message at least, with its tables.
	pairBytes = 16
)

// pairs checks keys with values.
func (f *flat) pairs(table, slot int) {
	first, n := f.vector(table, slot, 4)
	for i := range n {
		if f.bad {
			return
		}
		f.copy(pairBytes)
		pair := f.indirect(first + 4*i)
		f.text(pair, 0)
		f.text(pair, 1)
	}
}
