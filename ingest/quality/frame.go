package quality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// ErrBroken is wrapped where bars break a rule and the caller asked for that to be
// an error.
var ErrBroken = errors.New("data breaks a quality rule")

// Check holds a Frame, which is borrowed, against the rules, with the calendar,
// label and adjustment that it has. Assets stand in its order; those of which there
// is nothing to say are left out. Rules about files have no say. The error is that
// of the context, of Options ([Options.Errors]), or a [columnar.FaultError].
func Check(ctx context.Context, frame *columnar.Frame, options Options) (list []report.AssetQuality, err error) {
	defer columnar.CatchFault(&err)()
	if err := errors.Join(options.Errors()...); err != nil {
		return nil, err
	}
	all, err := seriesOf(frame)
	if err != nil {
		return nil, err
	}
	axis := frame.Info().Axis
	found, err := Inspect(ctx, all, Setting{Options: options, Calendar: axis.Calendar, Label: axis.Label, Adjusted: frame.Info().Adjusted})
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		if len(f.Findings) > 0 {
			list = append(list, report.AssetQuality{Asset: all[i].ID, Findings: f.Findings})
		}
	}
	return list, nil
}

// seriesOf returns the assets of a Frame, with the columns of bars first.
func seriesOf(frame *columnar.Frame) ([]Series, error) {
	var names []string
	var at []int
	for _, c := range columnar.BarColumns() {
		i, ok := frame.ColumnIndex(c.Name)
		if !ok {
			return nil, fmt.Errorf("quality: %w %q", columnar.ErrNoColumn, c.Name)
		}
		names, at = append(names, c.Name), append(at, i)
	}
	for i, c := range frame.Columns() {
		if !slices.Contains(at, i) {
			names, at = append(names, c.Name), append(at, i)
		}
	}
	all := make([]Series, frame.NumAssets())
	for k := range all {
		s := Series{ID: frame.Asset(k), Times: frame.Times(k), Columns: names, Events: frame.Events(k)}
		for _, i := range at {
			s.Values = append(s.Values, frame.Values(k, i))
		}
		all[k] = s
	}
	return all, nil
}

// Err returns an error that wraps [ErrBroken] where there are findings of severity
// error, which says how many assets they are in, a rule; nil else.
func Err(found []report.AssetQuality) error {
	counts := make(map[report.Rule]int)
	for _, a := range found {
		for _, f := range a.Findings {
			if f.Severity == report.SeverityError {
				counts[f.Rule]++
			}
		}
	}
	var texts []string
	for _, r := range table {
		if n := counts[r.Name]; n > 0 {
			texts = append(texts, fmt.Sprintf("%s in %d", r.Name, n))
		}
	}
	if texts == nil {
		return nil
	}
	return fmt.Errorf("%w, in assets: %s", ErrBroken, strings.Join(texts, ", "))
}
