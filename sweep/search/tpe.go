package search

import (
	"context"
	"math"
	"slices"
)

// tpe asks what a tree-structured Parzen estimator finds promising (Bergstra et al.
// 2011): one density of the best trials, another of all others, and of some draws of
// the first the one where it exceeds the second most. Parameters are looked at
// together, and choices as Watanabe 2023 has them.
type tpe struct {
	*sampler
	seed int64
	told []told
	// candidates is how many draws are compared.
	candidates int
}

const (
	// startup is how many trials are drawn at random before the densities say
	// anything.
	startup = 10
	// candidates is how many draws are compared.
	candidates = 128
	// maxBest bounds the number of trials that are the best: one in ten.
	maxBest = 25
)

// told is a trial with its result.
type told struct {
	trial
	Result
}

// ask returns the next n trials. Those of a generation that are asked before count
// among the bad ones for those behind, which so look elsewhere.
func (s *tpe) ask(ctx context.Context, n int, ranked []int) ([]trial, error) {
	var asked []trial
	random := rng(s.seed, streamTPE<<32|uint64(len(s.told)))
	best := best(len(s.told))
	isBest := make([]bool, len(s.told))
	for _, i := range ranked[:best] {
		isBest[i] = true
	}
	var good, bad []trial
	for i, t := range s.told {
		if isBest[i] {
			good = append(good, t.trial)
		} else {
			bad = append(bad, t.trial)
		}
	}
	var promising *parzen
	for len(asked) < n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var next trial
		found := false
		if len(s.told) >= startup {
			if promising == nil {
				promising = newParzen(s.space, good)
			}
			others := newParzen(s.space, slices.Concat(bad, asked))
			most := math.Inf(-1)
			for draws, tried := 0, 0; tried < s.candidates && draws < 20*s.candidates; draws++ {
				t := promising.draw(random)
				if !s.allowed(t) {
					continue
				}
				tried++
				if v := promising.logDensity(t) - others.logDensity(t); !found || v > most {
					next, most, found = t, v, true
				}
			}
		}
		if found {
			s.take(next)
		} else {
			var err error
			if next, err = s.sampler.next(ctx); err != nil {
				return nil, err
			}
		}
		asked = append(asked, next)
	}
	return asked, nil
}

// best returns how many of n trials are the best.
func best(n int) int { return min((n+9)/10, maxBest) }
