//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBundleCutDuringSweep: a bundle file that is cut short under a running sweep
// is bad data: one error that names it, and the finished rows stay.
func TestBundleCutDuringSweep(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	files, err := filepath.Glob(filepath.Join("store", "demo", "versions", "*", "bars.parquet"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	spec := c.write("big.yaml", "params:\n  fast: {from: 2, to: 900, step: 1}\n  slow: {from: 2, to: 900, step: 1}\nuniverse: [ASPEN]\nrules:\n  entry: crosses_above(sma(close, $fast), sma(close, $slow))\n  exit: crosses_below(sma(close, $fast), sma(close, $slow))\n")
	var out, errs bytes.Buffer
	done := make(chan int)
	go func() {
		done <- run(context.Background(), []string{"sweep", spec, "--bundle", "demo", "--out", "big.parquet"}, &out, &errs)
	}()
	for {
		if info, err := os.Stat("big.partial.parquet"); err == nil && info.Size() > 1<<10 {
			break
		}
		select {
		case code := <-done:
			t.Fatalf("ended with %d: %s", code, errs.String())
		case <-time.After(time.Millisecond):
		}
	}
	if err := os.Truncate(files[0], 4096); err != nil {
		t.Fatal(err)
	}
	code, text := <-done, errs.String()
	if code != exitBadData || strings.Count(text, "error:") != 1 || !strings.Contains(text, "bars.parquet") ||
		!strings.Contains(text, "are in big.partial.parquet") || strings.Contains(text, "goroutine") {
		t.Errorf("exit code %d: %s", code, text)
	}
	if stdout, _ := c.ok("results", "show", "big.partial.parquet"); !strings.Contains(stdout, "partial") {
		t.Errorf("show: %s", stdout)
	}
	for _, args := range [][]string{{"sweep", spec}, {"backtest", spec, "--set", "fast=3,slow=9"}, {"bundle", "verify", "demo"}, {"bundle", "export", "demo", "--out", "x.csv"}} {
		if args[0] != "bundle" {
			args = append(args, "--bundle", "demo")
		}
		if code, _, text := c.run(args...); code != exitBadData || !strings.Contains(text, "bars.parquet") {
			t.Errorf("%v: exit code %d: %s", args, code, text)
		}
	}
}
