// Package parquet reads and writes Parquet files whose column chunks are
// plain arrays, so that a memory-mapped file is an Arrow record without a
// copy. The bars of a bundle and the rows of a sweep are such files.
//
// Start with [NewWriter], which streams row groups to an io.Writer, and
// [Open], which maps a file. Every other Parquet reader opens the files too.
//
// # Layout
//
//	"PAR1"
//	row group 0
//	  column chunk 0:  [zeros] [dictionary page] page header | values
//	  column chunk 1:  [zeros] page header | values
//	                                       ^ a multiple of 64 in the file
//	row group 1 …
//	footer (thrift) | its length (4 bytes) | "PAR1"
//
// # Invariants
//
//  1. A chunk is one data page, version 1. Without a codec, the page of a
//     REQUIRED int64, timestamp or float64 column is exactly the
//     little-endian array of its values, which starts at a multiple of 64 in
//     the file. The padding stands in front of the page header; the chunk's
//     offset and size do not count it.
//  2. The bytes of a file are a function of the calls to its Writer: no
//     clock and no map order, on every machine and for any number of workers.
//  3. Statistics are those of the Parquet specification: no bounds where a
//     float64 chunk holds a NaN; a bound that is zero is −0 below and +0
//     above.
//  4. Nothing read from a file is trusted: footers and page headers are
//     bounded before they are decoded, and a damaged file is an [ErrCorrupt],
//     never a panic.
//
// # Ownership
//
// The arrays and records that a [File] hands out hold a reference on its
// mapping; the mapping is undone when the File is closed and the last of them
// released. [columnar.OpenMappings] counts what is mapped.
//
// Nested columns, several pages a chunk and encryption are not written.
// Encodings and codecs that this package does not write are read through
// parquet-go, as long as the columns are of the types of [Type].
package parquet
