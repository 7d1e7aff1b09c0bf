package output

import (
	"errors"
	"io"
)

// Position is a writer that knows how far it has come, which is all that an Arrow
// IPC file asks of one that seeks.
type Position struct {
	w  io.Writer
	at int64
}

// NewPosition returns a Position at the beginning of w.
func NewPosition(w io.Writer) *Position { return &Position{w: w} }

// Bytes returns how many bytes have been written.
func (p *Position) Bytes() int64 { return p.at }

// Write implements io.Writer.
func (p *Position) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.at += int64(n)
	return n, err
}

// Seek implements io.Seeker for the question where it is; anything else is an
// error.
func (p *Position) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return 0, errors.New("a stream cannot seek")
	}
	return p.at, nil
}
