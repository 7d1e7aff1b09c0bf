// Package export writes the bars of a bundle as files that other programs
// read, and that package ingest reads back: CSV, Parquet, Arrow or JSON, in
// one file or in a file an asset, with the corporate actions in a CSV file beside them.
//
// Start with [File], [Folder] or [Write], their [Options] and their [Result].
//
// # Files
//
// One file is in long form: the columns asset, time and those of the bars,
// sorted by asset and then by time. A [Folder] has a folder for each asset,
// named as partitioned data sets are, with one file in it:
//
//	prices/asset=AAPL/bars.csv
//	prices/asset=BRK%2FB/bars.csv
//
// so that any id makes a name that every file system takes, and that readers
// turn back into the id. Those files begin with the time.
//
//   - CSV: UTF-8 with a header, LF and RFC 4180 quotes. Numbers of a decimal
//     column have all its decimals; others are the shortest text that gives back
//     the float64. Times are ISO 8601 in UTC, and dates where every bar of the
//     export stands at midnight. NaN is an empty field, and infinities are inf
//     and -inf, which package ingest refuses.
//   - Parquet: timestamp(ns, UTC), doubles with null for NaN; row groups of
//     262,144 rows.
//   - Arrow: an IPC file (Feather version 2) of the same schema, in record
//     batches of as many rows; on request a stream.
//   - JSON: an array of objects, one a line, with the times of CSV, null for NaN
//     and the strings "Infinity" and "-Infinity". Package ingest reads none.
//
// # Invariants
//
//  1. The bytes of a file are a function of the bars and the options.
//  2. A file or folder has its name only when it is complete and synced: it is
//     written beside it, under a name that ends in .partial, and renamed. The
//     events have theirs before the bars do, and lose it where the bars get none.
//     One that is there is refused, or replaced in one step; links are followed,
//     and devices and pipes written to. Each has one writer at a time.
//  3. Memory does not grow with the bars: a batch is in memory, and of adjusted
//     prices those of one asset. Of a folder four files are written at a time.
//
// The package knows nothing of package ingest. What an ingest has to be told to
// make the same bundle of the files is in [Reading].
package export
