// Package pipeline runs trials over a frame: it turns each combination of
// parameters into signals, simulates them on every asset and computes the
// statistics.
//
// Start with [Plan], which says what to compute, and [Run]. The stages are
//
//	source ──tasks──► workers ──blocks──► order ──► sink
//
// The source cuts the space of trials into blocks and makes one task of each
// block and asset. [Workers] evaluate, simulate and measure, each in its own
// arena, which outlives the run where the plan brings them. The order stage
// hands finished blocks to the sink in the order of the space. Channels are
// bounded, and a block takes one of a fixed number of tickets that the sink
// gives back, so memory does not grow with the space.
//
// [Plan.Engine] says which engine simulates, and why: the event engine wherever
// the account decomposes over trades. It takes a block of trials through an
// asset tile by tile; what it cannot finish of them is left, trial by trial,
// to the reference engine. A long history with few trials is split over the
// workers.
//
// # Invariants
//
//  1. What a sink sees is the same for any number of workers, any block size
//     and any cache size: rows stand in the order of the space, whatever is
//     added up is added in the order of assets and tiles, and the engine
//     depends on the plan and the size of the space alone.
//  2. A trial that fails, or panics, fails alone: its rows carry the error.
//  3. Every goroutine has ended when Run returns. The first error, or the end
//     of the context, stops all of them.
package pipeline
