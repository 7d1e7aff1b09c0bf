package source

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// maxWindow bounds the memory of a zstd stream; `zstd --long` needs it.
const maxWindow = 128 << 20

// Stream is the text of a source as it is read.
type Stream struct {
	*bufio.Reader
	source *File
	// Encoding is what the text was stored in.
	Encoding Encoding
	// packed counts the bytes below the decompressor.
	packed atomic.Int64
	// raw is the file below the decompressor; nil for a member of an archive.
	raw     io.Reader
	hash    hash.Hash
	closers []func()
}

// Open starts to read a source. count is told the bytes of the file that have
// been read. The caller closes the stream.
func (s *File) Open(ctx context.Context, count func(int)) (*Stream, error) {
	st := &Stream{source: s}
	text, err := st.text(ctx, count)
	if err != nil {
		st.Close()
		return nil, s.Wrap(err)
	}
	plain := bufio.NewReaderSize(text, HeadBytes)
	if err := packedTable(plain); err != nil {
		st.Close()
		return nil, s.At(0, err)
	}
	st.Reader, st.Encoding, err = Decode(plain)
	if err != nil {
		st.Close()
		return nil, s.Wrap(err)
	}
	if st.Reader, err = s.stack(st.Reader); err != nil {
		st.Close()
		return nil, s.Wrap(err)
	}
	return st, nil
}

// packedTable refuses a table inside a compressed file, which is read from its
// end.
func packedTable(r *bufio.Reader) error {
	head, err := r.Peek(8)
	if err == nil && formatOfBytes(string(head)) != FormatText {
		return problem.Shape("it holds a Parquet, Arrow or zip file; unpack it first")
	}
	return nil
}

// text returns the decompressed bytes of the source.
func (st *Stream) text(ctx context.Context, count func(int)) (io.Reader, error) {
	s := st.source
	if s.member != nil {
		return st.member(ctx, count)
	}
	if s.archive != nil {
		m := s.tar
		raw := contextReader{ctx, &countingReader{io.NewSectionReader(s.archive.plain, m.from, m.size), func(n int) { st.packed.Add(int64(n)) }}}
		st.closers = append(st.closers, func() { count(int(s.Bytes / int64(len(s.archive.tars)))) })
		return st.unpacked(bufio.NewReaderSize(raw, HeadBytes))
	}
	f, err := os.Open(s.Path)
	if err != nil {
		return nil, err
	}
	st.closers = append(st.closers, func() { _ = f.Close() }) // read only: nothing is lost
	st.hash = sha256.New()
	st.raw = contextReader{ctx, &countingReader{io.TeeReader(f, st.hash), func(n int) {
		st.packed.Add(int64(n))
		count(n)
	}}}
	return st.unpacked(bufio.NewReaderSize(st.raw, HeadBytes))
}

// unpacked returns the text below gzip, zstd or xz.
func (st *Stream) unpacked(r *bufio.Reader) (io.Reader, error) {
	plain, packed, closer, err := unpack(r)
	if err != nil {
		return nil, err
	}
	st.closers = append(st.closers, closer)
	if packed {
		return &boundedReader{r: plain, packed: &st.packed}, nil
	}
	return plain, nil
}

// member opens a member of an archive. Its packed bytes are counted as they are
// read, like those of a file.
func (st *Stream) member(ctx context.Context, count func(int)) (io.Reader, error) {
	raw, err := st.source.archive.packed(st.source.member)
	if err != nil {
		return nil, err
	}
	packed := contextReader{ctx, &countingReader{raw, func(n int) {
		st.packed.Add(int64(n))
		count(n)
	}}}
	r, err := unpacked(st.source.member, packed)
	if err != nil {
		return nil, err
	}
	st.closers = append(st.closers, func() {
		_ = r.Close() // read only: nothing is lost
		count(int(int64(st.source.member.CompressedSize64) - st.packed.Load()))
	})
	return &boundedReader{r: r, packed: &st.packed}, nil
}

// Digest returns the SHA-256 of the file. The text has been read to its end.
func (st *Stream) Digest(ctx context.Context) (string, error) {
	if st.source.archive != nil {
		sum, err := st.source.archive.digest(ctx)
		if err != nil {
			return "", st.source.Wrap(err)
		}
		return sum, nil
	}
	if _, err := io.Copy(io.Discard, st.raw); err != nil {
		return "", st.source.Wrap(err)
	}
	return hex.EncodeToString(st.hash.Sum(nil)), nil
}

// Close closes what was opened. It may be called once.
func (st *Stream) Close() {
	for _, c := range st.closers {
		c()
	}
}

// Wrap names the source in an error of reading it.
func (s *File) Wrap(err error) error {
	var named *fs.PathError
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &named) {
		return err
	}
	return &problem.InputError{File: s.Name(), Err: err}
}

// At names the source, and for text that is not understood the line.
func (s *File) At(line int, err error) error {
	if errors.Is(err, problem.ErrShape) {
		return &problem.InputError{File: s.Name(), Line: line, Err: err}
	}
	return s.Wrap(err)
}

// countingReader tells how many bytes went through it.
type countingReader struct {
	r     io.Reader
	count func(int)
}

// Read implements io.Reader.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.count(n)
	return n, err
}

// HeadBytes is how much of a text is buffered, and looked at to decide on its shape.
const HeadBytes = 64 << 10
