package eval

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// bars returns open, high, low, close and volume of a walk, in cents.
func bars(n int) [][]float64 {
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	out := make([][]float64, len(ohlc)+1) // and whether a session begins
	price := 10_000.0
	for bar := range n {
		open := price + math.Round(20*rng.NormFloat64())
		price = 10_000 + math.Round(0.99*(open-10_000)+50*rng.NormFloat64())
		high, low := max(open, price)+float64(rng.IntN(40)), min(open, price)-float64(rng.IntN(40))
		for i, x := range []float64{open / 100, high / 100, low / 100, price / 100, float64(rng.IntN(9000))} {
			out[i] = append(out[i], x)
		}
		out[len(ohlc)] = append(out[len(ohlc)], float64(max(0, 1-bar%78)))
	}
	return out
}

// drawRow returns a call of one of the rows, with one of its outputs.
func drawRow(t *rapid.T, depth int) string {
	r := rapid.SampledFrom(indicator.All()).Draw(t, "row")
	var args []string
	for range r.Masks {
		m := rapid.SampledFrom([]string{"close > open", "crosses_above(close, sma(close, $n))", "(close > 90 + $x)[1]", ""}).Draw(t, "mask")
		if m == "" {
			m = comparison(drawRow(t, 0), "close") + " or low > open"
		}
		args = append(args, m)
	}
	for i := range r.Inputs[r.Masks:] {
		inputs := []string{"close", "close", "volume", "open * 1.5", ""}
		if r.OfNumber != nil && i > 0 {
			inputs = append(inputs, "$x", "100", "90 + $n")
		}
		in := rapid.SampledFrom(inputs).Draw(t, "input")
		if in == "" && depth > 0 {
			if in = drawRow(t, depth-1); makesMask(in) {
				in = "if(" + in + ", close, $n)"
			}
		} else if in == "" {
			in = "low - high"
		}
		args = append(args, in)
	}
	for _, p := range r.Params {
		choices := []string{fmt.Sprint("$n + ", max(p.Min, 1)-1), "$n + 30", "19"}
		if p.Kind != indicator.Window {
			choices = []string{"$x", "2", "$x / 3"}
		}
		if p.Min > 1 {
			choices = []string{"$n + 30", "19"}
		} else if p.Max == 1 {
			choices = []string{"$x / 3", "0.5"}
		}
		args = append(args, rapid.SampledFrom(choices).Draw(t, p.Name))
	}
	call := r.Name + "(" + strings.Join(args, ", ") + ")"
	if len(r.Outputs) > 1 {
		call += "." + rapid.SampledFrom(r.OutputNames()).Draw(t, "output")
	}
	return call
}

// makesMask reports whether a call that was drawn is one of a mask.
func makesMask(call string) bool {
	name, _, _ := strings.Cut(call, "(")
	return indicator.Find(name).MakesMask()
}

// comparison compares a call with something, unless it is a mask.
func comparison(call, with string) string {
	if makesMask(call) {
		return call
	}
	return call + " > " + with
}

// TestRowsInBatches holds the signals of every row and output that a batch computes,
// by tiles and chunks, whole and from a cache, beside and inside each other, equal to
// those of an evaluator over the whole history.
func TestRowsInBatches(t *testing.T) {
	histories := map[int][][]float64{}
	lengths := []int{1, 64, 1025, 3000, wholeBars, wholeBars + 1, wholeBars + chunkBars + 77}
	for _, n := range lengths {
		histories[n] = bars(n)
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawRow(t, 1), drawRow(t, 1)
		if makesMask(x) {
			x = "if(" + x + ", open, close)"
		}
		if makesMask(y) {
			y = "since(" + y + ")"
		}
		text := rapid.SampledFrom([]string{"%s > %s", "crosses_above(%s, %s)", "crosses_below(%s, close) or %s <= 100 * $x", "not (%s)[2] >= %s"}).Draw(t, "leaf")
		text = fmt.Sprintf(text, x, y)
		p, err := strategy.Compile(strategy.Definition{
			Columns: ohlc, Params: []strategy.Param{grid("n", 1, 5, 300, 20_000), grid("x", 0, 0.5, 2)},
			Rules: strategy.Rules{Entry: strategy.Expr{Text: text}, Exit: strategy.Expr{Text: "not (" + text + ") and $n + $x > 0"}},
		})
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		var index []int
		for range rapid.IntRange(1, 9).Draw(t, "trials") {
			index = append(index, rapid.IntRange(0, 3).Draw(t, "n"), rapid.IntRange(0, 2).Draw(t, "x"))
		}
		var c *FeatureCache
		if rapid.Bool().Draw(t, "cache") {
			c = NewFeatureCache(1<<22, nil)
		}
		batch, evaluator, layout := NewBatch(p, c), NewEvaluator(p, nil), NewLayout(p, index)
		for i := range 2 { // the second asset meets the memory of the first
			n := rapid.SampledFrom(lengths).Draw(t, "bars")
			asset := table(i, histories[n]...)
			batch.Bind(asset, layout)
			evaluator.Bind(asset)
			first := rapid.SampledFrom([]int{0, 0, (n - 1) / 3}).Draw(t, "first") / TileBars * TileBars
			compareBatch(t, batch, evaluator, layout, n, first, text)
		}
	})
}

// TestOutputsAreComputedOnce: an indicator of several outputs is computed once for
// each value of its parameters, whichever of its outputs trials ask for, and they are
// those of the row itself.
func TestOutputsAreComputedOnce(t *testing.T) {
	p := mustCompile(t, strategy.Definition{
		Columns: ohlc, Params: []strategy.Param{grid("n", 5, 20), grid("k", 1, 2)}, Let: lets("bands = bbands(close, $n, 2)"),
		Rules: strategy.Rules{Entry: strategy.Expr{Text: "close > bands.upper and bands.middle > $k"}, Exit: strategy.Expr{Text: "close < bands.lower"}},
	})
	data := bars(500)
	row := indicator.Find("bbands")
	for _, c := range []*FeatureCache{NewFeatureCache(1<<20, nil), nil} {
		e, counts := counting(p, c)
		e.Bind(table(0, data...))
		for _, index := range [][]int{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
			values, err := e.Inspect(context.Background(), index, 400)
			if err != nil {
				t.Fatal(err)
			}
			want := [][]float64{make([]float64, 500), make([]float64, 500), make([]float64, 500)}
			row.Apply(&indicator.Call{Dst: want, Src: [][]float64{data[3]}, Params: []float64{[]float64{5, 20}[index[0]], 2}, Scale: 100})
			found := 0
			for _, v := range values {
				for i, name := range []string{"bands.upper", "bands.middle", "bands.lower"} {
					if v.Text == name {
						found++
						if v.Number != want[i][400] {
							t.Errorf("%s in trial %v: %v, want %v", name, index, v.Number, want[i][400])
						}
					}
				}
			}
			if found != 3 {
				t.Errorf("%d outputs in %v", found, values)
			}
		}
		for id, n := range p.Nodes() {
			if want := 2; n.Text == "bbands(close, $n, 2)" && c != nil && (counts[id] != want || n.Kind != strategy.KindOutputs) {
				t.Errorf("%s was computed %d times, want %d", n.Text, counts[id], want)
			}
		}
	}
}

// TestOutputsOfAnotherTrial: an output is that of the trial that asks for it, also
// where its indicator has been computed for another output and another trial since.
func TestOutputsOfAnotherTrial(t *testing.T) {
	p := mustCompile(t, strategy.Definition{
		Columns: ohlc, Params: []strategy.Param{grid("n", 5, 20)},
		Rules: strategy.Rules{Entry: strategy.Expr{Text: "macd(close, $n).macd > macd(close, $n).signal"}},
	})
	e := NewEvaluator(p, nil)
	e.Bind(table(0, bars(200)...))
	var line, signal int
	for id, n := range p.Nodes() {
		switch n.Text {
		case "macd(close, $n, 26, 9).macd":
			line = id
		case "macd(close, $n, 26, 9).signal":
			signal = id
		}
	}
	value := func(id, trial int) float64 {
		e.setTrial([]int{trial})
		if err := e.eval(context.Background(), id); err != nil {
			t.Fatal(err)
		}
		return e.slots[id].Series[150]
	}
	first, other := value(line, 0), value(line, 1)
	if value(line, 0); first == other || math.IsNaN(first) {
		t.Fatalf("no two values: %v", first)
	}
	value(signal, 1)
	if got := value(line, 0); got != first {
		t.Errorf("got %v, want %v", got, first)
	}
}
