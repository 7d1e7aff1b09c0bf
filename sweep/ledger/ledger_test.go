package ledger

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}

func cross(name string, fast ...float64) *spec.Spec {
	return &spec.Spec{Name: name, Params: []spec.Param{{Name: "fast", Axis: spec.List(fast...)}}, Rules: spec.Rules{Entry: "close > sma(close, $fast)"}}
}

// The digest is of the trials: whatever names, ranks, writes or looks at them does not
// change it, and whatever makes other trials does.
func TestSpecDigest(t *testing.T) {
	base := Of(cross("a", 3, 5), "d", "")
	same := cross("b", 3, 5)
	same.Bundle, same.Objective.Metric, same.Output.Statistics = "us8", "calmar", metrics.All()
	same.Robust.Blocks = 8
	if other := Of(same, "d", ""); other.Spec != base.Spec || other.Objective != "calmar" || other.Name != "b" {
		t.Errorf("the same trials are %+v and %+v", base, other)
	}
	more := cross("a", 3, 5, 7)
	costs := cross("a", 3, 5)
	costs.Simulation.CommissionBps = 5
	for _, e := range []Entry{Of(more, "d", ""), Of(costs, "d", ""), Of(cross("a", 3, 5), "d", "random 500, seed 1")} {
		if e.Spec == base.Spec {
			t.Errorf("other trials have the same digest: %+v", e)
		}
	}
}

// What was appended is read back, a torn line is skipped, and the next entry begins a
// line of its own.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	if entries, damaged, err := Read(path); entries != nil || damaged != 0 || err != nil {
		t.Errorf("no file: %v, %d, %v", entries, damaged, err)
	}
	a, b := Of(cross("a", 3), "d", ""), Of(cross("b", 4), "d", "")
	a.Trials, b.Trials, b.Variance = 1, 2, math.NaN()
	for _, e := range []Entry{a, a, b} {
		if err := Append(path, e); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"bowstring_ledger":1,"spec":"12`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Append(path, a); err != nil {
		t.Fatal(err)
	}
	entries, damaged, err := Read(path)
	b.Variance = 0
	if err != nil || damaged != 1 || !slices.Equal(entries, []Entry{a, b, a}) {
		t.Errorf("read %+v, %d damaged, %v", entries, damaged, err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), Begin) {
		t.Errorf("the file begins with %.30q, %v", text, err)
	}
	if err := os.WriteFile(path, []byte("no ledger\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read(path); err == nil {
		t.Error("another file is read as a ledger")
	}
}

// By hand: the same spec on the same data counts once, with the most trials; other data
// counts where it is of the lineage.
func TestCount(t *testing.T) {
	entries := []Entry{
		{Spec: "s", Data: "d", Trials: 10, Sharpes: 2, Mean: 1, Variance: 2},
		{Spec: "s", Data: "d", Trials: 30, Sharpes: 3, Mean: 2, Variance: 1, Objective: "calmar"},
		{Spec: "s", Data: "d", Trials: 20},
		{Spec: "s", Data: "parent", Trials: 5, Sharpes: 2, Mean: 0, Variance: 2},
		{Spec: "u", Data: "d", Trials: 7},
		{Spec: "s", Data: "other", Trials: 1000},
	}
	tally := Count(entries, []string{"d", "parent"})
	if tally.Sweeps != 3 || tally.Trials != 42 || tally.Sharpes != 5 || len(tally.Counted) != 3 {
		t.Errorf("tally %+v", tally)
	}
	// 1, 2, 3 have mean 2 and variance 1; −1, 1 mean 0 and variance 2: mean 1.2, and
	// within (2 + 2) / (2 + 1).
	if math.Abs(tally.Mean-1.2) > 1e-15 || math.Abs(tally.Variance-4.0/3) > 1e-15 {
		t.Errorf("mean %v, variance %v; want 1.2 and 4/3", tally.Mean, tally.Variance)
	}
	if none := Count(nil, []string{"d"}); none.Trials != 0 || !math.IsNaN(none.Variance) {
		t.Errorf("no entries: %+v", none)
	}
}

// The variance is that within sweeps, those of one trial taken as one, whatever the order;
// the mean that of all trials.
func TestCountAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var entries []Entry
		var all, singles []float64
		var squares, freedom float64
		for i := range rapid.IntRange(1, 8).Draw(t, "sweeps") {
			x := rapid.SliceOfN(rapid.Float64Range(-3, 3), 1, 6).Draw(t, "sharpes")
			mean, variance := moments(x)
			entries = append(entries, Entry{Spec: string(rune('a' + i)), Data: "d", Trials: int64(len(x)), Sharpes: int64(len(x)), Mean: mean, Variance: variance})
			all = append(all, x...)
			if len(x) == 1 {
				singles = append(singles, x[0])
				continue
			}
			squares, freedom = squares+variance*float64(len(x)-1), freedom+float64(len(x)-1)
		}
		if len(singles) > 1 {
			_, variance := moments(singles)
			squares, freedom = squares+variance*float64(len(singles)-1), freedom+float64(len(singles)-1)
		}
		mean, _ := moments(all)
		tally := Count(entries, []string{"d"})
		if math.Abs(tally.Mean-mean) > 1e-12 || tally.Trials != int64(len(all)) {
			t.Fatalf("mean %v of %d, want %v of %d", tally.Mean, tally.Trials, mean, len(all))
		}
		if freedom == 0 != math.IsNaN(tally.Variance) || freedom > 0 && math.Abs(tally.Variance-squares/freedom) > 1e-11 {
			t.Fatalf("variance %v, want %v", tally.Variance, squares/freedom)
		}
	})
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean)
	}
	return mean, variance / max(1, float64(len(x)-1))
}
