package ingest

import (
	"context"
	"fmt"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// assemble is the second stage: it puts the chunks together by asset, finds
// the rows that come too late, and accounts for everything.
func assemble(ctx context.Context, in *inputs, columns []string, events *eventFile, o *Options, m *memory) (*Result, error) {
	g := newGrouped(columns, o)
	g.spill, g.noVolume = m.spill, len(in.sources) > 0 && in.sources[0].layout.Lacks.Volume()
	defer g.release()
	for _, s := range in.sources {
		for _, c := range s.chunks {
			g.place(c)
		}
	}
	for _, a := range g.assets {
		if a.unsorted {
			g.sorting += int64(a.rows) * perSorted
		}
	}
	if err := in.checkAssets(); err != nil {
		return nil, err
	}
	if err := in.checkParts(); err != nil {
		return nil, err
	}
	if err := g.gather(ctx, in, o, m); err != nil {
		return nil, err
	}
	rejected := rejectedOf(in)
	order, err := g.arrange(ctx, in, rejected, o, m)
	if err != nil {
		return nil, err
	}
	if err := firstFailure(ctx, rejected, in); err != nil {
		return nil, err
	}
	if err := in.overLimit(rejected, o, func(s *input, line int) string { return s.textOf(ctx, line) }); err != nil {
		return nil, err
	}
	// Before rows are looked at side by side: a split explains a jump.
	columns, adjustment, err := g.addEvents(in, columns, events, o)
	if err != nil {
		return nil, err
	}
	quality, err := g.inspect(ctx, in, rejected, o)
	if err != nil {
		return nil, err
	}
	var rejects *rejectsFile
	if o.Rejects != nil {
		if rejects, err = newRejects(o.Rejects); err != nil {
			return nil, err
		}
		if err := rejects.write(ctx, rejected, in); err != nil {
			return nil, err
		}
	}
	r := account(in, rejected, o)
	r.Quality, r.Adjustment, r.Sorted, r.EventColumns = quality, adjustment, order.sorted, g.eventColumns
	if adjustment != nil {
		r.Options["adjusted"] = adjustment.String()
	}
	if err := r.check(g.rows); err != nil {
		return nil, err
	}
	if g.rows == 0 {
		return nil, noRows(in, rejected, &r)
	}
	if r.Events, err = events.account(ctx, rejects); err != nil {
		return nil, err
	}
	if rejects != nil {
		r.Unkept = r.Rejected - int64(rejects.rows)
		if r.Events != nil {
			r.Unkept += r.Events.Rejected
		}
	}
	return g.result(ctx, columns, o, r)
}

// result builds the Frame.
func (g *grouped) result(ctx context.Context, names []string, o *Options, r Report) (*Result, error) {
	g.countKept(&r, withPolicy(o.Policies, Keep))
	columns, err := describe(ctx, names, g.values, o.workers())
	if err != nil {
		return nil, err
	}
	f, err := frame(ctx, g, columns, o)
	if err != nil {
		return nil, fmt.Errorf("ingest: %w", err)
	}
	if err := columnar.CheckEvents(f); err != nil {
		r.EventProblems = strings.Split(err.Error(), "\n")
	}
	return &Result{Frame: f, Report: r, Mapped: g.owner != nil}, nil
}

// account adds up the report.
func account(in *inputs, rejected []rejectedRows, o *Options) Report {
	r := Report{Account: report.Account{Options: o.settings()}, Ignored: in.Ignored, Readings: readings(in)}
	var counts codeCounts
	for i, s := range in.sources {
		for _, c := range s.chunks {
			s.Read += int64(c.lines - c.blank)
			s.Accepted += int64(c.accepted)
			r.Rounded += int64(c.rounded)
		}
		s.Rejected = rejected[i].all()
		for c, n := range rejected[i].counts {
			counts[c] += n
		}
		r.Read += s.Read
		r.Accepted += s.Accepted
		r.Rejected += s.Rejected
		r.Repeated += s.Repeated
		r.Sources = append(r.Sources, s.Source)
	}
	for c, n := range counts {
		if c := code(c); c < numRules || n > 0 {
			r.Rules = append(r.Rules, report.RuleCount{Rule: c.rule(), Rejected: n})
		}
	}
	return r
}

// noRows is the error of an ingest that accepted nothing.
func noRows(in *inputs, rejected []rejectedRows, r *Report) error {
	for i, s := range in.sources {
		if len(rejected[i].rows) > 0 {
			x := rejected[i].rows[0]
			return &InputError{File: s.Name(), Line: x.line,
				Err: fmt.Errorf("%w: all %d are rejected, this one by rule %s", ErrNoRows, r.Read, x.code.rule())}
		}
	}
	nothing := "nothing follows the header"
	if in.sources[0].Format != source.FormatText {
		nothing = "the table has no rows"
	}
	return &InputError{File: in.sources[0].Name(), Err: fmt.Errorf("%w: %s", ErrNoRows, nothing)}
}

// textOf returns a line for a message, "" where it cannot be read again.
func (s *input) textOf(ctx context.Context, line int) (found string) {
	if s.Format == source.FormatText {
		_ = s.texts(ctx, []int{line}, func(text string) error { found = text; return nil }) // the message does without
	}
	return found
}

// firstFailure returns the error of the first rejected row whose rule has the
// policy Fail. Rows that break a rule on their own have failed before.
func firstFailure(ctx context.Context, rejected []rejectedRows, in *inputs) error {
	for i, s := range in.sources {
		x := rejected[i].failed
		if x == nil {
			continue
		}
		if s.Format == source.FormatText {
			if err := s.texts(ctx, []int{x.line}, func(text string) error { x.text = text; return nil }); err != nil {
				return err
			}
		}
		return &InputError{File: s.Name(), Line: x.line, Rule: x.code.rule(), Text: x.text, Err: ErrRow}
	}
	return nil
}
