package robust

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// generator is that of testdata/oracle_bootstrap.py, bit for bit.
type generator uint64

func (g *generator) next() float64 {
	*g = (1103515245**g + 12345) % (1 << 31)
	return float64(*g) / (1 << 31)
}

// oracleReturns are the returns of testdata/oracle_bootstrap.py.
func oracleReturns(bars, trials int) *Matrix {
	g, m := generator(7), &Matrix{}
	for k := range trials {
		column, before := make([]float64, bars), 0.0
		for t := range column {
			a, b, c := g.next(), g.next(), g.next()
			before = float64(0.3*before) + float64((a+b+c-1.5)*float64(1+k%4))
			column[t] = before + float64(0.05*float64(k%5)) - 0.1
		}
		m.Columns = append(m.Columns, column)
	}
	return m
}

// oracleIndices are what testdata/oracle_bootstrap.py draws.
func oracleIndices(bars, resamples int, length float64) [][]int32 {
	g := generator(99)
	out := make([][]int32, resamples)
	for b := range out {
		at := 0
		for t := range bars {
			if jump := g.next() < 1/length; t == 0 || jump {
				at = int(g.next() * float64(bars))
			} else {
				at = (at + 1) % bars
			}
			out[b] = append(out[b], int32(at))
		}
	}
	return out
}

// The same returns and the same indices as arch 8.0.0: equal p-values, all of them (of
// plain differences by arch itself, whose option studentize does nothing; studentised ones
// by numpy from arch's variances; testdata/oracle_bootstrap.py).
func TestSPAIsArch(t *testing.T) {
	const bars, trials, length = 120, 13, 6
	all := oracleReturns(bars, trials+1)
	m := &Matrix{Columns: all.Columns[:trials]}
	boot := Bootstrap{Indices: oracleIndices(bars, 500, length), Length: length}
	for _, c := range []struct {
		name                     string
		benchmark                []float64
		plain, scaled            [3]float64
		best                     int
		statistic                float64
		first, second, thirdWide float64
	}{
		{"cash", nil, [3]float64{0.54, 0.604, 0.624}, [3]float64{0.268, 0.324, 0.364}, 4, 1.7978755259289168,
			0.5993321914547796, 1.338084559382427, 2.1459655809227995},
		{"benchmark", all.Columns[trials], [3]float64{0.66, 0.706, 0.72}, [3]float64{0.708, 0.766, 0.79}, 3, 0.5732259983894106,
			1.3877547656134246, 1.708351847354072, 2.430300175697918},
	} {
		for _, plain := range []bool{true, false} {
			expected := c.scaled
			if plain {
				expected = c.plain
			}
			s, err := SPA(context.Background(), m, SPAOptions{Benchmark: c.benchmark, Bootstrap: boot, Plain: plain})
			want(t, err)
			if got := [3]float64{s.Lower, s.Consistent, s.Upper}; got != expected {
				t.Errorf("%s, plain %v: p %v, want %v", c.name, plain, got, expected)
			}
			if s.RealityCheck != c.plain[2] {
				t.Errorf("%s: reality check %v, want %v", c.name, s.RealityCheck, c.plain[2])
			}
			if !plain {
				near(t, "statistic", s.Statistic, c.statistic, 1e-12)
				if s.Best != c.best {
					t.Errorf("%s: best %d, want %d", c.name, s.Best, c.best)
				}
			}
		}
		for k, v := range []float64{c.first, c.second, c.thirdWide} {
			d := make([]float64, bars)
			difference(d, m.Columns[k], c.benchmark)
			mean := 0.0
			for _, x := range d {
				mean += x / bars
			}
			for i := range d {
				d[i] -= mean
			}
			near(t, "standard error", math.Sqrt(longRunVariance(d, length)), v, 1e-12)
		}
	}
}

// naiveLongRun is the formula of Hansen (2005) as it is written.
func naiveLongRun(x []float64, length float64) float64 {
	n, q := float64(len(x)), 1-1/length
	sum := 0.0
	for i := range x {
		cross := 0.0
		for j := i; j < len(x); j++ {
			cross += x[j] * x[j-i] / n
		}
		kappa := (1-float64(i)/n)*math.Pow(q, float64(i)) + float64(i)/n*math.Pow(q, n-float64(i))
		if i > 0 {
			cross *= 2 * kappa
		}
		sum += cross
	}
	return sum
}

func TestLongRunVariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1, 1), 2, 60).Draw(t, "x")
		length := rapid.Float64Range(1, float64(len(x))).Draw(t, "length")
		if got, value := longRunVariance(x, length), naiveLongRun(x, length); math.Abs(got-value) > 1e-12 {
			t.Fatalf("%v, the formula has %v", got, value)
		}
	})
}

// naiveSPA follows the definitions one index at a time. It does not know where a
// resample is as good as the trials but for rounding.
func naiveSPA(m *Matrix, indices [][]int32, length float64) (p [4]float64, known bool) {
	n, trials := float64(m.Bars()), m.Trials()
	mean, scale := make([]float64, trials), make([]float64, trials)
	statistic, plain := math.Inf(-1), math.Inf(-1)
	for k, column := range m.Columns {
		for _, v := range column {
			mean[k] += v / n
		}
		x := slices.Clone(column)
		for i := range x {
			x[i] -= mean[k]
		}
		scale[k] = math.Sqrt(naiveLongRun(x, length))
		statistic, plain = max(statistic, mean[k]/scale[k]), max(plain, mean[k])
	}
	for _, rows := range indices {
		best := [4]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1), math.Inf(-1)}
		for k, column := range m.Columns {
			drawn := 0.0
			for _, at := range rows {
				drawn += column[at] / n
			}
			consistent := mean[k]
			if mean[k] < -scale[k]*math.Sqrt(2*math.Log(math.Log(n))/n) {
				consistent = 0
			}
			for i, centre := range []float64{max(mean[k], 0), consistent, mean[k]} {
				best[i] = max(best[i], (drawn-centre)/scale[k])
			}
			best[3] = max(best[3], drawn-mean[k])
		}
		for i, against := range []float64{statistic, statistic, statistic, plain} {
			if math.Abs(best[i]-against) < 1e-9 {
				return p, false
			}
			if best[i] > against {
				p[i] += 1 / float64(len(indices))
			}
		}
	}
	return p, true
}

// Whatever is drawn, and however many workers there are, p is that of the definition.
func TestSPAIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bars, trials := rapid.IntRange(12, 40).Draw(t, "bars"), rapid.IntRange(1, 30).Draw(t, "trials")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		m := &Matrix{Columns: make([][]float64, trials)}
		drift := rapid.Float64Range(-0.5, 0.5).Draw(t, "drift")
		for k := range m.Columns {
			for range bars {
				m.Columns[k] = append(m.Columns[k], r.NormFloat64()+drift*r.Float64())
			}
		}
		boot := Bootstrap{Resamples: 50, Length: rapid.Float64Range(1, 6).Draw(t, "length"), Seed: 5}
		indices := make([][]int32, boot.Resamples)
		for b := range indices {
			indices[b] = boot.draw(nil, bars, b)
		}
		value, known := naiveSPA(m, indices, boot.Length)
		if !known {
			t.Skip("a tie but for rounding")
		}
		var before *Superior
		for _, workers := range []int{1, 2, 8} {
			boot.Workers = workers
			s, err := SPA(context.Background(), m, SPAOptions{Bootstrap: boot})
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range []float64{s.Lower, s.Consistent, s.Upper, s.RealityCheck} {
				if math.Abs(got-value[i]) > 1e-12 {
					t.Fatalf("p %d is %v, the definition has %v", i, got, value[i])
				}
			}
			if before != nil && *before != *s {
				t.Fatalf("%d workers: %+v, and before %+v", workers, s, before)
			}
			before = s
		}
	})
}

func TestSPARefuses(t *testing.T) {
	m := oracleReturns(30, 2)
	for _, c := range []struct {
		opts SPAOptions
		want string
	}{
		{SPAOptions{Benchmark: []float64{1}}, "benchmark has 1 bars"},
		{SPAOptions{Benchmark: append(make([]float64, 29), math.NaN())}, "return 30 of 30 is NaN"},
		{SPAOptions{Bootstrap: Bootstrap{Length: 0.5}}, "blocks of 0.5 bars"},
		{SPAOptions{Bootstrap: Bootstrap{Length: 31}}, "blocks of 31 bars"},
		{SPAOptions{Bootstrap: Bootstrap{Indices: [][]int32{{0}}}}, "1 indices for 30 bars"},
		{SPAOptions{Bootstrap: Bootstrap{Indices: [][]int32{append(make([]int32, 29), 30)}}}, "index 30 of 30"},
		{SPAOptions{Bootstrap: Bootstrap{Resamples: -1}}, "-1 resamples"},
	} {
		if _, err := SPA(context.Background(), m, c.opts); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	flat := &Matrix{Columns: [][]float64{make([]float64, 30), slices.Repeat([]float64{0.1}, 30)}}
	_, err := SPA(context.Background(), flat, SPAOptions{Bootstrap: Bootstrap{Length: 2}})
	wantUndefined(t, "constant returns", err)
	flat.Columns = append(flat.Columns, m.Columns[0])
	s, err := SPA(context.Background(), flat, SPAOptions{Bootstrap: Bootstrap{Length: 2}})
	want(t, err)
	if s.Flat != 2 || s.Trials != 1 || s.Best != 2 {
		t.Errorf("%d flat, %d tested, best %d; want 2, 1 and 2", s.Flat, s.Trials, s.Best)
	}
}

// The lengths are those of arch 8.0.0, optimal_block_length (testdata/oracle_bootstrap.py).
func TestBlockLength(t *testing.T) {
	m := oracleReturns(120, 13)
	for k, v := range []float64{3.356374496402918, 4.008593270860078, 4.03780874076316, 1.878768238189796, 2.2880642548465175,
		3.904478408052646, 4.238057522597717, 1.5723110025320406, 2.7830427881605813, 2.159340245178485, 2.7345050078950313,
		0.8781786120155949, 5.013655674590229} {
		got, err := BlockLength(m.Columns[k])
		want(t, err)
		near(t, fmt.Sprint("length of ", k), got, v, 1e-12)
	}
	walk, sum := make([]float64, 120), 0.0
	for i, v := range m.Columns[1] {
		sum += v
		walk[i] = sum
	}
	got, err := BlockLength(walk)
	want(t, err)
	near(t, "length of a walk", got, 12.306254758385057, 1e-12)
	_, err = BlockLength(make([]float64, 20))
	wantUndefined(t, "constant returns", err)
	_, err = BlockLength([]float64{1, 2, 3})
	wantUndefined(t, "three bars", err)
}

// Blocks are as long as asked on average, begin anywhere, and go round the end.
func TestStationaryBlocks(t *testing.T) {
	boot := Bootstrap{Length: 7, Seed: 11}
	const bars, resamples = 500, 400
	starts, counts := 0, make([]int, bars)
	for b := range resamples {
		rows := boot.draw(nil, bars, b)
		for i, at := range rows {
			counts[at]++
			if i > 0 && at != (rows[i-1]+1)%bars {
				starts++
			}
		}
	}
	near(t, "mean length", float64(bars*resamples)/float64(starts), 7, 0.2)
	for at, n := range counts {
		if n < resamples/2 || n > 2*resamples {
			t.Errorf("bar %d was drawn %d times of %d", at, n, resamples)
		}
	}
}

func BenchmarkSPA(b *testing.B) {
	for _, c := range []struct{ trials, bars int }{{500, 6289}, {10000, 6289}} {
		b.Run(fmt.Sprintf("trials=%d/bars=%d", c.trials, c.bars), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			m := &Matrix{Columns: make([][]float64, c.trials)}
			for k := range m.Columns {
				m.Columns[k] = make([]float64, c.bars)
				for i := range m.Columns[k] {
					m.Columns[k][i] = r.NormFloat64()
				}
			}
			for b.Loop() {
				if _, err := SPA(context.Background(), m, SPAOptions{Bootstrap: Bootstrap{Length: 10}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
