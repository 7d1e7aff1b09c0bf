package sweep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// splitWalk returns generated bars that were split 2 for 1 half way, as traded
// and with their split, and the same bars after it was taken out by hand:
// halving is exact, so adjusting the first gives the second to the bit.
func splitWalk(t *testing.T) (traded, byHand *columnar.Frame) {
	t.Helper()
	whole := walk(t, 3, 400)
	var raw, flat []columnar.Bars
	for i := range whole.NumAssets() {
		times := whole.Times(i)
		at := len(times) / 2
		r := columnar.Bars{ID: whole.Asset(i), Times: times, Events: []columnar.Event{{Time: times[at], Type: columnar.EventSplit, Value: 2}}}
		f := columnar.Bars{ID: r.ID, Times: times}
		for c, col := range whole.Columns() {
			values := slices.Clone(whole.Values(i, c))
			flattened := slices.Clone(values)
			for k := range values {
				switch {
				case col.Name != columnar.Volume && k >= at:
					values[k] /= 2
					flattened[k] /= 2
				case col.Name != columnar.Volume:
					flattened[k] /= 2
				case k < at:
					flattened[k] *= 2
				}
			}
			r.Values, f.Values = append(r.Values, values), append(f.Values, flattened)
		}
		raw, flat = append(raw, r), append(flat, f)
	}
	build := func(assets []columnar.Bars) *columnar.Frame {
		f, err := columnar.Build(columnar.BarColumns(), assets, columnar.Info{Axis: columnar.Axis{Calendar: calendar.NYSE()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Release)
		return f
	}
	return build(raw), build(flat)
}

// textOf runs a spec and returns its rows as text, and the metadata.
func textOf(t *testing.T, frame *columnar.Frame, s *spec.Spec) (rows string, meta map[string]string) {
	t.Helper()
	r, err := Run(context.Background(), frame, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var b strings.Builder
	for r.Next() {
		text, err := r.Record().MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return b.String(), r.Metadata()
}

func TestSweepAdjusts(t *testing.T) {
	traded, byHand := splitWalk(t)
	want, _ := textOf(t, byHand, crossSpec())
	for _, adjust := range []columnar.Adjustment{"", "splits", "all"} {
		s := crossSpec()
		s.Adjust = adjust
		got, meta := textOf(t, traded, s)
		if got != want {
			t.Errorf("adjust %q: other rows than of bars adjusted by hand", adjust)
		}
		recorded := adjust
		if recorded == "" {
			recorded = "all"
		}
		if !strings.Contains(meta[results.MetaSpec], "adjust: "+string(recorded)+"\n") || meta[results.MetaDigest] != traded.Info().Digest {
			t.Errorf("adjust %q: recorded as %v", adjust, meta)
		}
	}
	s := crossSpec()
	s.Adjust = "none"
	if got, meta := textOf(t, traded, s); got == want || !strings.Contains(meta[results.MetaSpec], "adjust: none\n") {
		t.Error("adjust none: rows of adjusted prices")
	}
	// Without events nothing is adjusted, and a wish for it is refused.
	if _, meta := textOf(t, byHand, crossSpec()); !strings.Contains(meta[results.MetaSpec], "adjust: none\n") {
		t.Errorf("recorded as %s", meta[results.MetaSpec])
	}
	s.Adjust = "all"
	if _, err := Run(context.Background(), byHand, s, Options{}); !errors.Is(err, columnar.ErrAdjustment) {
		t.Error(err)
	}
	s.Adjust = "most"
	var specErrors spec.Errors
	if _, err := Run(context.Background(), traded, s, Options{}); !errors.As(err, &specErrors) {
		t.Error(err)
	}
	plan, err := Explain(context.Background(), traded, crossSpec(), ExplainOptions{})
	if err != nil || plan.Adjusted != "all" || plan.Digest != traded.Info().Digest {
		t.Errorf("%+v %v", plan, err)
	}
}

// A universe is adjusted alone: an impossible event of another asset is not met.
func TestOnlyTheUniverseIsAdjusted(t *testing.T) {
	bars := func(id string, cash float64) columnar.Bars {
		b := columnar.Bars{ID: id, Values: make([][]float64, 5), Events: []columnar.Event{{Time: 30, Type: columnar.EventDividend, Value: cash}}}
		for i := range 60 {
			b.Times = append(b.Times, int64(i+1))
			for c := range b.Values {
				b.Values[c] = append(b.Values[c], float64(100+i%7))
			}
		}
		return b
	}
	f, err := columnar.Build(columnar.BarColumns(), []columnar.Bars{bars("BAD", 1000), bars("GOOD", 1)}, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	spec := crossSpec()
	if _, err := Run(context.Background(), f, spec, Options{}); !errors.Is(err, columnar.ErrEvent) || !strings.Contains(err.Error(), `"BAD"`) {
		t.Error(err)
	}
	spec.Universe = []string{"GOOD"}
	textOf(t, f, spec)
}

// TestRunnerAdjusts runs both adjustments of one bundle on one runner, in turn:
// each has the bytes of a sweep of its own, prices are adjusted once, and the
// indicators of one are not taken for those of the other.
func TestRunnerAdjusts(t *testing.T) {
	traded, _ := splitWalk(t)
	store, err := bundles.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	publishFrame(t, store, "b", traded)
	pool := bundles.NewPool(store, bundles.PoolOptions{})
	defer pool.Close()
	runner, err := NewRunner(RunnerOptions{Workers: 2, Bundles: pool})
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	bad := crossSpec()
	bad.Bundle, bad.Adjust = "b", "most"
	var invalid spec.Errors
	if _, err := runner.Run(context.Background(), bad, Options{}); !errors.As(err, &invalid) {
		t.Error(err)
	}
	computed := uint64(0)
	for round := range 3 {
		for _, adjust := range []columnar.Adjustment{"none", "", "all"} {
			spec := crossSpec()
			spec.Bundle, spec.Adjust = "b", adjust
			r, err := runner.Run(context.Background(), spec, Options{})
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "out.parquet")
			if _, err := results.WriteFile(path, r); err != nil {
				t.Fatal(err)
			}
			r.Release()
			got, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, resultBytes(t, traded, spec, Options{})) {
				t.Errorf("round %d, adjust %q: other bytes than alone (%v)", round, adjust, err)
			}
		}
		if round == 0 {
			computed = runner.CacheStats().Total().Misses
		}
	}
	if got := runner.CacheStats().Total().Misses; got != computed {
		t.Errorf("%d indicators computed, %d in the first round", got, computed)
	}
	if made := pool.Stats().Misses; made != 2 {
		t.Errorf("the pool made %d, want the version and its adjustment", made)
	}
}
