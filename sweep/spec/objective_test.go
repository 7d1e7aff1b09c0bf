package spec

import (
	"fmt"
	"strings"
	"testing"
)

// TestObjectiveExpression: an expression over statistics and parameters is an
// objective, is printed and read again, and what is wrong with one is said at its place.
func TestObjectiveExpression(t *testing.T) {
	const head = "params: {fast: [5, 10]}\nrules: {entry: 'close > sma(close, $fast)'}\n"
	for _, metric := range []string{"sharpe - 2 * max_drawdown", "min(sharpe, 3) - fast / 100", "-calmar"} {
		s := parse(t, head+"objective: {metric: '"+metric+"'}")
		if s.Objective.Metric != metric || !s.Objective.IsExpression() {
			t.Fatalf("objective %+v", s.Objective)
		}
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", metric, err)
		}
		if again := parse(t, s.String()); again.String() != s.String() {
			t.Errorf("%s is printed as\n%s", metric, s)
		}
	}
	// Whatever is named is a column of the results.
	s := parse(t, head+"objective: {metric: 'sharpe - 2 * var_95', require: 'skew > 0 and trades > 3'}\noutput: {statistics: [trades]}")
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprintf("%v", s.Resolved().Output.Statistics); got != "[trades sharpe var_95 skew]" {
		t.Errorf("statistics are %s", got)
	}
	for metric, want := range map[string]string{
		"sharpe - 2 * max_drawdon":  `x.yaml:3:35: objective.metric: unknown column "max_drawdon"; did you mean "max_drawdown"?`,
		"sharpe > 1":                "x.yaml:3:22: objective.metric: a number is wanted, not a mask",
		"sharpe -":                  "x.yaml:3",
		"sma(sharpe, 3)":            "looks at other rows",
		"1 + 1":                     "the same number in every row",
		"sharp":                     `"sharp" is unknown; did you mean "sharpe"?`,
		"sharpe[1]":                 "looks at other rows",
		"crosses_above(sharpe, 1)":  "a number is wanted",
		"sharpe - 2 * $fast":        "$fast",
		"close - open + sharpe * 0": "close",
	} {
		err := Check("x.yaml", []byte(head+"objective: {metric: '"+metric+"'}"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", metric, err, want)
		}
	}
}
