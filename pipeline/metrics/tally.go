package metrics

import "math"

// Tally is what the statistics need of an equity curve. [Calculator] takes it
// from the curve itself; an engine that never writes the curve down adds it up
// from tables. Statistics that are [FromCurve] need more.
type Tally struct {
	// Bars is the number of bars, Held how many of HeldOf hold a position at
	// the close.
	Bars, Held, HeldOf int
	// Last is the equity of the last bar, Equity the sum over all bars.
	Last, Equity float64
	// Returns and Squares are Σ r and Σ r², r being the return of a bar.
	Returns, Squares float64
	// Excess is Σ (r − rf), Above and Below are Σ max(r − rf, 0) and
	// Σ max(rf − r, 0), Downside is Σ min(r − rf, 0)².
	Excess, Above, Below, Downside float64
	// Drawdown is the largest drawdown, positive.
	Drawdown float64
	// BelowNoise and SquareNoise are what the rounding errors of Above and
	// Below, and of Downside and Squares, are in proportion to: the magnitudes
	// that were subtracted from each other. They are 0 where every term was
	// added alone.
	BelowNoise, SquareNoise float64
	// Rounded counts the returns that are rounded in another way than those of
	// the curve, each of which may be off by the rounding error of 1.
	Rounded int
}

// Account is what a tally is read with.
type Account struct {
	// Start is the cash before the first bar.
	Start float64
	// Annual is the number of bars a year, Years the length of the curve.
	Annual, Years float64
	// RiskFree is the risk-free return of one year, as a fraction.
	RiskFree float64
}

const (
	// unit is the rounding error of one addition, cancelled the share of a sum
	// that may be such errors before the sum is not to be trusted.
	unit      = 1.0 / (1 << 53)
	cancelled = 2e-11
	// level is the share of Σ r² that must be left when the mean is taken out:
	// below it the moments say too little about the deviation.
	level = 1e-4
)

// spread returns Σ (r − mean)².
func (t *Tally) spread() float64 {
	return t.Squares - float64(t.Returns*(t.Returns/float64(t.Bars)))
}

// sound reports whether enough is left of each sum, and of that spread, for the
// statistics to be trusted.
func (t *Tally) sound(spread float64) bool {
	return t.left(spread) && (t.Squares == 0 || spread > t.Squares*level)
}

// Sound reports whether enough is left of each sum for it to be trusted. It is what
// [Calculator.Sums] asks, but for the deviation.
func (t *Tally) Sound() bool { return t.left(t.Squares) }

// SoundSquares is Sound where nothing but Σ r and Σ r² is asked for.
func (t *Tally) SoundSquares() bool {
	rounded, share := float64(t.Rounded), unit/cancelled
	square := float64(t.SquareNoise*share) + float64(rounded*(2*share)*(2*share))
	return (t.Squares == 0 && t.Rounded == 0 || t.Squares > square) && t.Last > 0 && !math.IsInf(t.Equity, 0)
}

// left reports whether enough is left of each sum and of squares, which are those
// of the returns or of what is left of them without their mean.
func (t *Tally) left(squares float64) bool {
	// A sum of squares that is off by 2·unit·Σ |r| is so, relative to itself, by
	// at most that times the root of their number divided by it.
	rounded, share := float64(t.Rounded), unit/cancelled
	square := float64(t.SquareNoise*share) + float64(rounded*(2*share)*(2*share))
	below := (t.BelowNoise + math.Abs(t.Excess) + rounded) * share
	none := t.Rounded == 0 // sums of nothing are known to be that
	return (t.Squares == 0 && none || squares > square) &&
		(t.Downside == 0 && none || t.Downside > square) &&
		(t.Below == 0 && none || t.Below > below) &&
		(t.Above == 0 && none || t.Above > below) &&
		t.Last > 0 && !math.IsInf(t.Equity, 0)
}
