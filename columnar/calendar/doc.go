// Package calendar knows when markets trade: which days are sessions, when they
// open and close in UTC, and at which times bars are therefore expected.
//
// A [Calendar] is a value. [NYSE], [FX] and [AlwaysOpen] follow rules that go on
// for ever, that of any other market is made of its sessions by [New]; [AsFound] knows
// no sessions of its own. The zero Calendar is one that
// was not named: it says what AsFound says.
//
// Read calendar.go first, for what a calendar can be asked; session.go has the
// questions about sessions, grid.go the times of bars, rules.go what a market's
// calendar must know. Each market has a file: fx.go, always.go, table.go, and nyse.go,
// whose exceptions and hours are files beside it.
package calendar
