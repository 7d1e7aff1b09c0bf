package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// shortGrid has 62,500 trials of forty bars each: four row groups.
const shortGrid = `params:
  fast: {from: 2, to: 251, step: 1}
  slow: {from: 2, to: 251, step: 1}
universe: [ASPEN]
period: {from: 2010-01-01, to: 2010-02-28}
rules:
  entry: crosses_above(sma(close, $fast), sma(close, $slow))
  exit: crosses_below(sma(close, $fast), sma(close, $slow))
output: {statistics: [total_return, sharpe, trades]}
`

// interrupt runs the command and interrupts it when the file has begun to
// fill. It returns what the command wrote to standard error and how long it
// took to end.
func (c command) interrupt(file string, args ...string) (stderr string, took time.Duration) {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out, errs bytes.Buffer
	done, start := make(chan int), time.Now()
	go func() { done <- run(ctx, args, &out, &errs) }()
	for {
		if info, err := os.Stat(file); err == nil && info.Size() > 0 && info.ModTime().After(start) {
			break
		}
		select {
		case code := <-done:
			c.t.Fatalf("ended with %d before it was interrupted: %s", code, errs.String())
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	at := time.Now()
	if code := <-done; code != exitInterrupted {
		c.t.Fatalf("exit code %d: %s", code, errs.String())
	}
	return errs.String(), time.Since(at)
}

// TestResume interrupts a sweep and resumes it: the file has the bytes of one
// that was left alone. Each way to begin says which it is.
func TestResume(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("grid.yaml", shortGrid)
	sweepTo := func(out string, more ...string) []string {
		return append([]string{"sweep", spec, "--bundle", "demo", "--out", out}, more...)
	}
	_, stderr := c.ok(sweepTo("whole.parquet", "--resume")...)
	if !strings.Contains(stderr, "nothing to resume") {
		t.Errorf("a first run says %s", stderr)
	}
	stderr, took := c.interrupt("r.partial.parquet", sweepTo("r.parquet")...)
	if !strings.Contains(stderr, "--resume") {
		t.Errorf("the interrupted run does not say how to go on: %s", stderr)
	}
	t.Logf("ended %v after the interrupt", took)
	if took > time.Second { // 100 ms are meant; test machines are busy
		t.Errorf("ended %v after the interrupt", took)
	}
	code, _, stderr := c.run(sweepTo("r.parquet", "--resume", "--set", "fast=7")...)
	if code != exitUsage || !strings.Contains(stderr, results.MetaSpec) || !strings.Contains(stderr, "fast: 7") {
		t.Errorf("another spec: %d, %s", code, stderr)
	}
	_, stderr = c.ok(sweepTo("r.parquet", "--resume", "--workers", "1")...)
	if !strings.Contains(stderr, "going on from trial") {
		t.Errorf("the resumed run says %s", stderr)
	}
	whole, err := os.ReadFile("whole.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if resumed, err := os.ReadFile("r.parquet"); err != nil || !bytes.Equal(resumed, whole) {
		t.Errorf("the resumed file has other bytes: %v", err)
	}
	_, stderr = c.ok(sweepTo("r.parquet", "--resume")...)
	if !strings.Contains(stderr, "is complete") {
		t.Errorf("a second time it says %s", stderr)
	}
	if err := os.Remove("r.parquet"); err != nil {
		t.Fatal(err)
	}
	c.interrupt("r.partial.parquet", sweepTo("r.parquet")...)
	// Without --resume what is finished is not dropped, unless --force says so.
	before, err := os.ReadFile("r.partial.parquet")
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr = c.run(sweepTo("r.parquet")...)
	if code != exitUsage || !strings.Contains(stderr, "are finished there of an interrupted sweep") || !strings.Contains(stderr, "hint: --resume goes on from them, --force") {
		t.Errorf("starting again: %d, %s", code, stderr)
	}
	if after, err := os.ReadFile("r.partial.parquet"); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the refused run has changed what is there: %v", err)
	}
	c.ok(sweepTo("r.parquet", "--force")...)
	if again, err := os.ReadFile("r.parquet"); err != nil || !bytes.Equal(again, whole) {
		t.Errorf("the forced file has other bytes: %v", err)
	}
}

// TestTop: the file has the best combinations in the order of the grid, and
// the command ranks them.
func TestTop(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("cross.yaml", spec.Template())
	c.ok("sweep", spec, "--bundle", "demo", "--out", "all.parquet")
	c.ok("sweep", spec, "--bundle", "demo", "--out", "top.parquet", "--top", "4")
	head := func(file string) string {
		stdout, _ := c.ok("results", "head", file, "-n", "4", "--output", "csv")
		return stdout
	}
	if got, want := head("top.parquet"), head("all.parquet"); got != want {
		t.Errorf("ranked\n%s\nwant\n%s", got, want)
	}
	stdout, _ := c.ok("results", "show", "top.parquet", "--output", "csv")
	if !strings.Contains(stdout, "rows,36") || !strings.Contains(stdout, "bowstring.trials,15") {
		t.Errorf("show: %s", stdout)
	}
	if _, stderr := c.ok("results", "head", "top.parquet"); !strings.Contains(stderr, "best 4 of 15") {
		t.Errorf("head: %s", stderr)
	}
	printed, _ := c.ok("sweep", spec, "--bundle", "demo", "--top", "4", "-n", "9", "--output", "csv")
	if lines := strings.Count(printed, "\n"); lines != 5 {
		t.Errorf("%d lines are printed, want a header and four rows:\n%s", lines, printed)
	}
}

// TestStats: the numbers are those of the run, and also of an interrupted one.
func TestStats(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.write("s.yaml", "params:\n  n: [1, 2, 3]\n  m: [1, 2]\nrules:\n  entry: close > sma(close, $n)\n  exit: close < sma(close, $n) - $m\n")
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--policy", "ohlc=keep")
	stdout, stderr := c.ok("sweep", "s.yaml", "--bundle", "one", "--stats", "--workers", "1", "--output", "json")
	// Six trials over four bars, with a row for the asset and a pooled one.
	for _, want := range []string{"trials:     6,", "bar-steps:  24,", "rows:       12,", "found in the cache"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr)
		}
	}
	if strings.Contains(stderr, "indicators: 0 computed") {
		t.Errorf("no indicator was computed:\n%s", stderr)
	}
	if !json.Valid([]byte(stdout)) {
		t.Errorf("stdout is no JSON: %s", stdout)
	}
	c.write("long.yaml", shortGrid)
	c.ok("demo")
	stderr, _ = c.interrupt("r.partial.parquet", "sweep", "long.yaml", "--bundle", "demo", "--out", "r.parquet", "--stats")
	if !strings.Contains(stderr, "bar-steps:") {
		t.Errorf("an interrupted run has no statistics: %s", stderr)
	}
}

// TestMemory: the results of a sweep do not depend on the memory it is given,
// and too little is an error that says what is missing.
func TestMemory(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("cross.yaml", spec.Template())
	c.ok("sweep", spec, "--bundle", "demo", "--out", "all.parquet")
	c.ok("sweep", spec, "--bundle", "demo", "--out", "some.parquet", "--memory", "32MiB")
	all, err := os.ReadFile("all.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if some, err := os.ReadFile("some.parquet"); err != nil || !bytes.Equal(some, all) {
		t.Errorf("other bytes, error %v", err)
	}
	one := []string{"--bundle", "demo", "--set", "fast=10,slow=50"}
	for _, args := range [][]string{{"sweep", spec, "--bundle", "demo"}, append([]string{"backtest", spec}, one...)} {
		code, _, stderr := c.run(append(args, "--memory", "100KiB")...)
		if code != exitFailure || !strings.Contains(stderr, "are needed at least") || !strings.Contains(stderr, "hint: raise --memory") {
			t.Errorf("%s: exit code %d: %s", args[0], code, stderr)
		}
		if code, _, stderr := c.run(append(args, "--memory", "-1")...); code != exitUsage {
			t.Errorf("%s: exit code %d: %s", args[0], code, stderr)
		}
	}
	c.ok(append([]string{"backtest", spec, "--memory", "32MiB"}, one...)...)
}
