package robust

import (
	"errors"
	"fmt"
	"math"
)

// Blocks hold, for blocks of bars that follow each other, the sums over each trial's
// returns that a Sharpe ratio is made of: what [CSCV] needs, 16 bytes a trial and block.
// They come from a [Matrix] ([BlocksOf]), one trial at a time ([Blocks.Add]), or from a
// table of segments.
type Blocks struct {
	// Bars is the number of bars of each block.
	Bars []int64
	// Sum and Square are Σr and Σr² by block and trial.
	Sum, Square [][]float64
	// Names are what trials are called in errors; nil means their numbers from 0.
	Names []string
}

// MaxBlocks is the largest number of blocks: C(20, 10) = 184,756 splits.
const MaxBlocks = 20

// NewBlocks returns blocks without trials, for returns of so many bars: of s blocks, s
// even, which differ by at most one bar.
func NewBlocks(bars, s int) (*Blocks, error) {
	switch {
	case s < 2 || s%2 != 0:
		return nil, fmt.Errorf("%d blocks: want an even number from 2 on, so that they are halved", s)
	case s > MaxBlocks:
		return nil, fmt.Errorf("%d blocks: want at most %d", s, MaxBlocks)
	case s > bars:
		return nil, fmt.Errorf("%d blocks of %d bars: want at most a block a bar", s, bars)
	}
	b := &Blocks{Bars: make([]int64, s), Sum: make([][]float64, s), Square: make([][]float64, s)}
	for i := range b.Bars {
		b.Bars[i] = int64((i+1)*bars/s - i*bars/s)
	}
	return b, nil
}

// Grow makes room for trials, so that adding them allocates nothing.
func (b *Blocks) Grow(trials int) {
	for i := range b.Bars {
		b.Sum[i] = append(make([]float64, 0, trials), b.Sum[i]...)
		b.Square[i] = append(make([]float64, 0, trials), b.Square[i]...)
	}
}

// Add adds a trial by its returns over all bars. On an error nothing is added.
func (b *Blocks) Add(returns []float64) error {
	bars := int64(0)
	for _, n := range b.Bars {
		bars += n
	}
	if int64(len(returns)) != bars {
		return fmt.Errorf("trial %s has %d returns, and the blocks %d bars", b.name(b.Trials()), len(returns), bars)
	}
	if err := finite(returns); err != nil {
		return fmt.Errorf("trial %s: %w", b.name(b.Trials()), err)
	}
	for i, n := range b.Bars {
		var sum, square float64
		for _, r := range returns[:n] {
			sum += r
			square += float64(r * r)
		}
		returns = returns[n:]
		b.Sum[i], b.Square[i] = append(b.Sum[i], sum), append(b.Square[i], square)
	}
	return nil
}

// Trials returns the number of trials.
func (b *Blocks) Trials() int {
	if len(b.Sum) == 0 {
		return 0
	}
	return len(b.Sum[0])
}

// name returns what a trial is called.
func (b *Blocks) name(trial int) string {
	return (&Matrix{Names: b.Names}).Name(trial)
}

// BlocksOf returns the sums of a matrix over s blocks.
func BlocksOf(m *Matrix, s int) (*Blocks, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	b, err := NewBlocks(m.Bars(), s)
	if err != nil {
		return nil, err
	}
	b.Names = m.Names
	b.Grow(m.Trials())
	for _, column := range m.Columns {
		if err := b.Add(column); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Check returns what is wrong with blocks that a caller has put together.
func (b *Blocks) Check() error {
	s := len(b.Bars)
	switch {
	case s < 2 || s%2 != 0 || s > MaxBlocks:
		return fmt.Errorf("%d blocks: want an even number from 2 to %d", s, MaxBlocks)
	case len(b.Sum) != s || len(b.Square) != s:
		return fmt.Errorf("%d blocks have bars, %d sums and %d squares", s, len(b.Sum), len(b.Square))
	case b.Trials() == 0:
		return errors.New("blocks: there are no trials")
	}
	for i, n := range b.Bars {
		if n < 1 {
			return fmt.Errorf("block %d has no bars", i)
		}
		if len(b.Sum[i]) != b.Trials() || len(b.Square[i]) != b.Trials() {
			return fmt.Errorf("block %d has sums of %d trials and squares of %d; want %d", i, len(b.Sum[i]), len(b.Square[i]), b.Trials())
		}
		for k, v := range b.Sum[i] {
			q := b.Square[i][k]
			if math.IsNaN(v) || math.IsInf(v, 0) || !(q >= 0) || math.IsInf(q, 0) {
				return fmt.Errorf("block %d of trial %s: Σr is %v and Σr² %v; want numbers", i, b.name(k), v, q)
			}
		}
	}
	return nil
}

// flat is how near Σr² may come to (Σr)²/n for returns to count as equal: what is left
// of so much rounding says nothing of a deviation.
const flat = 1e-12

// constant reports whether returns with these sums have no deviation.
func constant(bars int64, sum, square float64) bool {
	n := float64(bars)
	return bars < 2 || n*square-sum*sum <= flat*n*square
}

// odd returns the trials that may have no Sharpe ratio on some half: those of which at
// least half of the blocks have no deviation. All others have one on every half.
func (b *Blocks) odd() (regular, odd []int32) {
	for k := range b.Trials() {
		still := 0
		for i, n := range b.Bars {
			if constant(n, b.Sum[i][k], b.Square[i][k]) {
				still++
			}
		}
		if 2*still >= len(b.Bars) {
			odd = append(odd, int32(k))
		} else {
			regular = append(regular, int32(k))
		}
	}
	return regular, odd
}

// Over returns the sums of returns over a rate a bar.
func (b *Blocks) Over(riskFree float64) *Blocks {
	if riskFree == 0 {
		return b
	}
	out := &Blocks{Bars: b.Bars, Sum: make([][]float64, len(b.Bars)), Square: make([][]float64, len(b.Bars)), Names: b.Names}
	for i, bars := range b.Bars {
		n := float64(bars)
		out.Sum[i], out.Square[i] = make([]float64, b.Trials()), make([]float64, b.Trials())
		for k, sum := range b.Sum[i] {
			out.Sum[i][k] = sum - n*riskFree
			out.Square[i][k] = max(0, b.Square[i][k]-2*riskFree*sum+n*riskFree*riskFree)
		}
	}
	return out
}

// Sharpe returns the Sharpe ratio of a trial over all blocks, a bar's; NaN where its returns
// have no deviation.
func (b *Blocks) Sharpe(trial int) float64 {
	var sum, square float64
	bars := int64(0)
	for i, n := range b.Bars {
		bars, sum, square = bars+n, sum+b.Sum[i][trial], square+b.Square[i][trial]
	}
	if constant(bars, sum, square) {
		return math.NaN()
	}
	mean := sum / float64(bars)
	return mean / math.Sqrt((square-sum*mean)/float64(bars-1))
}
