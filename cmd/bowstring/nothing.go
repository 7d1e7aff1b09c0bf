package main

import (
	"context"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// tradeless reports whether the best rows say that nothing was traded at all: none of
// them has a trade, nor a ratio, by which any that has would rank before them.
func tradeless(best arrow.Record) bool {
	if best == nil || best.NumRows() == 0 {
		return false
	}
	column := func(s metrics.Stat) arrow.Array {
		if at := best.Schema().FieldIndices(s.String()); len(at) > 0 {
			return best.Column(at[0])
		}
		return nil
	}
	trades, open, sharpe := column(metrics.Trades), column(metrics.OpenTrades), column(metrics.Sharpe)
	if trades == nil || open == nil || sharpe == nil {
		return false
	}
	for row := range int(best.NumRows()) {
		if numberOf(trades, row) != 0 || numberOf(open, row) != 0 || sharpe.IsValid(row) {
			return false
		}
	}
	return true
}

// noteNothing says that nothing was traded, and why.
func (a *app) noteNothing(ctx context.Context, b *bundles.Bundle, s *spec.Spec) {
	why, err := sweep.WhyNothing(ctx, b.Frame(), s)
	if err != nil || why == "" {
		a.notef("nothing traded")
		return
	}
	a.notef("nothing traded, because %s", why)
}
