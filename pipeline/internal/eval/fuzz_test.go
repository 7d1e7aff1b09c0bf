package eval

import (
	"context"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// FuzzCompile shows that no text makes the compiler or the evaluator panic,
// and that what compiles can be evaluated and described.
func FuzzCompile(f *testing.F) {
	for _, seed := range []struct{ let, entry string }{
		{"sma(close, $n)", "crosses_above(close, m)"},
		{"rsi(close, $n)", "crosses_below(m, 30) or not m > 70"},
		{"highest(high, $n)[1]", "close > m and (low < m)[2]"},
		{"$f(close, 3) - $n * 2", "not (m == 1 or $n >= 2) && true"},
		{"bbands(close, $n)", "m.upper > macd(m.lower, $n, 9).hist or atr() < m.uper"},
		{"m", "m"},
		{"$n / 0", "abs(m) != -close[1 - 1]"},
		{"sma(clos, 20", "a < b < c"},
		{"if close { 1 } else { 2 }", "close | sma(3) > sum(close, # > 1)"},
		{"let x = 1; x", "{a: [1, 2]}[\"a\"]?.b ?? nil"},
		{"not not not close", "not close in open"},
		{"0x10 + 1_000 + 1e3 + .5", "close ** 2 % 3 ^ 4 .. 5"},
		{"«é»", "\"\\x00\" > `raw` + b'bytes'"},
	} {
		f.Add(seed.let, seed.entry)
	}
	f.Fuzz(func(t *testing.T, let, entry string) {
		params := []strategy.Param{grid("n", 1, 2.5), {Name: "f", Names: []string{"sma", "lag"}}}
		d := strategy.Definition{Columns: ohlc, Rules: strategy.Rules{Entry: strategy.Expr{Text: entry}}}
		full := d
		full.Params, full.Let = params, []strategy.Expr{{Name: "m", Text: let}}
		for _, d := range []strategy.Definition{d, full} {
			p, err := strategy.Compile(d)
			if (err == nil) != (p != nil) || err != nil && err.Error() == "" {
				t.Fatalf("%v, %v", p, err)
			}
			if p != nil {
				evaluateAll(t, p)
			}
		}
		if c, err := strategy.CompileCondition(params, strategy.Expr{Text: entry}); err == nil {
			c.Holds([]int{0, 0})
		}
	})
}

func evaluateAll(t *testing.T, p *strategy.Program) {
	if p.String() == "" {
		t.Fatal("no description")
	}
	e := NewEvaluator(p, NewFeatureCache(1000, nil))
	e.Bind(flat(0, 1, 2, nan, 2, 3))
	for trial := range 2 {
		index := make([]int, len(p.Params()))
		for i := range index {
			index[i] = trial
		}
		s, err := e.Signals(context.Background(), index)
		if err == nil && (len(s.Entry) != 1 || s.Entry[0]>>5 != 0) {
			t.Fatalf("mask %x", s.Entry)
		}
		if _, err := e.Inspect(context.Background(), index, 4); err != nil && err.Error() == "" {
			t.Fatal("error without a message")
		}
	}
}
