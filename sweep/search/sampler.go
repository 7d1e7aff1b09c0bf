package search

import (
	"context"
	"errors"
	"math/rand/v2"
)

// sampler draws trials that exist and that were not asked before: the points of a
// sequence, in its order, but for those that where refuses or whose combination was
// asked.
type sampler struct {
	space *space
	seq   sequence
	asked map[int64]bool // combinations of a finite space
	point []float64
	// rest are the combinations that are left, in the order of asking, once the
	// sequence hardly meets them any more.
	rest []int64
	seed int64
}

func newSampler(s *space, seq sequence, seed int64) *sampler {
	return &sampler{space: s, seq: seq, seed: seed, asked: make(map[int64]bool), point: make([]float64, len(s.free))}
}

const (
	// maxMisses is how many points in a row may be left out.
	maxMisses = 1 << 18
	// maxListed is the largest space whose rest is listed.
	maxListed = 1 << 24
)

// errExhausted says that nothing more was found to ask.
var errExhausted = errors.New("search: hardly any combination is left that fulfils where and was not asked; ask fewer trials, or say the same with narrower parameters")

// next returns the next trial.
func (s *sampler) next(ctx context.Context) (trial, error) {
	for misses := 0; s.rest == nil && misses < maxMisses; misses++ {
		if misses&0xfff == 0xfff && ctx.Err() != nil {
			return trial{}, ctx.Err()
		}
		s.seq.next(s.point)
		if t := s.space.at(s.point); s.fresh(t) {
			return t, nil
		}
	}
	if !s.space.finite() || s.space.size > maxListed {
		return trial{}, errExhausted
	}
	if s.rest == nil {
		s.list(rng(s.seed, streamRest))
	}
	for len(s.rest) > 0 {
		t := s.space.numbered(s.rest[0])
		if s.rest = s.rest[1:]; s.fresh(t) {
			return t, nil
		}
	}
	return trial{}, errExhausted
}

// fresh reports whether a trial exists and was not asked, and takes note of it.
func (s *sampler) fresh(t trial) bool { return s.allowed(t) && s.take(t) }

// allowed reports whether a trial exists and was not asked.
func (s *sampler) allowed(t trial) bool {
	return s.space.holds(t) && !(s.space.finite() && s.asked[s.space.number(t)])
}

// take takes note that a trial is asked.
func (s *sampler) take(t trial) bool {
	if s.space.finite() {
		s.asked[s.space.number(t)] = true
	}
	return true
}

// list lists what is left of a finite space, in an order of its own.
func (s *sampler) list(random *rand.Rand) {
	s.rest = []int64{}
	for at := range s.space.size {
		if !s.asked[at] && s.space.holds(s.space.numbered(at)) {
			s.rest = append(s.rest, at)
		}
	}
	random.Shuffle(len(s.rest), func(i, j int) { s.rest[i], s.rest[j] = s.rest[j], s.rest[i] })
}
