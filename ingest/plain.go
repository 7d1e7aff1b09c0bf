package ingest

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Plain CSV is read a word at a time: text without quotes or blanks around
// it, unsigned decimal numbers, one form of time. The steps in which a loop
// over bytes would end at another place in each row are the expensive ones,
// since a processor guesses wrong there. Whatever a step does not know is left
// to the general code, so nothing here decides what is accepted.

const (
	// asciiZeros turns eight digits into their values by an exclusive or.
	asciiZeros = 0x3030303030303030
	// A byte above nine gets its top bit set by adding raise, or has it. Neither
	// a point nor a comma, nor a digit, carries into the byte after it.
	raise   = 0x7676767676767676 // 0x80 - 10
	topBits = 0x8080808080808080
)

// word returns eight bytes of text, the first in the lowest byte.
func word(text []byte, i int) uint64 { return binary.LittleEndian.Uint64(text[i:]) }

// others returns the top bits of the bytes of x that are no digits, where x is
// text without asciiZeros. Bytes after the first two that are not may be wrong.
func others(x uint64) uint64 { return (x + raise | x) & topBits }

// eightDigits returns the number whose digits are the bytes of x, the first
// in the lowest byte: pairs, then two times two pairs.
func eightDigits(x uint64) int64 {
	const mask = 0x000000ff000000ff
	x = x*10 + x>>8
	return int64(((x&mask)*(100+1000000<<32) + (x>>16&mask)*(1+10000<<32)) >> 32)
}

// scan reads a line in which every field has the usual form, without looking
// for its end first. Whatever else it meets is left to read.
func (p *parser) scan(l *layout, text []byte, i int) (end int, ok bool) {
	p.known = false
	row := p.row
	for k := range l.fields {
		if k > 0 {
			if text[i] != ',' {
				return i, false
			}
			i++
		}
		f := &l.fields[k]
		switch f.kind {
		case fieldValue:
			// Most numbers end within eight bytes, point included, or are eight
			// digits. They are read here, since a call for each would cost as
			// much again, and by the same steps however long they are.
			if len(text)-i >= 8 {
				x := word(text, i) ^ asciiZeros
				other := others(x)
				at := bits.TrailingZeros64(other) // 64 of eight digits
				stop := text[i+at>>3]
				if stop == '.' {
					after := other & (other - 1)
					if after != 0 && uint16(after) == 0 {
						stop := bits.TrailingZeros64(after)
						whole := (other ^ (other - 1)) >> 8
						digits := (x&whole | x>>8&^whole) << ((72 - stop&^7) & 63)
						row[f.column] = float64(eightDigits(digits)) / pow10[((stop-at)>>3-1)&7]
						i += stop >> 3
						continue
					}
				} else if at > 7 && stop-'0' > 9 {
					row[f.column] = float64(eightDigits(x << ((64 - at&^7) & 63)))
					i += at >> 3
					continue
				}
			}
			if row[f.column], i, ok = scanNumber(text, i); !ok {
				return i, false
			}
		case fieldTime:
			if i, ok = p.scanTime(l.form, text, i); !ok {
				return i, false
			}
		case fieldSymbol:
			i = p.scanSymbol(text, i)
		default:
			i = scanText(text, i)
		}
	}
	if text[i] == '\r' {
		i++
	}
	if text[i] != '\n' {
		return i, false
	}
	return i + 1, true
}

// scanText returns the end of an unquoted field, or of what comes before a
// quote.
func scanText(text []byte, i int) int {
	for text[i] != ',' && text[i] != '\n' && text[i] != '\r' && text[i] != '"' {
		i++
	}
	return i
}

// scanSymbol reads the symbol, and knows its number when it is the one that
// was expected.
func (p *parser) scanSymbol(text []byte, i int) (end int) {
	if n := p.symbols.expected(text, i); n > 0 {
		p.known = true
		return i + n
	}
	end = scanText(text, i)
	p.symbol = text[i:end]
	return end
}

// scanTwo reads an unsigned number of at most eight digits before the point
// and eight behind it, one word for either, or of sixteen without a point.
func scanTwo(b []byte, i int) (v float64, end int, ok bool) {
	const longest = 8 + 1 + 8 + 1 // two words, the point and the byte after
	if len(b)-i < longest {
		return 0, i, false
	}
	x := word(b, i) ^ asciiZeros
	at := bits.TrailingZeros64(others(x)) &^ 7
	end = i + at>>3
	isPoint := b[end] == '.'
	if at == 0 || at < 64 && !isPoint {
		return 0, i, false
	}
	if isPoint {
		end++
	}
	y := word(b, end) ^ asciiZeros
	stop := bits.TrailingZeros64(others(y)) &^ 7
	n := stop >> 3
	end += n
	mantissa := eightDigits(x<<(64-at))*int64(pow10[n]) + eightDigits(y<<(64-stop))
	if after := b[end]; after-'0' <= 9 || after == '.' || mantissa > maxExact {
		return 0, i, false
	}
	v = float64(mantissa)
	if isPoint {
		v /= pow10[n]
	}
	return v, end, true
}

// stamp is the time of the row before, as text and as what it means: files
// sorted by time repeat it, others repeat its day.
type stamp struct {
	// n is the length of the text, 0 where none is known; head, middle and tail
	// are its first eight bytes, those after them and the last eight.
	n                  int
	head, middle, tail uint64
	ns                 int64
	// date and dateEnd are the ten bytes of a date that begins at midnight.
	date     uint64
	dateEnd  uint16
	midnight int64
}

// newStamp returns a stamp that knows no time yet, and one date: 1970-01-01.
func newStamp() stamp {
	epoch := []byte("1970-01-01")
	return stamp{date: word(epoch, 0), dateEnd: binary.LittleEndian.Uint16(epoch[8:])}
}

// Lengths of the times that a stamp holds.
const (
	shortestStamp = len("2006-01-02")
	longestStamp  = len("2006-01-02T15:04:05Z")
)

// scanTime reads a time in the form of the source, and keeps it as p.time.
func (p *parser) scanTime(form timeForm, text []byte, i int) (end int, ok bool) {
	if len(text)-i < 24 {
		p.time, end, ok = form.scan(text, i)
		return end, ok
	}
	s := &p.stamp
	head, middle := word(text, i), word(text, i+8)
	if s.n > 0 && head == s.head && word(text, i+s.n-8) == s.tail && (s.n <= 16 || middle == s.middle) && text[i+s.n] == ',' {
		p.time = s.ns
		return i + s.n, true
	}
	if form == formISO {
		p.time, end, ok = s.iso(text, i)
	} else {
		p.time, end, ok = form.scanWords(text, i)
	}
	if !ok {
		return end, false
	}
	if n := end - i; n >= shortestStamp && n <= longestStamp {
		s.n, s.ns, s.head, s.middle, s.tail = n, p.time, head, middle, word(text, end-8)
	}
	return end, true
}

// iso reads yyyy-mm-dd, alone or with a time of day to the second in UTC.
func (s *stamp) iso(b []byte, i int) (ns int64, end int, ok bool) {
	date, dateEnd := word(b, i), binary.LittleEndian.Uint16(b[i+8:])
	if date != s.date || dateEnd != s.dateEnd {
		days, ok := scanDate(b, i)
		if !ok {
			return 0, i, false
		}
		s.date, s.dateEnd, s.midnight = date, dateEnd, int64(days)*nsDay
	}
	if b[i+10] == ',' {
		return s.midnight, i + 10, true
	}
	// As in scanDate: digits become their values, colons zero.
	const (
		pattern = 0x30303a30303a3030 // "00:00:00", little endian
		colons  = 0x0000ff0000ff0000
		high    = 0xf0f0f0f0f0f0f0f0
		six     = 0x0606060606060606
	)
	x := word(b, i+11) ^ pattern
	if b[i+10] != 'T' && b[i+10] != ' ' || (x|(x+six))&high != 0 || x&colons != 0 {
		return scanISO(b, i)
	}
	x = x*10 + x>>8 // each pair is a number, in the lower of its bytes
	hour, minute, second := int64(x&0xff), int64(x>>24&0xff), int64(x>>48&0xff)
	end = i + 19
	if b[end] == 'Z' {
		end++
	}
	if hour > 23 || minute > 59 || second > 59 || b[end] != ',' && b[end] != '\r' && b[end] != '\n' {
		return scanISO(b, i)
	}
	return s.midnight + hour*nsHour + minute*nsMinute + second*nsSecond, end, true
}

// scanWords reads an epoch time of nine to sixteen digits. It leaves what is
// longer, shorter or not of that form to scan.
func (f timeForm) scanWords(b []byte, i int) (ns int64, end int, ok bool) {
	x, y := word(b, i)^asciiZeros, word(b, i+8)^asciiZeros
	stop := bits.TrailingZeros64(others(y)) &^ 7
	n := stop >> 3
	end = i + 8 + n
	v := eightDigits(x)*int64(pow10[n]) + eightDigits(y<<(64-stop))
	unit := f.unit()
	if others(x) != 0 || x&0xff == 0 || epochForm(n+8) != f || b[end]-'0' <= 9 || v > math.MaxInt64/unit {
		return f.scan(b, i)
	}
	return v * unit, end, true
}
