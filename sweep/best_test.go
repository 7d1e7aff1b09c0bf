package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// bestSpec has trials that fail (a window of 0), that hardly trade, and many
// ties.
func bestSpec() *spec.Spec {
	s := crossSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(1, 12, 1)}, {Name: "slow", Axis: spec.List(8, 15, 30, 45, 10_000)}}
	s.Where = "$fast != 3"
	s.Rules.Entry = "close > sma(close, $slow - 8) and fast_ma > 0"
	return s
}

// drawdownObjective is an expression that the naive ranking computes itself.
const drawdownObjective = "sharpe - 2 * max_drawdown"

// naiveBest ranks the trials of a whole table by the words of the
// documentation: a list of trials, sorted with all rules spelled out.
func naiveBest(t *testing.T, path string, n int, metric string, minimize bool, fulfils func(get func(string) float64) bool) []int64 {
	t.Helper()
	file, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records := file.Records()
	defer records.Release()
	type scored struct {
		trial  int64
		failed bool
		score  float64
	}
	better := func(a, b scored) bool {
		switch {
		case a.failed != b.failed:
			return b.failed
		case math.IsNaN(a.score) != math.IsNaN(b.score):
			return math.IsNaN(b.score)
		case !a.failed && a.score != b.score && !math.IsNaN(a.score):
			return a.score > b.score != minimize
		}
		return a.trial < b.trial
	}
	of := map[int64]scored{}
	pooled := false
	for pass := range 2 { // the first finds out whether there are pooled rows
		if pass == 1 {
			records = file.Records()
		}
		for records.Next() {
			rec := records.Record()
			for row := range int(rec.NumRows()) {
				get := func(name string) float64 { return ranking.Number(rec.Column(rec.Schema().FieldIndices(name)[0]), row) }
				isPooled := rec.Column(1).(*array.String).Value(row) == "*"
				if pass == 0 {
					pooled = pooled || isPooled
					continue
				}
				if isPooled != pooled || !fulfils(get) {
					continue
				}
				var score float64
				if metric == drawdownObjective {
					score = get("sharpe") - 2*get("max_drawdown")
				} else {
					score = get(metric)
				}
				s := scored{int64(get("trial")), rec.Column(int(rec.NumCols()) - 1).IsValid(row), score}
				if old, ok := of[s.trial]; !ok || better(s, old) {
					of[s.trial] = s
				}
			}
		}
	}
	var all []scored
	for _, s := range of {
		all = append(all, s)
	}
	sort.Slice(all, func(i, j int) bool { return better(all[i], all[j]) })
	var trials []int64
	for _, s := range all[:min(n, len(all))] {
		trials = append(trials, s.trial)
	}
	slices.Sort(trials)
	return trials
}

// writeTop writes the results of a spec and returns the path.
func writeTop(t *testing.T, spec *spec.Spec, opts Options) string {
	t.Helper()
	r, err := Run(context.Background(), walk(t, 3, 200), spec, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	path := filepath.Join(t.TempDir(), "out.parquet")
	if _, err := results.WriteFile(path, r); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBestAgainstNaive holds what Top keeps to a sort of the whole table: the
// same trials, and of each the same rows, in the same order.
func TestBestAgainstNaive(t *testing.T) {
	anything := func(func(string) float64) bool { return true }
	for name, tt := range map[string]struct {
		objective spec.Objective
		rows      spec.Rows
		fulfils   func(get func(string) float64) bool
	}{
		"pooled":   {spec.Objective{Metric: "total_return"}, spec.RowsBoth, anything},
		"only":     {spec.Objective{Metric: "sharpe"}, spec.RowsPooled, anything},
		"assets":   {spec.Objective{Metric: "sharpe"}, spec.RowsAssets, anything},
		"minimize": {spec.Objective{Metric: "max_drawdown", Goal: spec.Minimize}, spec.RowsBoth, anything},
		"count":    {spec.Objective{Metric: "trades"}, spec.RowsAssets, anything},
		"require": {
			spec.Objective{Metric: "sharpe", Require: "trades >= 4 and max_drawdown < 0.3"}, spec.RowsBoth,
			func(get func(string) float64) bool {
				return get("trades") >= 4 && get("max_drawdown") < 0.3
			},
		},
		"require of assets": {
			spec.Objective{Metric: "sharpe", Require: "win_rate > 0.3 or exposure < 0.2"}, spec.RowsAssets,
			func(get func(string) float64) bool { return get("win_rate") > 0.3 || get("exposure") < 0.2 },
		},
		"expression":           {spec.Objective{Metric: drawdownObjective}, spec.RowsBoth, anything},
		"expression of assets": {spec.Objective{Metric: drawdownObjective, Goal: spec.Minimize, Require: "trades >= 4"}, spec.RowsAssets, func(get func(string) float64) bool { return get("trades") >= 4 }},
		"nothing":              {spec.Objective{Metric: "sharpe", Require: "trades > 1e9"}, spec.RowsBoth, func(func(string) float64) bool { return false }},
	} {
		t.Run(name, func(t *testing.T) {
			s := bestSpec()
			s.Objective, s.Output.Rows = tt.objective, tt.rows
			whole := writeTop(t, s, Options{})
			for _, n := range []int{1, 2, 7, 20, 1000} {
				path := writeTop(t, s, Options{Top: n, Workers: 2, BlockTrials: 4})
				want := naiveBest(t, whole, n, tt.objective.Metric, tt.objective.Goal == spec.Minimize, tt.fulfils)
				sameTrials(t, path, whole, want)
				if again := writeTop(t, s, Options{Top: n, Workers: 1}); !bytes.Equal(read(t, path), read(t, again)) {
					t.Errorf("best %d: other workers and blocks give other bytes", n)
				}
				file, err := results.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				// 11 values of fast by 5 of slow.
				if m := file.Metadata(); m[results.MetaTop] != strconv.Itoa(n) || m[results.MetaTrials] != "55" || file.Partial() {
					t.Errorf("best %d: metadata %v", n, m)
				}
				file.Close()
			}
		})
	}
}

// sameTrials checks that a file has the rows that another one has of these
// trials.
func sameTrials(t *testing.T, path, whole string, trials []int64) {
	t.Helper()
	rows := func(path string, keep func(int64) bool) (lines []string) {
		file, err := results.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		records := file.Records()
		defer records.Release()
		for records.Next() {
			rec := records.Record()
			for row := range int(rec.NumRows()) {
				if !keep(rec.Column(0).(*array.Int64).Value(row)) {
					continue
				}
				line := ""
				for c := range int(rec.NumCols()) {
					line += rec.Column(c).ValueStr(row) + " "
				}
				lines = append(lines, line)
			}
		}
		return lines
	}
	got := rows(path, func(int64) bool { return true })
	want := rows(whole, func(trial int64) bool { return slices.Contains(trials, trial) })
	if !slices.Equal(got, want) {
		t.Fatalf("rows\n%v\nwant\n%v", got, want)
	}
}

// TestBestAllocatesNothing for trials that do not enter, and for those that
// take the place of another.
func TestBestAllocatesNothing(t *testing.T) {
	s := bestSpec().Resolved()
	s.Objective = spec.Objective{Metric: "trades", Goal: spec.Maximize}
	k := &best{kept: bestTrials(100, spec.Maximize), spec: &s, stat: metrics.Trades, goal: spec.Maximize, each: 4, pooled: true}
	blocks := randomBlocks(&s, 4, 200, 500)
	for _, b := range blocks {
		if err := k.add(b); err != nil {
			t.Fatal(err)
		}
	}
	score := 10.0
	allocs := testing.AllocsPerRun(100, func() {
		rows := blocks[1].Rows
		rows[len(rows)-1] = pipeline.Row{} // the last trial's pooled row
		rows[len(rows)-1].Values[metrics.Trades] = score
		score++
		if err := k.add(blocks[1]); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations a block", allocs)
	}
}

// TestBestOfInterrupted: an interrupted sweep leaves the best of what it has
// computed, says how much that is, and has no journal.
func TestBestOfInterrupted(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := Run(ctx, walk(t, 2, 200), bigSpec(), Options{Workers: 2, Top: 5, Allocator: mem})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	go func() {
		for r.Progress().Trials < 20_000 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	path := filepath.Join(t.TempDir(), "out.parquet")
	_, err = results.WriteFile(path, r)
	var partial *results.PartialError
	if !errors.As(err, &partial) || partial.Rows != 5*3 {
		t.Fatalf("error %v", err)
	}
	file, err := results.Open(partial.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if n, err := strconv.Atoi(file.Metadata()[results.MetaTrials]); err != nil || n < 20_000 || !file.Partial() {
		t.Errorf("%d trials, partial %v", n, file.Partial())
	}
	if partial.Resumable {
		t.Error("the best can be resumed")
	}
	target, err := results.Create(path, results.WriterOptions{})
	if err == nil {
		target.Close()
	}
	if !errors.Is(err, results.ErrExists) {
		t.Errorf("the best of an interrupted sweep may be dropped: %v", err)
	}
}

func TestBestOptions(t *testing.T) {
	for _, opts := range []Options{{Top: -1}, {Top: 3, Resume: "out.parquet"}} {
		if r, err := Run(context.Background(), walk(t, 1, 50), crossSpec(), opts); err == nil {
			r.Release()
			t.Errorf("%s: no error", fmt.Sprintf("%+v", opts))
		}
	}
}
