// Package problem is what may be wrong with an input, as errors that every room of
// ingest returns and package ingest shows under the same names. Start with
// [InputError].
package problem
