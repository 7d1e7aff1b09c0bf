package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/ingest"
)

// Files reads the files and folders at paths, as [ingest.Files] does, and publishes
// them as the current version of the bundle called name. Errors are those of
// ingest.Files and of [bundles.Draft.Publish] or Append; with every one the
// bundle is as it was.
func Files(ctx context.Context, store *bundles.Store, name string, paths []string, opts Options) (*Result, error) {
	return load(ctx, store, name, opts, func(o ingest.Options) (*ingest.Result, error) {
		return ingest.Files(ctx, paths, o)
	})
}

// Records is [Files] for a table that the caller has as Arrow record batches; see
// [ingest.Records] for who owns what.
func Records(ctx context.Context, store *bundles.Store, name string, from ingest.RecordSource, opts Options) (*Result, error) {
	return load(ctx, store, name, opts, func(o ingest.Options) (*ingest.Result, error) {
		return ingest.Records(ctx, from, o)
	})
}

// load reads into a draft, and publishes it.
func load(ctx context.Context, store *bundles.Store, name string, opts Options, read func(ingest.Options) (*ingest.Result, error)) (_ *Result, err error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	draft, err := store.Begin(ctx, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, draft.Abort()) }()
	o := opts.Ingest
	if opts.Append {
		if err := keepKind(ctx, store, name, &o); err != nil {
			return nil, err
		}
	}
	o.Rejects, o.SpillDir, o.Undigested = draft.Rejects(), draft.TempDir(), true
	if o.Quality.Now.IsZero() {
		o.Quality.Now = time.Now()
	}
	bars, err := read(o)
	if err != nil {
		return nil, err
	}
	defer bars.Frame.Release()
	published, err := publish(ctx, draft, bars, &o, opts)
	if err != nil {
		return nil, err
	}
	return &Result{Published: published, Report: bars.Report, Assets: bars.Frame.NumAssets(), Events: bars.Frame.CountEvents()}, nil
}

// keepKind makes what was not said of new bars what the bundle says.
func keepKind(ctx context.Context, store *bundles.Store, name string, o *ingest.Options) error {
	b, err := store.Open(ctx, name, bundles.OpenOptions{})
	if err != nil {
		return fmt.Errorf("append: %w", err)
	}
	defer b.Close()
	m := b.Manifest()
	o.Calendar = o.Calendar.Or(m.Calendar)
	o.Label = cmp.Or(o.Label, m.Label)
	o.Assumed = m.Adjusted
	ids := make(map[string]bool, len(m.Assets))
	for _, a := range m.Assets {
		ids[a.ID] = true
	}
	o.Beside = func(asset string) bool { return ids[asset] }
	return nil
}

// publish makes the bars a version, or puts them into the one that is there.
// Beside an append, bars that lie in memory count against the budget.
func publish(ctx context.Context, draft *bundles.Draft, bars *ingest.Result, o *ingest.Options, opts Options) (bundles.Published, error) {
	options := bundles.PublishOptions{Compact: opts.Compact, Tool: opts.Tool}
	if !opts.Append {
		return draft.Publish(ctx, bars.Frame, bars.Report.Account, options)
	}
	options.Budget, options.AdjustedSaid, options.EventColumns = o.Budget, o.Adjusted != "", bars.Report.EventColumns
	options.SessionsSaid = o.Policies[ingest.RuleSession] != ""
	if !bars.Mapped {
		size := int64(bars.Frame.NumRows()) * int64(len(bars.Frame.Columns())+1) * 8
		if err := o.Budget.Reserve(size); err != nil {
			return bundles.Published{}, err
		}
		defer o.Budget.Release(size)
	}
	return draft.Append(ctx, bars.Frame, bars.Report.Account, options)
}
