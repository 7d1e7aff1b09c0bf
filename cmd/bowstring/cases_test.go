package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cases returns a folder of the shared cases, or skips. Its files are read where
// they are: they are not of this repository.
func cases(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "cases", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no shared/cases/%s beside the checkout: the case is not tested", name)
	}
	return dir
}

// TestNegativePrice: a bar kept at -37.63 values what is held. By hand, in the case:
// 1000 / 18.27 units bought at 18.27 are worth 1000 + 54.7345 × (-37.63 - 18.27) =
// -2059.66 in all; sold short, 1000 + 54.7345 × 55.90 = 4059.66, and 1096.88 once
// they are bought back at 16.5.
func TestNegativePrice(t *testing.T) {
	dir := cases(t, "negative-price")
	c := newCommand(t)
	_, stderr := c.ok("ingest", filepath.Join(dir, "CL.csv"), "--bundle", "strict", "--calendar", "nyse")
	if !strings.Contains(stderr, "price 2") {
		t.Errorf("two rows are rejected by rule price: %s", stderr)
	}
	c.ok("ingest", filepath.Join(dir, "CL.csv"), "--bundle", "oil", "--calendar", "nyse", "--policy", "price=keep")
	c.ok("backtest", filepath.Join(dir, "spec.yaml"), "--bundle", "oil", "--equity", "long.csv", "--trades", "long_trades.csv")
	c.ok("backtest", filepath.Join(dir, "short.yaml"), "--bundle", "oil", "--equity", "short.csv")
	for file, want := range map[string][]string{
		"long.csv":        {"2020-04-17", ",1000", "2020-04-20", ",0", "2020-04-23", ",0"},
		"long_trades.csv": {"-37.63", "ruin"},
		"short.csv":       {"2020-04-20", ",4059.6", "2020-04-23", ",1096.88"},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rest := string(text)
		for _, w := range want {
			_, after, found := strings.Cut(rest, w)
			if !found {
				t.Errorf("%s: no %q in order in\n%s", file, w, text)
			}
			rest = after
		}
	}
}
