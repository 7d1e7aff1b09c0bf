package ingest

import (
	"context"
	"errors"

	"github.com/bowstring-engine/bowstring/columnar"
)

// addEvents gives the assets their events, of columns and of a file, which may be
// nil. It returns the names of the columns that are left.
func (g *grouped) addEvents(names []string, file *eventFile, o *Options) []string {
	names = g.takeEvents(names)
	ofColumns := make([]int, len(g.assets))
	for i, a := range g.assets {
		ofColumns[i] = len(a.events)
	}
	if file != nil {
		file.assign(g)
	}
	if o.Adjusted == columnar.AdjustedSplits {
		for i, a := range g.assets {
			g.asPaid(a, ofColumns[i])
		}
	}
	return names
}

// account writes down the rejected rows of the file and returns its report, nil
// where there is no file.
func (f *eventFile) account(ctx context.Context, rejects *rejectsFile) (*EventsReport, error) {
	if f == nil {
		return nil, nil
	}
	report, err := f.report()
	if err != nil {
		return nil, err
	}
	if rejects != nil {
		err = f.writeRejects(ctx, rejects)
	}
	return report, err
}

// writeRejects writes the rejected rows behind those of the bars.
func (f *eventFile) writeRejects(ctx context.Context, rejects *rejectsFile) error {
	for _, r := range f.rows {
		if r.rule == "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		err := rejects.put(f.Path, r.line, r.rule, r.text)
		if errors.Is(err, errEnough) {
			break
		}
		if err != nil {
			return err
		}
	}
	return rejects.end()
}
