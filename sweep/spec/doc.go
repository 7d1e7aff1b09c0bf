// Package spec is the spec file of a sweep: what a user writes, checked, as
// values in Go, and the grid of combinations that it spans.
//
// Start with [Parse], which reads a file, or a [Spec] written in Go; an [Axis]
// holds the values of a parameter. [Spec.Compile] gives the strategy and the
// [Grid] that a run takes.
//
// # Reading order
//
// keys.go is the table of keys that everything is made of: the parser (parse.go,
// decoder.go), the checks (validate.go), the printed spec (write.go) and the
// JSON Schema (schema.go). value.go, lists.go and params.go are the kinds of
// values that keys have; node.go, source.go and print.go are YAML and places in
// it. compile.go hands expressions to the strategy language and translates its
// errors back into places of the file.
//
// # Invariants
//
//  1. A printed spec reads back as an equal one.
//  2. Numbers are decimals from the text of the file: a range is computed
//     exactly and rounded once.
//  3. All that is wrong is reported at once, each with its place; what follows
//     from another mistake is not.
package spec
