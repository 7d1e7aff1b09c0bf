package strategy

import (
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// TestAliases: a name of another program is the function that it stands for, in any
// expression.
func TestAliases(t *testing.T) {
	for alias, name := range Aliases() {
		if indicator.Find(name) == nil && crossingNamed(name) == nil {
			t.Errorf("%s stands for %s, which is none", alias, name)
		}
	}
	for _, c := range []struct{ alias, own string }{
		{"ta.crossover(ta.sma(close, 5), SMA(close, 20))", "crosses_above(sma(close, 5), sma(close, 20))"},
		{"close > MAX(high, 20)[1] and ta.barssince(close > open) < 3", "close > highest(high, 20)[1] and since(close > open) < 3"},
		{"BBANDS(close, 20, 2).upper > ta.bb(close, 20, 2).lower + ATR(14)", "bbands(close, 20, 2).upper > bbands(close, 20, 2).lower + atr(14)"},
	} {
		a, err := Compile(Definition{Columns: ohlc, Rules: Rules{Entry: Expr{Text: c.alias}}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Compile(Definition{Columns: ohlc, Rules: Rules{Entry: Expr{Text: c.own}}})
		if err != nil {
			t.Fatal(err)
		}
		if a.String() != b.String() {
			t.Errorf("%s\n%s\nis not\n%s", c.alias, a, b)
		}
	}
}
