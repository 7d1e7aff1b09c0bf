package search

import (
	"math/bits"
	"math/rand/v2"
)

// sequence yields points of the unit cube, one number of [0, 1) a dimension, which
// are dst's until the next.
type sequence interface{ next(dst []float64) }

// The streams of random numbers that a seed has, so that what is drawn for one
// purpose says nothing of another.
const (
	streamPoints uint64 = iota + 1
	streamScramble
	streamRest
	streamTPE
)

// rng returns a stream of random numbers of a seed.
func rng(seed int64, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), stream)) // #nosec G404: draws of a search, not secrets
}

// uniform yields independent points.
type uniform struct{ *rand.Rand }

func (s uniform) next(dst []float64) {
	for i := range dst {
		dst[i] = s.Float64()
	}
}

// sobol yields a Sobol sequence in the order of its Gray code (Antonov & Saleev
// 1979), with the direction numbers of Joe & Kuo 2008.
type sobol struct {
	count      uint32
	directions [][32]uint32 // of each dimension
	state      []uint32
	// scrambles are the keys of nested uniform scrambling; nil is none.
	scrambles []uint32
}

// maxSobol is the largest number of dimensions.
const maxSobol = len(joeKuo) + 1

func newSobol(dims int) *sobol {
	s := &sobol{directions: make([][32]uint32, dims), state: make([]uint32, dims)}
	for d := range s.directions {
		v := &s.directions[d]
		if d == 0 {
			for i := range v {
				v[i] = 1 << (31 - i)
			}
			continue
		}
		row := &joeKuo[d-1]
		degree := len(row.m)
		for i := range v {
			if i < degree {
				v[i] = row.m[i] << (31 - i)
				continue
			}
			v[i] = v[i-degree] ^ v[i-degree]>>degree
			for k := 1; k < degree; k++ {
				if row.a>>(degree-1-k)&1 == 1 {
					v[i] ^= v[i-k]
				}
			}
		}
	}
	return s
}

// scrambled scrambles the points: Owen's nested uniform scrambling by hashing, as in
// Burley 2020 (Practical hash-based Owen scrambling, JCGT 9).
func (s *sobol) scrambled(seed int64) *sobol {
	random := rng(seed, streamScramble)
	s.scrambles = make([]uint32, len(s.state))
	for d := range s.scrambles {
		s.scrambles[d] = random.Uint32()
	}
	return s
}

// next goes to the first point again behind 2³² of them.
func (s *sobol) next(dst []float64) {
	for d, x := range s.state {
		if s.scrambles != nil {
			x = scramble(x, s.scrambles[d])
		}
		dst[d] = float64(x) / (1 << 32)
	}
	column := bits.TrailingZeros32(^s.count) & 31
	for d := range s.state {
		s.state[d] ^= s.directions[d][column]
	}
	s.count++
}

// scramble permutes numbers so that every digit depends on those above it alone.
func scramble(x, key uint32) uint32 {
	x = bits.Reverse32(x)
	x ^= x * 0x3d20adea
	x += key
	x *= key>>16 | 1
	x ^= x * 0x05526c56
	x ^= x * 0x53a22864
	return bits.Reverse32(x)
}

// halton yields a Halton sequence: the van der Corput sequences of the first primes.
type halton struct {
	count int64
	bases []int64
	// digits permutes the digits of each dimension, place by place; nil leaves them.
	digits [][][]uint16
}

func newHalton(dims int) *halton { return &halton{bases: primes(dims)} }

// scrambled permutes the digits at every place at random (Owen 2017, A randomized
// Halton algorithm in R).
func (h *halton) scrambled(seed int64) *halton {
	random := rng(seed, streamScramble)
	h.digits = make([][][]uint16, len(h.bases))
	for d, base := range h.bases {
		// As many places as a float64 tells apart.
		for place := 1 / float64(base); 1-place < 1; place /= float64(base) {
			digits := make([]uint16, base)
			for i, to := range random.Perm(int(base)) {
				digits[i] = uint16(to)
			}
			h.digits[d] = append(h.digits[d], digits)
		}
	}
	return h
}

func (h *halton) next(dst []float64) {
	for d, base := range h.bases {
		x, rest := 0.0, h.count
		for place, k := 1/float64(base), 0; 1-place < 1; place, k = place/float64(base), k+1 {
			digit := rest % base
			if h.digits != nil {
				digit = int64(h.digits[d][k][digit])
			} else if rest == 0 {
				break
			}
			x += float64(digit) * place
			rest /= base
		}
		dst[d] = min(x, below1)
	}
	h.count++
}

// below1 is the largest number of [0, 1).
const below1 = 1 - 1.0/(1<<53)

// primes returns the first n primes.
func primes(n int) []int64 {
	var found []int64
next:
	for p := int64(2); len(found) < n; p++ {
		for _, q := range found {
			if p%q == 0 {
				continue next
			}
		}
		found = append(found, p)
	}
	return found
}

// latin yields Latin hypercubes of n points, one after another: in each of them,
// every n-th of a dimension has one point (McKay, Beckman, Conover 1979).
type latin struct {
	*rand.Rand
	n     int
	order [][]int // of each dimension
	at    int
}

func newLatin(dims, n int, random *rand.Rand) *latin {
	return &latin{Rand: random, n: n, order: make([][]int, dims), at: n}
}

func (l *latin) next(dst []float64) {
	if l.at == l.n {
		for d := range l.order {
			l.order[d] = l.Perm(l.n)
		}
		l.at = 0
	}
	for d := range dst {
		dst[d] = min((float64(l.order[d][l.at])+l.Float64())/float64(l.n), below1)
	}
	l.at++
}
