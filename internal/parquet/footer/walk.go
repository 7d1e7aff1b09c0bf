package footer

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// maxDepth is the deepest nesting in a thrift value of the Parquet format,
// with room.
const maxDepth = 16

// maxStructs bounds the structs in the lists of a value. A column chunk has two
// to four and becomes 560 bytes; a byte of input could stand for one.
const maxStructs = 1 << 19

// walker steps over values of thrift's compact protocol.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
type walker struct {
	b       []byte
	at      int
	structs int // met in lists
}

var (
	errShort = errors.New("ends early")
	errDeep  = fmt.Errorf("nested deeper than %d", maxDepth)
	errMany  = fmt.Errorf("more than %d structs", maxStructs)
)

func (w *walker) byte() (byte, error) {
	if w.at >= len(w.b) {
		return 0, errShort
	}
	w.at++
	return w.b[w.at-1], nil
}

func (w *walker) skip(n uint64) error {
	if n > uint64(len(w.b)-w.at) {
		return errShort
	}
	w.at += int(n)
	return nil
}

func (w *walker) varint() (uint64, error) {
	u, n := binary.Uvarint(w.b[w.at:])
	if n <= 0 {
		return 0, errShort
	}
	w.at += n
	return u, nil
}

// structure steps over the fields of a struct and its stop byte.
func (w *walker) structure(depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	for {
		head, err := w.byte()
		if err != nil || head == 0 {
			return err
		}
		if head>>4 == 0 { // the field's id follows
			if _, err := w.varint(); err != nil {
				return err
			}
		}
		// The value of a boolean field is its type.
		if t := thrift.Type(head & 0xf); t != thrift.TRUE && t != thrift.FALSE {
			if err := w.value(t, depth); err != nil {
				return err
			}
		}
	}
}

func (w *walker) value(t thrift.Type, depth int) error {
	switch t {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		return w.skip(1)
	case thrift.I16, thrift.I32, thrift.I64:
		_, err := w.varint()
		return err
	case thrift.DOUBLE:
		return w.skip(8)
	case thrift.BINARY:
		n, err := w.varint()
		if err != nil {
			return err
		}
		return w.skip(n)
	case thrift.LIST, thrift.SET:
		return w.list(depth + 1)
	case thrift.STRUCT:
		return w.structure(depth + 1)
	}
	// The Parquet format has no maps.
	return fmt.Errorf("unknown type %d", t)
}

func (w *walker) list(depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	head, err := w.byte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = w.varint(); err != nil {
			return err
		}
	}
	// Each element has at least a byte, so a list longer than what is left is
	// found here or by the walk, before anything is allocated.
	if n > uint64(len(w.b)-w.at) {
		return errShort
	}
	if t := thrift.Type(head & 0xf); t == thrift.STRUCT || t == thrift.LIST || t == thrift.SET {
		if w.structs += int(n); w.structs > maxStructs {
			return errMany
		}
	}
	for range n {
		if err := w.value(thrift.Type(head&0xf), depth); err != nil {
			return err
		}
	}
	return nil
}
