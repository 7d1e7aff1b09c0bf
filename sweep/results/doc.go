// Package results writes, resumes, reads and ranks tables of results: a row for
// each trial and asset, and a pooled row for each trial. It runs nothing.
//
// Read first: [Schema] says what columns the table of a spec has, and the Meta
// constants what is recorded with it. [WriteFile], or [Create] and [Writer.Write]
// where a caller chooses, stores any Arrow record reader with such columns as
// Parquet, CSV, Arrow or JSON. [Open] reads a Parquet file back, a row group at a
// time. [Leaders] ranks the rows of a table as it passes by, [File.Leaders] those of
// a file, and [NewSurface] lays a statistic over two parameters.
//
// # A file that can be gone on with
//
// A table that is [Described] with a number of rows a group is written beside a
// journal (journal.go), which says after a kill what of the partial file counts.
// [FindCheckpoint] reads it: who computes the table leaves out what the
// [Checkpoint] has and hands it over in its Description, and the Writer goes on
// behind it, to the bytes of a file that nothing happened to.
//
// # Invariants
//
//  1. The bytes of a file depend on the records and the metadata alone, never on
//     the number of goroutines that encode.
//  2. Under a result's name stands what was there before or a complete file.
//  3. Ranks have one order, that of [Leaders]: no other decides what is best.
//
// The caller closes what Create, Stream and Open return, and releases readers and
// records. The package keeps no global state and logs nothing.
package results
