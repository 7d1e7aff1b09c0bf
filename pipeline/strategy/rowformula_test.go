package strategy

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestRowFormulaByHand: values were computed by hand.
func TestRowFormulaByHand(t *testing.T) {
	columns := []Column{{Name: "sharpe"}, {Name: "max_drawdown"}, {Name: "trades"}}
	table := [][]float64{{1, 2, math.NaN()}, {0.25, 0.5, 0.1}, {10, 0, 3}}
	for text, want := range map[string][]float64{
		"sharpe - 2 * max_drawdown":    {0.5, 1, math.NaN()},
		"sharpe":                       {1, 2, math.NaN()},
		"-max_drawdown / 2":            {-0.125, -0.25, -0.05},
		"max(trades, 5) * 1 + 0":       {10, 5, 5},
		"10 / trades":                  {1, math.Inf(1), 10.0 / 3}, // as IEEE 754 divides
		"abs(max_drawdown - 0.5) * 10": {2.5, 0, 4},
	} {
		f, err := CompileRowFormula(columns, Expr{Text: text})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := f.Rows(3, func(i int) []float64 { return table[i] })
		if err != nil || !slices.EqualFunc(got, want, func(a, b float64) bool { return a == b || a != a && b != b }) {
			t.Errorf("%s is %v, want %v (%v)", text, got, want, err)
		}
	}
}

func TestRowFormulaErrors(t *testing.T) {
	columns := []Column{{Name: "sharpe"}, {Name: "max_drawdown"}}
	for text, want := range map[string]string{
		"sharpe >":                "",
		"sharpe > 1":              "a number is wanted, not a mask",
		"1 + 2":                   "the same number in every row",
		"sharp - 1":               "sharpe",
		"sma(sharpe, 3)":          "sma() looks at other rows",
		"sharpe[1] - sharpe":      "x[…] looks at other rows",
		"sharpe - $x":             "$x",
		"sharpe * (max_drawdown":  "",
		"cumsum(sharpe) - sharpe": "looks at other rows",
	} {
		if _, err := CompileRowFormula(columns, Expr{Name: "objective", Text: text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one about %q", text, err, want)
		}
	}
}
