package robust

import (
	"context"
	"fmt"
	"math"
	"runtime"
)

// Metric is what [CSCV] ranks trials by.
type Metric uint8

// What CSCV ranks trials by.
const (
	// BySharpe is mean / sd of the returns, sd with ddof 1.
	BySharpe Metric = iota
	// ByMean is the mean return.
	ByMean
)

// String returns the name of a metric.
func (m Metric) String() string {
	if m == ByMean {
		return "mean"
	}
	return "sharpe"
}

// CSCVOptions are the choices of [CSCV]. The zero value ranks by the Sharpe ratio.
type CSCVOptions struct {
	Metric Metric
	// Workers is the number of goroutines; 0 means one a processor.
	Workers int
}

// Overfitting is what combinatorially symmetric cross-validation finds.
type Overfitting struct {
	// Trials and Splits were looked at; Metric ranked them.
	Trials, Splits int
	Metric         Metric
	// PBO is the probability of backtest overfitting: the share of splits whose
	// logit is at most 0, in which the best of one half is in the lower half of the
	// other. Below counts only logits under 0: where ties matter the two differ.
	PBO, Below float64
	// Logits are ln(ω / (1−ω)) of each split, ω = rank / (N+1) out of sample of what was
	// best in sample. Splits are in the order of their in-sample blocks: {0, 1, 2 …},
	// {0, 1, 3 …}.
	Logits []float64
	// Chosen is the best trial in sample of each split, InSample and OutOfSample its
	// metric, a bar's; OutOfSample is NaN where it has none there.
	Chosen                []int32
	InSample, OutOfSample []float64
	// Slope and Intercept are those of OutOfSample on InSample by least squares, over
	// the splits that have both; NaN where all InSample are equal. A slope below 0: the
	// better it looked the worse it became.
	Slope, Intercept float64
	// Loss is the probability of loss: the share of splits with OutOfSample below 0.
	Loss float64
	// Tied counts the splits in which others had exactly the chosen one's value out of
	// sample, Unknown those in which it had none: they rank lowest.
	Tied, Unknown int
}

// CSCV is combinatorially symmetric cross-validation: each of the C(S, S/2) halves of
// the blocks is in sample once, and the trial that is best on it is ranked on the other
// half. By Bailey, Borwein, López de Prado and Zhu, The probability of backtest
// overfitting (2017).
//
// The first of equally good trials is chosen. Trials that are equal out of sample
// share the mean of their ranks. A trial without a metric on a half (no deviation) is
// never chosen there, and ranks below all others. One trial is undefined, and so is a
// half on which no trial has a metric.
//
// It takes 2 · C(S, S/2) · N steps, and 32 bytes a split for each worker beside the blocks.
func CSCV(ctx context.Context, b *Blocks, opts CSCVOptions) (*Overfitting, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	switch {
	case b.Trials() == 1:
		return nil, undefined("there is one trial, so nothing was selected")
	case b.Trials() > math.MaxInt32:
		return nil, fmt.Errorf("%d trials: want at most %d", b.Trials(), math.MaxInt32)
	case opts.Workers < 0:
		return nil, fmt.Errorf("options: %d workers", opts.Workers)
	case opts.Workers == 0:
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	s := newSplitter(b, opts)
	best, err := s.best(ctx)
	if err != nil {
		return nil, err
	}
	for i, c := range best {
		if c.trial < 0 {
			return nil, undefined("on half %d of %d no trial has a %s: nothing to choose from", i+1, len(best), opts.Metric)
		}
	}
	ranks, err := s.ranks(ctx, best)
	if err != nil {
		return nil, err
	}
	return s.summary(best, ranks), nil
}

// summary makes the result of what was chosen on each half and its rank on the other.
func (s *splitter) summary(best []choice, ranks []rank) *Overfitting {
	n, trials := len(s.halves), s.blocks.Trials()
	o := &Overfitting{
		Trials: trials, Splits: n, Metric: s.metric, Logits: make([]float64, n), Chosen: make([]int32, n),
		InSample: make([]float64, n), OutOfSample: make([]float64, n),
	}
	var over, below, losses int
	for i, half := range s.halves {
		k := best[i].trial
		o.Chosen[i], o.InSample[i], o.OutOfSample[i] = k, s.value(half, k), s.value(s.all&^half, k)
		// Equal trials share the mean of their ranks.
		place := float64(ranks[i].below) + float64(ranks[i].equal+1)/2
		omega := place / float64(trials+1)
		o.Logits[i] = math.Log(omega / (1 - omega))
		if o.Logits[i] <= 0 {
			over++
		}
		if o.Logits[i] < 0 {
			below++
		}
		if o.OutOfSample[i] < 0 {
			losses++
		}
		if ranks[i].equal > 1 {
			o.Tied++
		}
		if math.IsNaN(o.OutOfSample[i]) {
			o.Unknown++
		}
	}
	o.PBO, o.Below, o.Loss = float64(over)/float64(n), float64(below)/float64(n), float64(losses)/float64(n)
	o.Slope, o.Intercept = regress(o.InSample, o.OutOfSample)
	return o
}

// regress returns slope and intercept of y on x by least squares, of the pairs that
// are numbers; NaN where all x are equal.
func regress(x, y []float64) (slope, intercept float64) {
	var n, mx, my float64
	for i := range x {
		if v := x[i] + y[i]; !math.IsNaN(v) {
			n, mx, my = n+1, mx+x[i], my+y[i]
		}
	}
	mx, my = mx/n, my/n
	var xx, xy float64
	for i := range x {
		if v := x[i] + y[i]; !math.IsNaN(v) {
			xx += float64((x[i] - mx) * (x[i] - mx))
			xy += float64((x[i] - mx) * (y[i] - my))
		}
	}
	if !(xx > 0) {
		return math.NaN(), math.NaN()
	}
	return xy / xx, my - xy/xx*mx
}
