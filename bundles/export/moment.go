package export

import (
	"time"

	"github.com/bowstring-engine/bowstring/internal/decimal"
)

const (
	second = int64(time.Second)
	day    = 24 * 3600 * second
)

// moment writes times in ISO 8601, all in one form: as dates where each is a
// midnight UTC, else with as many decimals of a second as one of them needs.
// The zero value has seen no times.
type moment struct {
	clock  bool // some are no midnights
	digits int  // decimals of a second: 0, 3, 6 or 9

	last int64    // the day that date is, counted from 1970
	date [11]byte // and a T; nothing yet where it begins with 0
}

// add looks at times that are to be written.
func (m *moment) add(times []int64) {
	for _, t := range times {
		if t%day == 0 {
			continue
		}
		m.clock = true
		for t%second != 0 && m.digits < 9 && t%(second/int64(decimal.Pow10[m.digits])) != 0 {
			m.digits += 3
		}
	}
}

// append appends a time in the form.
func (m *moment) append(dst []byte, t int64) []byte {
	days := t / day
	if t%day < 0 {
		days--
	}
	if m.date[0] == 0 || days != m.last {
		m.last = days
		time.Unix(days*(day/second), 0).UTC().AppendFormat(m.date[:0], "2006-01-02T")
	}
	if !m.clock {
		return append(dst, m.date[:10]...)
	}
	rest := t - days*day
	dst = append(dst, m.date[:]...)
	dst = appendTwo(dst, rest/(3600*second))
	dst = appendTwo(append(dst, ':'), rest/(60*second)%60)
	dst = appendTwo(append(dst, ':'), rest/second%60)
	if m.digits > 0 {
		dst = appendDigits(append(dst, '.'), rest%second/(second/int64(decimal.Pow10[m.digits])), m.digits)
	}
	return append(dst, 'Z')
}

func appendTwo(dst []byte, n int64) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendDigits appends n with zeros in front, width digits in all.
func appendDigits(dst []byte, n int64, width int) []byte {
	at := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := at + width - 1; i >= at; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}
