// Package graph is what strategies are lowered to: nodes, each an operation on the
// series and masks of other nodes and on numbers, in which equal expressions are
// one node. The language (pipeline/strategy) builds it, the evaluators
// (pipeline/internal/eval) compute it.
//
// Read node.go first, then builder.go, which makes nodes, program.go, which numbers
// them, and compute.go, which says what each of them is.
package graph
