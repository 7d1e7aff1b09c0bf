package table

import (
	"encoding/binary"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// fileBlock is where the footer of an Arrow file has a message: what describes
// it, and its body behind that.
type fileBlock struct {
	at         int64
	meta, body int64
}

// Positions of fields in the footer of Arrow's format.
//
// https://github.com/apache/arrow/blob/main/format/File.fbs
const footerVersion, footerSchema, footerDictionaries, footerBatches = 0, 1, 2, 3

// openFooter reads the footer of a file, which alone says where its messages
// are: some writers put no schema in front of them.
func (m *messages) openFooter(r io.ReaderAt, size int64) error {
	const tail = int64(4 + len(ArrowMagic))
	var b [tail]byte
	if size < 8+tail {
		return damaged("an Arrow file of %d bytes", size)
	}
	if err := readAt(r, b[:], size-tail); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(b[:]))
	if string(b[4:]) != ArrowMagic || n < 8 || n > size-tail-8 || n > maxMetadata {
		return damaged("it does not end as an Arrow file does; it may be cut off")
	}
	meta := make([]byte, n)
	if err := readAt(r, meta, size-tail-n); err != nil {
		return err
	}
	f := &flat{b: meta}
	root := f.u32(0)
	schema := f.table(root, footerSchema)
	if f.bad || schema == 0 {
		return damaged("a footer that leads out of itself")
	}
	var err error
	if m.shape, err = f.schema(schema); err != nil {
		return err
	}
	m.dictionaries = len(m.shape.dictionaries)
	for _, slot := range []int{footerDictionaries, footerBatches} {
		first, n := f.vector(root, slot, 24)
		for i := range n {
			at := first + 24*i
			block := fileBlock{f.i64(at), int64(f.u32(at + 8)), f.i64(at + 16)}
			if block.at < 8 || block.body < 0 || block.at > size || block.meta > size-block.at || block.body > size-block.at-block.meta {
				return damaged("a record batch outside the file")
			}
			m.blocks = append(m.blocks, block)
		}
	}
	if f.bad {
		return damaged("a footer that leads out of itself")
	}
	version := 0
	if at := f.field(root, footerVersion, 2); at > 0 {
		version = f.u16(at)
	}
	m.first, m.file = schemaMessage(meta, schema, version), r
	return nil
}

// nextBlock makes m read the next block of the footer.
func (m *messages) nextBlock() error {
	if len(m.blocks) == 0 {
		return io.EOF
	}
	b := m.blocks[0]
	m.blocks = m.blocks[1:]
	m.left = b.meta + b.body
	m.r = io.NewSectionReader(m.file, b.at, m.left)
	return nil
}

// schemaMessage makes a message of the schema that stands in a footer: a table
// of a message, behind its vtable, in front of the footer as it is.
func schemaMessage(footer []byte, schema, version int) *ipc.Message {
	const vtable, table, end = 4, 16, 32
	b := make([]byte, end, end+len(footer))
	put := binary.LittleEndian.PutUint16
	binary.LittleEndian.PutUint32(b, table)
	put(b[vtable:], 12)                       // length of the vtable
	put(b[vtable+2:], 12)                     // and of the table
	put(b[vtable+4:], 8)                      // where the version is,
	put(b[vtable+4+2*messageHeaderType:], 10) // the type of the header,
	put(b[vtable+4+2*messageHeader:], 4)      // and the header
	binary.LittleEndian.PutUint32(b[table:], table-vtable)
	binary.LittleEndian.PutUint32(b[table+4:], uint32(end+schema-(table+4)))
	put(b[table+8:], uint16(version))
	b[table+10] = headerSchema
	return ipc.NewMessage(memory.NewBufferBytes(append(b, footer...)), memory.NewBufferBytes(nil))
}
