package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// subset is a space of some trials of a grid in an order of its own: trial i of
// it is trial of[i] of the grid, and every gap-th does not exist.
type subset struct {
	name string
	grid *spec.Grid
	of   []int64
	gap  int64 // 0: there are no gaps
}

// randomSubset draws n different trials of a grid.
func randomSubset(t *testing.T, s *spec.Spec, n int, seed uint64) *subset {
	t.Helper()
	_, grid, err := s.Compile(pipeline.Columns(walk(t, 1, 10)))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 0)) // #nosec G404: trials, not secrets
	var of []int64
	for _, i := range random.Perm(int(grid.Size()))[:n] {
		of = append(of, int64(i))
	}
	return &subset{name: fmt.Sprintf("random %d, seed %d", n, seed), grid: grid, of: of}
}

func (s *subset) Name() string { return s.name }
func (s *subset) Size() int64  { return int64(len(s.of)) }

func (s *subset) exists(trial int64) bool { return s.gap == 0 || trial%s.gap != s.gap-1 }

// Count is a bad estimate where there are gaps, which nothing may depend on.
func (s *subset) Count() (int64, bool) { return s.Size(), s.gap == 0 }

func (s *subset) Index(trial int64, dst []int) { s.grid.Index(s.of[trial], dst) }

func (s *subset) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	dst = dst[:0]
	for next = max(from, 0); next < min(to, s.Size()) && len(dst) < cap(dst); next++ {
		if s.exists(next) {
			dst = append(dst, next)
		}
	}
	return dst, next, ctx.Err()
}

// nameless hides the name of a space.
type nameless struct{ pipeline.Space }

// rowsByTrial returns the rows of a table as texts without their trial, by trial
// and asset.
func rowsByTrial(t *testing.T, r array.RecordReader) map[string]string {
	t.Helper()
	rows := make(map[string]string)
	for r.Next() {
		rec := r.Record()
		for row := range int(rec.NumRows()) {
			text := ""
			for c := 1; c < int(rec.NumCols()); c++ {
				text += rec.Column(c).ValueStr(row) + " "
			}
			rows[rec.Column(0).ValueStr(row)+" "+rec.Column(1).ValueStr(row)] = text
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func allRows(t *testing.T, frame *columnar.Frame, s *spec.Spec, opts Options) map[string]string {
	t.Helper()
	r, err := Run(context.Background(), frame, s, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	return rowsByTrial(t, r)
}

// spaceSpec has a grid of 3,600 combinations.
func spaceSpec() *spec.Spec {
	s := crossSpec()
	s.Where = ""
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 61, 1)}, {Name: "slow", Axis: spec.Range(5, 64, 1)}}
	return s
}

// TestSpaceAgainstGrid: what a space runs has the rows that the grid has for the
// same combinations, numbered as the space does, whatever workers and blocks.
func TestSpaceAgainstGrid(t *testing.T) {
	frame, s := walk(t, 2, 120), spaceSpec()
	whole := allRows(t, frame, s, Options{})
	for _, gap := range []int64{0, 3} {
		space := randomSubset(t, s, 700, 1)
		space.gap = gap
		for _, opts := range []Options{{Workers: 1}, {Workers: 2, BlockTrials: 7}, {CacheBytes: -1}} {
			opts.Space = space
			got := allRows(t, frame, s, opts)
			n := 0
			for trial := range space.Size() {
				if !space.exists(trial) {
					continue
				}
				for _, asset := range append(frame.Assets(), results.PooledAsset) {
					n++
					if got, want := got[fmt.Sprint(trial, " ", asset)], whole[fmt.Sprint(space.of[trial], " ", asset)]; got != want {
						t.Fatalf("gap %d, trial %d of %s:\n%s\nwant\n%s", gap, trial, asset, got, want)
					}
				}
			}
			if n != len(got) {
				t.Errorf("gap %d: %d rows, want %d", gap, len(got), n)
			}
		}
		plan, err := Explain(context.Background(), frame, s, ExplainOptions{Space: space})
		if err != nil {
			t.Fatal(err)
		}
		want := int64(700)
		if gap > 0 {
			want -= 700 / gap
		}
		if plan.Trials != want || plan.GridSize != 700 || plan.Rows != 3*want {
			t.Errorf("explained: %d of %d trials, %d rows; want %d", plan.Trials, plan.GridSize, plan.Rows, want)
		}
	}
}

// TestBestOfSpace: the best trials of a space are those of its whole table.
func TestBestOfSpace(t *testing.T) {
	s := spaceSpec()
	s.Objective = spec.Objective{Metric: "sharpe"}
	space := randomSubset(t, s, 300, 2)
	want := naiveBest(t, writeTop(t, s, Options{Space: space}), 9, "sharpe", false, func(func(string) float64) bool { return true })
	file, err := results.Open(writeTop(t, s, Options{Space: space, Top: 9}))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records := file.Records()
	defer records.Release()
	trials := map[int64]bool{}
	for records.Next() {
		for _, v := range records.Record().Column(0).(*array.Int64).Int64Values() {
			trials[v] = true
		}
	}
	for _, trial := range want {
		if !trials[trial] {
			t.Errorf("trial %d is missing", trial)
		}
	}
	if len(trials) != 9 || file.Metadata()[results.MetaSpace] != "random 300, seed 2" {
		t.Errorf("%d trials of the space %q", len(trials), file.Metadata()[results.MetaSpace])
	}
}

// TestResumedSpace: a sweep over a space that was interrupted goes on to the bytes
// of one that was not; over the grid, another space or one without a name it does
// not, and nothing is changed.
func TestResumedSpace(t *testing.T) {
	frame, s := walk(t, 1, 40), longSpec()
	s.Where = ""
	space := randomSubset(t, s, 60_000, 3)
	want := resultBytes(t, frame, s, Options{Space: space})
	path := filepath.Join(t.TempDir(), "out.parquet")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := Run(ctx, frame, s, Options{Space: space})
	if err != nil {
		t.Fatal(err)
	}
	stopping := &stopsAfter{Reader: r, left: 2, stop: cancel}
	var partial *results.PartialError
	if _, err = results.WriteFile(path, stopping); !errors.As(err, &partial) || !partial.Resumable {
		t.Fatalf("error %v", err)
	}
	r.Release()
	left := read(t, partial.Path)
	for name, opts := range map[string]Options{
		"the grid":      {},
		"another space": {Space: randomSubset(t, s, 60_000, 4)},
		"no name":       {Space: nameless{space}},
	} {
		opts.Resume = path
		if r, err := Run(context.Background(), frame, s, opts); err == nil {
			r.Release()
			t.Errorf("%s: resumed", name)
		} else if !strings.Contains(err.Error(), map[string]string{"no name": "Space has no name"}[name]) || name != "no name" && !strings.Contains(err.Error(), results.MetaSpace) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(read(t, partial.Path), left) {
		t.Error("a refused sweep has changed what is there")
	}
	r, err = Run(context.Background(), frame, s, Options{Space: space, Resume: path, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if found := r.Resumed(); found.Rows != partial.Rows || found.Next == 0 {
		t.Errorf("goes on from %+v, said %+v", found, partial)
	}
	if _, err := results.WriteFile(path, r); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, path), want) {
		t.Error("resumed, the file has other bytes")
	}
	// The results of a space are not those of the grid, whole or not.
	if r, err := Run(context.Background(), frame, s, Options{Resume: path}); err != nil {
		t.Fatal(err)
	} else {
		if r.Resumed().Complete {
			t.Error("the grid's sweep takes the space's file for its own")
		}
		r.Release()
	}
}

// TestNamelessSpace runs, and what an interruption leaves says that it cannot be
// gone on with.
func TestNamelessSpace(t *testing.T) {
	frame, s := walk(t, 1, 40), spaceSpec()
	space := nameless{randomSubset(t, s, 50, 5)}
	file, err := results.Open(writeTop(t, s, Options{Space: space}))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := file.Metadata()[results.MetaSpace]; got != "unnamed" || file.NumRows() != 50*4 {
		t.Errorf("%d rows of the space %q", file.NumRows(), got)
	}
	r, err := Run(context.Background(), frame, s, Options{Space: space})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if r.Describe().GroupRows != 0 {
		t.Error("a space without a name can be gone on with")
	}
}

// broken is a space whose blocks or indices are wrong.
type broken struct {
	*subset
	block []int64 // in place of the first
	index int
}

func (b *broken) Block(ctx context.Context, from, to int64, dst []int64) ([]int64, int64, error) {
	if b.block != nil && from == 0 {
		return append(dst[:0], b.block...), to, nil
	}
	return b.subset.Block(ctx, from, to, dst)
}

func (b *broken) Index(trial int64, dst []int) {
	b.subset.Index(trial, dst)
	if trial == 7 && b.index != 0 {
		dst[1] = b.index
	}
}

// TestBrokenSpaces: a space that hands out what it has not is an error that says
// what, no panic and no wrong row.
func TestBrokenSpaces(t *testing.T) {
	frame, s := walk(t, 1, 40), spaceSpec()
	for name, c := range map[string]struct {
		space *broken
		want  string
	}{
		"out of order":     {&broken{block: []int64{3, 2}}, "trial 2 behind 3"},
		"twice":            {&broken{block: []int64{3, 3}}, "trial 3 behind 3"},
		"behind the end":   {&broken{block: []int64{100}}, "trial 100"},
		"below the start":  {&broken{block: []int64{-1}}, "trial -1"},
		"no such value":    {&broken{index: 60}, "trial 7 at value 60 of parameter 2, which has 60"},
		"a negative value": {&broken{index: -1}, "trial 7 at value -1"},
	} {
		c.space.subset = randomSubset(t, s, 100, 6)
		r, err := Run(context.Background(), frame, s, Options{Space: c.space})
		if err == nil {
			for r.Next() {
			}
			err = r.Err()
			r.Release()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCountTrials: an estimate is not taken for the number of trials.
func TestCountTrials(t *testing.T) {
	s := spaceSpec()
	for _, gap := range []int64{0, 2, 5} {
		space := randomSubset(t, s, 1001, 7)
		space.gap = gap
		j, err := prepare(t.Context(), walk(t, 1, 40), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		j.use(space)
		n, err := j.countTrials(t.Context())
		all, _, _ := space.Block(t.Context(), 0, space.Size(), make([]int64, 0, 1001))
		if err != nil || n != int64(len(all)) || !slices.IsSorted(all) {
			t.Errorf("gap %d: %d trials, want %d: %v", gap, n, len(all), err)
		}
		j.release()
	}
}
