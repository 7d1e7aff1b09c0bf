package columnar

import (
	"context"
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
// digits. It covers the ids, timestamps, values (each NaN as one, −0 as 0) and
// events of every asset, the column names with their decimals, the axis and the
// adjustment state, and nothing of how they are stored: equal data is an
// equal digest. A Slice is hashed as what it shows.
func Digest(f *Frame) string { return DigestOf(f, ColumnDigests(f)) }

// ColumnDigest is the hash of one column of one asset.
type ColumnDigest = [sha256.Size]byte

// ColumnDigests returns for every asset the SHA-256 of its timestamps and of
// each column, in the order of Columns. It hashes on all processors, unless
// Build has done so. Do not modify.
func ColumnDigests(f *Frame) [][]ColumnDigest {
	all, err := ColumnDigestsContext(context.Background(), f)
	if err != nil {
		panic(err) // a fault, as ctx has no end
	}
	return all
}

// ColumnDigestsContext is ColumnDigests, and returns the error of ctx within
// milliseconds of its end, or a *[FaultError].
func ColumnDigestsContext(ctx context.Context, f *Frame) ([][]ColumnDigest, error) {
	if f.digests != nil {
		return f.digests, ctx.Err()
	}
	all := make([][]ColumnDigest, f.NumAssets())
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range all {
		all[i] = make([]ColumnDigest, len(f.columns)+1)
		// An asset is one task, unless it is long enough to share its columns.
		step := len(all[i])
		if f.NumBars(i) >= 64*hashBlock {
			step = 1
		}
		for from := 0; from < len(all[i]); from += step {
			g.Go(func() (err error) {
				defer CatchFault(&err)()
				h := hasher{stop: ctx.Err, sum: sha256.New()}
				for c := from; c < from+step && err == nil; c++ {
					if c == 0 {
						all[i][0], err = h.times(f.Times(i))
					} else {
						all[i][c], err = h.values(f.Values(i, c-1))
					}
				}
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return all, f.Intact()
}

// DigestOf combines the result of [ColumnDigests] with the schema and the
// axis of f into the digest of the whole.
func DigestOf(f *Frame, columns [][]ColumnDigest) string {
	h := sha256.New()
	a := f.info.Axis
	fmt.Fprintf(h, "bowstring frame 1\ncalendar %s\nfrequency %d\nlabel %s\nadjusted %s\n",
		a.Calendar.Identity(), int64(a.Frequency), a.Label, f.info.Adjusted)
	for _, c := range f.columns {
		fmt.Fprintf(h, "column %q decimals %d\n", c.Name, c.Decimals())
	}
	for i := range f.NumAssets() {
		fmt.Fprintf(h, "asset %q rows %d\n", f.Asset(i), f.NumBars(i))
		for _, d := range columns[i] {
			h.Write(d[:])
		}
		hashEvents(h, f.Events(i))
	}
	return DigestPrefix + hex.EncodeToString(h.Sum(nil))
}

// hashEvents hashes the events of an asset. One without events adds nothing, so
// that data without events has one digest, whether or not its source could have
// had some.
func hashEvents(h hash.Hash, events []Event) {
	if len(events) > 0 {
		fmt.Fprintf(h, "events %d\n", len(events))
	}
	for _, e := range events {
		fmt.Fprintf(h, "%d %s %016x\n", e.Time, e.Type, math.Float64bits(e.Value))
	}
}

// hashBlock is the number of words that are hashed at a time.
const hashBlock = 1024

// littleEndian says that memory holds words in the order that they are
// hashed in, so that most need no copy.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// hasher hashes the columns of one asset, as words in little-endian order. The
// result is the same on every machine.
type hasher struct {
	stop func() error
	sum  hash.Hash
	buf  []byte
}

// times hashes timestamps.
func (h *hasher) times(v []int64) (ColumnDigest, error) {
	return h.blocks(len(v), func(from, to int) []byte {
		if littleEndian {
			return bytesOf(v[from:to])
		}
		b := h.buf[:0]
		for _, x := range v[from:to] {
			b = binary.LittleEndian.AppendUint64(b, uint64(x))
		}
		h.buf = b
		return b
	})
}

// values hashes a float64 column.
func (h *hasher) values(v []float64) (ColumnDigest, error) {
	return h.blocks(len(v), func(from, to int) []byte {
		if littleEndian && canonical(v[from:to]) {
			return bytesOf(v[from:to])
		}
		b := h.buf[:0]
		for _, x := range v[from:to] {
			bits := math.Float64bits(x)
			switch {
			case x != x:
				bits = canonicalNaN
			case x == 0:
				bits = 0
			}
			b = binary.LittleEndian.AppendUint64(b, bits)
		}
		h.buf = b
		return b
	})
}

// canonical reports whether the bits of all values are those that are hashed:
// no NaN and no −0 is among them.
func canonical(v []float64) bool {
	// Without a sign bit the bits of numbers are in the order of the numbers,
	// and those of NaN above all.
	const infinity = 0x7ff << 52
	largest := uint64(0)
	for _, x := range v {
		largest = max(largest, math.Float64bits(x))
	}
	if largest <= infinity {
		return true
	}
	for _, x := range v {
		if x != x || math.Float64bits(x) == 1<<63 {
			return false
		}
	}
	return true
}

// blocks hashes n words, which block returns a few at a time.
func (h *hasher) blocks(n int, block func(from, to int) []byte) (sum ColumnDigest, err error) {
	h.sum.Reset()
	for at := 0; at < n; at += hashBlock {
		if at%(64*hashBlock) == 0 {
			if err := h.stop(); err != nil {
				return sum, err
			}
		}
		h.sum.Write(block(at, min(at+hashBlock, n)))
	}
	h.sum.Sum(sum[:0])
	return sum, nil
}
