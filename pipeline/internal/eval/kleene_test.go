package eval

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}

// The naive interpreter: an expression is its text and a closure that answers
// for one bar, by definition and without sharing. strategy.Truth is -1 false, 0
// unknown, 1 true, so that and is min, or is max and not is the sign.
type (
	naiveTrial struct {
		columns [][]float64
		params  map[string]float64
	}
	naiveNumber struct {
		text   string
		series bool
		at     func(tr *naiveTrial, bar int) float64
	}
	naiveTruth struct {
		text string
		mask bool
		at   func(tr *naiveTrial, bar int) int
	}
)

var naiveParams = []strategy.Param{grid("n", 1, 2, 3), grid("x", -1, 0, 2.5)}

func drawScalar(t *rapid.T, depth int) naiveNumber {
	switch n := rapid.IntRange(0, 6).Draw(t, "scalar"); {
	case n == 6 && depth > 0:
		a, b, c := drawScalar(t, depth-1), drawScalar(t, depth-1), drawCondition(t, depth-1)
		return naiveNumber{"if(" + c.text + ", " + a.text + ", " + b.text + ")", false, func(tr *naiveTrial, bar int) float64 {
			return map[int]float64{-1: b.at(tr, bar), 0: nan, 1: a.at(tr, bar)}[c.at(tr, bar)]
		}}
	case n == 0 && depth > 0:
		a, b := drawScalar(t, depth-1), drawScalar(t, depth-1)
		return drawArith(t, a, b)
	case n <= 2:
		name := naiveParams[n%2].Name
		return naiveNumber{"$" + name, false, func(tr *naiveTrial, _ int) float64 { return tr.params[name] }}
	}
	v := float64(rapid.IntRange(0, 4).Draw(t, "literal")) / 2
	return naiveNumber{fmt.Sprint(v), false, func(*naiveTrial, int) float64 { return v }}
}

func drawArith(t *rapid.T, a, b naiveNumber) naiveNumber {
	op := rapid.SampledFrom([]string{"+", "-", "*", "/"}).Draw(t, "arith")
	return naiveNumber{"(" + a.text + " " + op + " " + b.text + ")", a.series || b.series,
		func(tr *naiveTrial, bar int) float64 {
			x, y := a.at(tr, bar), b.at(tr, bar)
			return map[string]float64{"+": x + y, "-": x - y, "*": x * y, "/": x / y}[op]
		}}
}

func drawSeries(t *rapid.T, depth int) naiveNumber {
	if depth == 0 {
		return drawColumn(t)
	}
	switch rapid.IntRange(0, 8).Draw(t, "series") {
	case 0:
		return drawArith(t, drawSeries(t, depth-1), drawSeries(t, depth-1))
	case 1:
		return drawArith(t, drawSeries(t, depth-1), drawScalar(t, 1))
	case 2:
		return drawArith(t, drawScalar(t, 1), drawSeries(t, depth-1))
	case 3:
		return drawUnary(t, drawSeries(t, depth-1))
	case 4:
		return drawLag(t, drawSeries(t, depth-1))
	case 5:
		return drawWindow(t, depth)
	case 6:
		if x := drawChoice(t, depth-1); x.series {
			return x
		}
	case 7:
		return drawOfMask(t, depth-1)
	}
	return drawColumn(t)
}

func drawColumn(t *rapid.T) naiveNumber {
	i := rapid.IntRange(0, 2).Draw(t, "column")
	return naiveNumber{string(rune('a' + i)), true, func(tr *naiveTrial, bar int) float64 { return tr.columns[i][bar] }}
}

func drawUnary(t *rapid.T, a naiveNumber) naiveNumber {
	if rapid.Bool().Draw(t, "abs") {
		return naiveNumber{"abs(" + a.text + ")", true,
			func(tr *naiveTrial, bar int) float64 { return math.Abs(a.at(tr, bar)) }}
	}
	return naiveNumber{"(-" + a.text + ")", true, func(tr *naiveTrial, bar int) float64 { return -a.at(tr, bar) }}
}

func drawLag(t *rapid.T, a naiveNumber) naiveNumber {
	k := rapid.IntRange(0, 3).Draw(t, "lag")
	text, byParam := fmt.Sprintf("%s[%d]", a.text, k), k == 3
	if byParam {
		text = "lag(" + a.text + ", $n)"
	}
	return naiveNumber{text, true, func(tr *naiveTrial, bar int) float64 {
		k := k
		if byParam {
			k = int(tr.params["n"])
		}
		if bar < k {
			return nan
		}
		return a.at(tr, bar-k)
	}}
}

// drawWindow draws a window over whole numbers, whose sums have one value.
func drawWindow(t *rapid.T, depth int) naiveNumber {
	name := rapid.SampledFrom([]string{"sma", "highest", "lowest"}).Draw(t, "function")
	a := drawColumn(t)
	if name != "sma" {
		a = drawSeries(t, depth-1)
	}
	return naiveNumber{name + "(" + a.text + ", $n)", true, func(tr *naiveTrial, bar int) float64 {
		n := int(tr.params["n"])
		if bar < n-1 {
			return nan
		}
		sum, high, low := 0.0, math.Inf(-1), math.Inf(1)
		for i := bar - n + 1; i <= bar; i++ {
			v := a.at(tr, i)
			if v != v {
				return nan
			}
			sum, high, low = sum+v, math.Max(high, v), math.Min(low, v)
		}
		return map[string]float64{"sma": sum / float64(n), "highest": high, "lowest": low}[name]
	}}
}

func drawTruth(t *rapid.T, depth int) naiveTruth {
	if depth == 0 {
		return drawLeaf(t)
	}
	switch rapid.IntRange(0, 5).Draw(t, "truth") {
	case 5:
		return drawMasking(t, depth-1)
	case 0:
		a, b := drawTruth(t, depth-1), drawTruth(t, depth-1)
		return naiveTruth{"(" + a.text + " and " + b.text + ")", a.mask || b.mask,
			func(tr *naiveTrial, bar int) int { return min(a.at(tr, bar), b.at(tr, bar)) }}
	case 1:
		a, b := drawTruth(t, depth-1), drawTruth(t, depth-1)
		return naiveTruth{"(" + a.text + " or " + b.text + ")", a.mask || b.mask,
			func(tr *naiveTrial, bar int) int { return max(a.at(tr, bar), b.at(tr, bar)) }}
	case 2:
		a := drawTruth(t, depth-1)
		return naiveTruth{"(not " + a.text + ")", a.mask, func(tr *naiveTrial, bar int) int { return -a.at(tr, bar) }}
	case 3:
		a := drawTruth(t, depth-1)
		if !a.mask {
			return a
		}
		k := rapid.IntRange(0, 3).Draw(t, "lag")
		return naiveTruth{fmt.Sprintf("%s[%d]", a.text, k), true, func(tr *naiveTrial, bar int) int {
			if bar < k {
				return 0
			}
			return a.at(tr, bar-k)
		}}
	}
	return drawLeaf(t)
}

func drawLeaf(t *rapid.T) naiveTruth {
	a, b := drawOperand(t), drawOperand(t)
	if (a.series || b.series) && rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		return drawCross(t, a, b)
	}
	op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(t, "compare")
	return naiveTruth{"(" + a.text + " " + op + " " + b.text + ")", a.series || b.series,
		func(tr *naiveTrial, bar int) int { return naiveCompare(op, a.at(tr, bar), b.at(tr, bar)) }}
}

func drawOperand(t *rapid.T) naiveNumber {
	if rapid.IntRange(0, 3).Draw(t, "operand") == 0 {
		return drawScalar(t, 1)
	}
	return drawSeries(t, 2)
}

func drawCross(t *rapid.T, a, b naiveNumber) naiveTruth {
	name, over, under := "crosses_above", a, b
	if rapid.Bool().Draw(t, "below") {
		name, over, under = "crosses_below", b, a
	}
	return naiveTruth{name + "(" + a.text + ", " + b.text + ")", true, crossing(over, under)}
}

// crossing is whether one number crosses above another.
func crossing(over, under naiveNumber) func(tr *naiveTrial, bar int) int {
	return func(tr *naiveTrial, bar int) int {
		if bar == 0 {
			return 0
		}
		after := naiveCompare(">", over.at(tr, bar), under.at(tr, bar))
		before := naiveCompare("<=", over.at(tr, bar-1), under.at(tr, bar-1))
		if after == 0 || before == 0 { // all four values must be known
			return 0
		}
		return min(after, before)
	}
}

func naiveCompare(op string, a, b float64) int {
	if a != a || b != b {
		return 0
	}
	holds := map[string]bool{"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[op]
	if holds {
		return 1
	}
	return -1
}

// TestKleene holds the engine equal to the naive interpreter: a rule is true
// exactly where three-valued logic says true, and Inspect tells false from
// unknown. Caches of every size make no difference.
func TestKleene(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		truth := drawTruth(t, 4)
		bars := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 63, 64, 65, 130}).Draw(t, "bars")
		data := make([][]float64, 3)
		for i := range data {
			data[i] = rapid.SliceOfN(rapid.SampledFrom([]float64{nan, 0, 1, 2, 3, 1, 2, 3, -1}), bars, bars).Draw(t, "column")
		}
		var params []strategy.Param
		for _, p := range naiveParams {
			if strings.Contains(truth.text, "$"+p.Name) {
				params = append(params, p)
			}
		}
		p, err := strategy.Compile(strategy.Definition{
			Columns: []strategy.Column{{Name: "a", Scale: 1}, {Name: "b", Scale: 1}, {Name: "c", Scale: 0}}, Params: params, Rules: strategy.Rules{Entry: strategy.Expr{Text: truth.text}},
		})
		if err != nil {
			t.Fatalf("%s\n%v", truth.text, err)
		}
		evaluators := []*Evaluator{
			NewEvaluator(p, nil), NewEvaluator(p, NewFeatureCache(100, nil)), NewEvaluator(p, NewFeatureCache(1<<20, nil)),
		}
		for range 3 {
			tr := naiveTrial{data, map[string]float64{}}
			index := make([]int, len(params))
			for i, p := range params {
				index[i] = rapid.IntRange(0, len(p.Values)-1).Draw(t, "index")
				tr.params[p.Name] = p.Values[index[i]]
			}
			for i, e := range evaluators {
				e.Bind(table(0, data...))
				compareNaive(t, e, index, &tr, truth, bars, i)
			}
			if len(params) == 0 {
				compareFilter(t, &tr, truth, bars)
			}
		}
	})
}

func compareNaive(t *rapid.T, e *Evaluator, index []int, tr *naiveTrial, truth naiveTruth, bars, cache int) {
	s, err := e.Signals(context.Background(), index)
	if err != nil {
		t.Fatalf("%s: %v", truth.text, err)
	}
	for bar := range bars {
		if got, want := s.Entry.Get(bar), truth.at(tr, bar) == 1; got != want {
			t.Fatalf("%s\nbar %d of cache %d, %v: %v, want %v\n%v", truth.text, bar, cache, tr.params, got, want, e.program)
		}
	}
	if n := len(s.Entry); n > 0 && bars%64 != 0 && s.Entry[n-1]>>(bars%64) != 0 {
		t.Fatalf("%s: tail bits %x", truth.text, s.Entry[n-1])
	}
	if bars == 0 {
		return
	}
	bar := bars / 2
	values, err := e.Inspect(context.Background(), index, bar)
	if err != nil {
		t.Fatal(err)
	}
	rule := values[len(values)-1]
	if want := [...]strategy.Truth{strategy.False, strategy.Unknown, strategy.True}[truth.at(tr, bar)+1]; rule.Name != "entry" || rule.Truth != want {
		t.Fatalf("%s\nbar %d: %s is %v, want %v", truth.text, bar, rule.Name, rule.Truth, want)
	}
}

// compareFilter compares a rule without parameters as one over the rows of a table.
func compareFilter(t *rapid.T, tr *naiveTrial, truth naiveTruth, rows int) {
	f, err := strategy.CompileFilter([]strategy.Column{{Name: "a", Scale: 1}, {Name: "b", Scale: 1}, {Name: "c", Scale: 0}}, strategy.Expr{Text: truth.text})
	if err != nil {
		t.Fatalf("%s\n%v", truth.text, err)
	}
	holds, err := f.Rows(rows, func(i int) []float64 {
		if !slices.Contains(f.Columns(), i) {
			t.Fatalf("%s: column %d is asked for", truth.text, i)
		}
		return tr.columns[i]
	})
	if err != nil {
		t.Fatal(err)
	}
	for row := range rows {
		if got, want := holds(row), truth.at(tr, row) == 1; got != want {
			t.Fatalf("%s\nrow %d: %v, want %v", truth.text, row, got, want)
		}
	}
}

// TestConditionBruteForce compares Holds with the naive interpreter on every
// trial.
func TestConditionBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		truth := drawCondition(t, 3)
		c, err := strategy.CompileCondition(naiveParams, strategy.Expr{Text: truth.text})
		if err != nil {
			t.Fatalf("%s\n%v", truth.text, err)
		}
		for i, n := range naiveParams[0].Values {
			for j, x := range naiveParams[1].Values {
				tr := naiveTrial{nil, map[string]float64{"n": n, "x": x}}
				if got, want := c.Holds([]int{i, j}), truth.at(&tr, 0) == 1; got != want {
					t.Fatalf("%s: $n = %v, $x = %v: %v", truth.text, n, x, got)
				}
			}
		}
	})
}

func drawCondition(t *rapid.T, depth int) naiveTruth {
	if depth == 0 {
		a, b := drawScalar(t, 1), drawScalar(t, 1)
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(t, "compare")
		return naiveTruth{"(" + a.text + " " + op + " " + b.text + ")", false,
			func(tr *naiveTrial, bar int) int { return naiveCompare(op, a.at(tr, bar), b.at(tr, bar)) }}
	}
	a, b := drawCondition(t, depth-1), drawCondition(t, depth-1)
	switch rapid.IntRange(0, 2).Draw(t, "condition") {
	case 0:
		return naiveTruth{"(not " + a.text + ")", false, func(tr *naiveTrial, bar int) int { return -a.at(tr, bar) }}
	case 1:
		return naiveTruth{"(" + a.text + " or " + b.text + ")", false,
			func(tr *naiveTrial, bar int) int { return max(a.at(tr, bar), b.at(tr, bar)) }}
	}
	return naiveTruth{"(" + a.text + " and " + b.text + ")", false,
		func(tr *naiveTrial, bar int) int { return min(a.at(tr, bar), b.at(tr, bar)) }}
}
