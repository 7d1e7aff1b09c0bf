// Package backtest simulates strategies' signals on the bars of one asset.
//
// Two engines take [Bars] and signals under a [Config]:
//
//   - [Reference] goes over the bars of one trial. It runs every setting and
//     defines what every number means: the order of events inside a bar is
//     written at [Reference.Run], what [Stops] are measured from at their type.
//     It gives an equity curve, trades and counters.
//   - [Event] takes many trials through one tile of bars after another and
//     adds their trades up. It runs the settings for which [Decomposes] returns
//     nil, and gives statistics and, where asked, the [Path] of an account. It
//     reports the trials that met what it cannot tell of, which are then for
//     Reference. A [Scout] goes over the bars of a long history ahead of it.
//
// Start with Reference. Tests hold Event to it, and Reference to a naive second
// simulation.
//
// An engine has buffers of its own and is used by one goroutine at a time;
// what it returns is borrowed until its next run. Both compute on plain slices:
// [AppendTrades] is the one place where trades become Arrow.
package backtest
