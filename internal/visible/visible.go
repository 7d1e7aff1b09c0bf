// Package visible shows what a terminal would obey: control characters, marks
// that turn the direction of text, and bytes that are no text.
//
// Start with [Text], for a name from outside in a line of a message, and with
// [Writer], the net below everything that is printed.
package visible

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns a text that stays on its line and is shown as it is: "\n" for a
// line break, "\u001b" for an escape character, "\xff" for a byte that is not
// UTF-8. Other texts are returned as they are; a backslash in them too, so this
// is for eyes, and not to be read back.
func Text(s string) string {
	if plain(s, false) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if lines(r) || hidden(r, n) {
			escape(&b, r, s[0])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// Writer passes text on and shows what Text shows, but for line breaks and tabs.
// What JSON strings hold stays the same value. Make one with [NewWriter]; it is
// for one goroutine.
type Writer struct {
	w io.Writer
	// rest is the beginning of a character whose end has not been written yet.
	rest []byte
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write implements io.Writer. The end of p may be kept until the next call, or
// Flush, where it is the beginning of a character.
func (v *Writer) Write(p []byte) (int, error) {
	if len(v.rest) == 0 && plain(p, true) {
		return v.w.Write(p)
	}
	text := slices.Concat(v.rest, p)
	v.rest = nil
	var b strings.Builder
	for len(text) > 0 {
		if !utf8.FullRune(text) {
			v.rest = append(v.rest, text...)
			break
		}
		r, n := utf8.DecodeRune(text)
		if hidden(r, n) && !lines(r) {
			escape(&b, r, text[0])
		} else {
			b.Write(text[:n])
		}
		text = text[n:]
	}
	if _, err := io.WriteString(v.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what Write has kept.
func (v *Writer) Flush() error {
	if len(v.rest) == 0 {
		return nil
	}
	var b strings.Builder
	for _, c := range v.rest {
		escape(&b, utf8.RuneError, c)
	}
	v.rest = nil
	_, err := io.WriteString(v.w, b.String())
	return err
}

// plain reports whether a text has printable ASCII only, and with breaks line
// breaks and tabs.
func plain[T string | []byte](s T, breaks bool) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && (!breaks || !lines(rune(c))) {
			return false
		}
	}
	return true
}

// lines reports whether a character arranges lines.
func lines(r rune) bool { return r == '\n' || r == '\t' }

// hidden reports whether a character of n bytes is not seen, or no character.
func hidden(r rune, n int) bool {
	return r == utf8.RuneError && n == 1 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// escape writes a character, or the byte that is none.
func escape(b *strings.Builder, r rune, first byte) {
	switch {
	case r == utf8.RuneError:
		fmt.Fprintf(b, `\x%02x`, first)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\t':
		b.WriteString(`\t`)
	case r == '\r':
		b.WriteString(`\r`)
	case r > 0xffff:
		high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
		fmt.Fprintf(b, `\u%04x\u%04x`, high, low) // as JSON has it
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}
