package main

import (
	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/sweep/ledger"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// enter adds a sweep to the ledger of its bundle. What goes wrong is no reason for a
// sweep to fail.
func (a *app) enter(b *bundles.Bundle, s *spec.Spec, r running) {
	e := ledger.Of(s, b.Digest(), r.Describe().Metadata[results.MetaSpace])
	e.Trials = r.Stats().Trials + r.Resumed().Trials
	if e.Trials == 0 {
		return
	}
	sharpes := r.Sharpes()
	e.Sharpes, e.Mean, e.Variance = sharpes.N, sharpes.Mean, sharpes.Variance
	store, err := a.openStore()
	if err == nil {
		err = ledger.Append(store.Ledger(b.Name()), e)
	}
	if err != nil {
		a.notef("warning: the sweep is not in the ledger of bundle %s: %s", b.Name(), block(err.Error()))
	}
}
