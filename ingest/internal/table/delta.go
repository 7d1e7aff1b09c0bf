package table

import "encoding/binary"

// deltas reads count whole numbers that are stored as packed differences, and
// returns how many bytes they took.
//
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC
func deltas(dst []int64, src []byte, count int) (values []int64, n int, err error) {
	var head [3]uint64 // values of a block, its parts, all values
	for i := range head {
		v, k := binary.Uvarint(src[n:])
		if k <= 0 {
			return nil, n, damaged("differences end early")
		}
		head[i], n = v, n+k
	}
	first, k := binary.Varint(src[n:])
	if k <= 0 {
		return nil, n, damaged("differences end early")
	}
	n += k
	block, parts := head[0], head[1]
	if block == 0 || block%128 != 0 || block > 1<<20 || parts == 0 || block%parts != 0 || block/parts%32 != 0 || head[2] != uint64(count) {
		return nil, n, damaged("differences of %d values in blocks of %d, %d parts, for %d values", head[2], block, parts, count)
	}
	values = dst[:0]
	if count == 0 {
		return values, n, nil
	}
	values = append(values, first)
	for len(values) < count {
		if values, k, err = deltaBlock(values, src[n:], int(block/parts), int(parts), count); err != nil {
			return nil, n, err
		}
		n += k
	}
	return values, n, nil
}

// deltaBlock appends the values of a block of parts of so many values.
func deltaBlock(values []int64, src []byte, size, parts, count int) (_ []int64, n int, err error) {
	least, n := binary.Varint(src)
	if n <= 0 || parts > len(src)-n {
		return nil, 0, damaged("differences end early")
	}
	widths := src[n : n+parts]
	n += parts
	for _, width := range widths {
		if len(values) == count {
			break // parts without values have no bytes
		}
		take := min(size, count-len(values))
		bytes := size * int(width) / 8
		if width > 64 || (take*int(width)+7)/8 > len(src)-n {
			return nil, 0, damaged("differences end early")
		}
		values = appendDeltas(values, src[n:], int(width), take, least)
		n += min(bytes, len(src)-n)
	}
	return values, n, nil
}

// appendDeltas appends values that differ from the one before by a packed
// number and the least difference. Sums wrap, as those of the writer do.
func appendDeltas(values []int64, src []byte, width, count int, least int64) []int64 {
	last := values[len(values)-1]
	bit := 0
	for range count {
		var v uint64
		for got := 0; got < width; {
			b := uint64(src[bit>>3]) >> (bit & 7)
			take := min(8-bit&7, width-got)
			v |= b & (1<<take - 1) << got
			got, bit = got+take, bit+take
		}
		last += least + int64(v)
		values = append(values, last)
	}
	return values
}

// deltaLengths reads texts whose lengths stand before them as differences.
func deltaLengths(src []byte, count int) ([][]byte, error) {
	lengths, n, err := deltas(nil, src, count)
	if err != nil {
		return nil, err
	}
	src = src[n:]
	texts := make([][]byte, count)
	for i, length := range lengths {
		if length < 0 || length > int64(len(src)) {
			return nil, damaged("a text of %d bytes in a page of %d", length, len(src))
		}
		texts[i], src = src[:length:length], src[length:]
	}
	return texts, nil
}

// deltaTexts reads texts that begin as the one before: how much of it, and what
// comes behind. Together they may have most bytes.
func deltaTexts(src []byte, count int, most int64) ([][]byte, error) {
	prefixes, n, err := deltas(nil, src, count)
	if err != nil {
		return nil, err
	}
	texts, err := deltaLengths(src[n:], count)
	if err != nil {
		return nil, err
	}
	total, before := int64(0), int64(0)
	for i, prefix := range prefixes {
		if prefix < 0 || prefix > before {
			return nil, damaged("a text begins with %d bytes of one of %d", prefix, before)
		}
		before = prefix + int64(len(texts[i]))
		total += before // of less than 2^31 texts of less than 2^31 bytes
	}
	if total > most {
		return nil, damaged("texts of %d bytes in a page of %d", total, len(src))
	}
	all := make([]byte, 0, total)
	var last []byte
	for i, prefix := range prefixes {
		start := len(all)
		all = append(append(all, last[:prefix]...), texts[i]...)
		last = all[start:len(all):len(all)]
		texts[i] = last
	}
	return texts, nil
}
