package table

import "encoding/binary"

// hybrid fills dst with numbers of so many bits that are run-length encoded or
// packed. Runs may promise more than there is room for, as the last packed one
// does; nothing is made of the rest.
//
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
func hybrid(dst []uint32, src []byte, bits int) error {
	n := 0
	for at := 0; at < len(dst); {
		head, k := binary.Uvarint(src[n:])
		if k <= 0 {
			return damaged("a run of values ends early")
		}
		n += k
		if head&1 == 0 {
			bytes := (bits + 7) / 8
			if bytes > len(src)-n {
				return damaged("a run of values ends early")
			}
			v := uint32(0)
			for i := range bytes {
				v |= uint32(src[n+i]) << (8 * i)
			}
			n += bytes
			count := int(min(head>>1, uint64(len(dst)-at)))
			if count == 0 {
				return damaged("a run of no values")
			}
			for i := range count {
				dst[at+i] = v
			}
			at += count
			continue
		}
		groups := head >> 1
		if groups == 0 || bits > 0 && groups > uint64(len(src)-n)/uint64(bits) {
			// Some writers cut the last group short where its values end.
			if need := (len(dst) - at) * bits; groups == 0 || (need+7)/8 > len(src)-n {
				return damaged("a packed run ends early")
			}
			groups = uint64(len(src)-n)/uint64(bits) + 1
		}
		count := int(min(groups, uint64(len(dst)-at)/8+1))
		count = min(8*count, len(dst)-at)
		unpack(dst[at:at+count], src[n:], bits)
		n += int(min(groups*uint64(bits), uint64(len(src)-n)))
		at += count
	}
	return nil
}

// unpack fills dst with numbers of so many bits, the first in the lowest bits
// of the first byte.
func unpack(dst []uint32, src []byte, bits int) {
	mask := uint64(1)<<bits - 1
	word, have, at := uint64(0), 0, 0
	for i := range dst {
		for have < bits {
			word |= uint64(src[at]) << have
			at++
			have += 8
		}
		dst[i] = uint32(word & mask)
		word >>= bits
		have -= bits
	}
}
