// Package metrics computes the statistics of a backtest: pure functions of an
// equity curve and of its trades. Each convention (sign, annualisation, what
// is undefined) is written once, here.
//
// Start with [Compute], which takes a [Curve] and a [TradeLog] and returns
// [Values]; a [Stat] names one of them.
//
// Undefined is NaN: 0/0 is undefined, x/0 is +Inf for x > 0. Without a fill,
// ratios are undefined by rule, not by rounding. Standard deviations have
// ddof 1. Sums over bars run over tiles of [Tile] bars, added in order, so
// that every engine that keeps this shape gets the same bits.
package metrics
