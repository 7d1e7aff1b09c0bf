package ranking

import (
	"cmp"
	"math"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Rank is what trials are ordered by. There is no other order of trials.
type Rank struct {
	class rankClass
	score float64
	// Trial decides between equal scores.
	Trial int64
}

// rankClass comes before the score.
type rankClass int8

const (
	isNumber rankClass = iota
	isRuined
	isUndefined
	isFailed
)

// New returns the rank of a trial by its score, NaN where it has none. ruined says that
// its account has nothing left.
func New(trial int64, score float64, ruined, failed bool) Rank {
	r := Rank{score: score, Trial: trial}
	switch {
	case failed:
		r.class = isFailed
	case math.IsNaN(score):
		r.class = isUndefined
	case ruined:
		r.class = isRuined
	}
	return r
}

// Ruined reports whether the account of a row has nothing left, by its total return: a
// pooled row with some ruined accounts has.
func Ruined(totalReturn float64) bool { return totalReturn <= -1 }

// Compare returns a negative number where a ranks before b: numbers by the goal, then
// those of ruined trials, then trials without a value, then failed ones; the lower trial
// before the other.
func Compare(g spec.Goal, a, b Rank) int {
	if a.class != b.class {
		return cmp.Compare(a.class, b.class)
	}
	if a.class <= isRuined && a.score != b.score {
		if (a.score > b.score) == (g != spec.Minimize) {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.Trial, b.Trial)
}
