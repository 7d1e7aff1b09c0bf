package export

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/output"
)

// Format is the kind of file that is written.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
	Arrow   Format = "arrow"
	JSON    Format = "json"
)

// ParseFormat returns the format of that name, in any case.
func ParseFormat(name string) (Format, error) {
	switch f := Format(strings.ToLower(name)); f {
	case CSV, Parquet, Arrow, JSON:
		return f, nil
	}
	return "", fmt.Errorf("%w: format %q: want csv, parquet, arrow or json", ErrOptions, name)
}

// FormatOf returns the format that the ending of a file's name stands for (.csv,
// .csv.gz, .csv.zst, .parquet, .arrow or .json), or "".
func FormatOf(path string) Format {
	kind, err := output.KindOf(path)
	if err != nil {
		return ""
	}
	return Format(kind.Format)
}

// Compression says how a file is compressed.
type Compression string

// The compressions.
const (
	None Compression = "none"
	Zstd Compression = "zstd"
	// Gzip is for CSV only.
	Gzip Compression = "gzip"
)

// packedBy is the compression that the ending of a file's name stands for, or "".
func packedBy(path string) Compression {
	kind, err := output.KindOf(path)
	if err != nil {
		return ""
	}
	return Compression(kind.Compress)
}

// Stem returns the path of a file without what its ending says of format and
// compression: prices for prices.csv.zst.
func Stem(path string) string { return output.Stem(path) }

// Options say what is exported, and how. The zero value writes all bars as they
// are stored.
type Options struct {
	// Format is the kind of file. Default: what the name of the file says, which
	// it must not contradict, and CSV for a folder, a stream or a device.
	Format Format
	// Compress is the compression. Default: for CSV what the name of the file
	// says (.gz, .zst), Zstd for Parquet and None for Arrow.
	Compress Compression

	// Symbols are the assets to export; none is all.
	Symbols []string
	// Columns are the columns of the bars to export, in that order; none is all.
	// The asset and the time are always there, named or not.
	Columns []string
	// From and To bound the bars: From ≤ time < To. A zero time leaves that end
	// open.
	From, To time.Time
	// Adjust is what prices and volumes are adjusted for; see
	// [columnar.Adjusted]. "": for what they were when they were stored.
	Adjust columnar.Adjustment

	// Events is the CSV file for the corporate actions that take effect on the
	// exported bars; "" leaves them out. Where there are none no file is written,
	// and one that says the same already stays as it is.
	Events string
	// Force replaces files that exist already, when the new ones are complete,
	// and a folder if it holds nothing but an earlier export.
	Force bool
	// Stream makes [Write] write Arrow as a stream, which is read as it comes, in
	// place of a file, which is read from its end.
	Stream bool

	// Tool names the calling program in the metadata of Parquet and Arrow files.
	Tool string
	// Allocator is where batches are built; nil is Go's heap.
	Allocator memory.Allocator
	// Progress is called from time to time with the rows that were written, of
	// how many. It must not block.
	Progress func(done, total int64)

	// batchRows stands in for batchRows in tests; 0 is batchRows.
	batchRows int
	// fault is asked before every step on the disk.
	fault func(step, path string, bytes int) (int, error)
}

// Validate reports everything that is wrong with the options, whatever the
// bars. The error wraps [ErrOptions].
func (o *Options) Validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrOptions}, args...)...))
	}
	if o.Format != "" {
		if _, err := ParseFormat(string(o.Format)); err != nil {
			errs = append(errs, err)
		}
	}
	switch {
	case o.Compress != "" && o.Compress != None && o.Compress != Zstd && o.Compress != Gzip:
		fail("compression %q: want none, zstd or gzip", o.Compress)
	case o.Compress == Gzip && o.Format != CSV && o.Format != "":
		fail("compression gzip is for csv, and the format is %s", o.Format)
	case o.Compress == Zstd && o.Format == JSON:
		fail("json is not compressed")
	}
	if !o.From.IsZero() && !o.To.IsZero() && !o.From.Before(o.To) {
		fail("the time ends before it begins")
	}
	if o.Adjust != "" {
		if _, err := columnar.ParseAdjustment(string(o.Adjust)); err != nil {
			fail("%w", err)
		}
	}
	return errors.Join(errs...)
}

// resolve fills in what the options leave to the name of the file. A folder has
// no name that says anything.
func (o Options) resolve(path string) (Options, error) {
	packed := packedBy(path)
	o.Format = cmp.Or(o.Format, FormatOf(path), CSV)
	if o.Compress == "" {
		o.Compress = map[Format]Compression{CSV: cmp.Or(packed, None), Parquet: Zstd, Arrow: None, JSON: None}[o.Format]
	}
	if o.Allocator == nil {
		o.Allocator = memory.DefaultAllocator
	}
	if o.batchRows == 0 {
		o.batchRows = batchRows
	}
	if err := o.Validate(); err != nil {
		return o, err
	}
	switch named := FormatOf(path); {
	case named != "" && named != o.Format:
		return o, fmt.Errorf("%w: %s is named as %s is, and the format is %s", ErrOptions, path, named, o.Format)
	case named != "" && packed == "" && o.Format == CSV && o.Compress != None:
		return o, fmt.Errorf("%w: %s is named as plain csv is, and is compressed with %s; give a name that ends with %s", ErrOptions, path, o.Compress, o.extension())
	case packed != "" && (o.Format != CSV || packed != o.Compress):
		return o, fmt.Errorf("%w: %s is named as a file in %s is, and the %s is compressed with %s", ErrOptions, path, packed, o.Format, o.Compress)
	}
	return o, nil
}

// extension is how the name of a file of that kind ends.
func (o *Options) extension() string {
	ending := "." + string(o.Format)
	if o.Format != CSV {
		return ending
	}
	return ending + map[Compression]string{Gzip: ".gz", Zstd: ".zst"}[o.Compress]
}
