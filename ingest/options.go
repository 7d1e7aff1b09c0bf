package ingest

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/internal/shape"
	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
)

// Options says how to read and what to do with bad rows. The zero value
// works: every column and the symbol are found by name, bad rows are
// rejected, and all processors are used.
type Options struct {
	// Asset is the id of the asset of all sources, which have no symbol column.
	// Default: what AssetFrom finds, a partition says, or the file name is without
	// .csv, .txt, .gz, .zst and .zip; names that have a stem in common, and go on with
	// a date or with numbers from 0 or 1 on, are parts of one asset, the stem.
	Asset string
	// AssetFrom finds the asset in the path of each source: a path, of as many names
	// from the end as it has, in which {asset} stands for it and * for any text, or a
	// regular expression with one group. A path that it does not match is an error.
	AssetFrom string
	// Beside reports whether there are bars already that those of an asset will be put
	// beside, so that one file whose name goes on from it is a part of it; nil for none.
	Beside func(asset string) bool
	// Symbol is the header name of the symbol column of sources in long form.
	// Default: the one column named symbol, ticker, name, asset or instrument.
	Symbol string
	// Columns maps header names to canonical names: time, open, high, low,
	// close, volume, or the name that another column shall have.
	Columns map[string]string
	// Drop lists header names of columns that are not read; "" stands for
	// columns without a name.
	Drop []string

	// Dialect names what is known of the files of a vendor, one of [Dialects] or of
	// the option of that name, which adds to them. It decides what a source leaves
	// open; the options below decide over both.
	Dialect  string
	Dialects []Dialect
	// Delimiter is comma, semicolon, tab, pipe or blanks. Default: found.
	Delimiter string
	// Header is the line that names the columns, or NoHeader. Default: found.
	Header int
	// Names are the names of the columns by position, in place of those in the
	// header; a column called "" is not read.
	Names []string
	// Decimal is the sign before the decimals, point or comma. Default: found.
	Decimal string
	// DateOrder is how dates of numbers are read. Default: found.
	DateOrder value.DateOrder
	// Zone is the IANA name of the zone of times without an offset. A date
	// without a time of day stays that day in UTC. Default: UTC.
	Zone string
	// PriceScale, a power of ten, is what prices have been multiplied by.
	PriceScale int64

	// Calendar and Label are recorded in the Frame.
	Calendar calendar.Calendar
	Label    columnar.Label
	// Adjusted is what the prices are adjusted for already, and recorded in the
	// Frame. Default: found from the prices at splits and dividends, see
	// docs/ingest.md; none where there are no splits. What is open is an error
	// that wraps [ErrAdjustment].
	Adjusted columnar.Adjustment
	// Assumed is what prices are taken to be adjusted for where Adjusted is not
	// said: what the bars that they are added to are. Splits that contradict it
	// are an error that wraps [ErrAdjustment].
	Assumed columnar.Adjustment

	// Events names a CSV file (plain, gzip or zstd) of corporate actions, with
	// the columns symbol, date, type and value; see package columnar for what
	// they mean. Its dividends are as paid. Rows that break one of [EventRules]
	// are rejected, and written behind the rejects of the bars. "": no file.
	Events string

	// Policies says what happens to rows that break a rule; RejectRow where a
	// rule is not listed, ReportOnly for quality rules.
	Policies map[Rule]Policy
	// RejectLimit is how many rows of a source may be rejected. Of sources that were
	// found beside others one with more is left out; else it is an error that wraps
	// [ErrRejects], unless AllowPartial says to take the rows that are left.
	RejectLimit  RejectLimit
	AllowPartial bool
	// Strict ends the ingest where a file of a folder, or a member of an archive,
	// cannot be read or has too many bad rows. Else it is left out.
	Strict bool
	// Quality holds the thresholds of the quality rules.
	Quality quality.Options
	// Rejects receives the rejected rows as CSV with the columns file, line,
	// rule and text, sorted by source and line, once all rows have been read: the
	// first [MaxRejects], with [MaxRejectText] bytes of text at most.
	// It has a header even when no row was rejected, and stays empty when Files
	// fails, but for ErrNoRows. nil: rejected rows are only counted.
	Rejects io.Writer

	// Workers is the number of parsers; 0 is one a processor.
	Workers int
	// Budget bounds the bytes of text, columns and rejects in memory. They
	// are released when Files returns: the Frame is the caller's to account for.
	Budget *columnar.Budget
	// SpillDir is a folder for temporary files. Rows that Budget has no room for
	// are kept in them, to the same result; its Frame is mapped from one then,
	// which has no name any more. Files removes them all; where the process is
	// killed, whoever made the folder does. "": what does not fit is an error, as
	// it is on systems without memory mapping.
	SpillDir string
	// Undigested leaves the digest of the Frame empty, for callers that publish
	// it: that finds the digest while it writes.
	Undigested bool
	// Progress is called from time to time, never by two goroutines at once.
	// It must not block.
	Progress func(Progress)

	// blockBytes is the size of a unit of work; 0 is maxLine.
	blockBytes int
	// spillFault is asked before every write of a temporary file.
	spillFault func() error
}

// Progress is how far an ingest has come.
type Progress struct {
	// Bytes of Total bytes have been read from the files.
	Bytes, Total int64
	// Rows have been parsed, accepted or not.
	Rows int64
}

// Validate reports everything that is wrong with the options, each error
// wrapping ErrOptions.
func (o *Options) Validate() error {
	var errs []error
	if o.Label != "" && o.Label != columnar.LabelOpen && o.Label != columnar.LabelClose {
		errs = append(errs, fmt.Errorf("label %q: want open or close", o.Label))
	}
	for _, adjusted := range []columnar.Adjustment{o.Adjusted, o.Assumed} {
		if _, err := columnar.ParseAdjustment(string(adjusted)); err != nil {
			errs = append(errs, err)
		}
	}
	if o.Workers < 0 {
		errs = append(errs, fmt.Errorf("workers %d: want 0 or more", o.Workers))
	}
	if o.Asset != "" && o.AssetFrom != "" {
		errs = append(errs, errors.New("asset and asset pattern: give one of them"))
	}
	if o.AssetFrom != "" {
		_, err := source.ParsePattern(o.AssetFrom)
		errs = append(errs, err)
	}
	if o.Asset != "" && o.Symbol != "" {
		errs = append(errs, errors.New("asset and symbol: give one of them"))
	}
	errs = append(errs, o.choices().ReadingErrors()...)
	errs = append(errs, o.columnErrors()...)
	errs = append(errs, policyErrors(o.Policies)...)
	errs = append(errs, o.Quality.Errors()...)
	errs = append(errs, o.RejectLimit.check())
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	for i, err := range errs {
		errs[i] = fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return errors.Join(errs...)
}

// columnErrors checks the column mapping against itself, Symbol and Drop.
func (o *Options) columnErrors() (errs []error) {
	from, to := make(map[string]string), make(map[string]string)
	for _, header := range slices.Sorted(maps.Keys(o.Columns)) {
		canonical := o.Columns[header]
		if canonical == "" || canonical != shape.Normalize(canonical) {
			errs = append(errs, fmt.Errorf("columns: %q is mapped to %q: want a lower-case name of letters, digits and _", header, canonical))
		}
		if other, ok := from[shape.Normalize(header)]; ok {
			errs = append(errs, fmt.Errorf("columns: %q and %q name the same column", other, header))
		}
		if other, ok := to[canonical]; ok {
			errs = append(errs, fmt.Errorf("columns: %q and %q are both mapped to %q", other, header, canonical))
		}
		from[shape.Normalize(header)], to[canonical] = header, header
	}
	if header, ok := from[shape.Normalize(o.Symbol)]; ok && o.Symbol != "" {
		errs = append(errs, fmt.Errorf("columns: %q is the symbol column", header))
	}
	for _, name := range o.Drop {
		if _, ok := from[shape.Normalize(name)]; ok {
			errs = append(errs, fmt.Errorf("drop: %q is mapped to %q as well", name, o.Columns[from[shape.Normalize(name)]]))
		}
		if o.Symbol != "" && shape.Normalize(name) == shape.Normalize(o.Symbol) {
			errs = append(errs, fmt.Errorf("drop: %q is the symbol column", name))
		}
	}
	return errs
}

// choices returns the options that say how a source is read.
func (o *Options) choices() *shape.Choices {
	return &shape.Choices{
		Asset: o.Asset, Symbol: o.Symbol, Columns: o.Columns, Drop: o.Drop, Dialect: o.Dialect, Dialects: o.Dialects, Delimiter: o.Delimiter, Header: o.Header,
		Names: o.Names, Decimal: o.Decimal, DateOrder: o.DateOrder, Zone: o.Zone, PriceScale: o.PriceScale, Label: o.Label,
	}
}

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (o *Options) blockSize() int {
	if o.blockBytes > 0 {
		return o.blockBytes
	}
	return maxLine
}

// settings returns the options that the result depends on as text, for
// [Report.Options].
func (o *Options) settings() map[string]string {
	var columns, policies []string
	for _, header := range slices.Sorted(maps.Keys(o.Columns)) {
		columns = append(columns, header+"="+o.Columns[header])
	}
	for _, r := range Rules() {
		p := o.Policies[r]
		if p == "" {
			p = RejectRow
		}
		policies = append(policies, string(r)+"="+string(p))
	}
	for _, r := range quality.Names() {
		if p := o.Policies[r]; p != "" && p != ReportOnly {
			policies = append(policies, string(r)+"="+string(p))
		}
	}
	settings := map[string]string{
		"asset":    o.Asset,
		"symbol":   o.Symbol,
		"columns":  strings.Join(columns, ","),
		"drop":     strings.Join(slices.Sorted(slices.Values(o.Drop)), ","),
		"policies": strings.Join(policies, ","),
	}
	if o.AssetFrom != "" {
		settings["asset_from"] = o.AssetFrom
	}
	if text := o.Quality.String(); text != "" {
		settings["quality"] = text
	}
	o.choices().ReadingSettings(settings)
	return settings
}

// rejectingQuality says of each quality rule whether it rejects rows; nil where
// none does.
func (o *Options) rejectingQuality() (rejects []bool) {
	for i, name := range quality.Names() {
		if o.Policies[name] == RejectRow {
			if rejects == nil {
				rejects = make([]bool, len(quality.Rules()))
			}
			rejects[i] = true
		}
	}
	return rejects
}

// rejectsByQuality reports whether a quality rule rejects rows.
func (o *Options) rejectsByQuality() bool { return o.rejectingQuality() != nil }

// maxLine is the most bytes that a line may have, and the size of a block:
// large enough to make handing it over cheap, small enough for the cache.
const maxLine = 1 << 20
