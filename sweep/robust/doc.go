// Package robust says how much of the best result of many is luck: pure functions
// of the returns of a sweep's trials, or of sums over blocks of them. It runs no
// backtest and reads no file; what has to be run again, a caller passes as a
// function.
//
// Start with [Matrix], which holds a column of returns a trial ([FromRecord] makes
// one of an Arrow record), and [Moments], which is what most statistics need of one
// trial. [PSR], [DSR], [MinTRL] and [MinBTL] are closed forms; [CSCV] gives the
// probability of overfitting, [SPA] the tests of White and Hansen; [Intervals] and
// the Monte Carlo functions resample one trial; [Sensitivity] looks at the winner's
// place in its grid, [CostLadder] at its costs, [Clusters] and [EffectiveTrials] at how
// many trials there really are. [Report] puts them together as a table and as a paragraph.
//
// Read first: moments.go and normal.go, then psr.go and dsr.go; blocks.go before
// cscv.go, indices.go before spa.go, interval.go and montecarlo.go.
//
// # Conventions
//
//  1. Sharpe ratios are per bar unless a name says Annual; standard deviations have
//     ddof 1, skewness and kurtosis are the biased moments, and kurtosis is raw: 3
//     for a normal distribution.
//  2. What is not defined is an error that wraps [ErrUndefined] and says why, never a
//     number that looks like one.
//  3. Among equal trials the first wins; ranks of equal trials are the mean of the
//     places that they share.
//  4. Results depend on the input and the seed alone: any number of workers gives the
//     same bits.
package robust
