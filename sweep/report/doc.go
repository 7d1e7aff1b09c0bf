// Package report renders results for a terminal: tables and heat maps. It
// computes nothing.
//
// [Table] and [HeatMap] write plain text; with Options.Color they use ANSI
// colours. Neither closes or flushes what it writes to, and write errors are
// returned.
package report
