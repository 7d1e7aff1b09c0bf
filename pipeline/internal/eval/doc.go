// Package eval computes the signals of strategies: of one trial over a whole history
// ([Evaluator]), or of a block of trials tile by tile ([Batch]). The values are those
// of an Evaluator to the bit, and depend neither on the cache, nor on the order of
// trials, on blocks or on the number of evaluators.
//
// A node of the graph is computed once an asset for each distinct value of the
// parameters that it depends on, which a [FeatureCache] shared by the evaluators sees
// to, and by the programs: a [FeatureKey] names the data and the expression. A node
// that depends on all parameters is computed in the evaluator's own memory.
//
// For a block of trials a [Layout] numbers the values that each node takes in it. A
// Batch computes those that trials share once, over whole histories through the cache
// or, where histories are long, in chunks that windows reach back from; what is a
// trial's own it computes tile by tile, and all that two series have to do with each
// other from one comparison of them.
//
// A Layout is immutable and safe for concurrent use; an Evaluator and a Batch belong
// to one goroutine.
//
// Read evaluator.go and compute.go first, which say what the values are. How a batch
// finds them is a chain: layout.go (what trials share), batch.go (tiles), stream.go
// (chunks of a long history), pairs.go and order.go (comparisons), sums.go (averages
// that are never computed). The documentation of pipeline/strategy takes eight bars
// through it by hand.
package eval
