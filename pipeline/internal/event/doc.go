// Package event simulates many trials at once by adding up trades, for the
// settings for which [Decomposes] returns nil.
//
// # How an order becomes sums
//
// Take eight bars with these closes, no costs, fills at the close, 1,000 of
// cash, and a trial whose entry fires on bar 1 and whose exit fires on bar 5:
//
//	bar      0     1     2     3     4     5     6     7
//	close  100   100   110    99   110   121   121   110
//	r        ·     0   0.1  −0.1   0.1̅   0.1     0   −0.0909…
//	Σ r      0     0   0.1     0   0.1̅   0.21̅  0.21̅   0.1202…
//
// A position that is all in has the returns of the close, whoever holds it: so
// the returns r of a tile's closes, and their prefix sums, are computed once a
// tile and serve all trials. The trial holds from the close of bar 1 to the
// close of bar 5, and its Σ r is one difference: 0.21̅ − 0 = 0.21̅. Σ r² and
// Σ min(r, 0)² are differences of two further prefix sums. The ten units that it
// bought at 100 are sold at 121: cash, total return and pnl are products of
// prices. Its largest fall is a look-up in [kernel.Ranges], which knows of any
// stretch of closes its highest, its lowest and the least ratio of a price to an
// earlier one: here 99 / 110, a drawdown of 0.1. So a trade costs a few look-ups,
// however long it lasts.
//
// With costs in proportion to what is traded, only the bars of the two fills
// differ from the close's returns, by the same amount for every trial: what an
// entry or an exit on a bar adds is a row of [kernel.OrderTable]. Stops ask a
// second table, of highs and lows, whether a stretch can trigger one; mostly it
// cannot, and where it may, prices decide bar by bar.
//
// # Reading order
//
// event.go takes the trials of a block through a tile. A trial then goes one of
// two ways: closedtrades.go where orders are rows of the tile's table, or
// trades.go, order by order, with guard.go for stops and hold.go for bars that
// are gone through once where tables do not pay. Accounts that are short or hold
// cash beside their position go by sides.go. lane.go is the account of a
// trial, tile.go the tables. prescan.go goes over the bars of a long history
// ahead of the accounts.
//
// # Invariants
//
//  1. Results do not depend on the cut of a history into tiles or parts, on
//     assembly, or on the other trials of a block.
//  2. A trial that the sums cannot tell of is reported, never guessed: it is
//     left to the reference engine, alone.
//
// A [Simulator] is used by one goroutine at a time and allocates nothing once
// its memory has grown.
package event
