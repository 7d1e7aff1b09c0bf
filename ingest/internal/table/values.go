package table

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/parquet-go/parquet-go/format"
)

// values decodes the next n values of a column, none of them null, into dst,
// whose memory is used again. Texts alias data.
func (l *leaf) values(dst *Vector, c *Column, encoding format.Encoding, data []byte, n int) (err error) {
	dst.reset()
	switch encoding {
	case format.Plain:
	case format.RLE:
		if l.physical != format.Boolean {
			return damaged("%s values as %s", l.physical, encoding)
		}
		return booleanRuns(dst, data, n)
	case format.DeltaBinaryPacked:
		if l.physical != format.Int32 && l.physical != format.Int64 {
			return damaged("%s values as %s", l.physical, encoding)
		}
		if dst.Ints, _, err = deltas(dst.Ints, data, n); err != nil {
			return err
		}
		if l.physical == format.Int32 {
			for i, x := range dst.Ints {
				dst.Ints[i] = int64(int32(x)) // sums wrap in 32 bits
			}
		}
		l.signs(dst)
		return nil
	case format.DeltaLengthByteArray, format.DeltaByteArray:
		texts, err := l.deltaTexts(encoding, data, n)
		if err != nil {
			return err
		}
		return l.ofTexts(dst, c, texts)
	case format.ByteStreamSplit:
		if data, err = l.join(data, n); err != nil {
			return err
		}
	default:
		return unsupported("values as %s", encoding)
	}
	return l.plain(dst, c, data, n)
}

// plain decodes values that stand one after the other.
func (l *leaf) plain(dst *Vector, c *Column, data []byte, n int) error {
	if l.physical == format.ByteArray {
		texts, err := plainTexts(data, n)
		if err != nil {
			return err
		}
		return l.ofTexts(dst, c, texts)
	}
	if need := int64(n) * int64(l.width); l.physical == format.Boolean && n > 8*len(data) || need > int64(len(data)) {
		return damaged("%d values in a page of %d bytes", n, len(data))
	}
	switch l.physical {
	case format.Boolean:
		for i := range n {
			dst.Ints = append(dst.Ints, int64(data[i>>3]>>(i&7)&1))
		}
	case format.Int32:
		for i := range n {
			dst.Ints = append(dst.Ints, int64(int32(binary.LittleEndian.Uint32(data[4*i:]))))
		}
		l.signs(dst)
	case format.Int64:
		for i := range n {
			dst.Ints = append(dst.Ints, int64(binary.LittleEndian.Uint64(data[8*i:])))
		}
		l.signs(dst)
	case format.Int96:
		l.moments(dst, data, n)
	case format.Float:
		for i := range n {
			dst.Floats = append(dst.Floats, float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))))
		}
	case format.Double:
		for i := range n {
			dst.Floats = append(dst.Floats, math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:])))
		}
	default:
		texts := make([][]byte, n)
		for i := range texts {
			texts[i] = data[l.width*i : l.width*(i+1) : l.width*(i+1)]
		}
		return l.ofTexts(dst, c, texts)
	}
	return nil
}

// signs makes whole numbers without a sign what they are.
func (l *leaf) signs(dst *Vector) {
	if !l.unsigned {
		return
	}
	for i, x := range dst.Ints {
		switch {
		case x >= 0:
		case l.physical == format.Int32:
			dst.Ints[i] = x & math.MaxUint32
		default:
			dst.wide(i, new(big.Int).SetUint64(uint64(x)).String())
		}
	}
}

// wide sets a whole number that int64 does not hold.
func (v *Vector) wide(row int, digits string) {
	v.fill(len(v.Ints))
	v.Wide[row] = digits
}

// fill lengthens Wide to so many rows.
func (v *Vector) fill(rows int) {
	if rows > len(v.Wide) {
		v.Wide = append(v.Wide, make([]string, rows-len(v.Wide))...)
	}
}

// moments decodes INT96: nanoseconds within the day, then the Julian day. What
// int64 does not hold is no time.
func (l *leaf) moments(dst *Vector, data []byte, n int) {
	const julian1970 = 2440588
	for i := range n {
		within := int64(binary.LittleEndian.Uint64(data[12*i:]))
		days := int64(int32(binary.LittleEndian.Uint32(data[12*i+8:]))) - julian1970
		if days > math.MaxInt64/day-1 || days < math.MinInt64/day+1 || within < 0 || within >= day {
			if dst.Nulls == nil {
				dst.Nulls = make([]bool, n)
			}
			dst.Nulls[i] = true
			days, within = 0, 0
		}
		dst.Ints = append(dst.Ints, days*day+within)
	}
}

// booleanRuns decodes booleans in runs behind the length of them all.
func booleanRuns(dst *Vector, data []byte, n int) error {
	if len(data) < 4 {
		return damaged("a page of %d bytes", len(data))
	}
	size := binary.LittleEndian.Uint32(data)
	if uint64(size) > uint64(len(data)-4) {
		return damaged("runs of %d bytes in a page of %d", size, len(data))
	}
	bits := make([]uint32, n)
	if err := hybrid(bits, data[4:4+size], 1); err != nil {
		return err
	}
	for _, b := range bits {
		dst.Ints = append(dst.Ints, int64(b))
	}
	return nil
}

// join puts the bytes of values together that stand apart: all first bytes,
// then all second ones.
func (l *leaf) join(data []byte, n int) ([]byte, error) {
	if l.width == 0 || int64(n)*int64(l.width) != int64(len(data)) {
		return nil, damaged("%d split values of %d bytes in a page of %d", n, l.width, len(data))
	}
	out := make([]byte, len(data))
	for k := range l.width {
		for i, b := range data[k*n : (k+1)*n] {
			out[i*l.width+k] = b
		}
	}
	return out, nil
}

// plainTexts cuts texts that stand behind their lengths.
func plainTexts(data []byte, n int) ([][]byte, error) {
	if n > len(data)/4 {
		return nil, damaged("%d texts in a page of %d bytes", n, len(data))
	}
	texts := make([][]byte, n)
	for i := range texts {
		if len(data) < 4 {
			return nil, damaged("a page of texts ends early")
		}
		size := binary.LittleEndian.Uint32(data)
		data = data[4:]
		if uint64(size) > uint64(len(data)) {
			return nil, damaged("a text of %d bytes in a page of %d", size, len(data))
		}
		texts[i], data = data[:size:size], data[size:]
	}
	return texts, nil
}

// deltaTexts decodes texts that are stored by their differences.
func (l *leaf) deltaTexts(encoding format.Encoding, data []byte, n int) ([][]byte, error) {
	if l.physical != format.ByteArray && l.physical != format.FixedLenByteArray {
		return nil, damaged("%s values as %s", l.physical, encoding)
	}
	read := deltaLengths
	if encoding == format.DeltaByteArray {
		read = func(src []byte, count int) ([][]byte, error) {
			return deltaTexts(src, count, FreeBytes+MaxRatio*int64(len(src)))
		}
	}
	texts, err := read(data, n)
	if err != nil || l.physical == format.ByteArray {
		return texts, err
	}
	for _, t := range texts {
		if len(t) != l.width {
			return nil, damaged("a value of %d bytes, want %d", len(t), l.width)
		}
	}
	return texts, nil
}

// ofTexts makes values of the bytes that they are stored as.
func (l *leaf) ofTexts(dst *Vector, c *Column, texts [][]byte) error {
	switch c.Kind {
	case Text:
		dst.Texts = append(dst.Texts, texts...)
	case Float:
		for _, t := range texts {
			dst.Floats = append(dst.Floats, half(binary.LittleEndian.Uint16(t)))
		}
	case Decimal:
		for _, t := range texts {
			if len(t) > maxDecimal {
				return damaged("a decimal of %d bytes", len(t))
			}
			dst.addBig(t)
		}
		if dst.Wide != nil {
			dst.fill(len(dst.Ints))
		}
	default:
		return unsupported("%s stored as %s", c.Type, l.physical)
	}
	return nil
}

// maxDecimal is the most bytes that a decimal may have.
const maxDecimal = 64

// addBig appends a whole number in two's complement, its highest byte first.
func (v *Vector) addBig(b []byte) {
	at := 0
	// Bytes that only repeat the sign say nothing.
	for at+1 < len(b) && (b[at] == 0 && b[at+1] < 0x80 || b[at] == 0xff && b[at+1] >= 0x80) {
		at++
	}
	b = b[at:]
	if len(b) <= 8 {
		x := int64(0)
		if len(b) > 0 && b[0] >= 0x80 {
			x = -1
		}
		for _, c := range b {
			x = x<<8 | int64(c)
		}
		v.Ints = append(v.Ints, x)
		return
	}
	x := new(big.Int).SetBytes(b)
	if b[0] >= 0x80 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	v.Ints = append(v.Ints, 0)
	v.wide(len(v.Ints)-1, x.String())
}

// half returns a float of 16 bits by IEEE 754.
func half(h uint16) float64 {
	sign, exponent, fraction := 1.0, int(h>>10&0x1f), float64(h&0x3ff)
	if h>>15 != 0 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 0x1f:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(fraction+1024, exponent-25)
}
