// Package sample generates market bars that look real and are not: for the
// demonstration, for tests and for benchmarks, which may not ship anybody's
// data.
//
// Start with [Demo], the eight assets of `bowstring demo`, or [Walk], as many
// bars of as many assets as asked for.
//
// # Invariants
//
//  1. Equal options give equal bits, on every machine and with every version
//     of Go: one PCG stream an asset, and only operations that IEEE 754 and
//     integers define exactly.
//  2. Prices are whole cents above 0, volumes whole numbers above 0, and
//     low ≤ open, close ≤ high. Both are marked as decimal columns.
//  3. Prices move in trends of some weeks, so that crossovers trade.
//
// The Frames are owned by the caller, who releases them.
package sample
