// Package ranking is the order of results, for those who keep the best of them:
// as trials are computed (package sweep) and as tables are read (sweep/results).
//
// [Rank] and [Compare] are the order, [Leaders] keeps the best in the memory of as
// many, and [Requirement] is a condition that rows must fulfil.
package ranking
