package spec

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Every style of YAML scalar, each with the misspelt name clos; its line and
// column are where it stands in the text.
func TestCompileErrorsPointIntoTheFile(t *testing.T) {
	text := strings.TrimPrefix(`
params: {n: [5, 10]}
where: $n < $m
let:
  a: sma(clos, $n)
  b: "sma(clos, $n)"
  c: 'é < sma(clos, $n)'
  d: |
    close >
      sma(clos, $n)
  e: >-
    close >
    sma(clos, $n)
  f: close >
    sma(clos, $n)
  g: "\u0061 < sma(clos, $n)"
  "h":   # a comment
    sma(clos, $n)
  i: |2
     close > clos
rules:
  entry: a > b and c and d and e and f and g and h > 1 and i
objective: {require: trades > 3 and clos > 1}
`, "\n")
	spec, err := Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	err = spec.Check()
	var all Errors
	if !errors.As(err, &all) {
		t.Fatalf("error %v", err)
	}
	lines := strings.Split(text, "\n")
	found := make(map[string]bool)
	for _, e := range all {
		line := []rune(lines[e.Line-1])
		rest := string(line[e.Column-1:])
		switch {
		case strings.Contains(e.Msg, `"clos"`) && e.Path == "let.g":
			// Behind an escape only the beginning of the value is known.
			if !strings.HasPrefix(rest, `"\u0061`) {
				t.Errorf("%v: at %q", e, rest)
			}
		case strings.Contains(e.Msg, `"clos"`):
			if !strings.HasPrefix(rest, "clos") || e.Path != "objective.require" && e.Suggestion != "close" {
				t.Errorf("%v: at %q", e, rest)
			}
		case e.Path == "where":
			if !strings.HasPrefix(rest, "$m") {
				t.Errorf("%v: at %q", e, rest)
			}
		}
		found[e.Path] = true
	}
	for _, path := range []string{"let.a", "let.b", "let.c", "let.d", "let.e", "let.f", "let.g", "let.h", "let.i", "where", "objective.require"} {
		if !found[path] {
			t.Errorf("%s: no error in\n%v", path, err)
		}
	}
}

// Errors of the spec and of its expressions come together.
func TestCompileReportsAllAtOnce(t *testing.T) {
	spec := Spec{
		Params: []Param{{"fast", Range(5, 1, 1)}, {"slow", List(50)}},
		Let:    []Expr{{"ma", "sma(clos, $slow)"}},
		Rules:  Rules{Entry: "ma > 1", ShortEntry: "ma < 1"},
	}
	err := spec.Check()
	for _, want := range []string{
		"params.fast: step 1 leads away", "rules.short_entry: direction long", `let.ma: `, `did you mean "close"?`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

func TestExamplesCompile(t *testing.T) {
	// Combinations that exist, by hand; see TestExampleGrids.
	trials := map[string]int64{"template.yaml": 15}
	for name, n := range map[string]int64{
		"sma_cross": 400, "rsi_reversion": 72, "donchian": 24, "sma_cross_stops": 36, "rsi2": 3 * 2, "bollinger_breakout": 5 * 3,
		"macd": 3 * 3 * 3, "reversal": 5 * 4, "short_overbought": 3 * 3, "supertrend": 3 * 5, "adx_trend": 3 * 4, "squeeze": 3 * 2,
		"zscore_reversion": 3 * 4,
		"opening_range":    2, "pairs_zscore": 2 * 2 * 2, "walkforward": 20 * 20, "walkforward_reversion": 29 * 19, "weekly_filter": 3 * 2,
		"turtle": 2*2 - 1, "vol_target": 2 * 2, "momentum_12_1": 2 * 2, "time_stop": 3 * 2, "ema_atr_trail": 2 * 2 * 3,
	} {
		trials["../../examples/"+name+".yaml"] = n
	}
	for path, text := range exampleFiles(t) {
		spec, err := Parse(path, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := spec.Check(); err != nil {
			t.Errorf("%v", err)
			continue
		}
		_, grid, err := spec.Compile(barColumns())
		if err != nil {
			t.Fatal(err)
		}
		if spec.Search.On() {
			continue // its trials are those that are asked
		}
		if n, err := grid.CountWithin(context.Background(), 0, grid.Size()); err != nil || n != trials[path] {
			t.Errorf("%s: %d trials, %v, want %d", path, n, err, trials[path])
		}
	}
}

// The short side may stand under entry and exit.
func TestShortSideRules(t *testing.T) {
	for _, text := range []string{
		"rules: {short_entry: close < open, short_exit: close > open}",
		"rules: {entry: close < open, exit: close > open}",
	} {
		spec, err := Parse("x", []byte("direction: short\n"+text))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := spec.sides(), (Rules{ShortEntry: "close < open", ShortExit: "close > open"}); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if err := spec.Check(); err != nil {
			t.Error(err)
		}
	}
}

// A condition on the first parameters answers once for all values of the
// others, and the same trials exist.
func TestWhereLooksOnlyAsFarAsItMust(t *testing.T) {
	spec := Spec{
		Params: []Param{{"a", Range(1, 9, 1)}, {"b", Range(1, 9, 1)}, {"c", Range(1, 9, 1)}},
		Where:  "$a < $b",
		Rules:  Rules{Entry: "close > $a + $b + $c"},
	}
	_, grid, err := spec.Compile(barColumns())
	if err != nil {
		t.Fatal(err)
	}
	if grid.run != 9 {
		t.Errorf("runs of %d trials, want 9", grid.run)
	}
	// 9 × 8 / 2 pairs, 9 values of c.
	if n, err := grid.CountWithin(context.Background(), 0, grid.Size()); err != nil || n != 324 {
		t.Errorf("%d trials, %v, want 324", n, err)
	}
}

// TestWhereExcludesInvalid: a value that no combination has need not be one that an
// indicator accepts; one that some combination has must be.
func TestWhereExcludesInvalid(t *testing.T) {
	for _, c := range []struct {
		where string
		want  string // "" where the spec is right
	}{
		{"$n > 0", ""},
		{"$m > $n and $n * $m > 0", ""},
		{"$n < $m", "window 0 is not"},
		{"$m > 1", "window 0 is not"},
		{"", "window 0 is not"},
	} {
		s := Spec{
			Params: []Param{{"n", Range(0, 10, 5)}, {"m", List(3, 7)}},
			Where:  c.where, Rules: Rules{Entry: "close > sma(close, $n) + $m"},
		}
		_, _, err := s.Compile(barColumns())
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("where %q: %v, want %q", c.where, err, c.want)
		}
	}
}

var _ condition = (*strategy.Condition)(nil)
