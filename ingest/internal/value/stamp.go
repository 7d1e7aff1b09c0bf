package value

import (
	"encoding/binary"
)

// Stamp is the time of the row before, as text and as what it means: files
// sorted by time repeat it, others repeat its day.
type Stamp struct {
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

// NewStamp returns a stamp that knows no time yet, and one date: 1970-01-01.
func NewStamp() Stamp {
	epoch := []byte("1970-01-01")
	return Stamp{date: Word(epoch, 0), dateEnd: binary.LittleEndian.Uint16(epoch[8:])}
}

// Lengths of the times that a stamp holds.
const (
	shortestStamp = len("2006-01-02")
	longestStamp  = len("2006-01-02T15:04:05Z")
)

// Scan reads a time in the form of the source.
func (s *Stamp) Scan(form TimeForm, text []byte, i int) (ns int64, end int, ok bool) {
	if len(text)-i < 24 {
		return form.scan(text, i)
	}
	head, middle := Word(text, i), Word(text, i+8)
	if s.n > 0 && head == s.head && Word(text, i+s.n-8) == s.tail && (s.n <= 16 || middle == s.middle) && text[i+s.n] == ',' {
		return s.ns, i + s.n, true
	}
	if form == FormISO {
		ns, end, ok = s.iso(text, i)
	} else {
		ns, end, ok = form.scanWords(text, i)
	}
	if !ok {
		return 0, end, false
	}
	if n := end - i; n >= shortestStamp && n <= longestStamp {
		s.n, s.ns, s.head, s.middle, s.tail = n, ns, head, middle, Word(text, end-8)
	}
	return ns, end, true
}

// iso reads yyyy-mm-dd, alone or with a time of day to the second in UTC.
func (s *Stamp) iso(b []byte, i int) (ns int64, end int, ok bool) {
	date, dateEnd := Word(b, i), binary.LittleEndian.Uint16(b[i+8:])
	if date != s.date || dateEnd != s.dateEnd {
		days, ok := scanDate(b, i)
		if !ok {
			return 0, i, false
		}
		s.date, s.dateEnd, s.midnight = date, dateEnd, int64(days)*Day
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
	x := Word(b, i+11) ^ pattern
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
	return s.midnight + hour*Hour + minute*Minute + second*Second, end, true
}
