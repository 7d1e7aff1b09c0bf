package eval

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// drawOutliers returns columns of cents and of free numbers, up to levels of 10^12,
// with outliers of up to 10^15, sentinels, infinite and unknown values.
func drawOutliers(t *rapid.T) (cents, free []float64) {
	level := rapid.SampledFrom([]float64{0, 1, 100, 1e6, 1e9, 1e12}).Draw(t, "level")
	odd := rapid.SampledFrom([]float64{1e15, -1e15, 1 << 63, 1e13 / 3, math.Inf(1), nan}).Draw(t, "odd")
	rare := rapid.SampledFrom([]int{50, 3000, 30_000}).Draw(t, "rare")
	bars := rapid.SampledFrom([]int{65, 1025, 1025, 3000, 3000, 3000, chunkBars + 1500, wholeBars + chunkBars + 77}).Draw(t, "bars")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 11))
	cents, free = make([]float64, bars), make([]float64, bars)
	for i := range cents {
		cents[i] = math.Round(level) + float64(rng.IntN(10_000))/100
		free[i] = level + rng.NormFloat64()
		if rng.IntN(rare) == 0 {
			cents[i] = odd
		}
		if rng.IntN(rare) == 0 {
			free[i] = odd * rng.Float64()
		}
	}
	return cents, free
}

// TestOutliersInBatches holds the values of every function of a window that a batch
// computes, by tiles, chunks and from shared sums, wherever it begins, equal to those
// over the whole history to the bit; and averages and spreads to what math/big says
// on bars drawn at random.
func TestOutliersInBatches(t *testing.T) {
	ctx := context.Background()
	leaves := []string{
		"sma(a, $n) > sma(a, $m)", "crosses_above(sma(c, $n), c)", "sma(a * c, $n) < sma(a, $n)", "stddev(a, $m) > $n",
		"stddev(c, $n) < stddev(a * c, $n)", "highest(c, $n) > lowest(a, $m)", "ema(c, $n) > rsi(a, $m)", "lag(a, $n) != sma(c, $m)",
	}
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(leaves), 1, 4, rapid.ID).Draw(t, "leaves")
		text := strings.Join(chosen, " and ")
		p, err := strategy.Compile(strategy.Definition{
			Columns: []strategy.Column{{Name: "a", Scale: 100}, {Name: "c", Scale: 0}}, Params: []strategy.Param{grid("n", 2, 20, 700), grid("m", 5, 1300)},
			Rules: strategy.Rules{Entry: strategy.Expr{Text: text + " and $n + $m > 0"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		index := []int{rapid.IntRange(0, 2).Draw(t, "n"), rapid.IntRange(0, 1).Draw(t, "m"), 2, 0}
		layout := NewLayout(p, index)
		cents, free := drawOutliers(t)
		asset := table(0, cents, free)
		batch, evaluator := NewBatch(p, nil), NewEvaluator(p, nil)
		if rapid.Bool().Draw(t, "cache") {
			batch = NewBatch(p, NewFeatureCache(1<<24, nil))
		}
		batch.Bind(asset, layout)
		evaluator.Bind(asset)
		first := rapid.SampledFrom([]int{0, 0, (len(cents) - 1) / 2}).Draw(t, "first") / TileBars * TileBars
		check := rapid.IntRange(first, len(cents)-1).Draw(t, "bar")
		for from := first; from < len(cents); from += TileBars {
			if err := batch.Load(ctx, from); err != nil {
				t.Fatal(err)
			}
			for trial := range layout.Trials() {
				evaluator.setTrial(layout.indexOf(trial))
				g := p.Graph()
				for id := range g.Nodes[:g.Used] {
					n := &g.Nodes[id]
					if !n.Windowed() || n.Series > 1 || !slices.Contains(layout.stored, id) || !batch.streamed && !layout.asked[id] {
						continue // it is no window, or part of what is looked at
					}
					if err := evaluator.eval(ctx, id); err != nil {
						t.Fatal(err)
					}
					want := evaluator.slots[id].Series
					got := batch.seriesOf(id, int(layout.nodes[id].slot[trial]))[batch.lo-batch.origin:]
					for i, x := range want[batch.lo:batch.hi] {
						if math.Float64bits(got[i]) != math.Float64bits(x) && (x == x || got[i] == got[i]) {
							t.Fatalf("%s: %s in trial %d, bar %d of %d: %v, want %v", text, n.Text, trial, batch.lo+i, len(cents), got[i], x)
						}
					}
					if check >= batch.lo && check < batch.hi {
						args, _ := g.Arguments(n, evaluator.index, evaluator.scalars)
						checkWindow(t, args.Row.Name, evaluator.slots[n.In[0]].Series, check, int(args.Params()[0]), got[check-batch.lo])
					}
				}
			}
		}
	})
}

// TestSentinelInVolume: one volume of 2^63, one price of 10^15 and a division by a volume of 0 show in the windows that hold them and in no
// other, which are added up one by one.
func TestSentinelInVolume(t *testing.T) {
	const bars, n, spike = 900, 20, 300
	whole, known, shut := make([]float64, bars), make([]float64, bars), make([]float64, bars)
	for i := range whole {
		whole[i] = float64(100_000 + i*7919%900_000)
		known[i] = 5 + 20*math.Abs(math.Sin(float64(i)))
		shut[i] = 90 + float64(i*37%1000)/100
	}
	for _, odd := range []struct {
		name                string
		whole, known, price float64
	}{
		{"sentinel", 1 << 63, 1 << 63, shut[spike]}, {"tick", whole[spike], known[spike], 1e15}, {"no volume", 0, 0, shut[spike]},
	} {
		whole[spike], known[spike], shut[spike] = odd.whole, odd.known, odd.price
		p := mustCompile(t, strategy.Definition{
			Columns: []strategy.Column{{Name: "whole", Scale: 1}, {Name: "known", Scale: 0}, {Name: "close", Scale: 100}},
			Rules: strategy.Rules{Entry: strategy.Expr{Text: "sma(whole, 20) > sma(known, 20) and sma(close * whole, 20) > sma(close * known, 20) " +
				"and sma(close / known, 20) > sma(close, 20) and stddev(close, 20) > stddev(close / whole, 20)"}},
		})
		e := NewEvaluator(p, nil)
		e.Bind(table(0, whole, known, shut))
		if _, err := e.Signals(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		for id := range p.Graph().Nodes {
			node := &p.Graph().Nodes[id]
			if !node.Windowed() {
				continue
			}
			src, got := e.slots[node.In[0]].Series, e.slots[id].Series
			for i := n - 1; i < bars; i++ {
				if i >= spike && i < spike+n {
					continue
				}
				sum, squares := 0.0, 0.0
				for _, x := range src[i-n+1 : i+1] {
					sum += x
				}
				for _, x := range src[i-n+1 : i+1] {
					squares += (x - sum/n) * (x - sum/n)
				}
				want, tolerance := sum/n, 1e-12
				if node.Row.Name == "stddev" {
					want, tolerance = math.Sqrt(squares/n), 1e-10
				}
				if !(math.Abs(got[i]/want-1) <= tolerance) {
					t.Fatalf("%s: %s, bar %d: got %v, want %v", odd.name, node.Text, i, got[i], want)
				}
			}
		}
	}
}

// checkWindow compares an average or a spread with that of math/big.
func checkWindow(t *rapid.T, f string, src []float64, bar, n int, got float64) {
	if f != "sma" && f != "stddev" || bar < n-1 {
		return
	}
	mean, squares, largest := new(big.Float).SetPrec(400), new(big.Float).SetPrec(400), 0.0
	window := src[bar-n+1 : bar+1]
	for _, x := range window {
		if x-x != 0 {
			return
		}
		mean.Add(mean, big.NewFloat(x))
		largest = max(largest, math.Abs(x))
	}
	bars := big.NewFloat(float64(n))
	mean.Quo(mean, bars)
	want, _ := mean.Float64()
	tolerance := 1e-12 * largest
	if f == "stddev" {
		for _, x := range window {
			d := new(big.Float).SetPrec(400).Sub(big.NewFloat(x), mean)
			squares.Add(squares, d.Mul(d, d))
		}
		want, _ = squares.Sqrt(squares.Quo(squares, bars)).Float64()
		tolerance = 1e-10 * want
	}
	if !(math.Abs(got-want) <= tolerance) {
		t.Fatalf("%v of %d, bar %d: got %v, want %v", f, n, bar, got, want)
	}
}
