// Package kernel holds the vectorised functions that indicators, signals and
// simulations are made of: rolling windows, recursions, comparisons and bitset
// logic over plain slices, and what the bars of a tile say about every account
// that is invested in them.
//
// Conventions, for every function unless it says otherwise:
//
//   - dst comes first, has the length of the inputs, and does not overlap
//     them; the function panics where lengths differ. Nothing is allocated.
//   - Index 0 is the asset's first bar in the bundle. Functions whose sums
//     restart at anchors ([Anchor] bars apart) count from there, so a value
//     never depends on how much of a column was asked for.
//   - NaN means "no value". Warm-up bars are NaN, never the answer of a part
//     of a window.
//   - Masks are [Bits], 64 bars a word, and their tail bits are zero.
//
// Each function names the source of its definition and has a naive twin in
// the tests, those of one indicator in pipeline/indicator. Comparisons, [Quantize], [Range], the decimal [SMA], [OrderUnits],
// [Hold], [Inside], [SignalChanges] and [ClosedTrades] run as AVX2 assembly on processors that have
// it, and as the same functions in Go elsewhere, where the environment says
// GODEBUG=cpu.avx2=off, and in builds with the tag purego; no bit of a result
// depends on it. Beside golang.org/x/sys/cpu, which asks the processor, the package
// imports only the standard library.
package kernel
