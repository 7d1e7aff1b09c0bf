// Package backtest is the vocabulary of simulation: the settings of an account
// ([Config], [Sizing], [Stops]), what it charges ([Costs]), what it is fed
// ([Bars]) and what comes out ([Trade], [Path], [Result], [BarState]).
//
// It simulates nothing. The reference engine, which goes bar by bar and defines
// what every number means, and the event engine, which adds trades up for many
// trials at once, lie below pipeline/internal; package pipeline chooses between
// them.
//
// What is shared here is what both must agree on to the last bit: which price
// can trade ([Tradable]), what an order costs and what a trade earns
// ([Costs.PnL]). [AppendTrades] is the one place where trades become Arrow.
package backtest
