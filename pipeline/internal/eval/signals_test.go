package eval

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

var nan = math.NaN()

// ohlc are the columns of most tests: two decimals, but for volume.
var ohlc = []strategy.Column{{Name: "open", Scale: 100}, {Name: "high", Scale: 100}, {Name: "low", Scale: 100}, {Name: "close", Scale: 100}, {Name: "volume", Scale: 0}}

// lets turns "name = text" into expressions.
func lets(lines ...string) []strategy.Expr {
	var out []strategy.Expr
	for _, line := range lines {
		name, text, _ := strings.Cut(line, " = ")
		out = append(out, strategy.Expr{Name: name, Text: text})
	}
	return out
}

func grid(name string, values ...float64) strategy.Param {
	return strategy.Param{Name: name, Values: values}
}

func mustCompile(t testing.TB, d strategy.Definition) *strategy.Program {
	t.Helper()
	p, err := strategy.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// table is an asset made of slices, in the order of the columns.
func table(key int, columns ...[]float64) Asset {
	return Asset{Key: AssetKey{Asset: strconv.Itoa(key)}, Bars: len(columns[0]), Column: func(i int) []float64 { return columns[i] }}
}

// evaluate compiles an entry rule and returns its bars as text, 1 for set.
func evaluate(t testing.TB, columns []strategy.Column, params []strategy.Param, entry string, index []int, data ...[]float64) string {
	t.Helper()
	p := mustCompile(t, strategy.Definition{Columns: columns, Params: params, Rules: strategy.Rules{Entry: strategy.Expr{Text: entry}}})
	e := NewEvaluator(p, nil)
	e.Bind(table(0, data...))
	s, err := e.Signals(context.Background(), index)
	if err != nil {
		t.Fatalf("%s: %v", entry, err)
	}
	return bitText(s.Entry, len(data[0]))
}

func bitText(b kernel.Bits, bars int) string {
	if b == nil {
		return "absent"
	}
	var text strings.Builder
	for i := range bars {
		text.WriteByte('0' + byte(b[i/64]>>(i%64)&1))
	}
	return text.String()
}

// TestMasks has masks worked out by hand over
//
//	bar  0  1  2    3  4  5  6  7
//	a    1  3  2  NaN  4  4  5  1
//	b    2  2  2    2  4  3  6  0
//
// with a > b on bars 1, 5, 7, a < b on 0, 6, a == b on 2, 4, unknown on 3.
func TestMasks(t *testing.T) {
	a := []float64{1, 3, 2, nan, 4, 4, 5, 1}
	b := []float64{2, 2, 2, 2, 4, 3, 6, 0}
	columns := []strategy.Column{{Name: "a"}, {Name: "b"}}
	params := []strategy.Param{grid("n", 1, 2), grid("m", 2, 3)} // in the trial, n = 2 and m = 2
	for _, tc := range []struct{ rule, want string }{
		{"a > b", "01000101"},
		{"a >= b", "01101101"},
		{"a < b", "10000010"},
		{"a <= b", "10101010"},
		{"a == b", "00101000"},
		{"a != b", "11000111"},
		{"b < a", "01000101"},
		{"a > 3", "00001110"},
		{"3 > a", "10100001"},
		{"3 <= a", "01001110"},
		{"a == 2 * 2", "00001100"},
		{"not a > b", "10101010"},
		{"!(a > b)", "10101010"},
		{"not not a > b", "01000101"},
		{"not a + 1 > b * 2", "11101110"}, // 2>4 4>4 3>4 ? 5>8 5>6 6>12 2>0
		{"not a == b", "11000111"},
		{"a > b and b > 2", "00000100"},
		{"a > b && b > 2 || a == 1", "10000101"},
		{"a > b or a < b", "11000111"},
		{"a > 3 or b == 2", "11111110"}, // unknown or true is true
		{"not (a > 3 and b == 2)", "11101111"},
		{"not (a > 3) and b == 2", "11100000"},
		{"not (a > 3 or b == 6)", "11100001"},
		{"a[1] > 2", "00100111"},
		{"a[1] > b", "00100101"},
		{"(a > b)[1]", "00100010"},
		{"not (a > b)[1]", "01010101"}, // bar 0 has no bar before it
		{"(not a > b)[1]", "01010101"},
		{"((a > b)[1])[1]", "00010001"},
		{"lag(a > b, 2)", "00010001"},
		{"lag(a, 1) > 2", "00100111"},
		{"lag(a, $n) == 3", "00010000"},
		{"a[0] > b", "01000101"},
		{"crosses_above(a, b)", "01000101"}, // 1<=2 3>2; 4<=4 4>3; 5<=6 1>0
		{"crosses_below(b, a)", "01000101"},
		{"crosses_below(a, b)", "00000010"}, // 4>=3 5<6
		{"not crosses_above(a, b)", "00100010"},
		{"crosses_above(a, 3)", "00000000"}, // the rise from 3 is across an unknown bar
		{"crosses_above(a, 2)", "01000000"},
		{"crosses_below(a, 2)", "00000001"},
		{"crosses_above(2, a)", "00000001"},
		{"crosses_below(2, a)", "01000000"},
		{"not crosses_above(2, a)", "01100110"},
		{"crosses_above(a, $m)[1]", "00100000"},
		{"abs(a - 3) > 1", "10000011"},
		{"abs(1 - 3) < a", "01001110"},
		{"-a < -3", "00001110"},
		{"max(a, 3) > 3", "00001110"},
		{"clamp(-a, -9, max(-3, -4)) < -3", "00001110"},
		{"10 / b > 4", "11110001"}, // 5 5 5 5 2.5 3.3 1.7 +Inf
		{"b - a > 0", "10000010"},
		{"1 - b < -1", "00001110"},
		{"highest(b, 2) > 3", "00001111"},
		{"lowest(b, $m) < 3", "01111001"},
		{"highest(b, 9) > 0", "00000000"},
		{"sma(b, 2) == 2", "01110000"},
		{"sma(b, $n + 1) == 2", "00110000"},
		{"ema(b, 1) == b", "11111111"},
		{"stddev(b, 2) == 0", "01110000"},
		{"$n < $m", "00000000"},
		{"$n <= $m", "11111111"},
		{"not $n < $m", "11111111"},
		{"a > b and $n == 2", "01000101"},
		{"a > b or $n == 2", "11111111"},
		{"(a > b or $n == 2)[2]", "00111111"},
		{"not (a > b and $n == 1)[2]", "00111111"},
		{"not ($n - $m) / ($n - $m) == 1", "00000000"}, // 0/0 is unknown
		{"true", "11111111"},
		{"not true or false", "00000000"},
		{"(a > 9 or true)[3]", "00011111"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			used := params
			index := []int{1, 0}
			switch hasN, hasM := strings.Contains(tc.rule, "$n"), strings.Contains(tc.rule, "$m"); {
			case hasN && !hasM:
				used, index = params[:1], index[:1]
			case hasM && !hasN:
				used, index = params[1:], index[1:]
			case !hasN:
				used, index = nil, nil
			}
			if got := evaluate(t, columns, used, tc.rule, index, a, b); got != tc.want {
				t.Errorf("%s\n got %s\nwant %s", tc.rule, got, tc.want)
			}
		})
	}
}

// TestExamples evaluates the three example strategies over bars short enough
// to work out by hand.
func TestExamples(t *testing.T) {
	t.Run("sma cross", func(t *testing.T) {
		p := mustCompile(t, smaCross(20, 20))
		e := NewEvaluator(p, nil)
		// Windows 1 and 2: averages 1 2 4 3 1 and - 1.5 3 3.5 2.
		e.Bind(flat(0, 1, 2, 4, 3, 1))
		s, err := e.Signals(context.Background(), []int{0, 1})
		if err != nil {
			t.Fatal(err)
		}
		if entry, exit := bitText(s.Entry, 5), bitText(s.Exit, 5); entry != "00000" || exit != "00010" {
			t.Errorf("entry %s, exit %s", entry, exit)
		}
		if s.ShortEntry != nil || s.ShortExit != nil {
			t.Error("rules that are absent have masks")
		}
	})
	t.Run("rsi reversion", func(t *testing.T) {
		p := mustCompile(t, strategy.Definition{
			Columns: ohlc,
			Params:  []strategy.Param{grid("n", 2), grid("low", 30), grid("high", 70)},
			Rules: strategy.Rules{
				Entry: strategy.Expr{Text: "crosses_above(rsi(close, $n), $low)"},
				Exit:  strategy.Expr{Text: "crosses_above(rsi(close, $n), $high)"},
			},
		})
		e := NewEvaluator(p, nil)
		// Changes -1 -1 +2 +2, Wilder over 2: gains 0 1 1.5, losses 1 .5 .25,
		// RSI on bars 2, 3, 4: 0, 66.7, 85.7.
		e.Bind(flat(0, 5, 4, 3, 5, 7))
		s, err := e.Signals(context.Background(), []int{0, 0, 0})
		if err != nil {
			t.Fatal(err)
		}
		if entry, exit := bitText(s.Entry, 5), bitText(s.Exit, 5); entry != "00010" || exit != "00001" {
			t.Errorf("entry %s, exit %s", entry, exit)
		}
	})
	t.Run("donchian breakout", func(t *testing.T) {
		p := mustCompile(t, strategy.Definition{
			Columns: ohlc,
			Params:  []strategy.Param{grid("entry", 2), grid("exit", 1)},
			Rules: strategy.Rules{
				Entry: strategy.Expr{Text: "close > highest(high, $entry)[1]"},
				Exit:  strategy.Expr{Text: "close < lowest(low, $exit)[1]"},
			},
		})
		e := NewEvaluator(p, nil)
		// flat uses one price for open, high, low and close: above both of
		// the two before on bars 2 and 5, below the one before on 3 and 4.
		e.Bind(flat(0, 1, 2, 3, 2, 1, 4))
		s, err := e.Signals(context.Background(), []int{0, 0})
		if err != nil {
			t.Fatal(err)
		}
		if entry, exit := bitText(s.Entry, 6), bitText(s.Exit, 6); entry != "001001" || exit != "000110" {
			t.Errorf("entry %s, exit %s", entry, exit)
		}
	})
}

// smaCross is the SMA cross with windows 1 … fast and 1 … slow.
func smaCross(fast, slow int) strategy.Definition {
	count := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i + 1)
		}
		return v
	}
	return strategy.Definition{
		Columns: ohlc,
		Params:  []strategy.Param{{Name: "fast", Values: count(fast)}, {Name: "slow", Values: count(slow)}},
		Let:     lets("fast_ma = sma(close, $fast)", "slow_ma = sma(close, $slow)"),
		Rules: strategy.Rules{
			Entry: strategy.Expr{Text: "crosses_above(fast_ma, slow_ma)"},
			Exit:  strategy.Expr{Text: "crosses_below(fast_ma, slow_ma)"},
		},
	}
}

// flat is an asset whose bars have one price each.
func flat(key int, prices ...float64) Asset {
	return table(key, prices, prices, prices, prices, prices)
}

func TestChoice(t *testing.T) {
	p := mustCompile(t, strategy.Definition{
		Columns: ohlc,
		Params:  []strategy.Param{{Name: "f", Names: []string{"highest", "lowest", "lag"}}, grid("n", 1, 2)},
		Rules:   strategy.Rules{Entry: strategy.Expr{Text: "$f(close, $n) == 3"}},
	})
	e := NewEvaluator(p, nil)
	e.Bind(flat(0, 1, 3, 2, 3, 4))
	for _, tc := range []struct {
		index []int
		want  string
	}{
		{[]int{0, 0}, "01010"}, {[]int{0, 1}, "01110"},
		{[]int{1, 0}, "01010"}, {[]int{1, 1}, "00001"},
		{[]int{2, 0}, "00101"}, {[]int{2, 1}, "00010"},
	} {
		s, err := e.Signals(context.Background(), tc.index)
		if err != nil {
			t.Fatal(err)
		}
		if got := bitText(s.Entry, 5); got != tc.want {
			t.Errorf("%v: %s, want %s", tc.index, got, tc.want)
		}
	}
}

// TestScale shows that the exact decimal sum is used for a plain column and
// its lags only. Of 0.1 0.2 0.3 0.4 …, averages of 3 are exact tenths, which
// a sum in binary misses.
func TestScale(t *testing.T) {
	prices := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}
	for rule, want := range map[string]string{
		"sma(close, 3) == close[1]":              "001111",
		"sma(close[1], 3) == close[2]":           "000111",
		"sma(lag(close, 1), 3) == lag(close, 2)": "000111",
	} {
		if got := evaluate(t, ohlc, nil, rule, nil, prices, prices, prices, prices, prices); got != want {
			t.Errorf("%s: %s, want %s", rule, got, want)
		}
	}
	p := mustCompile(t, strategy.Definition{Columns: ohlc, Rules: strategy.Rules{Entry: strategy.Expr{Text: "sma(close, 2) + lag(close, 3)[1] + volume > highest(close, 2) * 1"}}})
	for i := range p.Graph().Nodes {
		n := &p.Graph().Nodes[i]
		want := int64(0)
		switch {
		case n.Op == graph.OpColumn && n.Text == "close" || n.Op == graph.OpCall && n.Row.Name == "lag":
			want = 100
		case n.Op == graph.OpColumn:
			want = kernel.PerWindow
		}
		if n.Scale != want {
			t.Errorf("%s has scale %d", n.Text, n.Scale)
		}
	}
}
