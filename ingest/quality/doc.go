// Package quality holds the bars of an asset against each other, where package
// ingest holds rows against rules one by one: gaps, jumps, errors of scale and
// what else docs/quality.md lists. Nothing is changed; what is found is an account
// (package report).
//
// Start with [Check], which takes any Frame, such as that of a stored bundle; an
// ingest uses [Inspect], before there is a Frame. A rule is a row of [Rules] and a
// function (rules.go); what several of them look at is found once for an asset.
//
// The same bars have the same findings for any number of goroutines. Everything
// that is passed is borrowed.
package quality
