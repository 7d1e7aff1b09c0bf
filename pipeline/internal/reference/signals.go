package reference

import (
	"fmt"
	"math/bits"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Signals are the masks of the rules over the bars of [Bars], nil for a rule
// that does not exist, and the stops of either side.
type Signals struct {
	Entry, Exit, ShortEntry, ShortExit kernel.Bits
	Stops                              backtest.Stops
	// Exits are exits at prices that follow from series, MaxBars the bars after which
	// a position is left, 0 for never. HeldExit and HeldShortExit are exit rules that
	// ask for the position, in place of masks.
	Exits                   []backtest.Exit
	MaxBars                 int
	HeldExit, HeldShortExit func(bar int, p backtest.Position) bool
	// Amounts, unless nil, are those of the sizing on each bar, of which an entry reads
	// that of its signal; an unknown one, or one that is not above 0, is rejected.
	Amounts []float64
}

// For returns the masks as the direction reads them: under [Short], the
// entry and exit rules mean the short side where no short rules are given.
func (s Signals) For(d backtest.Direction) Signals {
	switch {
	case d == backtest.Short && s.ShortEntry == nil:
		s.ShortEntry, s.ShortExit, s.HeldShortExit = s.Entry, s.Exit, s.HeldExit
		fallthrough
	case d == backtest.Short:
		s.Entry, s.Exit, s.HeldExit = nil, nil, nil
	case d != backtest.Both:
		s.ShortEntry, s.ShortExit, s.HeldShortExit = nil, nil, nil
	}
	return s
}

// check panics where a mask does not cover the bars or a stop is out of range.
func (s Signals) check(bars int) {
	if err := s.Stops.Validate(); err != nil {
		panic(fmt.Sprintf("backtest: %v", err))
	}
	for _, m := range [...]kernel.Bits{s.Entry, s.Exit, s.ShortEntry, s.ShortExit} {
		if m != nil && len(m) != kernel.Words(bars) {
			panic(fmt.Sprintf("backtest: a mask of %d words for %d bars", len(m), bars))
		}
	}
}

// intent is what the signals of one bar ask for.
type intent struct {
	enterLong, exitLong, enterShort, exitShort bool
}

// at reads the signals of bar t.
func (s *Signals) at(t int) intent {
	return intent{isSet(s.Entry, t), isSet(s.Exit, t), isSet(s.ShortEntry, t), isSet(s.ShortExit, t)}
}

// resolve settles conflicts.
func (i intent) resolve(c backtest.Conflict) intent {
	i.enterLong, i.exitLong = oneOf(c, i.enterLong, i.exitLong)
	i.enterShort, i.exitShort = oneOf(c, i.enterShort, i.exitShort)
	if i.enterLong && i.enterShort {
		i.enterLong, i.enterShort = false, false
	}
	return i
}

// isSet reads a mask that may be nil.
func isSet(m kernel.Bits, t int) bool { return m != nil && m.Get(t) }

// word returns the bars of word w on which any signal fires.
func (s *Signals) word(w int) uint64 {
	var fired uint64
	for _, m := range [...]kernel.Bits{s.Entry, s.Exit, s.ShortEntry, s.ShortExit} {
		if m != nil {
			fired |= m[w]
		}
	}
	return fired
}

// next returns the first bar from t on on which any signal fires, or hi.
func (s *Signals) next(t, hi int) int {
	if t >= hi {
		return hi
	}
	w := t >> 6
	fired := s.word(w) >> (uint(t) & 63) << (uint(t) & 63)
	for fired == 0 {
		if w++; w<<6 >= hi {
			return hi
		}
		fired = s.word(w)
	}
	return min(w<<6+bits.TrailingZeros64(fired), hi)
}

// oneOf returns which of two signals of one side counts.
func oneOf(c backtest.Conflict, entry, exit bool) (bool, bool) {
	if !entry || !exit {
		return entry, exit
	}
	return c == backtest.ConflictEntry, c == backtest.ConflictExit
}

// want returns the side that a strategy on side from wants after i.
func (i intent) want(from backtest.Side) backtest.Side {
	switch {
	case i.enterLong:
		return backtest.SideLong
	case i.enterShort:
		return backtest.SideShort
	case i.exitLong && from == backtest.SideLong, i.exitShort && from == backtest.SideShort:
		return backtest.SideFlat
	}
	return from
}

// sideBefore returns the side that the strategy would hold after the signals
// of all bars before lo, every order filled.
func (s *Signals) sideBefore(lo int, c backtest.Conflict) backtest.Side {
	// Only the last entry counts, and exits of its side after it. Walking
	// back to it is cheaper than replaying the history.
	exitLong, exitShort := false, false
	for t := lo - 1; t >= 0; t-- {
		i := s.at(t).resolve(c)
		switch {
		case i.enterLong:
			if exitLong {
				return backtest.SideFlat
			}
			return backtest.SideLong
		case i.enterShort:
			if exitShort {
				return backtest.SideFlat
			}
			return backtest.SideShort
		}
		exitLong = exitLong || i.exitLong
		exitShort = exitShort || i.exitShort
	}
	return backtest.SideFlat
}
