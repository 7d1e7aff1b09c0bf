package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Files reads the files and folders at paths into a Frame. A folder stands for
// its files with a known extension and those in its folders, some of which may be
// partitions (ticker=AAPL/), sorted by path. The
// caller releases the Frame of the result.
//
// A file of a folder, or a member of an archive, that cannot be read, or has too
// many bad rows, is left out and listed in the Report, unless Options.Strict says
// that it ends the ingest. At least half of the files have to be readable.
//
// Errors about the data are *[InputError], and wrap [ErrShape], [ErrRow] or
// [ErrNoRows], or the error of the decompressor; where there are several, the
// first in the order of the input is returned. Errors about the options wrap
// [ErrOptions], a budget that is too small [columnar.ErrMemory], and errors
// of the file system are those of package os. A context that is done ends it.
func Files(ctx context.Context, paths []string, opts Options) (*Result, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	var out []LeftOut
	for {
		in, err := gather(ctx, paths, &opts)
		if err != nil {
			return nil, err
		}
		in.without(out)
		before := refusedFiles(in.Refused)
		result, err := ingest(ctx, in, opts)
		var more *leftOutError
		if errors.As(err, &more) {
			out = append(out, more.sources...)
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, before...)
		slices.SortFunc(out, func(a, b LeftOut) int { return strings.Compare(a.Path, b.Path) })
		result.Report.LeftOut = out
		return result, nil
	}
}

// ingest reads sources, and closes them. The options are valid.
func ingest(ctx context.Context, in *inputs, opts Options) (result *Result, err error) {
	defer in.Close()
	m := &memory{budget: opts.Budget}
	defer m.releaseAll()
	if opts.SpillDir != "" {
		m.spill = newSpill(opts.SpillDir, opts.spillFault)
		defer func() {
			if closing := m.spill.close(); closing != nil && err == nil {
				result.Frame.Release()
				result, err = nil, fmt.Errorf("ingest: spill: %w", closing)
			}
		}()
	}
	events, err := readEventFile(ctx, &opts, m)
	if err != nil {
		return nil, err
	}
	columns, err := readAll(ctx, in, &opts, m)
	if err != nil {
		return nil, err
	}
	if err := checkUsed(in, &opts); err != nil {
		return nil, err
	}
	return assemble(ctx, in, columns, events, &opts, m)
}

// checkUsed refuses names in Drop and Columns that no source has, since they
// are likely misspelt.
func checkUsed(in *inputs, o *Options) error {
	has := make(map[string]bool)
	for _, s := range in.sources {
		for _, f := range s.layout.Fields {
			has[shape.Normalize(f.Name)] = true
		}
	}
	var missing []string
	for name := range o.Columns {
		if !has[shape.Normalize(name)] {
			missing = append(missing, fmt.Sprintf("%q", name))
		}
	}
	for _, name := range o.Drop {
		if !has[shape.Normalize(name)] {
			missing = append(missing, fmt.Sprintf("%q", name))
		}
	}
	if missing == nil {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("%w: columns and drop: no source has a column %s", ErrOptions, strings.Join(missing, ", "))
}

// frame builds the Frame.
func frame(ctx context.Context, g *grouped, columns []columnar.Column, o *Options) (*columnar.Frame, error) {
	bars := make([]columnar.Bars, len(g.assets))
	for i, a := range g.assets {
		values := make([][]float64, len(g.values))
		for c, v := range g.values {
			values[c] = v[a.base : a.base+a.rows : a.base+a.rows]
		}
		bars[i] = columnar.Bars{ID: a.id, Times: g.timesOf(a), Values: values, Owner: g.owner, Events: a.events}
	}
	adjusted, err := columnar.ParseAdjustment(string(o.Adjusted))
	if err != nil {
		return nil, err
	}
	info := columnar.Info{Axis: columnar.Axis{Calendar: o.Calendar.Or(calendar.AsFound()), Label: o.Label}, Adjusted: adjusted}
	if o.Undigested {
		return columnar.BuildUndigested(columns, bars, info)
	}
	return columnar.BuildContext(ctx, columns, bars, info)
}
