package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// maxWindow bounds the memory of a zstd frame.
const maxWindow = 128 << 20

// inflater unpacks pages to the size that they shall have, and never takes
// more memory than that. One serves one goroutine.
type inflater struct {
	zstd *zstd.Decoder
	gzip *gzip.Reader
	brot *brotli.Reader
}

func (z *inflater) close() {
	if z.zstd != nil {
		z.zstd.Close()
	}
}

// inflate unpacks src, over dst where that is large enough.
func (z *inflater) inflate(codec format.CompressionCodec, dst, src []byte, size int) ([]byte, error) {
	if codec == format.Uncompressed {
		if len(src) != size {
			return nil, damaged("a page of %d bytes shall have %d", len(src), size)
		}
		return src, nil
	}
	if bomb(int64(size), int64(len(src))) {
		return nil, damaged("a page unpacks to more than %d times its size", MaxRatio)
	}
	if cap(dst) < size {
		dst = make([]byte, size)
	}
	out, err := z.unpack(codec, dst[:size:size], src)
	if errors.Is(err, ErrUnsupported) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, codec, err)
	}
	if len(out) != size {
		return nil, damaged("%s: %d bytes, want %d", codec, len(out), size)
	}
	return out, nil
}

// unpack fills dst, whose length and capacity are the size wanted, and returns
// what there was.
func (z *inflater) unpack(codec format.CompressionCodec, dst, src []byte) (out []byte, err error) {
	switch codec {
	case format.Snappy:
		n, err := snappy.DecodedLen(src)
		if err != nil || n != len(dst) {
			return nil, fmt.Errorf("%d bytes: %w", n, errors.Join(err, io.ErrUnexpectedEOF))
		}
		return snappy.Decode(dst, src)
	case format.Zstd:
		if z.zstd == nil {
			z.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecodeAllCapLimit(true))
			if err != nil {
				return nil, err
			}
		}
		return z.zstd.DecodeAll(src, dst[:0])
	case format.Gzip:
		if z.gzip == nil {
			z.gzip = new(gzip.Reader)
		}
		if err := z.gzip.Reset(bytes.NewReader(src)); err != nil {
			return nil, err
		}
		return whole(dst, z.gzip)
	case format.Brotli:
		if z.brot == nil {
			z.brot = brotli.NewReader(nil)
		}
		if err := z.brot.Reset(bytes.NewReader(src)); err != nil {
			return nil, err
		}
		return whole(dst, z.brot)
	case format.Lz4Raw:
		n, err := lz4.UncompressBlock(src, dst)
		if err != nil {
			return nil, err
		}
		return dst[:n], nil
	}
	return nil, unsupported("pages compressed with %s; write the file with another codec, as zstd", codec)
}

// frame fills dst with what an LZ4 or a zstd frame unpacks to.
func (z *inflater) frame(codec int, dst, src []byte) (err error) {
	switch codec {
	case codecZstd:
		_, err = z.inflate(format.Zstd, dst, src, len(dst))
		return err
	case codecLZ4:
		_, err = whole(dst, lz4.NewReader(bytes.NewReader(src)))
	default:
		return unsupported("buffers compressed with codec %d", codec)
	}
	if err != nil {
		return fmt.Errorf("%w: LZ4: %w", ErrDamaged, err)
	}
	return nil
}

// whole fills dst with all that a reader has.
func whole(dst []byte, r io.Reader) ([]byte, error) {
	if _, err := io.ReadFull(r, dst); err != nil {
		return nil, err
	}
	var more [1]byte
	if n, _ := io.ReadFull(r, more[:]); n > 0 { // an error behind the end is of no account
		return nil, errors.New("more bytes than the page shall have")
	}
	return dst, nil
}
