// Package columnar holds market bars in memory: immutable Arrow record
// batches, grouped by asset, that every later stage reads without copying.
//
// Start with [Frame]: the bars of a set of assets. [Frame.Slice] cuts it by
// time, [Frame.History] hands out a window of one column, [Frame.Record] one
// asset as an Arrow record. [Build] makes a Frame from Go slices; package
// bundles makes one from files. A Frame may hold corporate actions beside its
// bars ([Frame.Events]); [Adjusted] brings prices and volumes to their terms.
//
// # Invariants
//
//  1. Assets stand in byte order of their id and each id occurs once.
//  2. An asset's bars are contiguous in one batch, and its timestamps
//     strictly increase. Timestamps are int64 nanoseconds UTC.
//  3. All other columns are float64 without nulls; NaN means "no value". Null
//     exists only at the Arrow boundary.
//  4. Nothing here changes after construction. A Slice shares the buffers of
//     its parent and still sees the bars before its window, so an indicator
//     has the same value at the same bar in every Slice.
//
// # Ownership
//
// What a New, Build, Slice or Record function returns is owned by the caller
// and released once. What is passed in is borrowed; a Frame retains the
// batches it keeps. Slices handed out by Times, Values and History alias the
// Arrow buffers: they are read-only and live as long as the Frame.
//
// The package does no input or output and knows no strategies.
package columnar
