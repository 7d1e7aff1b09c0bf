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
		{"if(close > open, $n, 2)", "since(m > 1) > 2 or any(close > m, 3) and (close > 1 ? m : 2) > $n"},
		{"tf(\"1w\", sma(close, $n))", "tf(\"1M\", m > open) or tf(\"4h\", coalesce(close, $n))[1] > m"},
		{"asset(\"SPY\").close", "spread(close, m, 2) > 0 and xs_rank(m, month_end) < 3 or hour == 2 and between(\"09:30\", \"16:00\")"},
		{"vwap() + pivots().r1", "ta.crossover(m, SMA(close, 2)) or session_first and xs_count(close > 1) == 1"},
		{"entry_price * 2", "bars_since_entry > 2 or m > peak_since_entry - atr(2)"},
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

// complete gives an asset the columns, longer bars and the panel that a program asks for.
func complete(a Asset, p *strategy.Program) Asset {
	own := a.Column
	a.Column = func(i int) []float64 { return own(min(i, 4)) }
	for range p.Timeframes() {
		a.Axes = append(a.Axes, func() *Axis {
			return &Axis{Bars: 3, Column: func(i int) []float64 { return a.Column(i)[:3] }, Known: []int32{-1, 0, 0, 1, 2}}
		})
	}
	a.Panel = &Panel{Times: a.Bars, At: [][]int32{{0, 1, 2, 3, 4}}}
	bare := a
	a.Panel.Assets = []*Asset{&bare}
	return a
}

func evaluateAll(t *testing.T, p *strategy.Program) {
	if p.String() == "" {
		t.Fatal("no description")
	}
	e := NewEvaluator(p, NewFeatureCache(1000, nil))
	e.Bind(complete(flat(0, 1, 2, nan, 2, 3), p))
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
