// Package footer decodes the metadata of Parquet files that nobody vouches
// for: the footer and the headers of pages.
//
// Start with [Length], which finds the footer, and [Decode]. The decoder that
// they guard trusts the lengths of lists, recurses as deep as its input says
// and makes a struct of hundreds of bytes of a byte; so the input is walked
// first, and what is out of proportion is an [ErrDamaged]. Whether offsets and
// counts fit the file is for the caller, who knows what it reads.
package footer

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// Magic begins and ends a file.
	Magic = "PAR1"
	// TailSize is the length of what follows the footer: its length and Magic.
	TailSize = 8
	// MaxSize bounds what a footer may take: about 100,000 column chunks.
	MaxSize = 64 << 20
	// MaxHeader is the longest page header that is decoded: they take 40 bytes,
	// and those with bounds of long strings some hundreds.
	MaxHeader = 1 << 16
)

// ErrDamaged is wrapped by every error of this package.
var ErrDamaged = errors.New("damaged metadata")

// Length returns the length of the footer of a file of size bytes that ends in
// tail, its last [TailSize] bytes.
func Length(tail []byte, size int64) (int64, error) {
	if len(tail) != TailSize || size < int64(len(Magic)+TailSize) {
		return 0, fmt.Errorf("%w: %d bytes are too short", ErrDamaged, size)
	}
	if string(tail[4:]) != Magic {
		return 0, fmt.Errorf("%w: does not end with %q; it may be cut off", ErrDamaged, Magic)
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	if n > MaxSize || n > size-int64(len(Magic)+TailSize) {
		return 0, fmt.Errorf("%w: a footer of %d bytes", ErrDamaged, n)
	}
	return n, nil
}

// Decode decodes the struct at the beginning of b into v and returns its
// length. v aliases b.
func Decode(b []byte, v any) (int, error) {
	w := walker{b: b}
	if err := w.structure(0); err != nil {
		return 0, fmt.Errorf("%w: thrift: %w", ErrDamaged, err)
	}
	r := new(thrift.CompactProtocol).NewReaderFromBytes(b[:w.at])
	if err := thrift.NewDecoder(r).Decode(v); err != nil {
		return 0, fmt.Errorf("%w: thrift: %w", ErrDamaged, err)
	}
	return w.at, nil
}

// DecodeHeader decodes the page header at the beginning of b and returns its
// length. It needs no walk: page headers have no lists to allocate, and b is
// cut so that nesting stays shallow enough for a stack.
func DecodeHeader(b []byte, h *format.PageHeader) (int, error) {
	r := new(thrift.CompactProtocol).NewReaderFromBytes(b[:min(len(b), MaxHeader)])
	if err := thrift.NewDecoder(r).Decode(h); err != nil {
		return 0, fmt.Errorf("%w: page header: %w", ErrDamaged, err)
	}
	return r.BytesRead(), nil
}
