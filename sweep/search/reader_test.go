package search_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/search"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func walk(t testing.TB) *columnar.Frame {
	t.Helper()
	f, err := sample.Walk(sample.Options{Assets: 3, Bars: 400, Seed: 5, Ragged: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// searched is a spec with every kind of parameter, of which some combinations are
// refused.
func searched(q spec.Search) *spec.Spec {
	return &spec.Spec{
		Params: []spec.Param{
			{Name: "fast", Axis: spec.Range(2, 40, 1).Log()}, {Name: "slow", Axis: spec.List(8, 15, 30, 45)},
			{Name: "average", Axis: spec.Choice("sma", "ema", "wma")}, {Name: "band", Axis: spec.Uniform(0, 0.02)},
		},
		Where: "$fast < $slow", Search: q,
		Let:    []spec.Expr{{Name: "fast_ma", Text: "$average(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules:  spec.Rules{Entry: "fast_ma > slow_ma * (1 + $band)", Exit: "fast_ma < slow_ma"},
		Output: spec.Output{Rows: spec.RowsBoth},
	}
}

// finite is searched without its continuous parameter.
func finite(q spec.Search) *spec.Spec {
	s := searched(q)
	s.Params = s.Params[:3]
	s.Rules.Entry = "fast_ma > slow_ma"
	return s
}

// runner runs generations on a number of workers, and counts their trials.
func runner(t testing.TB, frame *columnar.Frame, workers int) (search.RunFunc, *int64) {
	t.Helper()
	r, err := sweep.NewRunner(sweep.RunnerOptions{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	ran := new(int64)
	return func(ctx context.Context, s *spec.Spec, space pipeline.Space) (array.RecordReader, error) {
		trials, _, err := space.Block(ctx, 0, space.Size(), make([]int64, 0, space.Size()))
		if err != nil {
			return nil, err
		}
		*ran += int64(len(trials))
		return r.RunFrame(ctx, frame, s, sweep.Options{Space: space, Tool: "test"})
	}, ran
}

func algorithms() []spec.Search {
	pair := []spec.Objective{{Metric: "sharpe"}, {Metric: "max_drawdown", Goal: spec.Minimize}}
	return []spec.Search{
		{Algorithm: spec.Random, Trials: 60, Seed: 1, Generation: 25}, {Algorithm: spec.Sobol, Trials: 64, Seed: 2, Generation: 64},
		{Algorithm: spec.Halton, Trials: 50, Generation: 20}, {Algorithm: spec.LHS, Trials: 40, Seed: 1 << 40},
		{Algorithm: spec.TPE, Trials: 60, Seed: 3}, {Algorithm: spec.TPE, Trials: 60, Seed: 4, Generation: 7, Objectives: pair},
	}
}

// write searches into a file, and returns it.
func write(t testing.TB, s *spec.Spec, run search.RunFunc, path string, opts search.Options) error {
	t.Helper()
	return writeUntil(context.Background(), t, s, run, path, opts, math.MaxInt)
}

// writeUntil ends the search in the middle of a record, where stop of them have been
// read.
func writeUntil(ctx context.Context, t testing.TB, s *spec.Spec, run search.RunFunc, path string, opts search.Options, stop int) error {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := search.Run(ctx, s, run, opts)
	if err != nil {
		return err
	}
	defer r.Release()
	w, err := results.Create(path, results.WriterOptions{Resume: opts.Resume != ""})
	if err != nil {
		return err
	}
	defer w.Close()
	_, err = w.Write(&stopping{Reader: r, stop: stop, cancel: cancel})
	return err
}

// stopping cancels a search when so many records have been read.
type stopping struct {
	*search.Reader
	stop   int
	cancel func()
}

func (s *stopping) Next() bool {
	if s.stop == 0 {
		s.cancel()
	}
	s.stop--
	return s.Reader.Next()
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// row is what the tests look at in a row of the pool.
type row struct {
	trial, generation int64
	key               string // of its parameters
	fast, slow        float64
	values            []float64 // of all numeric columns
	pareto            string
}

func pooled(t testing.TB, path string) []row {
	t.Helper()
	file, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records := file.Records()
	defer records.Release()
	var rows []row
	for records.Next() {
		rec := records.Record()
		for i := range int(rec.NumRows()) {
			if rec.Column(1).(*array.String).Value(i) != results.PooledAsset {
				continue
			}
			r := row{trial: rec.Column(0).(*array.Int64).Value(i), pareto: "none"}
			for c := range int(rec.NumCols()) {
				switch name := rec.ColumnName(c); name {
				case "generation":
					r.generation = rec.Column(c).(*array.Int64).Value(i)
				case "fast", "slow", "average", "band":
					r.key += rec.Column(c).ValueStr(i) + " "
				case "pareto":
					r.pareto = rec.Column(c).ValueStr(i)
				}
				if v, ok := rec.Column(c).(*array.Float64); ok {
					x := v.Value(i)
					if v.IsNull(i) {
						x = math.NaN()
					}
					r.values = append(r.values, x)
				}
			}
			_, _ = fmt.Sscan(r.key, &r.fast, &r.slow)
			rows = append(rows, r)
		}
	}
	if err := records.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestSearches: every algorithm writes as many trials as are asked, in the order of
// asking and with their generation, all of them fulfil where, none of a finite space
// is there twice, and the bytes are the same for 1, 2 and 8 workers.
func TestSearches(t *testing.T) {
	frame := walk(t)
	for _, q := range algorithms() {
		t.Run(fmt.Sprint(q.Algorithm, len(q.Objectives)), func(t *testing.T) {
			for name, s := range map[string]*spec.Spec{"finite": finite(q), "continuous": searched(q)} {
				path := filepath.Join(t.TempDir(), name+".parquet")
				run, ran := runner(t, frame, 1)
				if err := write(t, s, run, path, search.Options{}); err != nil {
					t.Fatal(err)
				}
				rows, seen := pooled(t, path), map[string]bool{}
				if len(rows) != q.Trials || *ran != int64(q.Trials) {
					t.Fatalf("%s: %d rows of %d trials, want %d", name, len(rows), *ran, q.Trials)
				}
				generation := s.Resolved().Search.Generation
				for i, r := range rows {
					if r.trial != int64(i) || r.generation != int64(i/generation) || !(r.fast < r.slow) || seen[r.key] {
						t.Fatalf("%s: row %d is %+v", name, i, r)
					}
					seen[r.key] = true
				}
				for _, workers := range []int{2, 8} {
					other := filepath.Join(t.TempDir(), "other.parquet")
					run, _ := runner(t, frame, workers)
					if err := write(t, s, run, other, search.Options{}); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(read(t, path), read(t, other)) {
						t.Errorf("%s: %d workers write other bytes", name, workers)
					}
				}
			}
		})
	}
}

// TestSearchedTrialsAreThoseOfTheGrid: each row of a search of a finite space has the
// statistics that the sweep of the whole grid has for the same parameters.
func TestSearchedTrialsAreThoseOfTheGrid(t *testing.T) {
	frame := walk(t)
	run, _ := runner(t, frame, 2)
	dir := t.TempDir()
	if err := write(t, finite(spec.Search{Algorithm: spec.TPE, Trials: 50}), run, filepath.Join(dir, "tpe.parquet"), search.Options{}); err != nil {
		t.Fatal(err)
	}
	grid := finite(spec.Search{})
	grid.Params[0].Axis = spec.Range(2, 40, 1) // without the scale, which only searches have
	r, err := sweep.Run(context.Background(), frame, grid, sweep.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if _, err := results.WriteFile(filepath.Join(dir, "grid.parquet"), r); err != nil {
		t.Fatal(err)
	}
	of := map[string]row{}
	for _, r := range pooled(t, filepath.Join(dir, "grid.parquet")) {
		of[r.key] = r
	}
	for _, got := range pooled(t, filepath.Join(dir, "tpe.parquet")) {
		want, ok := of[got.key]
		if !ok || len(want.values) != len(got.values) || len(got.values) < 20 {
			t.Fatalf("trial %d (%s) is not in the grid, or of other columns", got.trial, got.key)
		}
		for i, v := range got.values {
			if w := want.values[i]; !(math.Abs(v-w) <= 1e-10*max(1, math.Abs(w)) || math.IsNaN(v) && math.IsNaN(w) || v == w) {
				t.Errorf("trial %d (%s): value %d is %v, in the grid %v", got.trial, got.key, i, v, w)
			}
		}
	}
}

// TestResumeAnywhere: a search that ended behind any of its records, in order or as
// a killed process leaves it, goes on to the same bytes, and computes nothing again
// that was finished.
func TestResumeAnywhere(t *testing.T) {
	frame := walk(t)
	for _, q := range algorithms() {
		t.Run(fmt.Sprint(q.Algorithm, len(q.Objectives)), func(t *testing.T) {
			s := searched(q)
			whole := filepath.Join(t.TempDir(), "whole.parquet")
			run, _ := runner(t, frame, 2)
			if err := write(t, s, run, whole, search.Options{Provisional: true}); err != nil {
				t.Fatal(err)
			}
			want := read(t, whole)
			group := max(s.Resolved().Search.Generation, 16) // trials
			for stop := range (q.Trials + group - 1) / group {
				for _, killed := range []bool{false, true} {
					path := filepath.Join(t.TempDir(), "out.parquet")
					err := writeUntil(context.Background(), t, s, run, path, search.Options{Provisional: true}, stop)
					if stop == 0 && err == nil {
						continue // the first generation is under way before it is read
					}
					if !errors.Is(err, context.Canceled) {
						t.Fatalf("stopped behind %d records: %v", stop, err)
					}
					partial := results.PartialPath(path)
					if info, err := os.Stat(partial); killed && err == nil { // the footer is what comes last
						if err := os.Truncate(partial, info.Size()-9); err != nil {
							t.Fatal(err)
						}
					}
					again, ran := runner(t, frame, 1)
					if err := write(t, s, again, path, search.Options{Resume: path, Provisional: true}); err != nil {
						t.Fatalf("resumed behind %d records: %v", stop, err)
					}
					if !bytes.Equal(read(t, path), want) {
						t.Fatalf("resumed behind %d records (killed: %v), the bytes are others", stop, killed)
					}
					// The first generation is begun to know the table.
					if most := int64(q.Trials - stop*group + s.Resolved().Search.Generation); *ran > most {
						t.Errorf("resumed behind %d records: %d trials ran, want %d at most", stop, *ran, most)
					}
				}
			}
			// Whole already.
			again, _ := runner(t, frame, 1)
			if err := write(t, s, again, whole, search.Options{Resume: whole, Provisional: true}); err != nil || !bytes.Equal(read(t, whole), want) {
				t.Errorf("a whole file is resumed: %v", err)
			}
		})
	}
}

// TestPareto: of two objectives, the column says which trials no other one
// dominates, by a plain comparison of all pairs; of rows that are held to the end and
// of those that are filled in when it is reached.
func TestPareto(t *testing.T) {
	frame := walk(t)
	for _, provisional := range []bool{false, true} {
		s := searched(spec.Search{Algorithm: spec.TPE, Trials: 70, Seed: 4, Objectives: []spec.Objective{{Metric: "sharpe"}, {Metric: "max_drawdown", Goal: spec.Minimize}}})
		s.Objective.Require = "trades >= 60"
		s.Output.Statistics = []metrics.Stat{metrics.Sharpe, metrics.MaxDrawdown, metrics.Trades}
		run, _ := runner(t, frame, 2)
		path := filepath.Join(t.TempDir(), "out.parquet")
		if err := write(t, s, run, path, search.Options{Provisional: provisional}); err != nil {
			t.Fatal(err)
		}
		file, err := results.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if file.Partial() {
			t.Error("the whole file is partial")
		}
		type point struct {
			sharpe, drawdown float64
			counts           bool
			pareto           string
		}
		var all []point
		records := file.Records()
		defer records.Release()
		for records.Next() {
			rec := records.Record()
			at := func(name string) int { return rec.Schema().FieldIndices(name)[0] }
			for i := range int(rec.NumRows()) {
				if rec.Column(1).(*array.String).Value(i) != results.PooledAsset {
					continue
				}
				sharpe, drawdown := rec.Column(at("sharpe")).(*array.Float64), rec.Column(at("max_drawdown")).(*array.Float64)
				counts := sharpe.IsValid(i) && drawdown.IsValid(i) && rec.Column(at("error")).IsNull(i) && rec.Column(at("trades")).(*array.Int64).Value(i) >= 60
				all = append(all, point{sharpe.Value(i), drawdown.Value(i), counts, rec.Column(at("pareto")).ValueStr(i)})
			}
		}
		front, others, none := 0, 0, 0
		for i, p := range all {
			want := "1"
			for _, q := range all {
				if q.counts && q.sharpe >= p.sharpe && q.drawdown <= p.drawdown && (q.sharpe > p.sharpe || q.drawdown < p.drawdown) {
					want = "0"
				}
			}
			if !p.counts {
				want = "(null)"
			}
			if p.pareto != want {
				t.Errorf("trial %d, %+v: pareto %s, want %s", i, p, p.pareto, want)
			}
			switch want {
			case "1":
				front++
			case "0":
				others++
			default:
				none++
			}
		}
		if len(all) != 70 || front < 2 || others < 10 || none == 0 {
			t.Errorf("%d trials: %d on the front, %d others, %d that do not count", len(all), front, others, none)
		}
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
			t.Errorf("left over: %v %v", left, err)
		}
	}
}

// TestResumeOfAnother: what is there of another search is refused.
func TestResumeOfAnother(t *testing.T) {
	frame := walk(t)
	q := spec.Search{Algorithm: spec.TPE, Trials: 40}
	run, _ := runner(t, frame, 2)
	path := filepath.Join(t.TempDir(), "out.parquet")
	if err := writeUntil(context.Background(), t, searched(q), run, path, search.Options{}, 2); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	q.Seed = 9
	err := write(t, searched(q), run, path, search.Options{Resume: path})
	var resume *results.ResumeError
	if !errors.As(err, &resume) || !strings.Contains(err.Error(), "seed 9") {
		t.Errorf("error %v, want a *ResumeError about the seed", err)
	}
}
