// Package sweep runs a grid of parameters over the bars of a frame and hands
// out a table of results: a row for each trial and asset, and a pooled row
// for each trial.
//
// Start with [spec.Parse], or a [spec.Spec] written in Go, and [Run], which returns
// a [Reader]: an Arrow record reader over the results. Package sweep/results stores
// it ([results.WriteFile]), reads such a file ([results.Open]) and ranks either
// ([results.Leaders]). [RunBacktest] runs one combination and keeps its trades and
// equity; [Explain] says what a sweep would compute, and by which engine. A program
// that runs many sweeps makes a [Runner]: it keeps the workers, their memory and the
// indicators from one to the next, and opens what specs name by its [Source].
// [Options].Space runs other trials than the grid.
//
// Read first: run.go (a call becomes a job and a Reader), job.go (a spec bound to
// bars), reader.go (blocks of trials become records).
//
// # Invariants
//
//  1. Results do not depend on workers, block size, cache size or the order
//     in which assets were ingested: equal inputs give equal bytes.
//  2. Rows stand in the order of the grid, the last declared parameter
//     fastest; within a trial, assets in byte order and then the pooled row.
//  3. A trial's index is its position in the full grid, before `where`, or in the
//     space that takes the grid's place.
//  4. Memory does not grow with the number of combinations.
//
// The package keeps no global state and logs nothing. Every goroutine has ended
// when the Reader's Release returns, those of a Runner when its Close does.
package sweep
