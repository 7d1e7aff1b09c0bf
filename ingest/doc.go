// Package ingest reads market bars from outside sources, checks every row,
// and hands them over as a [columnar.Frame]: grouped by asset, in time order,
// with the decimals of each column. It knows no bundles, and writes no files but the
// temporary ones of [Options].SpillDir.
//
// Start with [Files], its [Options] and its [Result], or with [Records] for
// Arrow record batches.
//
// # Rooms
//
// Below this package lie rooms that know nothing of it: internal/source has files and
// turns their bytes into plain text, internal/value text into numbers and moments,
// internal/shape finds out how a source is written, internal/table reads columns with
// types, and internal/problem is what may be wrong. Package quality has the rules of
// bars side by side, package report the account; package load makes bundles.
//
// Here are the rows. Read files.go first, which names the stages: reader.go has
// sources read by workers, which parse blocks (parse.go, plain.go, table_parse.go)
// into chunks (chunk.go); assemble.go has the chunks put together by asset (group.go),
// in memory or through temporary files (memory.go, spill.go), events added
// (event_assemble.go), and rejects written (rejects.go).
//
// # Shapes
//
// A source is a text file (plain, gzip, zstd), a member of a zip archive, or a
// table (Parquet, Arrow), told apart by content. Without a symbol column a source holds one asset,
// named after the file or the partition it lies in; with one it is in long
// form and holds many. Rows of one asset may be spread over several sources
// and stand in any order. A quoted field ends on its line, and
// a line has at most 1 MiB. Blank lines are not rows.
//
// How a source is written is decided for each by itself: what separates its
// fields, which line names the columns and what they are called in the
// languages of vendors, or what their values show where no line does, how
// dates, times and numbers are written, and whether the newest row stands
// first, which is then read last. The first 150 lines decide, and the rest
// where those leave something open. [Inspect] says what was decided, by which
// line; docs/ingest.md lists it all.
//
// What is not understood, or could be read in two ways, is refused with an
// *[InputError] that wraps [ErrShape] and names the option that decides, never
// guessed. A column is not understood when none of its values in the first
// lines can be read; a single bad value only rejects its row.
//
// The usual case (commas, ISO 8601 or whole epochs, plain decimals) has a path
// of its own, which reads a line in one pass; every other form goes through
// the general code, with the same result for the lines that both read.
//
// Tables are read by internal/table. Their first rows go through the same
// decisions, as the fields of lines; then columns with types are used as they
// are and texts are read as in text. A row has its number in place of a line,
// from 1. Rows of tables make the same chunks that blocks of text make, a row
// group or a record batch at a time, and cannot be read again: those that turn
// out bad beside others are written down from their values.
//
// # Corporate actions
//
// Columns of dividends and splits become events of the Frame, not columns of
// it; a blank, 0 or a split of 1 is none. What the prices are adjusted for
// already is found from what they do at splits, and what is open is refused until
// [Options].Adjusted says it. Beside prices that are adjusted for splits their
// dividends are taken to be so, too, and are
// brought back to what was paid. [Options].Events adds those of a file. A
// dividend that is not below the price it is paid from is kept, and reported.
//
// # Rules
//
// Every row is held against the rules of [Rules], in that order, and the
// first that it breaks decides. Those that keep the rules of single rows are put in
// the order of time (arrange.go, reorder.go), in memory or through a file, and of
// those of one asset and time one is the bar. Rows that say what it says are
// repeated. Accepted, rejected and repeated rows add up to the rows read, always.
//
// Then the accepted bars of each asset are held against [quality.Rules], which
// only report unless [Options].Policies says otherwise.
//
// # Invariants
//
//  1. The Frame, the Report and the rejects are the same bytes for any number
//     of workers, and the Frame is the same for any order of files that hold
//     different assets.
//  2. Every value is the float64 nearest to its decimal text.
//  3. Asset ids are the text of the source, without blanks around it.
//  4. Text is read in blocks and tables by pages, and neither is kept, so that
//     memory is that of the columns, of one of them once more while rows are
//     grouped, and of the rejected rows; of the columns twice where
//     Options.Budget has a limit, or files are compressed.
package ingest
