// Package proptest says how many examples the tests of properties take: those of
// rapid, which has its settings in flags of the whole test binary, and others
// that go through many inputs, one after another.
//
// Start with [Setup], which every TestMain of a package with properties calls,
// and [Examples], for a test that takes another number of them.
//
// # Invariants
//
//  1. An ordinary run takes the same examples each time: their seed is fixed.
//  2. Under the race detector ([Race]) a tenth of them is taken. It looks for
//     what goroutines share, which does not need a thousand inputs, and makes
//     each take five to twenty times as long.
//  3. What the command line says counts. `-rapid.checks 100000` is the number of
//     every property of the run, with seeds that differ from run to run (a
//     failure prints its own) unless `-rapid.seed` is given, too.
//
// Only tests import it.
package proptest
