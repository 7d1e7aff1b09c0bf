package output

import (
	"errors"
	"fmt"
	"strings"
)

// Stdout is the name that stands for standard output.
const Stdout = "-"

// Format is the kind of a file.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
	Arrow   Format = "arrow"
	JSON    Format = "json"
)

// Compression is that of a whole file; "" is none.
type Compression string

// The compressions.
const (
	Gzip Compression = "gzip"
	Zstd Compression = "zstd"
)

// Kind is what the name of a file says of what is in it.
type Kind struct {
	Format   Format
	Compress Compression
}

// kinds are all that can be written, by their endings.
var kinds = []struct {
	ending string
	kind   Kind
}{
	{".csv", Kind{CSV, ""}},
	{".csv.gz", Kind{CSV, Gzip}},
	{".csv.zst", Kind{CSV, Zstd}},
	{".parquet", Kind{Parquet, ""}},
	{".arrow", Kind{Arrow, ""}},
	{".json", Kind{JSON, ""}},
}

// ErrEnding is returned for a name whose ending stands for no format.
var ErrEnding = errors.New("unknown ending")

// KindOf returns what the ending of a file's name says, in any case. The error
// names the endings there are and wraps [ErrEnding].
func KindOf(path string) (Kind, error) {
	if ending, kind := split(path); ending != "" {
		return kind, nil
	}
	return Kind{}, fmt.Errorf("%q: %w: it says the format, and has to be .csv, .csv.gz, .csv.zst, .parquet, .arrow or .json", path, ErrEnding)
}

// Stem returns the path of a file without the ending that says its format:
// prices for prices.csv.zst.
func Stem(path string) string {
	ending, _ := split(path)
	return path[:len(path)-len(ending)]
}

// Ending returns how the name of a file of some kind ends, "" where there is no
// such kind.
func Ending(k Kind) string {
	for _, known := range kinds {
		if known.kind == k {
			return known.ending
		}
	}
	return ""
}

// split returns the ending of a path with its kind, "" where it has none that
// is known, or nothing in front of it.
func split(path string) (string, Kind) {
	base := path[strings.LastIndexAny(path, `/\`)+1:]
	for _, known := range kinds {
		if n := len(base) - len(known.ending); n > 0 && strings.EqualFold(base[n:], known.ending) {
			return path[len(path)-len(known.ending):], known.kind
		}
	}
	return "", Kind{}
}

// Partial reports whether a name is one that unfinished results have, such as
// results.partial.parquet: a finished file of that name would be taken for one.
func Partial(path string) bool { return strings.HasSuffix(strings.ToLower(Stem(path)), ".partial") }
