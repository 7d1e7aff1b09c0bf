package ingest

import (
	"context"
	"errors"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// addEvents gives the assets their events, of columns and of a file, which may be
// nil, and decides what the prices beside them are adjusted for: Options.Adjusted
// says so from then on. It returns the names of the columns that are left, and
// the account of the decision, nil where there are no splits and dividends.
func (g *grouped) addEvents(in *inputs, names []string, file *eventFile, o *Options) ([]string, *AdjustmentReport, error) {
	names = g.takeEvents(names)
	ofColumns := make([]int, len(g.assets))
	for i, a := range g.assets {
		ofColumns[i] = len(a.events)
	}
	if file != nil {
		file.ownDates(g, o)
		if err := file.assign(g); err != nil {
			return nil, nil, err
		}
	}
	g.columns = names
	var l priceEvidence
	for i, a := range g.assets {
		if s := g.series(a); len(s.Events) > 0 {
			l.assets = append(l.assets, assetEvidence{s.Evidence(), ofColumns[i]})
		}
	}
	have, report, err := l.decide(o.Adjusted, o.Assumed)
	if err != nil {
		return nil, nil, &InputError{File: in.sources[0].Name(), Err: err}
	}
	o.Adjusted = have
	if o.Adjusted == columnar.AdjustedSplits {
		for i, a := range g.assets {
			g.asPaid(a, ofColumns[i])
		}
	}
	return names, report, nil
}

// account writes down the rejected rows of the file and returns its report, nil
// where there is no file.
func (f *eventFile) account(ctx context.Context, rejects *rejectsFile) (*report.Events, error) {
	if f == nil {
		return nil, nil
	}
	r, err := f.report()
	if err != nil {
		return nil, err
	}
	if rejects != nil {
		err = f.writeRejects(ctx, rejects)
	}
	return r, err
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
