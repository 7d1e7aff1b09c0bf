// Package ingest reads market bars from outside sources, checks every row,
// and hands them over as a [columnar.Frame]: grouped by asset, in time order,
// with the decimals of each column. It knows no bundles and writes no files.
//
// Start with [Files], its [Options] and its [Result].
//
// # Shapes
//
// A source is a CSV file (plain, gzip, zstd) or a member of a zip archive,
// told apart by content. Without a symbol column a source holds one asset,
// named after the file; with one it is in long form and holds many. Rows of
// one asset may be spread over several sources and stand in the order of the
// sources. The first line names the columns, in any order and case; fields
// are separated by commas and may be quoted, but a quoted field ends on its
// line. A line has at most 1 MiB. Blank lines are not rows.
//
// Times are ISO 8601 dates and date-times (T or a blank between, seconds,
// up to nine decimals and the zone Z or ±hh:mm optional, no zone is UTC) or
// whole numbers since 1970: seconds with 9 to 10 digits, milliseconds with
// 12 to 13, microseconds with 15 to 16, nanoseconds with 18 to 19. A source
// has one form, that of the first time understood in it.
//
// What is not understood is refused with an *[InputError] that wraps
// [ErrShape], never guessed. A column is not understood when none of its
// values in the first 100 rows can be read; a single bad value only rejects
// its row.
//
// # Rules
//
// Every row is held against the rules of [Rules], in that order, and the
// first that it breaks decides. Times are compared with the accepted rows
// before it of the same asset, so that a rejected row never displaces a good
// one. Accepted and rejected rows add up to the rows read, always.
//
// Then the accepted bars of each asset are held against [QualityRules], which
// only report unless [Options].Policies says otherwise.
//
// # Invariants
//
//  1. The Frame, the Report and the rejects are the same bytes for any number
//     of workers, and the Frame is the same for any order of files that hold
//     different assets.
//  2. Every value is the float64 nearest to its decimal text.
//  3. Asset ids are the text of the source, untouched.
//  4. Text is read in blocks and not kept, so that memory is that of the
//     columns, twice, and of the rejected rows.
package ingest
