package parquet

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// maxBound is the longest string that is recorded as a bound. The format has
// no room to say that a bound was shortened, so longer ones are left out.
const maxBound = 128

// statistics returns the bounds of the given values, all of which exist, and
// the number of nulls beside them.
func statistics(t Type, d *Data, nulls int) format.Statistics {
	s := format.Statistics{NullCount: int64(nulls)}
	switch t {
	case Float64:
		if lo, hi, ok := floatBounds(partsOf(d.Float64, d.Float64s)); ok {
			s.MinValue, s.MaxValue = word(math.Float64bits(lo)), word(math.Float64bits(hi))
		}
	case String:
		if lo, hi, ok := stringBounds(d.Codes, d.Dictionary); ok {
			s.MinValue, s.MaxValue = []byte(lo), []byte(hi)
		}
	default:
		if d.rows(t) > 0 {
			lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
			for _, piece := range partsOf(d.Int64, d.Int64s) {
				for _, v := range piece {
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			s.MinValue, s.MaxValue = word(uint64(lo)), word(uint64(hi))
		}
	}
	return s
}

func word(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }

// floatBounds returns no bounds where a NaN is among the values: readers
// would skip the chunk for values that it has.
func floatBounds(pieces [][]float64) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, piece := range pieces {
		ok = ok || len(piece) > 0
		for _, x := range piece {
			if x != x {
				return 0, 0, false
			}
			if x < lo {
				lo = x
			}
			if x > hi {
				hi = x
			}
		}
	}
	if !ok {
		return 0, 0, false
	}
	// −0 and +0 are equal but ordered by some readers, so the bounds take in
	// both, as the specification of Statistics asks.
	if lo == 0 {
		lo = math.Copysign(0, -1)
	}
	if hi == 0 {
		hi = 0
	}
	return lo, hi, true
}

func stringBounds(codes []int32, dictionary []string) (lo, hi string, ok bool) {
	used := make([]bool, len(dictionary))
	for _, c := range codes {
		used[c] = true
	}
	for i, s := range dictionary {
		if !used[i] {
			continue
		}
		if !ok {
			lo, hi, ok = s, s, true
		}
		lo, hi = min(lo, s), max(hi, s)
	}
	// An empty bound would be left out of the footer, which reads as unknown.
	return lo, hi, ok && lo != "" && max(len(lo), len(hi)) <= maxBound
}
