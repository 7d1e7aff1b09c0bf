package strategy

import (
	"strings"
	"testing"
)

// ohlc are the columns of most tests: two decimals, but for volume.
var ohlc = []Column{{"open", 100}, {"high", 100}, {"low", 100}, {"close", 100}, {"volume", 0}}

// lets turns "name = text" into expressions.
func lets(lines ...string) []Expr {
	var out []Expr
	for _, line := range lines {
		name, text, _ := strings.Cut(line, " = ")
		out = append(out, Expr{Name: name, Text: text})
	}
	return out
}

func mustCompile(t testing.TB, d Definition) *Program {
	t.Helper()
	p, err := Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// smaCross is the SMA cross with windows 1 … fast and 1 … slow.
func smaCross(fast, slow int) Definition {
	count := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i + 1)
		}
		return v
	}
	return Definition{
		Columns: ohlc,
		Params:  []Param{{Name: "fast", Values: count(fast)}, {Name: "slow", Values: count(slow)}},
		Let:     lets("fast_ma = sma(close, $fast)", "slow_ma = sma(close, $slow)"),
		Rules: Rules{
			Entry: Expr{Text: "crosses_above(fast_ma, slow_ma)"},
			Exit:  Expr{Text: "crosses_below(fast_ma, slow_ma)"},
		},
	}
}
