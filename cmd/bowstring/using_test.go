package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// usingBars are ten days of one asset, up and down by one.
func usingBars() string {
	bars := "date,open,high,low,close,volume\n"
	for i, price := range []int{10, 11, 12, 11, 10, 11, 12, 13, 12, 11} {
		bars += fmt.Sprintf("2024-01-%02d,%d,%d,%d,%d,100\n", i+1, price, price, price, price)
	}
	return bars
}

const usingSpec = `
name: using
params: {n: [2, 3, 4], x: [0, 1]}
rules: {entry: "close > sma(close, $n) + $x", exit: "close < sma(close, $n)"}
simulation: {fill: close, cash: 1000}
`

func TestNothingTraded(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	for rules, want := range map[string]string{
		"close > sma(close, $n)": "nothing traded, because entry is unknown on all 10 bars of the first combination: its windows reach further back than any asset has bars (10 at most)",
		"close > 100 + $n":       "nothing traded, because entry is true on none of 10 bars of the first combination, and unknown on 0 of them",
	} {
		spec := c.write("s.yaml", "params: {n: [40, 50]}\nrules: {entry: \""+rules+"\", exit: close < 5}\n")
		if _, stderr := c.ok("sweep", spec, "--bundle", "a"); !strings.Contains(stderr, want) {
			t.Errorf("sweep: %s\nwant %s", stderr, want)
		}
		if _, stderr := c.ok("backtest", spec, "--bundle", "a", "--set", "n=40"); !strings.Contains(stderr, want) {
			t.Errorf("backtest: %s\nwant %s", stderr, want)
		}
	}
	if _, stderr := c.ok("sweep", c.write("s.yaml", usingSpec), "--bundle", "a"); strings.Contains(stderr, "nothing traded") {
		t.Error(stderr)
	}
}

func TestWindowFlags(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), c.write("B.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	spec := c.write("s.yaml", usingSpec)
	stdout, _ := c.ok("sweep", spec, "--bundle", "a", "--symbols", "B", "--set", "n=2..4/2,x=0", "--from", "2024-01-04", "--to", "2024-01-08", "--out", "-")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[1], "0,B,2,0,") || !strings.HasPrefix(lines[3], "1,B,4,0,") {
		t.Errorf("two combinations of B and of the pool:\n%s", stdout)
	}
	equity, _ := c.ok("backtest", spec, "--bundle", "a", "--asset", "B", "--set", "n=2,x=0", "--from", "2024-01-04", "--to", "2024-01-08", "--equity", "-")
	if strings.Count(equity, "\nB,2024-01-0") != 5 || strings.Contains(equity, "\nA,") {
		t.Errorf("five days of B:\n%s", equity)
	}
	if code, _, stderr := c.run("sweep", spec, "--bundle", "a", "--from", "yesterday"); code != exitUsage || !strings.Contains(stderr, `--from "yesterday"`) {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestArrowStream: rows as an Arrow stream on standard output.
func TestArrowStream(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	spec := c.write("s.yaml", usingSpec)
	for rows, args := range map[int64][]string{
		12: {"sweep", spec, "--bundle", "a", "--out", "-"},
		20: {"backtest", spec, "--bundle", "a", "--set", "n=2,x=0", "--equity", "-"},
	} {
		stdout, _ := c.ok(append(args, "--output", "arrow")...)
		r, err := ipc.NewReader(strings.NewReader(stdout))
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for r.Next() {
			n += r.Record().NumRows()
		}
		if r.Err() != nil || n != rows {
			t.Errorf("%v: %d rows, want %d; %v", args, n, rows, r.Err())
		}
		r.Release()
	}
	if code, _, stderr := c.run("bundle", "ls", "--output", "arrow"); code != exitUsage || !strings.Contains(stderr, "--output arrow is for tables of rows") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestSpecFromStandardInput(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	f, err := os.Open(c.write("s.yaml", usingSpec))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = before }()
	stdout, _ := c.ok("sweep", "-", "--bundle", "a", "--out", "-")
	if strings.Count(stdout, "\n") != 13 {
		t.Errorf("12 rows and a header:\n%s", stdout)
	}
}

func TestResultsBeside(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	spec := c.write("s.yaml", usingSpec)
	c.ok("sweep", spec, "--bundle", "a", "--out", "r.parquet")
	c.ok("sweep", c.write("t.yaml", usingSpec+"risk_free: 0.02\n"), "--bundle", "a", "--set", "n=2,3", "--out", "t.parquet")
	stdout, _ := c.ok("results", "heatmap", "r.parquet", "--by", "trades", "--x", "x", "--output", "csv")
	// Closes are 10 11 12 11 10 11 12 13 12 11. Above their average of two by more than 0
	// from 11 on, and below from the next 11 on: two round trips, and none by more than 1.
	if !strings.Contains(stdout, "x,n,trades\n0,2,2\n1,2,0\n") {
		t.Errorf("heat map:\n%s", stdout)
	}
	if stdout, _ := c.ok("results", "heatmap", "r.parquet", "--by", "trades"); !strings.Contains(stdout, "trades") {
		t.Errorf("heat map:\n%s", stdout)
	}
	stdout, _ = c.ok("results", "compare", "r.parquet", "t.parquet", "--by", "trades", "--output", "csv")
	for _, want := range []string{"what,r.parquet,t.parquet\n", "\nrows,12,8\n", "\nbest trial,0,0\n", "\nparameters,\"n=2, x=0\",\"n=2, x=0\"\n", "\ntrades,2,2\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("compare has no %q:\n%s", want, stdout)
		}
	}
	stdout, stderr := c.ok("results", "diff", "r.parquet", "t.parquet", "--output", "csv")
	if !strings.Contains(stderr, "rows: 8 in both, 4 only in r.parquet, 0 only in t.parquet") || !strings.Contains(stderr, "+ risk_free: 0.02") {
		t.Errorf("diff:\n%s", stderr)
	}
	if !strings.Contains(stdout, "\ntotal_return,8,0,0,\n") || !strings.Contains(stdout, "\nsharpe,8,") || strings.Contains(stdout, "\nsharpe,8,0,") {
		t.Errorf("diff:\n%s", stdout)
	}
	if stdout, _ := c.ok("results", "diff", "r.parquet", "r.parquet", "--output", "csv"); strings.Count(stdout, ",12,0,0,\n") != strings.Count(stdout, "\n")-1 {
		t.Errorf("a file differs from itself:\n%s", stdout)
	}
	for want, args := range map[string][]string{
		`parameter "m"`:              {"results", "heatmap", "r.parquet", "--x", "m"},
		`column "sharp"`:             {"results", "heatmap", "r.parquet", "--by", "sharp"},
		"--tolerance -1":             {"results", "diff", "r.parquet", "t.parquet", "--tolerance", "-1"},
		"requires at least 2 arg(s)": {"results", "compare", "r.parquet"},
	} {
		if code, _, stderr := c.run(args...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
}

func TestVersionsAndPath(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	c.ok("ingest", c.write("A.csv", usingBars()+"2024-01-11,11,11,11,11,1\n"), "--bundle", "a", "--calendar", "24x7")
	stdout, _ := c.ok("bundle", "versions", "a", "--output", "csv")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 3 || !strings.HasSuffix(lines[1], ",true") || !strings.HasSuffix(lines[2], ",false") {
		t.Fatalf("two versions:\n%s", stdout)
	}
	old, _, _ := strings.Cut(lines[2], ",")
	path, _ := c.ok("bundle", "path", "a@"+old)
	if _, err := os.Stat(filepath.Join(strings.TrimSpace(path), "bars.parquet")); err != nil || !strings.Contains(path, old) {
		t.Errorf("%s: %v", path, err)
	}
}

func TestTopics(t *testing.T) {
	c := newCommand(t)
	for topic, want := range map[string]string{
		"functions": "bbands(series, window = 20, k = 2)", "statistics": "mean(r − rf) / sd(r − rf) × √ann",
		"calendars": "nyse      sessions of the New York Stock Exchange", "dialects": "--dialect NAME",
	} {
		if stdout, _ := c.ok("help", topic); !strings.Contains(stdout, want) {
			t.Errorf("help %s has no %q:\n%s", topic, want, stdout)
		}
	}
	if stdout, _ := c.ok("help"); !strings.Contains(stdout, "functions") {
		t.Error(stdout)
	}
}

// TestEstimate: what a sweep comes to is said before it starts, and one that is too
// large is refused before anything is written.
func TestEstimate(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	spec := c.write("s.yaml", usingSpec)
	if _, stderr := c.ok("sweep", spec, "--bundle", "a"); !strings.Contains(stderr, "6 trials, 12 rows; some 1ms\n") {
		t.Error(stderr)
	}
	large := []string{"sweep", spec, "--bundle", "a", "--set", "n=2..40001,x=0..0.9999/0.0001", "--out", "r.csv"}
	code, _, stderr := c.run(large...)
	if code != exitUsage || !strings.Contains(stderr, "--top N, choose fewer parameter values, or give --yes") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if _, err := os.Stat("r.csv"); err == nil {
		t.Error("r.csv was written")
	}
}

// TestInterruptedShowsTheBest: an interrupted sweep without a file prints the best of
// what is done.
func TestInterruptedShowsTheBest(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "a", "--calendar", "24x7")
	spec := c.write("s.yaml", usingSpec)
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	notes := &cancelsAt{text: "some ", cancel: cancel}
	// 80,000 combinations take far longer than it takes to be interrupted.
	code := run(ctx, []string{"sweep", spec, "--bundle", "a", "--set", "n=2..401,x=0..0.9999/0.0001"}, &out, notes)
	if code != exitInterrupted {
		t.Fatalf("exit code %d\n%s", code, notes.String())
	}
	if strings.Contains(notes.String(), "the best of the") != strings.Contains(out.String(), "total_return") {
		t.Errorf("%s\n%s", notes.String(), out.String())
	}
}

// cancelsAt cancels when a text is written.
type cancelsAt struct {
	bytes.Buffer
	text   string
	cancel func()
}

func (c *cancelsAt) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(c.text)) {
		c.cancel()
	}
	return c.Buffer.Write(b)
}
