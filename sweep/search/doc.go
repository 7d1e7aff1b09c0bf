// Package search runs the search of a spec: it asks for trials, a generation at a
// time, is told their results, and hands out a table of them like that of a grid.
//
// Start with [Run], which is given a spec with a search and a function that runs
// trials, and returns a [Reader]. A program that has its own objective makes a
// [Search] and calls [Search.Ask] and [Search.Tell] itself.
//
// Read first: search.go (ask and tell), space.go (what a trial is), tpe.go (the one
// algorithm that learns), reader.go (generations become one table).
//
// # Invariants
//
//  1. What is asked depends on the spec, its seed and what was told, never on time,
//     workers or the order in which results came in.
//  2. No combination of a finite space is asked twice.
//  3. A trial that the spec's where refuses is not asked.
//
// The package runs nothing itself, keeps no global state and logs nothing.
package search
