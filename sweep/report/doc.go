// Package report renders results for people. It takes plain data (names, rows
// of values) and writes text; it computes no statistic and reads no file.
//
// Start with [Table] for rows of results and [HeatMap] for a statistic over
// two parameters. Both fit the width of a terminal and use colour only where
// [Options] say so; without it their output is the same everywhere. Text that
// comes from data never reaches the terminal as a control sequence.
package report
