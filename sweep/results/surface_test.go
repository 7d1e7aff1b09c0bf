package results_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

// TestSurface compares with a table of the pooled rows by their parameters.
func TestSurface(t *testing.T) {
	frame := walk(t, 2, 120)
	spec := crossSpec()
	read := func() *sweep.Reader {
		r, err := sweep.Run(context.Background(), frame, spec, sweep.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := read()
	defer r.Release()
	s, err := results.NewSurface(context.Background(), r, spec)
	if err != nil {
		t.Fatal(err)
	}
	// slow is the last declared, but fast has more values: 4 against 3.
	if s.XName != "slow" || s.YName != "fast" || s.Metric != "sharpe" {
		t.Fatalf("%s over %s and %s", s.Metric, s.XName, s.YName)
	}
	if !slices.Equal(s.X, []string{"8", "15", "30"}) || !slices.Equal(s.Y, []string{"2", "5", "8", "11"}) {
		t.Fatalf("axes %v, %v", s.X, s.Y)
	}
	if !math.IsNaN(s.Values[2][0]) {
		t.Error("fast 8, slow 8 does not exist, but has a value")
	}
	again := read()
	defer again.Release()
	cells := 0
	for again.Next() {
		rec := again.Record()
		for row := range int(rec.NumRows()) {
			if rec.Column(1).(*array.String).Value(row) != results.PooledAsset {
				continue
			}
			fast, slow := rec.Column(2).(*array.Int64).Value(row), rec.Column(3).(*array.Int64).Value(row)
			j, i := int(fast-2)/3, slices.Index([]int64{8, 15, 30}, slow)
			want := ranking.Number(rec.Column(rec.Schema().FieldIndices("sharpe")[0]), row)
			if got := s.Values[j][i]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("fast %d, slow %d: %v, want %v", fast, slow, got, want)
			}
			cells++
		}
	}
	if cells != 10 {
		t.Errorf("%d cells compared", cells)
	}
}

func TestSurfaceNeedsTwoParameters(t *testing.T) {
	spec := crossSpec()
	if err := spec.Set("fast", "5"); err != nil {
		t.Fatal(err)
	}
	s, err := results.NewSurface(context.Background(), nil, spec)
	if s != nil || err != nil {
		t.Errorf("%v, %v", s, err)
	}
}
