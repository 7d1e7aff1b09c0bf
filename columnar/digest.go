package columnar

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// DigestPrefix starts every digest and names its algorithm.
const DigestPrefix = "sha256:"

// canonicalNaN is the bit pattern that every NaN is hashed as.
const canonicalNaN = 0x7ff8000000000001

// Digest returns the SHA-256 of the content of a Frame, "sha256:" and 64 hex
// digits. It covers the ids, timestamps and values of every asset (each NaN
// as one, −0 as 0), the column names with their decimals, the axis and the
// adjustment state, and nothing of how they are stored: equal data is an
// equal digest. A Slice is hashed as what it shows.
func Digest(f *Frame) string { return DigestOf(f, ColumnDigests(f)) }

// ColumnDigest is the hash of one column of one asset.
type ColumnDigest = [sha256.Size]byte

// ColumnDigests returns for every asset the SHA-256 of its timestamps and of
// each column, in the order of Columns. It hashes on all processors.
func ColumnDigests(f *Frame) [][]ColumnDigest {
	all := make([][]ColumnDigest, f.NumAssets())
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range all {
		all[i] = make([]ColumnDigest, len(f.columns)+1)
		g.Go(func() error {
			all[i][0] = hashTimes(f.Times(i))
			for c := range f.columns {
				all[i][c+1] = hashValues(f.Values(i, c))
			}
			return nil
		})
	}
	_ = g.Wait() // no task returns an error
	return all
}

// DigestOf combines the result of [ColumnDigests] with the schema and the
// axis of f into the digest of the whole.
func DigestOf(f *Frame, columns [][]ColumnDigest) string {
	h := sha256.New()
	a := f.info.Axis
	fmt.Fprintf(h, "bowstring frame 1\ncalendar %s\nfrequency %d\nlabel %s\nadjusted %s\n",
		a.Calendar, int64(a.Frequency), a.Label, f.info.Adjusted)
	for _, c := range f.columns {
		fmt.Fprintf(h, "column %q decimals %d\n", c.Name, c.Decimals())
	}
	for i := range f.NumAssets() {
		fmt.Fprintf(h, "asset %q rows %d\n", f.Asset(i), f.NumBars(i))
		for _, d := range columns[i] {
			h.Write(d[:])
		}
	}
	return DigestPrefix + hex.EncodeToString(h.Sum(nil))
}

func hashTimes(v []int64) ColumnDigest {
	return hashWords(len(v), func(i int) uint64 { return uint64(v[i]) })
}

func hashValues(v []float64) ColumnDigest {
	return hashWords(len(v), func(i int) uint64 {
		switch x := v[i]; {
		case x != x:
			return canonicalNaN
		case x == 0:
			return 0
		default:
			return math.Float64bits(x)
		}
	})
}

// hashWords hashes n words in little-endian order, through a small buffer so
// that the result is the same on every machine.
func hashWords(n int, word func(int) uint64) (sum ColumnDigest) {
	var h hash.Hash = sha256.New()
	var buf [8192]byte
	for at := 0; at < n; {
		k := min(n-at, len(buf)/8)
		for j := range k {
			binary.LittleEndian.PutUint64(buf[j*8:], word(at+j))
		}
		h.Write(buf[:k*8])
		at += k
	}
	h.Sum(sum[:0])
	return sum
}
