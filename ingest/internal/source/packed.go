package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// xzMagic begins an xz file.
const xzMagic = "\xfd7zXZ\x00"

// unpack returns what a stream holds under gzip, zstd or xz, or the stream itself.
// close frees what reading takes.
func unpack(r *bufio.Reader) (plain io.Reader, packed bool, closer func(), err error) {
	closer = func() {}
	magic, err := r.Peek(len(xzMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, closer, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(r)
		return z, true, closer, err
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")):
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, true, closer, err
		}
		return d, true, d.Close, nil
	case string(magic) == xzMagic:
		head, err := r.Peek(xzHead)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, true, closer, err
		}
		if dictionary := xzDictionary(head); dictionary > maxWindow {
			return nil, true, closer, problem.Shape("it is packed with a dictionary of %d MiB; want %d at most, as xz -9 has", dictionary>>20, maxWindow>>20)
		}
		z, err := xz.NewReader(r)
		return z, true, closer, err
	}
	return r, false, closer, nil
}

// xzHead is how much of an xz file holds its header and that of the first block.
const xzHead = 12 + 1024

// xzDictionary returns the memory that the first block asks for, 0 where it is not
// understood: the decoder says what is wrong then. Format: tukaani.org/xz/xz-file-format.txt.
func xzDictionary(head []byte) int64 {
	if len(head) < 12+2 {
		return 0
	}
	block := head[12:]
	size := (int(block[0]) + 1) * 4
	if block[0] == 0 || len(block) < size {
		return 0
	}
	flags, at := block[1], 2
	number := func() {
		for at < size && block[at]&0x80 != 0 {
			at++
		}
		at++
	}
	for _, bit := range []byte{0x40, 0x80} { // compressed and uncompressed size
		if flags&bit != 0 {
			number()
		}
	}
	for range int(flags&3) + 1 {
		if at+2 >= size {
			return 0
		}
		id, properties := block[at], int(block[at+1])
		if id == 0x21 && properties == 1 {
			bits := block[at+2] & 0x3f
			if bits >= 40 {
				return 1<<32 - 1
			}
			return int64(2|bits&1) << (bits/2 + 11)
		}
		at += 2 + properties
	}
	return 0
}
