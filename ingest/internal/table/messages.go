package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// messages reads the messages of an Arrow stream, and checks each before
// Arrow's reader sees it. It implements [ipc.MessageReader].
type messages struct {
	r io.Reader
	// left is how many bytes there can be, and used how many have been read.
	left, used int64
	// blocks are where the messages of a file stand that are to come, nil for a
	// stream; first is the one in front of them.
	blocks []fileBlock
	file   io.ReaderAt
	first  *ipc.Message
	msg    *ipc.Message
	refs   atomic.Int64
	z      inflater
	// dictionaries is how many have to come before the first batch.
	dictionaries int
	shape        shape
	// words is how many bytes dictionaries have had, and joined how many of them
	// have been copied to make longer ones.
	words, joined int64
	// most bounds a single buffer: all that has been read.
	most int64
	// take is told how many bytes the next batch takes, before they are.
	take func(int64) error
	// ended says that the mark of the end has been read.
	ended bool
	err   error
}

// continuation stands in front of the length of a message.
const continuation = 0xffffffff

// maxMetadata bounds what describes a message.
const maxMetadata = 64 << 20

// Message returns the next message, which is valid until the next call.
func (m *messages) Message() (*ipc.Message, error) {
	msg, err := m.read()
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	if m.msg != nil {
		m.msg.Release()
	}
	m.msg = msg
	return msg, err
}

func (m *messages) read() (msg *ipc.Message, err error) {
	defer rescue(&err)
	if m.first != nil {
		msg, m.first = m.first, nil
		return msg, nil
	}
	if m.file != nil {
		if err := m.nextBlock(); err != nil {
			return nil, err
		}
	}
	size, err := m.length()
	if errors.Is(err, io.EOF) && m.file != nil {
		return nil, damaged("no message where the footer has one")
	}
	if err != nil {
		return nil, err
	}
	meta, err := m.bytes(size)
	if err != nil {
		return nil, err
	}
	f := &flat{b: meta}
	root := f.u32(0)
	if root < 4 || root > len(meta)-4 {
		return nil, damaged("a message that leads out of itself")
	}
	f.pairs(root, messageMetadata)
	kind, header, bodySize := f.small(root, messageHeaderType), f.table(root, messageHeader), f.number(root, messageBodyLength)
	if f.bad || header == 0 || bodySize < 0 || bodySize > m.left {
		return nil, damaged("a message of %d bytes where %d are left", bodySize, m.left)
	}
	switch {
	case kind == headerSchema:
		if m.shape, err = f.schema(header); err != nil {
			return nil, err
		}
		m.dictionaries = len(m.shape.dictionaries)
	case m.dictionaries > 0 && kind != headerDictionary:
		// Arrow's reader would take it for one.
		return nil, damaged("a message that is no dictionary, where %d more are needed", m.dictionaries)
	case kind == headerDictionary:
		m.dictionaries--
	case kind != headerBatch:
		return nil, unsupported("a message of kind %d", kind)
	}
	if err := m.take(bodySize); err != nil {
		return nil, err
	}
	body, err := m.bytes(bodySize)
	if err != nil {
		return nil, err
	}
	if kind != headerSchema {
		if meta, body, err = m.batch(f, root, header, kind, body); err != nil {
			return nil, err
		}
	}
	m.most += int64(len(body))
	return ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body)), nil
}

// batch checks a batch, of a dictionary or of records, and unpacks its body. It
// returns the message that Arrow's reader is to see.
func (m *messages) batch(f *flat, root, header, kind int, body []byte) (meta, plain []byte, err error) {
	want, data := m.shape.parts, header
	var b batch
	if kind == headerDictionary {
		id := f.number(header, dictionaryID)
		var known bool
		if want, known = m.shape.dictionaries[id]; !known {
			return nil, nil, damaged("a dictionary %d, which the schema does not have", id)
		}
		data = f.table(header, dictionaryData)
	}
	if f.bad || data == 0 {
		return nil, nil, damaged("a record batch that leads out of its message")
	}
	if b, err = f.batch(data, body, want); err != nil {
		return nil, nil, err
	}
	if at := f.field(root, messageVersion, 2); at > 0 {
		b.version = f.u16(at)
	}
	if b.codec != noCodec {
		n, err := b.plain(body)
		if err != nil {
			return nil, nil, err
		}
		if err := m.take(n); err != nil {
			return nil, nil, err
		}
		if body, err = b.unpack(body, n, &m.z); err != nil {
			return nil, nil, err
		}
	}
	if err := b.fits(body); err != nil {
		return nil, nil, err
	}
	if kind == headerDictionary {
		b.dictionary, b.id, b.delta = true, f.number(header, dictionaryID), f.small(header, dictionaryDelta) != 0
		if err := m.joins(b.delta, int64(len(body))); err != nil {
			return nil, nil, err
		}
	}
	if f.bad {
		return nil, nil, damaged("a record batch that leads out of its message")
	}
	return b.message(len(body)), body, nil
}

// joins counts what Arrow's reader copies where a dictionary goes on with so
// many bytes: all that it has, each time.
func (m *messages) joins(delta bool, bytes int64) error {
	m.words += bytes
	if !delta {
		return nil
	}
	if m.joined += m.words; bomb(m.joined, m.used) {
		return damaged("dictionaries that grow in too many steps")
	}
	return nil
}

// length reads the length of the next message, io.EOF at the end.
func (m *messages) length() (int64, error) {
	var b [4]byte
	for range 2 {
		_, err := io.ReadFull(m.r, b[:])
		if errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, m.cut(err)
		}
		m.left, m.used = m.left-int64(len(b)), m.used+int64(len(b))
		n := binary.LittleEndian.Uint32(b[:])
		switch {
		case n == continuation:
			continue
		case n == 0:
			m.ended = true
			return 0, io.EOF
		case n > maxMetadata || int64(n) > m.left:
			return 0, damaged("a message of %d bytes where %d are left", n, m.left)
		}
		return int64(n), nil
	}
	return 0, damaged("a message without a length")
}

// bytes reads the next n bytes, of which there can be so many.
func (m *messages) bytes(n int64) ([]byte, error) {
	if n > m.left {
		return nil, damaged("a message of %d bytes where %d are left", n, m.left)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(m.r, b); err != nil {
		return nil, m.cut(err)
	}
	m.left, m.used = m.left-n, m.used+n
	return b, nil
}

// cut says that the stream ends where it should not.
func (m *messages) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends inside a message", ErrDamaged)
	}
	return err
}

// limited is an allocator that panics, for Arrow's reader to make an error of
// it, where a buffer shall have more bytes than there were: the reader does not
// ask how many buffers a batch has.
type limited struct {
	memory.Allocator
	messages *messages
}

// Allocate implements [memory.Allocator].
func (l limited) Allocate(size int) []byte {
	l.check(size)
	return l.Allocator.Allocate(size)
}

// Reallocate implements [memory.Allocator].
func (l limited) Reallocate(size int, b []byte) []byte {
	l.check(size)
	return l.Allocator.Reallocate(size, b)
}

func (l limited) check(size int) {
	if size < 0 || int64(size) > aligned(l.messages.most)+64 {
		panic(damaged("a buffer of %d bytes in batches of %d", size, l.messages.most))
	}
}

// Retain and Release count who uses the reader.
func (m *messages) Retain() { m.refs.Add(1) }

// Release implements [ipc.MessageReader].
func (m *messages) Release() {
	if m.refs.Add(-1) > 0 {
		return
	}
	m.z.close()
	if m.msg != nil {
		m.msg.Release()
		m.msg = nil
	}
}
