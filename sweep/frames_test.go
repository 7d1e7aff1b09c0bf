package sweep

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func demoFrame(t *testing.T) *columnar.Frame {
	t.Helper()
	demo, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(demo.Release)
	return demo
}

// always holds two expressions equal on every bar on which both are known, and known on
// nearly all: a position is entered where they are equal, and would be left where they
// are not.
func always(t *testing.T, frame *columnar.Frame, a, b string, universe ...string) {
	t.Helper()
	s := &spec.Spec{
		Universe: universe, Params: []spec.Param{{Name: "n", Axis: spec.List(1, 3)}},
		Rules:  spec.Rules{Entry: fmt.Sprintf("(%s) == (%s) and $n > 0", a, b), Exit: fmt.Sprintf("(%s) != (%s)", a, b)},
		Output: spec.Output{Rows: spec.RowsAssets},
	}
	for _, reference := range []bool{true, false} {
		rows, _ := rowsOf(t, frame, s, reference)
		for i, r := range rows {
			if r[metrics.Trades] != 0 || r[metrics.OpenTrades] != 1 || !(r[metrics.Exposure] > 0.9) {
				t.Errorf("%s and %s, row %d: %v trades, exposure %v", a, b, i, r[metrics.Trades], r[metrics.Exposure])
			}
		}
	}
}

// TestTimeframes holds longer bars to what the bars themselves say of them: the
// demonstration bundle has every session of the exchange.
func TestTimeframes(t *testing.T) {
	demo := demoFrame(t)
	always(t, demo, `tf("1w", close)`, "value_when(week_end, close, 0)")
	always(t, demo, `tf("1M", close)`, "value_when(month_end, close, 0)")
	always(t, demo, `tf("1M", lag(close, $n))`, "value_when(month_end, close, $n)")
	always(t, demo, `tf("1w", close)[1]`, "value_when(week_end, close, 0)[1]")
	always(t, demo, `tf("1d", sma(close, 20 * $n))`, "sma(close, 20 * $n)")
	always(t, demo, `tf("1w", high) >= max(tf("1w", close), tf("1w", open)) ? 1 : 0`, `is_known(tf("1w", low)) ? 1 : 0`)
	always(t, demo, `tf("1w", close > close[1]) ? 1 : 0`, "value_when(week_end, close, 0) > value_when(week_end, close, 1) ? 1 : 0")
	always(t, demo, `max(tf("1w", volume), 0)`, `value_when(week_end, cumsum(volume), 0) - value_when(week_end, cumsum(volume), 1)`)
}

// TestNamesInTimeframes: a named expression means there what its text says, also where it
// is used outside as well.
func TestNamesInTimeframes(t *testing.T) {
	demo := demoFrame(t)
	s := &spec.Spec{
		Params: []spec.Param{{Name: "n", Axis: spec.List(5, 10)}},
		Let: []spec.Expr{
			{Name: "trend", Text: "close > average"}, {Name: "average", Text: "sma(close, $n)"},
			{Name: "spelt", Text: `tf("1w", close > sma(close, $n))`}, {Name: "named", Text: `tf("1w", trend)`},
		},
		Rules:  spec.Rules{Entry: "named and trend", Exit: "not spelt"},
		Output: spec.Output{Rows: spec.RowsAssets},
	}
	other := *s
	other.Rules = spec.Rules{Entry: "spelt and trend", Exit: "not named"}
	a, engine := rowsOf(t, demo, s, false)
	b, _ := rowsOf(t, demo, &other, true)
	if engine != pipeline.EngineEvent {
		t.Errorf("engine %s", engine)
	}
	trades := 0.0
	for i := range a {
		trades += a[i][metrics.Trades]
		if a[i][metrics.Trades] != b[i][metrics.Trades] || !(math.Abs(a[i][metrics.TotalReturn]-b[i][metrics.TotalReturn]) < 1e-9) {
			t.Errorf("row %d: %v and %v", i, a[i][metrics.TotalReturn], b[i][metrics.TotalReturn])
		}
	}
	if trades < 100 {
		t.Errorf("%v trades", trades)
	}
}

// TestOtherAssets: a strategy reads another asset as it is known at the time.
func TestOtherAssets(t *testing.T) {
	demo := demoFrame(t)
	first := demo.Asset(0)
	always(t, demo, fmt.Sprintf(`asset(%q).close`, first), "close", first)
	always(t, demo, fmt.Sprintf(`asset(%q).high[2] - asset(%[1]q).low`, first), "high[2] - low", first)
	s := &spec.Spec{Rules: spec.Rules{Entry: `asset("NONE").close > close`}}
	if _, err := prepare(t.Context(), demo, s, nil); err == nil || !strings.Contains(err.Error(), "NONE") {
		t.Errorf("got %v", err)
	}
}

// TestChoicesOfExpressions: a parameter that chooses an expression, an asset or a column
// has the trials of the specs that say one of them each, and no others: a parameter
// that a choice does not use stays at its first value.
func TestChoicesOfExpressions(t *testing.T) {
	demo := demoFrame(t)
	n := spec.Param{Name: "n", Axis: spec.List(10, 20, 40)}
	rules := spec.Rules{Entry: "$signal", Exit: "close < lowest(close[1], 15)"}
	breakout := spec.Expr{Name: "breakout", Text: "close > highest(close[1], $n)"}
	momentum := spec.Expr{Name: "momentum", Text: "close > close[100]"}
	s := &spec.Spec{Params: []spec.Param{{Name: "signal", Axis: spec.ChoiceOf(breakout, momentum)}, n}, Rules: rules, Output: spec.Output{Rows: spec.RowsAssets}}
	got, engine := rowsOf(t, demo, s, false)
	if engine != pipeline.EngineEvent {
		t.Errorf("engine %s", engine)
	}
	var want []metrics.Values
	for _, e := range []spec.Expr{breakout, momentum} {
		single := &spec.Spec{Rules: rules, Output: s.Output}
		if single.Rules.Entry = e.Text; strings.Contains(e.Text, "$n") {
			single.Params = []spec.Param{n}
		}
		rows, _ := rowsOf(t, demo, single, false)
		want = append(want, rows...)
	}
	sameValues(t, got, want)

	text := s.String()
	again, err := spec.Parse("again", []byte(text))
	if err != nil || again.String() != text {
		t.Errorf("%v\n%s", err, text)
	}

	column := &spec.Spec{Params: []spec.Param{{Name: "price", Axis: spec.Choice("open", "close")}}, Rules: spec.Rules{Entry: "crosses_above($price, sma($price, 30))", Exit: "crosses_below($price, sma($price, 30))"}, Output: s.Output}
	got, _ = rowsOf(t, demo, column, false)
	want = nil
	for _, c := range []string{"open", "close"} {
		rows, _ := rowsOf(t, demo, &spec.Spec{Rules: spec.Rules{
			Entry: strings.ReplaceAll(column.Rules.Entry, "$price", c), Exit: strings.ReplaceAll(column.Rules.Exit, "$price", c),
		}, Output: s.Output}, false)
		want = append(want, rows...)
	}
	sameValues(t, got, want)

	names := demo.Assets()
	pairs := &spec.Spec{
		Universe: names[:1], Params: []spec.Param{{Name: "pair", Axis: spec.Choice(names[1], names[2])}}, Output: s.Output,
		Rules: spec.Rules{Entry: "spread(close, asset($pair).close, 60) < 0", Exit: "spread(close, asset($pair).close, 60) > 0"},
	}
	got, _ = rowsOf(t, demo, pairs, false)
	want = nil
	for _, name := range names[1:3] {
		rows, _ := rowsOf(t, demo, &spec.Spec{Universe: names[:1], Output: s.Output, Rules: spec.Rules{
			Entry: strings.ReplaceAll(pairs.Rules.Entry, "$pair", `"`+name+`"`), Exit: strings.ReplaceAll(pairs.Rules.Exit, "$pair", `"`+name+`"`),
		}}, true)
		want = append(want, rows...)
	}
	sameValues(t, got, want)
}

func sameValues(t *testing.T, got, want []metrics.Values) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range got {
		for _, s := range metrics.Core() {
			if x, y := got[i][s], want[i][s]; x != y && !(math.IsNaN(x) && math.IsNaN(y)) && !(math.Abs(x-y) <= 1e-9*max(1, math.Abs(y))) {
				t.Fatalf("row %d: %s = %v, want %v", i, s, x, y)
			}
		}
	}
}

// TestAcrossAssets holds places, means and counts to what asset() says one by one, on
// three assets that have the same bars.
func TestAcrossAssets(t *testing.T) {
	demo := demoFrame(t)
	three := []string{"ASPEN", "BIRCH", "CEDAR"}
	a, b, c := `asset("ASPEN").close`, `asset("BIRCH").close`, `asset("CEDAR").close`
	x := `asset("ASPEN").open * ` + a
	y, z := strings.ReplaceAll(x, "ASPEN", "BIRCH"), strings.ReplaceAll(x, "ASPEN", "CEDAR")
	always(t, demo, "xs_rank(open * close) == 1 ? 1 : 0", "open * close >= max("+x+", max("+y+", "+z+")) ? 1 : 0", three...)
	always(t, demo, "xs_rank(lag(close, $n)) == 3 ? 1 : 0", "close[1] * 0 + (lag(close, $n) <= min(lag("+a+", $n), min(lag("+b+", $n), lag("+c+", $n))) ? 1 : 0)", three...)
	always(t, demo, "round(xs_mean(close) * 1000)", "round(("+a+" + "+b+" + "+c+") / 3 * 1000)", three...)
	always(t, demo, "xs_count(close > 20)", "("+a+" > 20 ? 1 : 0) + ("+b+" > 20 ? 1 : 0) + ("+c+" > 20 ? 1 : 0)", three...)
	always(t, demo, "xs_pct_rank(close)", "(3 - xs_rank(close)) / 2", three...)
	always(t, demo, "xs_count(close > 0, volume >= 0)", "3 + 0 * close", three...)
}
