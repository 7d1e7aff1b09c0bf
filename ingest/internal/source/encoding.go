package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how the text of a source is stored. Readers behind it see UTF-8
// with lines that end in LF or CR LF, whatever the source has, and the lines
// keep their numbers.
type Encoding struct {
	// Utf16 is "LE" or "BE"; "" is UTF-8.
	Utf16 string
	// Mark says that a byte order mark stood before the text.
	Mark bool
	// MacLines says that lines end in a carriage return alone.
	MacLines bool
}

// String names the encoding for people.
func (e Encoding) String() string {
	name := "UTF-8"
	if e.Utf16 != "" {
		name = "UTF-16 " + e.Utf16
	}
	if e.Mark {
		name += " with a byte order mark"
	}
	return name
}

// Decode looks at the first bytes of a text and returns a reader of plain
// UTF-8 without a byte order mark.
func Decode(r *bufio.Reader) (*bufio.Reader, Encoding, error) {
	var e Encoding
	head, err := r.Peek(encodingBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return r, e, err
	}
	skip := 0
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		e.Mark, skip = true, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		e.Utf16, e.Mark, skip = "LE", true, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		e.Utf16, e.Mark, skip = "BE", true, 2
	default:
		e.Utf16 = unmarked(head)
	}
	if _, err := r.Discard(skip); err != nil {
		return r, e, err
	}
	if e.Utf16 != "" {
		r = bufio.NewReaderSize(&utf16Reader{r: r, big: e.Utf16 == "BE"}, HeadBytes)
	}
	head, err = r.Peek(HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return r, e, err
	}
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 && !carriageAtEnd(head) {
		e.MacLines = true
		r = bufio.NewReaderSize(macReader{r}, HeadBytes)
	}
	return r, e, nil
}

// encodingBytes is how much is looked at for UTF-16 without a mark.
const encodingBytes = 4 << 10

// unmarked returns the byte order of UTF-16 without a mark, or "". Rows are
// mostly of ASCII characters, one half of which is zero, which bytes of UTF-8
// text never are.
func unmarked(head []byte) string {
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case zeros[1]*8 > len(head) && zeros[0]*16 < zeros[1]:
		return "LE"
	case zeros[0]*8 > len(head) && zeros[1]*16 < zeros[0]:
		return "BE"
	}
	return ""
}

// carriageAtEnd reports whether the only carriage return is the last byte,
// which may be half of a CR LF.
func carriageAtEnd(head []byte) bool {
	return len(head) == HeadBytes && bytes.IndexByte(head, '\r') == len(head)-1
}

// macReader turns carriage returns into line feeds.
type macReader struct{ r io.Reader }

// Read implements io.Reader.
func (m macReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// utf16Reader decodes UTF-16. Halves of pairs that stand alone become U+FFFD.
type utf16Reader struct {
	r    *bufio.Reader
	big  bool
	left []byte // decoded and not handed over
	buf  [3 * 4096]byte
}

// Read implements io.Reader.
func (u *utf16Reader) Read(p []byte) (int, error) {
	if len(u.left) == 0 {
		if err := u.more(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.left)
	u.left = u.left[n:]
	return n, nil
}

// more decodes the next units into buf.
func (u *utf16Reader) more() error {
	text := u.buf[:0]
	for len(text)+utf8.UTFMax <= len(u.buf) {
		unit, err := u.unit()
		if err != nil {
			if errors.Is(err, io.EOF) && len(text) > 0 {
				break
			}
			return err
		}
		if utf16.IsSurrogate(unit) {
			unit = u.pair(unit)
		}
		text = utf8.AppendRune(text, unit)
	}
	u.left = text
	return nil
}

// unit reads two bytes.
func (u *utf16Reader) unit() (rune, error) {
	a, err := u.r.ReadByte()
	if err != nil {
		return 0, err
	}
	b, err := u.r.ReadByte()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, err
	}
	if u.big {
		return rune(a)<<8 | rune(b), nil
	}
	return rune(b)<<8 | rune(a), nil
}

// pair completes a surrogate with the unit after it, which is left in place
// where it does not fit.
func (u *utf16Reader) pair(first rune) rune {
	next, err := u.r.Peek(2)
	if err != nil {
		return utf8.RuneError
	}
	second := rune(next[1])<<8 | rune(next[0])
	if u.big {
		second = rune(next[0])<<8 | rune(next[1])
	}
	r := utf16.DecodeRune(first, second)
	if r != utf8.RuneError {
		_, _ = u.r.Discard(2) // has been peeked at
	}
	return r
}
