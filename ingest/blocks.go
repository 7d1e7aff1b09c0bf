package ingest

import (
	"bytes"
	"errors"
	"io"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// block is a piece of a source's text that holds whole lines and ends in a
// line break. It is what a parser works on at a time.
type block struct {
	source *input
	chunk  *chunk // where the rows go
	seq    int    // position in the source
	text   []byte
	// line is the number of the first line, lines how many there are.
	line, lines int
	// cutOff says that the last line had no line break: the source ends there.
	cutOff bool

	// part takes the place of text for a table: its rows go to chunks, and done
	// is called when they have.
	part   tablePart
	chunks []*chunk
	done   func()
}

// blocks cuts the text of a source into pieces.
type blocks struct {
	r    io.Reader
	tail []byte // the start of a line whose end has not been read
	line int    // number of the next line
	done bool
	// cutOff says that the last line of the text had no line break.
	cutOff bool
}

// next fills buf, which it may replace by a larger one, with whole lines. It
// returns io.EOF at the end of the text.
func (b *blocks) next(buf []byte) (text []byte, line, lines int, err error) {
	if b.done {
		return buf, 0, 0, io.EOF
	}
	buf = append(buf[:0], b.tail...)
	for {
		if cap(buf)-len(buf) < 2 {
			buf = append(buf, make([]byte, cap(buf)+2)...)[:len(buf)]
		}
		// One byte stays free for the line break that the last line may lack.
		from := len(buf)
		n, err := fill(b.r, buf[from:cap(buf)-1])
		buf = buf[:from+n]
		if errors.Is(err, io.EOF) {
			return b.last(buf)
		}
		if err != nil {
			return buf, b.line, 0, err
		}
		if end := bytes.LastIndexByte(buf[from:], '\n'); end >= 0 {
			b.tail = append(b.tail[:0], buf[from+end+1:]...)
			return b.cut(buf[:from+end+1])
		}
		if len(buf) > maxLine {
			return buf, b.line, 0, problem.Shape("the line has more than %d KiB", maxLine>>10)
		}
	}
}

// fill reads until p is full. Unlike io.ReadFull it tells the end of the text
// (io.EOF) from a compressed stream that was cut off (io.ErrUnexpectedEOF).
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = r.Read(p[n:])
		n += k
	}
	if n == len(p) {
		return n, nil
	}
	return n, err
}

func (b *blocks) cut(text []byte) ([]byte, int, int, error) {
	line := b.line
	lines := bytes.Count(text, []byte{'\n'})
	b.line += lines
	return text, line, lines, nil
}

func (b *blocks) last(text []byte) ([]byte, int, int, error) {
	b.done = true
	if len(text) == 0 {
		return text, 0, 0, io.EOF
	}
	if text[len(text)-1] != '\n' {
		text = append(text, '\n')
		b.cutOff = true
	}
	return b.cut(text)
}
