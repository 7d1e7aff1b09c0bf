package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// searchSpec has 8,000 trials of forty bars, in generations of 1,000.
const searchSpec = `params:
  fast: {from: 2, to: 251, step: 1, log: true}
  slow: {from: 2, to: 251, step: 1}
  band: {from: 0, to: 0.05}
where: $fast < $slow
search: {random: 8000, seed: 5, generation: 1000}
universe: [ASPEN]
period: {from: 2010-01-01, to: 2010-02-28}
rules:
  entry: sma(close, $fast) > sma(close, $slow) * (1 + $band)
  exit: sma(close, $fast) < sma(close, $slow)
output: {statistics: [total_return, sharpe, max_drawdown, trades]}
`

// TestSearchCommand: a search is run, explained, interrupted and resumed by the
// commands of a grid, and what does not go with one is refused.
func TestSearchCommand(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("search.yaml", searchSpec)
	c.ok("spec", "check", spec)
	sweepTo := func(out string, more ...string) []string {
		return append([]string{"sweep", spec, "--bundle", "demo", "--out", out}, more...)
	}
	stdout, _ := c.ok("explain", spec, "--bundle", "demo")
	if !strings.Contains(stdout, "search:    random, seed 5, generations of 1000") || !strings.Contains(stdout, "trials:    8000\nrows:      16000, 11 columns") {
		t.Errorf("explain: %s", stdout)
	}
	_, stderr := c.ok(sweepTo("whole.parquet", "--stats")...)
	if !strings.Contains(stderr, "8000 trials on 1 assets") || !strings.Contains(stderr, "rows:       16000") {
		t.Errorf("sweep: %s", stderr)
	}
	c.interrupt("r.partial.parquet", sweepTo("r.parquet")...)
	if _, stderr = c.ok(sweepTo("r.parquet", "--resume", "--workers", "1")...); !strings.Contains(stderr, "going on from trial") {
		t.Errorf("resumed: %s", stderr)
	}
	whole, err := os.ReadFile("whole.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if resumed, err := os.ReadFile("r.parquet"); err != nil || !bytes.Equal(resumed, whole) {
		t.Errorf("the resumed file has other bytes: %v", err)
	}
	if _, stderr = c.ok(sweepTo("r.parquet", "--resume")...); !strings.Contains(stderr, "r.parquet is complete") {
		t.Errorf("a second time: %s", stderr)
	}
	for want, args := range map[string][]string{
		"--top does not go with a search":                  {"sweep", spec, "--bundle", "demo", "--top", "3"},
		"search.random: 8000 trials, but the space has 1 ": {"sweep", spec, "--bundle", "demo", "--set", "fast=5,slow=9,band=0.01"},
		"a backtest takes one value a parameter, but fast has 250 values, slow has 250 values and band has a range": {"backtest", spec, "--bundle", "demo"},
	} {
		if code, _, stderr := c.run(args...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, %s\nwant %s", args, code, stderr, want)
		}
	}
	c.ok("backtest", spec, "--bundle", "demo", "--set", "fast=5,slow=9,band=0.0123")
}

// TestSearchOfSeveralObjectives: what is printed is the front, and a file of any
// format says which trials are on it.
func TestSearchOfSeveralObjectives(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	text := strings.Replace(searchSpec, "{random: 8000, seed: 5, generation: 1000}",
		"{tpe: 60, objectives: [sharpe, {metric: max_drawdown, goal: minimize}]}", 1)
	spec := c.write("several.yaml", text+"objective: {require: trades >= 1}\n")
	rows := func(stdout string) (front []map[string]any) {
		if err := json.Unmarshal([]byte(stdout), &front); err != nil {
			t.Fatalf("%v: %s", err, stdout)
		}
		return front
	}
	stdout, _ := c.ok("sweep", spec, "--bundle", "demo", "--output", "json", "-n", "60")
	front := rows(stdout)
	written, _ := c.ok("sweep", spec, "--bundle", "demo", "--output", "json", "-n", "60", "--out", "several.parquet")
	if written != stdout {
		t.Errorf("with a file the front is\n%s\nwithout\n%s", written, stdout)
	}
	for i, r := range front {
		if r["pareto"] != 1.0 {
			t.Errorf("row %d has pareto %v", i, r["pareto"])
		}
		if i > 0 && (r["sharpe"].(float64) > front[i-1]["sharpe"].(float64) || r["max_drawdown"].(float64) > front[i-1]["max_drawdown"].(float64)) {
			t.Errorf("row %d is not a step down the front: %v behind %v", i, r, front[i-1])
		}
	}
	if len(front) < 2 {
		t.Errorf("a front of %d", len(front))
	}
	// Every format has the column, filled in.
	all, _ := c.ok("sweep", spec, "--bundle", "demo", "--output", "json", "--out", "-")
	on := 0
	for _, r := range rows(all) {
		if r["asset"] == "*" && r["pareto"] == 1.0 {
			on++
		}
	}
	if on != len(front) {
		t.Errorf("%d trials of the stream are on the front, want %d", on, len(front))
	}
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"results", "head", "several.parquet", "--by", "sharpe - max_drawdown", "-n", "1", "--output", "json"}, &out, &errs); code != exitOK {
		t.Fatal(errs.String())
	}
	if r := rows(out.String()); len(r) != 1 || r[0]["objective"] != r[0]["sharpe"].(float64)-r[0]["max_drawdown"].(float64) {
		t.Errorf("ranked by an expression: %s", out.String())
	}
}
