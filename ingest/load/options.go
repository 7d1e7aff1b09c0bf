package load

import (
	"errors"
	"fmt"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest"
)

// Options says how to read and how to publish. The zero value works, where the
// bars need no calendar, zone and so on.
type Options struct {
	// Ingest says how files are read and what becomes of bad rows. Rejects,
	// SpillDir and Undigested stay empty: they are those of the bundle's draft.
	// Budget bounds an append, too. Where Quality.Now is zero it is the present.
	Ingest ingest.Options
	// Append puts the bars into those that the bundle has: a bar replaces the one
	// that its asset had at that time, new assets and times are added. Calendar,
	// label and adjustment, where Ingest does not say them, are those of the
	// bundle, which has to exist ([bundles.ErrNotFound]).
	Append bool
	// Compact compresses the bars with zstd: smaller, slower to open, same digest.
	Compact bool
	// Tool names the calling program and its version in the manifest.
	Tool string
}

// Validate reports everything that is wrong with the options, each error wrapping
// [ingest.ErrOptions].
func (o *Options) Validate() error {
	errs := []error{o.Ingest.Validate()}
	if o.Ingest.Rejects != nil {
		errs = append(errs, fmt.Errorf("%w: rejects: they go to the rejects.csv of the bundle's ingest", ingest.ErrOptions))
	}
	if o.Ingest.SpillDir != "" {
		errs = append(errs, fmt.Errorf("%w: spill folder %q: temporary files go to the store", ingest.ErrOptions, o.Ingest.SpillDir))
	}
	return errors.Join(errs...)
}

// Result is what has been read and published.
type Result struct {
	bundles.Published
	// Report accounts for every row.
	Report ingest.Report
	// Assets is the number of assets that were read, and Events how many of their
	// events there are of each type.
	Assets int
	Events map[columnar.EventType]int
}
