package value

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Locale is how a source writes numbers beyond plain decimals.
type Locale struct {
	// Decimal is '.' or ','; 0 where no number of the source needs to be told,
	// so that only whole numbers without thousands signs are read.
	Decimal byte
}

// maxNumber is the most bytes that a dressed number may have.
const maxNumber = 64

// magnitudes are the letters after a number, as powers of ten.
var magnitudes = []struct {
	sign  string
	power int
}{{"K", 3}, {"k", 3}, {"M", 6}, {"m", 6}, {"B", 9}, {"b", 9}, {"T", 12}, {"t", 12}, {"万", 4}, {"亿", 8}}

// Parse reads a number with thousands signs, a currency or a percent sign, or
// a magnitude, times ten to the shift. Percentages stay percentages: "-1.07%"
// is -1.07. It is the float64 nearest to the decimal text.
func (l Locale) Parse(field []byte, shift int) (v float64, ok bool) {
	if IsNothing(field) {
		return math.NaN(), true
	}
	if len(field) > maxNumber {
		return 0, false
	}
	core, negative, power := undress(field)
	var buf [maxNumber + 24]byte
	text, ok := l.plain(buf[:0], core)
	if !ok {
		return 0, false
	}
	if power += shift; power != 0 {
		if at := bytes.IndexAny(text, "eE"); at >= 0 {
			e, err := strconv.Atoi(string(text[at+1:]))
			if err != nil {
				return 0, false
			}
			text, power = text[:at], power+e
		}
		text = strconv.AppendInt(append(text, 'e'), int64(power), 10)
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if negative {
		v = -v
	}
	return v, err == nil
}

// IsNothing reports whether a field stands for "no value".
func IsNothing(field []byte) bool {
	field = TrimSpace(field)
	if isNull(field) {
		return true
	}
	if len(field) > 4 {
		return false
	}
	switch string(field) {
	case "-", "--", "—", "–", ".", "#N/A", "#NA", "n.a.":
		return true
	}
	return false
}

// IsInfinite reports whether a field is an infinity: a number, but none that a
// row can have.
func IsInfinite(field []byte) bool {
	field = bytes.TrimLeft(TrimSpace(field), "+-")
	return bytes.EqualFold(field, []byte("inf")) || bytes.EqualFold(field, []byte("infinity"))
}

// TrimSpace removes blanks of any width around a field.
func TrimSpace(field []byte) []byte {
	field = bytes.Trim(field, " \t")
	if len(field) > 0 && (field[0] >= utf8.RuneSelf || field[len(field)-1] >= utf8.RuneSelf) {
		field = bytes.TrimFunc(field, unicode.IsSpace)
	}
	return field
}

// undress takes the sign, the currency, the percent sign and the magnitude off
// a number.
func undress(field []byte) (core []byte, negative bool, power int) {
	core = TrimSpace(field)
	core, negative = trimSign(core)
	core = trimCurrency(core)
	if !negative {
		core, negative = trimSign(core)
	}
	core = TrimSpace(bytes.TrimSuffix(core, []byte{'%'}))
	if r, size := utf8.DecodeLastRune(core); unicode.Is(unicode.Sc, r) {
		core = TrimSpace(core[:len(core)-size])
	}
	for _, m := range magnitudes {
		if rest, ok := bytes.CutSuffix(core, []byte(m.sign)); ok && len(rest) > 0 {
			return TrimSpace(rest), negative, m.power
		}
	}
	return core, negative, 0
}

// trimSign takes a sign off the front; U+2212 is the minus of typesetters.
func trimSign(text []byte) (rest []byte, negative bool) {
	switch {
	case bytes.HasPrefix(text, []byte{'-'}):
		return text[1:], true
	case bytes.HasPrefix(text, []byte("\u2212")):
		return text[len("\u2212"):], true
	case bytes.HasPrefix(text, []byte{'+'}):
		return text[1:], false
	}
	return text, false
}

// trimCurrency takes a currency sign off the front, with up to three letters
// before it ("US$", "R$").
func trimCurrency(text []byte) []byte {
	letters := 0
	for letters < len(text) && letters < 4 && (text[letters]|0x20)-'a' < 26 {
		letters++
	}
	r, size := utf8.DecodeRune(text[letters:])
	if letters < 4 && unicode.Is(unicode.Sc, r) {
		return TrimSpace(text[letters+size:])
	}
	return text
}

// plain appends the number without thousands signs, with a decimal point.
// Groups must have their usual lengths, so that "1,5" is never 15.
func (l Locale) plain(buf, core []byte) (text []byte, ok bool) {
	group, groups, digits := 0, 0, 0 // digits since the last thousands sign, signs, digits before the decimal sign
	var sign rune
	for i := 0; i < len(core); {
		r, size := utf8.DecodeRune(core[i:])
		switch {
		case r-'0' < 10 && r >= '0':
			buf, group, digits = append(buf, byte(r)), group+1, digits+1
		case r == rune(l.Decimal) && l.Decimal != 0, (r == 'e' || r == 'E') && i > 0:
			if groups > 0 && group != 3 {
				return nil, false
			}
			return appendRest(buf, core[i:], digits > 0, l.Decimal)
		case isGrouping(r) && r != rune(l.Decimal) && (l.Decimal != 0 || r != '.' && r != ','):
			// Indian thousands signs stand after two digits, but for the last.
			if group == 0 || group > 3 || groups > 0 && (group < 2 || r != sign) {
				return nil, false
			}
			sign, groups, group = r, groups+1, 0
		default:
			return nil, false
		}
		i += size
	}
	return buf, digits > 0 && (groups == 0 || group == 3)
}

// appendRest appends what begins at the decimal sign or the exponent.
func appendRest(buf, rest []byte, whole bool, decimal byte) ([]byte, bool) {
	digits, exponent := 0, false
	for i, c := range rest {
		switch {
		case c-'0' <= 9:
			digits++
		case i == 0 && c == decimal:
			c = '.'
		case (c == 'e' || c == 'E') && !exponent && (whole || digits > 0):
			exponent, digits = true, 0
			whole = false
		case (c == '-' || c == '+') && exponent && digits == 0:
		default:
			return nil, false
		}
		buf = append(buf, c)
	}
	return buf, whole || digits > 0
}

// isGrouping reports whether a rune is used between thousands.
func isGrouping(r rune) bool {
	switch r {
	case '.', ',', ' ', '\'', '\u00a0', '\u202f', '\u2009', '\u2019':
		return true
	}
	return false
}

// Numberish reports whether a field is a number in some reading, or nothing.
func Numberish(field []byte) bool {
	if plainPrice(field) {
		return true
	}
	if _, ok := ParseNumber(field); ok {
		return true
	}
	if IsInfinite(field) {
		return true
	}
	if bytes.IndexByte(field, ':') >= 0 {
		return false // most times end here
	}
	if _, ok := (Locale{'.'}).Parse(field, 0); ok {
		return true
	}
	_, ok := (Locale{','}).Parse(field, 0)
	return ok
}

// Signs is what the numbers of a source say about its decimal sign.
type Signs struct {
	// point and comma count the numbers that are understood with one of them
	// only; pointAt and commaAt are the first such.
	point, comma     int
	pointAt, commaAt Sample
	// either counts the numbers that have two readings, by the sign in them,
	// eitherAt are the first.
	eitherPoint, eitherComma     int
	eitherPointAt, eitherCommaAt Sample
}

// Add looks at one field of a column of numbers.
func (s *Signs) Add(line int, field []byte) {
	if bytes.IndexByte(field, '.') < 0 && bytes.IndexByte(field, ',') < 0 || len(field) > maxNumber {
		return
	}
	if plainPrice(field) {
		if whole := bytes.IndexByte(field, '.'); whole > 3 || len(field)-whole != 4 || field[0] == '0' {
			Note(&s.point, &s.pointAt, line, field)
			return
		}
	}
	p, okPoint := Locale{'.'}.Parse(field, 0)
	c, okComma := Locale{','}.Parse(field, 0)
	switch {
	case okPoint && !okComma:
		Note(&s.point, &s.pointAt, line, field)
	case okComma && !okPoint:
		Note(&s.comma, &s.commaAt, line, field)
	case !okPoint || p == c || p != p: // no number, "0.000" or nothing
	case bytes.IndexByte(field, '.') >= 0:
		if leadingZero(field) {
			Note(&s.point, &s.pointAt, line, field)
			return
		}
		Note(&s.eitherPoint, &s.eitherPointAt, line, field)
	case leadingZero(field):
		Note(&s.comma, &s.commaAt, line, field)
	default:
		Note(&s.eitherComma, &s.eitherCommaAt, line, field)
	}
}

// leadingZero reports whether a number begins with a zero, as no number with
// thousands signs does.
func leadingZero(field []byte) bool {
	core, _, _ := undress(field)
	return bytes.HasPrefix(core, []byte{'0'})
}

// Note counts a value and keeps the first.
func Note(n *int, first *Sample, line int, field []byte) {
	if *n == 0 {
		*first = Sample{line, string(field)}
	}
	*n++
}

// contrary is how many numbers, one in so many, may speak for the other
// decimal sign before a source is refused. They reject their rows.
const contrary = 20

// Open reports whether numbers have two readings and none decides. continental says
// that the source is of where a comma stands before the decimals, so that a point
// alone is open as well.
func (s *Signs) Open(continental bool) bool {
	return s.point == 0 && s.comma == 0 && (s.eitherComma > 0 || continental && s.eitherPoint > 0)
}

// Decide returns the decimal sign and the value that shows it. open says that
// more numbers may decide, and err is what is wrong when there are none.
func (s *Signs) Decide(continental bool) (decimal byte, at Sample, open bool, err error) {
	switch {
	case s.point > 0 && s.comma*contrary <= s.point:
		return '.', s.pointAt, false, nil
	case s.comma > 0 && s.point*contrary <= s.comma:
		return ',', s.commaAt, false, nil
	case s.point > 0:
		return 0, s.commaAt, false, fmt.Errorf("numbers have a decimal point, as %q in line %d, and a decimal comma, as %q in line %d; give Options.Decimal point or comma",
			s.pointAt.Text, s.pointAt.Line, s.commaAt.Text, s.commaAt.Line)
	case s.Open(continental):
		at = s.eitherCommaAt
		if s.eitherComma == 0 {
			at = s.eitherPointAt
		}
		return 0, at, true, fmt.Errorf("%q may be %s or %s; give Options.Decimal point or comma",
			at.Text, spelled(at.Text, '.'), spelled(at.Text, ','))
	case s.eitherPoint > 0:
		return '.', s.eitherPointAt, false, nil
	}
	return 0, Sample{}, false, nil
}

// spelled returns a number as it is read with a decimal sign.
func spelled(text string, decimal byte) string {
	v, _ := Locale{decimal}.Parse([]byte(text), 0)
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// plainPrice reports whether a field is a plain number with a point and too
// few digits before it for an epoch, as most fields are: nothing else can be
// made of it.
func plainPrice(field []byte) bool {
	whole := LeadingDigits(field)
	return whole > 0 && whole < 9 && whole < len(field)-1 && field[whole] == '.' && LeadingDigits(field[whole+1:]) == len(field)-whole-1
}
