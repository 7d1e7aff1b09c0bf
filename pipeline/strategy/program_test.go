package strategy

import (
	"slices"
	"strconv"
	"testing"
)

// TestSharing lists pairs of expressions that are one node, and some that are
// not since their last bits could differ.
func TestSharing(t *testing.T) {
	for _, tc := range []struct {
		entry, exit string
		same        bool
	}{
		{"close > open", "open < close", true},
		{"not close > open", "close <= open", true},
		{"close + open > 1", "open + close > 1", true},
		{"2 * close > 1", "close * 2 > 1", true},
		{"1 < close", "close > 1", true},
		{"close > 2 * 3", "close > 6", true},
		{"close > open and high > low", "low < high and open < close", true},
		{"not (close > open or high > low)", "close <= open and high <= low", true},
		{"crosses_above(close, open)", "crosses_below(open, close)", true},
		{"crosses_above(close, 5)", "crosses_below(5, close)", true},
		{"(close > open)[2]", "close[2] > open[1][1]", true},
		{"max(close, min(3, 2 * 4)) > clamp(9, 1, 4)", "max(close, 3) > 4", true},
		{"max(close, 3) > 1", "max(3, close) > 1", false},
		{"lag(close, 2) > 1", "close[2] > 1", true},
		{"close[0] > 1", "close > 1", true},
		{"not not close > 1", "close > 1", true},
		{"close > 1 and close > 1", "close > 1", true},
		{"close - open > 1", "open - close > 1", false},
		{"close / 2 > 1", "close * 0.5 > 1", false},
		{"close + open + high > 1", "close + (open + high) > 1", false},
		{"close > 0", "close > -0.0", false},
		{"not crosses_above(close, 5)", "crosses_below(close, 5)", false},
		{"true", "true or close > 1", false},
	} {
		p := mustCompile(t, Definition{
			Columns: ohlc, Rules: Rules{Entry: Expr{Text: tc.entry}, Exit: Expr{Text: tc.exit}},
		})
		if same := slices.Equal(p.Uses(Entry), p.Uses(Exit)); same != tc.same {
			t.Errorf("%s, %s: same is %v\n%v", tc.entry, tc.exit, same, p)
		}
	}
}

// TestLagsThatDouble refuses masks whose distinct lags double with each name.
func TestLagsThatDouble(t *testing.T) {
	d := Definition{Columns: ohlc, Let: lets("m0 = close > open"), Rules: Rules{Entry: Expr{Text: "m25"}}}
	for i := range 25 {
		prev, next := strconv.Itoa(i), strconv.Itoa(i+1)
		d.Let = append(d.Let, lets("m"+next+" = m"+prev+" or m"+prev+"["+strconv.Itoa(1<<i)+"]")...)
	}
	_, err := Compile(d)
	if err == nil || err.Error() != "rules: the masks and their lags are more than 65536" {
		t.Error(err)
	}
}

func TestProgram(t *testing.T) {
	p := mustCompile(t, Definition{
		Columns: ohlc, Params: smaCross(20, 30).Params, Let: smaCross(20, 30).Let,
		Rules: Rules{Entry: Expr{Text: "crosses_above(fast_ma, slow_ma) and not high > open * 2"}, ShortExit: Expr{Text: "close[1] < $slow / 2"}},
	})
	// The product of the sizes is how many values a node has: 20, 30 or 600.
	const want = `#0   close                                                                         series  1×
#1   sma(close, $fast)                                                             series  20×   $fast
#2   sma(close, $slow)                                                             series  30×   $slow
#3   high                                                                          series  1×
#4   open                                                                          series  1×
#5   open * 2                                                                      series  1×
#6   close[1]                                                                      series  1×
#7   crosses_above(sma(close, $fast), sma(close, $slow))                           mask    600×  $fast $slow
#8   high <= (open * 2)                                                            mask    1×
#9   crosses_above(sma(close, $fast), sma(close, $slow)) and (high <= (open * 2))  mask    600×  $fast $slow
#10  close[1] < ($slow / 2)                                                        mask    30×   $slow
entry = #9
short_exit = #10
`
	if got := p.String(); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := p.Uses(ShortExit); !slices.Equal(got, []int{0, 6, 10}) {
		t.Errorf("short exit uses %v", got)
	}
	nodes := p.Nodes()
	if n := nodes[9]; !slices.Equal(n.Inputs, []int{7, 8}) || !slices.Equal(n.Params, []int{0, 1}) || n.Shared || n.Kind != KindMask {
		t.Errorf("%+v", n)
	}
	if n := nodes[10]; !n.Shared || n.Values != 30 || nodes[0].Shared {
		t.Errorf("%+v", n)
	}
	if got := p.Columns(); !slices.Equal(got, []int{0, 1, 3}) {
		t.Errorf("columns %v", got)
	}
	if p.Has(Exit) || !p.Has(ShortExit) || p.Uses(Exit) != nil {
		t.Error("rules")
	}
	if got := p.Params(); len(got) != 2 || got[1].Name != "slow" {
		t.Errorf("%v", got)
	}
}
