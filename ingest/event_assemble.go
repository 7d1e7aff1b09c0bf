package ingest

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/bowstring-engine/bowstring/columnar"
)

// addEvents gives the assets their events, of columns and of a file, which may be
// nil, and accounts for the file. It returns the names of the columns that are
// left.
func (g *grouped) addEvents(ctx context.Context, names []string, file *eventFile, o *Options) ([]string, *EventsReport, error) {
	names = g.takeEvents(names)
	ofColumns := make([]int, len(g.assets))
	for i, a := range g.assets {
		ofColumns[i] = len(a.events)
	}
	var report *EventsReport
	if file != nil {
		file.assign(g)
		var err error
		if report, err = file.report(); err != nil {
			return nil, nil, err
		}
		if o.Rejects != nil {
			if err := file.writeRejects(ctx, o.Rejects); err != nil {
				return nil, nil, err
			}
		}
	}
	if o.Adjusted == columnar.AdjustedSplits {
		for i, a := range g.assets {
			g.asPaid(a, ofColumns[i])
		}
	}
	return names, report, nil
}

// writeRejects writes the rejected rows behind those of the bars.
func (f *eventFile) writeRejects(ctx context.Context, dst io.Writer) error {
	w := csv.NewWriter(dst)
	for _, r := range f.rows {
		if r.rule == "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.Write([]string{f.Path, strconv.Itoa(r.line), string(r.rule), r.text}); err != nil {
			return fmt.Errorf("rejects: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}
