package robust

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rowsOf returns the matrix of rows, a bar each.
func rowsOf(rows ...[]float64) *Matrix {
	m := &Matrix{Columns: make([][]float64, len(rows[0]))}
	for _, row := range rows {
		for k, v := range row {
			m.Columns[k] = append(m.Columns[k], v)
		}
	}
	return m
}

func cscv(t *testing.T, m *Matrix, s int, opts CSCVOptions) *Overfitting {
	t.Helper()
	b, err := BlocksOf(m, s)
	want(t, err)
	o, err := CSCV(context.Background(), b, opts)
	want(t, err)
	return o
}

// The example of ROBUSTNESS, which fits on a page: a row a block.
func TestCSCVByHand(t *testing.T) {
	o := cscv(t, rowsOf([]float64{3, 0, 1}, []float64{2, 1, 0}, []float64{0, 2, 1}, []float64{4, 0, 2}), 4, CSCVOptions{Metric: ByMean})
	logits := []float64{math.Log(3), math.Log(3), 0, -math.Log(3), math.Log(3), math.Log(3)}
	for i, v := range logits {
		near(t, fmt.Sprint("logit ", i), o.Logits[i], v, 1e-15)
	}
	near(t, "PBO", o.PBO, 1.0/3, 1e-15)
	near(t, "PBO of logits below 0", o.Below, 1.0/6, 1e-15)
	if !slices.Equal(o.Chosen, []int32{0, 0, 0, 1, 0, 0}) {
		t.Errorf("chosen %v", o.Chosen)
	}
	// Halves {0,1} … {2,3}: means in and out of sample of the chosen, by hand.
	if in, out := []float64{2.5, 1.5, 3.5, 1.5, 3, 2}, []float64{2, 3, 1, 0, 1.5, 2.5}; !slices.Equal(o.InSample, in) || !slices.Equal(o.OutOfSample, out) {
		t.Errorf("in sample %v, want %v; out of sample %v, want %v", o.InSample, in, o.OutOfSample, out)
	}
	if o.Loss != 0 || o.Splits != 6 || o.Trials != 3 {
		t.Errorf("loss %v, %d splits, %d trials", o.Loss, o.Splits, o.Trials)
	}
}

// C(16, 8) = 12,870 halves; columns without a mean over all bars, ranked by it, are
// the worst where they were not chosen (PBO 1), and one that dominates is the best of
// all halves (PBO 0).
func TestCSCVExtremes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	m := &Matrix{Columns: make([][]float64, 20)}
	for k := range m.Columns {
		column, mean := make([]float64, 160), 0.0
		for i := range column {
			column[i] = r.NormFloat64()
			mean += column[i] / 160
		}
		for i := range column {
			column[i] -= mean
		}
		m.Columns[k] = column
	}
	o := cscv(t, m, 16, CSCVOptions{Metric: ByMean})
	if o.PBO != 1 || o.Splits != 12870 || len(o.Logits) != 12870 {
		t.Errorf("demeaned: PBO %v of %d splits, want 1 of 12870", o.PBO, o.Splits)
	}
	near(t, "slope", o.Slope, -1, 1e-9)
	for i := range m.Columns[7] {
		m.Columns[7][i] = 3 + 0.01*r.NormFloat64()
	}
	for _, metric := range []Metric{ByMean, BySharpe} {
		o = cscv(t, m, 16, CSCVOptions{Metric: metric})
		if o.PBO != 0 || o.Loss != 0 || slices.Max(o.Chosen) != 7 || slices.Min(o.Chosen) != 7 {
			t.Errorf("%v: one dominates: PBO %v, loss %v", metric, o.PBO, o.Loss)
		}
	}
}

// naiveCSCV is the definition, from the returns themselves.
func naiveCSCV(m *Matrix, s int, metric Metric) (logits []float64, chosen []int) {
	bars := m.Bars()
	value := func(k int, blocks []bool) float64 {
		var picked []float64
		for i := range s {
			if blocks[i] {
				picked = append(picked, m.Columns[k][i*bars/s:(i+1)*bars/s]...)
			}
		}
		mean, ss := 0.0, 0.0
		for _, r := range picked {
			mean += r / float64(len(picked))
		}
		if metric == ByMean {
			return mean
		}
		for _, r := range picked {
			ss += (r - mean) * (r - mean)
		}
		if slices.Min(picked) == slices.Max(picked) {
			return math.NaN()
		}
		return mean / math.Sqrt(ss/float64(len(picked)-1))
	}
	var visit func(at, left int, in []bool)
	visit = func(at, left int, in []bool) {
		if at == s {
			if left != 0 {
				return
			}
			out := make([]bool, s)
			for i := range out {
				out[i] = !in[i]
			}
			best := -1
			for k := range m.Columns {
				if v := value(k, in); !math.IsNaN(v) && (best < 0 || v > value(best, in)+1e-9) {
					best = k
				}
			}
			mine, below, equal := value(best, out), 0, 0
			for k := range m.Columns {
				v := value(k, out)
				switch {
				case math.IsNaN(v) && math.IsNaN(mine), math.Abs(v-mine) <= 1e-9:
					equal++
				case math.IsNaN(v), v < mine:
					below++
				}
			}
			omega := (float64(below) + float64(equal+1)/2) / float64(len(m.Columns)+1)
			logits, chosen = append(logits, math.Log(omega/(1-omega))), append(chosen, best)
			return
		}
		if left > 0 {
			in[at] = true
			visit(at+1, left-1, in)
			in[at] = false
		}
		visit(at+1, left, in)
	}
	visit(0, s/2, make([]bool, s))
	return logits, chosen
}

// Small whole numbers make ties, flat stretches and equal columns; whatever they are, the
// result is that of the definition, for any number of workers.
func TestCSCVIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := 2 * rapid.IntRange(1, 3).Draw(t, "half of the blocks")
		bars := rapid.IntRange(s, 4*s).Draw(t, "bars")
		trials := rapid.IntRange(2, 40).Draw(t, "trials")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		width := rapid.IntRange(1, 4).Draw(t, "width")
		metric := Metric(rapid.IntRange(0, 1).Draw(t, "metric"))
		m := &Matrix{Columns: make([][]float64, trials)}
		for k := range m.Columns {
			for i := range bars {
				v := float64(r.IntN(2*width+1) - width)
				if k%3 == 2 && i%2 == 0 {
					v = 0 // flat where blocks are short
				}
				m.Columns[k] = append(m.Columns[k], v/4)
			}
		}
		b, err := BlocksOf(m, s)
		if err != nil {
			t.Fatal(err)
		}
		var before *Overfitting
		for _, workers := range []int{1, 2, 8} {
			o, err := CSCV(context.Background(), b, CSCVOptions{Metric: metric, Workers: workers})
			if errors.Is(err, ErrUndefined) {
				return // a half on which nothing moves
			}
			if err != nil {
				t.Fatal(err)
			}
			if before != nil && (!slices.Equal(before.Logits, o.Logits) || !slices.Equal(before.Chosen, o.Chosen)) {
				t.Fatalf("%d workers: other results", workers)
			}
			before = o
		}
		logits, chosen := naiveCSCV(m, s, metric)
		for i, v := range logits {
			if int(before.Chosen[i]) != chosen[i] || math.Abs(before.Logits[i]-v) > 1e-12 {
				t.Fatalf("split %d: trial %d with logit %v, the definition has %d with %v", i, before.Chosen[i], before.Logits[i], chosen[i], v)
			}
		}
	})
}

func TestCSCVRefuses(t *testing.T) {
	m := rowsOf([]float64{1, 2}, []float64{2, 1}, []float64{0, 1}, []float64{3, 1})
	for _, c := range []struct {
		s    int
		want string
	}{{3, "even number"}, {0, "even number"}, {6, "at most a block a bar"}, {22, "at most 20"}} {
		if _, err := BlocksOf(m, c.s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d blocks: error %v, want %q", c.s, err, c.want)
		}
	}
	one, err := BlocksOf(rowsOf([]float64{1}, []float64{2}), 2)
	want(t, err)
	_, err = CSCV(context.Background(), one, CSCVOptions{})
	wantUndefined(t, "one trial", err)
	still, err := BlocksOf(rowsOf([]float64{1, 0}, []float64{1, 0}, []float64{1, 0}, []float64{1, 0}), 2)
	want(t, err)
	_, err = CSCV(context.Background(), still, CSCVOptions{})
	wantUndefined(t, "constant returns", err)
	for _, bad := range []*Matrix{
		{}, {Columns: [][]float64{{1, 2}, {1}}}, {Columns: [][]float64{{1, math.NaN()}}}, {Columns: [][]float64{{1}}, Names: []string{"a", "b"}},
		{Columns: [][]float64{{1, 2}}, Times: []int64{2, 1}},
	} {
		if _, err := BlocksOf(bad, 2); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b, err := BlocksOf(m, 2)
	want(t, err)
	if _, err := CSCV(ctx, b, CSCVOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// normalBlocks are block sums of trials without skill.
func normalBlocks(trials, s int) *Blocks {
	r := rand.New(rand.NewPCG(3, 4))
	b := &Blocks{Bars: make([]int64, s), Sum: make([][]float64, s), Square: make([][]float64, s)}
	for i := range s {
		b.Bars[i] = 100
		for range trials {
			b.Sum[i] = append(b.Sum[i], 10*r.NormFloat64())
			b.Square[i] = append(b.Square[i], 100+14*r.NormFloat64())
		}
	}
	return b
}

func BenchmarkCSCV(b *testing.B) {
	for _, trials := range []int{1e4, 1e5} {
		b.Run(fmt.Sprintf("trials=%d", trials), func(b *testing.B) {
			blocks := normalBlocks(trials, 16)
			for b.Loop() {
				if _, err := CSCV(context.Background(), blocks, CSCVOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
