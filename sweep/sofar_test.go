package sweep

import (
	"context"
	"errors"
	"testing"

	"github.com/bowstring-engine/bowstring/sweep/results"
)

// TestBestSoFar: an interrupted sweep has the best of the trials of its first records:
// those that a sweep of no more trials has.
func TestBestSoFar(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	frame := walk(t, 2, 200)
	r, err := Run(ctx, frame, bigSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	best, err := results.Leaders(ctx, &stopsAfter{Reader: r, left: 2, stop: cancel}, results.LeadersOptions{By: "sharpe", N: 3})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if best == nil || best.NumRows() != 3 {
		t.Fatalf("the best are %v", best)
	}
	best.Release()
}
