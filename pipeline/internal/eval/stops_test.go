package eval

import (
	"context"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// The stops of each trial, by hand from the parameters: sl is 0.05 or 0.1, k
// is 1, 4 or 0.
func TestStopsOfATrial(t *testing.T) {
	p := mustCompile(t, strategy.Definition{
		Columns: ohlc, Params: []strategy.Param{grid("sl", 0.05, 0.1), grid("k", 1, 4, 0)}, Let: lets("risk = $sl / 2"),
		Rules: strategy.Rules{
			Entry: strategy.Expr{Text: "close > 1"}, StopLoss: strategy.Expr{Text: "$sl"},
			TakeProfit: strategy.Expr{Text: "$k / 2"}, TrailingStop: strategy.Expr{Text: "2.5 * risk * $k"},
		},
	})
	e := NewEvaluator(p, nil)
	e.Bind(flat(0, 1, 2, 3))
	for _, tc := range []struct {
		index []int
		want  strategy.Stops
		err   string
	}{
		{index: []int{0, 0}, want: strategy.Stops{Loss: 0.05, Profit: 0.5, Trailing: 0.0625}},
		{index: []int{1, 0}, want: strategy.Stops{Loss: 0.1, Profit: 0.5, Trailing: 0.125}},
		{index: []int{0, 1}, want: strategy.Stops{Loss: 0.05, Profit: 2, Trailing: 0.25}},
		{index: []int{1, 1}, want: strategy.Stops{Loss: 0.1, Profit: 2, Trailing: 0.5}},
		{index: []int{0, 2}, err: "take_profit: 0 is not a finite fraction above 0 ($k = 0)"},
	} {
		s, err := e.Signals(context.Background(), tc.index)
		if tc.err != "" {
			if err == nil || err.Error() != tc.err {
				t.Errorf("%v: error %v, want %s", tc.index, err, tc.err)
			}
			continue
		}
		if err != nil || s.Stops != tc.want || s.Entry == nil {
			t.Errorf("%v: %+v, %v, want %+v", tc.index, s, err, tc.want)
		}
	}
}

// A number that is out of range in some trials fails those.
func TestStopsOutOfRange(t *testing.T) {
	for _, tc := range []struct {
		rules strategy.Rules
		want  string
	}{
		{strategy.Rules{StopLoss: strategy.Expr{Text: "$a * 2"}}, "stop_loss: 1 is not a fraction between 0 and 1 ($a = 0.5)"},
		{strategy.Rules{StopLoss: strategy.Expr{Text: "$a - $b"}}, "stop_loss: 0 is not a fraction between 0 and 1 ($a = 0.5, $b = 0.5)"},
		{strategy.Rules{TrailingStop: strategy.Expr{Text: "($a - $b) / 0"}}, "trailing_stop: NaN is not a fraction between 0 and 1 ($a = 0.5, $b = 0.5)"},
		{strategy.Rules{TrailingStop: strategy.Expr{Text: "-$a"}}, "trailing_stop: -0.5 is not a fraction between 0 and 1 ($a = 0.5)"},
		{strategy.Rules{TakeProfit: strategy.Expr{Text: "$a / ($b - $a)"}}, "take_profit: +Inf is not a finite fraction above 0 ($a = 0.5, $b = 0.5)"},
	} {
		tc.rules.Entry = strategy.Expr{Text: "close > $a + $b"}
		p := mustCompile(t, strategy.Definition{Columns: ohlc, Params: []strategy.Param{grid("a", 0.1, 0.5), grid("b", 0.5)}, Rules: tc.rules})
		e := NewEvaluator(p, nil)
		e.Bind(flat(0, 1, 2, 3))
		if _, err := e.Signals(context.Background(), []int{1, 0}); err == nil || err.Error() != tc.want {
			t.Errorf("error %v, want %s", err, tc.want)
		}
		if _, err := e.Inspect(context.Background(), []int{1, 0}, 0); err == nil || err.Error() != tc.want {
			t.Errorf("inspect: error %v, want %s", err, tc.want)
		}
	}
}

// strategy.Stops are listed under their names, with named expressions put in, and
// Inspect shows their values.
func TestStopsAreShown(t *testing.T) {
	p := mustCompile(t, strategy.Definition{
		Columns: ohlc, Params: []strategy.Param{grid("sl", 0.25)}, Let: lets("risk = 2 * $sl"),
		Rules: strategy.Rules{Entry: strategy.Expr{Text: "close > 1"}, StopLoss: strategy.Expr{Text: "risk / 4"}, TrailingStop: strategy.Expr{Text: "0.2"}},
	})
	stops := p.Stops()
	if len(stops) != 2 || stops[0] != (strategy.Expr{Name: "stop_loss", Text: "(2 * $sl) / 4"}) || stops[1] != (strategy.Expr{Name: "trailing_stop", Text: "0.2"}) {
		t.Errorf("stops %+v", stops)
	}
	e := NewEvaluator(p, nil)
	e.Bind(flat(0, 1, 2, 3))
	values, err := e.Inspect(context.Background(), []int{0}, 1)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for _, v := range values {
		shown[v.Name] = v.Value()
	}
	if shown["stop_loss"] != "0.125" || shown["trailing_stop"] != "0.2" {
		t.Errorf("shown %v", shown)
	}
}
