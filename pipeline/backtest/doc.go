// Package backtest simulates a strategy's signals on the bars of one asset.
//
// Start with [Reference], the plain loop over bars that defines what every
// number means: it takes [Bars] and [Signals] under a [Config] and gives an
// equity curve, trades and counters. The order of events inside a bar is
// written at [Reference.Run], what [Stops] are measured from at their type.
//
// An engine has buffers of its own and is used by one goroutine at a time;
// what it returns is borrowed until its next run. It computes on plain slices:
// [AppendTrades] is the one place where trades become Arrow.
package backtest
