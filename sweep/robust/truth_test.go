package robust

import (
	"context"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// seeds is how many random worlds the simulations go through; `make check-full` takes 200.
var seeds = flag.Int("seeds", 6, "random walks that statistics of selection are tested on")

// worldBars is ten years of days.
const worldBars = 2520

// trials is how many combinations a world has.
const trials = 1000

// rules returns what the combinations hold on the next bar: 1, −1 or 0. price and total are
// the logarithms of prices and their running sums so far.
type rules func(hold []float64, returns, total []float64)

// lags are rules that have next to nothing to do with each other: long where the moves of
// two earlier days had one direction, and else short.
func lags(hold []float64, returns, _ []float64) {
	n, k := len(returns), 0
	for i := 1; ; i++ {
		for j := range i {
			if k == trials {
				return
			}
			hold[k] = math.Copysign(1, returns[n-1-i]*returns[n-1-j])
			k++
		}
	}
}

// averages are rules that are much alike, as in a usual sweep: long where a fast average of
// prices is above a slow one.
func averages(hold []float64, _, total []float64) {
	n := len(total) - 1
	mean := func(of int) float64 { return (total[n] - total[n-of]) / float64(of) }
	for k := range hold {
		hold[k] = 0
		if mean(2+k/40) > mean(30+4*(k%40)) {
			hold[k] = 1
		}
	}
}

// world is a random walk without drift, and what rules make of it without costs. With an
// edge, the walk drifts the way of the trial planted, so that its Sharpe ratio a year
// is that in expectation.
func world(seed uint64, of rules, edge float64) (m *Matrix, planted int) {
	const daily, warm = 0.01, 200
	r := rand.New(rand.NewPCG(seed, 42))
	planted = 407
	m = &Matrix{Columns: make([][]float64, trials)}
	for k := range m.Columns {
		m.Columns[k] = make([]float64, worldBars)
	}
	price, total := 0.0, make([]float64, 1, warm+worldBars+1)
	var returns []float64
	hold := make([]float64, trials)
	for t := range warm + worldBars {
		ret := daily * (r.NormFloat64() + edge/math.Sqrt(252)*hold[planted])
		if t >= warm {
			for k, held := range hold {
				m.Columns[k][t-warm] = held * ret
			}
		}
		price += ret
		returns, total = append(returns, ret), append(total, total[t]+price)
		if t+1 >= warm {
			of(hold, returns, total)
		}
	}
	return m, planted
}

// verdict is what the statistics say of a world.
type verdict struct {
	psr                          float64 // of the planted trial, chosen before anything was seen
	dsr, effective               float64 // of the best, by the trials counted and by their participation
	pbo, spa, reality, trialsEff float64
}

func judge(t *testing.T, m *Matrix, fixed int, seed uint64) verdict {
	t.Helper()
	ctx := context.Background()
	var v verdict
	var spread Spread
	most := Moments{Sharpe: math.Inf(-1)}
	for k, column := range m.Columns {
		moments, err := MomentsOf(column, 0)
		want(t, err)
		spread.Add(moments.Sharpe)
		if moments.Sharpe > most.Sharpe {
			most = moments
		}
		if k == fixed {
			v.psr, err = PSR(moments, 0)
			want(t, err)
		}
	}
	variance, err := spread.Variance()
	want(t, err)
	d, err := DSR(most, float64(m.Trials()), variance)
	want(t, err)
	v.dsr = d.Probability
	sample := &Matrix{}
	for _, k := range Sample(int64(m.Trials()), 200, seed) {
		sample.Columns = append(sample.Columns, m.Columns[k])
	}
	c, err := Correlate(ctx, sample, 1)
	want(t, err)
	v.trialsEff, err = c.EffectiveTrials(float64(m.Trials()))
	want(t, err)
	d, err = DSR(most, v.trialsEff, variance)
	want(t, err)
	v.effective = d.Probability
	b, err := BlocksOf(m, 16)
	want(t, err)
	o, err := CSCV(ctx, b, CSCVOptions{})
	want(t, err)
	v.pbo = o.PBO
	s, err := SPA(ctx, m, SPAOptions{Bootstrap: Bootstrap{Seed: seed, Resamples: 500, Length: 10}})
	want(t, err)
	v.spa, v.reality = s.Consistent, s.RealityCheck
	return v
}

// share returns the share of worlds of which something holds.
func share(worlds []verdict, is func(v verdict) bool) float64 {
	n := 0
	for _, v := range worlds {
		if is(v) {
			n++
		}
	}
	return float64(n) / float64(len(worlds))
}

// TestTruthWithoutEdge: where there is nothing to find, nothing is found more often than the
// level says. Intervals are binomial, of 99.9 %, so that few seeds allow more.
func TestTruthWithoutEdge(t *testing.T) {
	skipUnderRace(t)
	for name, of := range map[string]rules{"lags": lags, "averages": averages} {
		t.Run(name, func(t *testing.T) {
			worlds := make([]verdict, *seeds)
			for i := range worlds {
				m, fixed := world(uint64(i), of, 0)
				worlds[i] = judge(t, m, fixed, uint64(i))
			}
			nothing(t, worlds, name == "lags")
		})
	}
}

// nothing complains where an edge is found in worlds that have none. Of trials that are
// much alike PBO varies too widely to be pinned to its mean.
func nothing(t *testing.T, worlds []verdict, unlike bool) {
	t.Helper()
	n := float64(len(worlds))
	var pbo, squares, effective float64
	psr := make([]float64, len(worlds))
	for i, v := range worlds {
		pbo, squares, effective = pbo+v.pbo/n, squares+v.pbo*v.pbo/n, effective+v.trialsEff/n
		psr[i] = v.psr
	}
	slices.Sort(psr)
	ks := 0.0 // Kolmogorov and Smirnov's distance from uniform
	for i, p := range psr {
		ks = max(ks, float64(i+1)/n-p, p-float64(i)/n)
	}
	sd := math.Sqrt(max(0, squares-pbo*pbo))
	high := 0.05 + 3.29*math.Sqrt(0.05*0.95/n)
	rates := map[string]float64{
		"DSR, counted trials":   share(worlds, func(v verdict) bool { return v.dsr > 0.95 }),
		"DSR, effective trials": share(worlds, func(v verdict) bool { return v.effective > 0.95 }),
		"SPA at 5 %":            share(worlds, func(v verdict) bool { return v.spa < 0.05 }),
		"reality check at 5 %":  share(worlds, func(v verdict) bool { return v.reality < 0.05 }),
	}
	t.Logf("%v random walks, %d trials each (%.1f effective): mean PBO %.3f (sd %.3f); KS distance of PSR %.3f (5 %% critical %.3f); found %v; bound %.3f",
		n, trials, effective, pbo, sd, ks, 1.358/math.Sqrt(n), rates, high)
	if tolerance := max(0.05, 3.29*sd/math.Sqrt(n)); math.Abs(pbo-0.5) > tolerance {
		t.Errorf("mean PBO %.3f, want 0.5 ± %.3f", pbo, tolerance)
	}
	if ks > 1.95/math.Sqrt(n) { // 0.1 %
		t.Errorf("PSR is not uniform: KS distance %.3f", ks)
	}
	for name, rate := range rates {
		// The participation ratio of trials that are much alike is near 1, and the best
		// of them is better than one: their number is no guard alone.
		if rate > high && (unlike || name != "DSR, effective trials") {
			t.Errorf("%s finds an edge in %.3f of the random walks, want at most %.3f", name, rate, high)
		}
	}
}

// TestTruthWithEdge: a Sharpe ratio of 2 a year over ten years is found by all of them,
// and less as the edge shrinks. What a world shows of an edge of 2 is 2 ± 0.32, and the
// best of 1,000 trials without skill 1.03, so that a DSR of 0.95 is to be expected in
// Φ((2 − 1.03) / 0.32 − 1.64) = 0.92 of the worlds.
func TestTruthWithEdge(t *testing.T) {
	skipUnderRace(t)
	n := max(2, *seeds/4)
	before := map[string]float64{}
	for _, edge := range []float64{2, 1.5, 1, 0.5} {
		worlds := make([]verdict, n)
		pbo := make([]float64, n)
		for i := range worlds {
			m, fixed := world(uint64(1000+i), lags, edge)
			worlds[i] = judge(t, m, fixed, uint64(i))
			pbo[i] = worlds[i].pbo
		}
		found := map[string]float64{
			"PSR":                   share(worlds, func(v verdict) bool { return v.psr > 0.95 }),
			"DSR, counted trials":   share(worlds, func(v verdict) bool { return v.dsr > 0.95 }),
			"DSR, effective trials": share(worlds, func(v verdict) bool { return v.effective > 0.95 }),
			"PBO below 0.2":         share(worlds, func(v verdict) bool { return v.pbo < 0.2 }),
			"SPA at 5 %":            share(worlds, func(v verdict) bool { return v.spa < 0.05 }),
			"reality check at 5 %":  share(worlds, func(v verdict) bool { return v.reality < 0.05 }),
		}
		slices.Sort(pbo)
		t.Logf("edge %.1f, %d worlds: found by %v; median PBO %.3f", edge, n, found, Quantile(pbo, 0.5))
		for name, rate := range found {
			if edge == 2 && rate < 0.85 {
				t.Errorf("a Sharpe ratio of 2 is found by %s in %.3f of %d worlds only", name, rate, n)
			}
			// Three deviations of the difference of two shares, at most.
			if old, ok := before[name]; ok && rate > old+3*math.Sqrt(0.5/float64(n)) {
				t.Errorf("%s finds an edge of %v in %.3f of the worlds, and a larger one in %.3f", name, edge, rate, old)
			}
		}
		before = found
	}
}

// skipUnderRace leaves simulations out where the race detector runs: one goroutine goes
// through the worlds, and what others share is tested elsewhere.
func skipUnderRace(t *testing.T) {
	t.Helper()
	if proptest.Race {
		t.Skip("a simulation says nothing of what goroutines share")
	}
}
