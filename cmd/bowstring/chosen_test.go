package main

import (
	"os"
	"strings"
	"testing"
)

const chosenSpec = `
params: {n: [3, 5, 8], x: [0.1, 0.25]}
rules: {entry: "close > sma(close, $n) * (1 + $x / 100)", exit: "close < sma(close, $n)"}
objective: {metric: max_drawdown, goal: minimize}
`

// TestBacktestFromResults: a trial of a result file is the backtest of its parameters on
// the version of its data, also where the bundle has a newer one.
func TestBacktestFromResults(t *testing.T) {
	c := newCommand(t)
	bars := "date,open,high,low,close,volume\n"
	for i, price := range []string{"10", "11", "12", "11", "9", "10", "12", "14", "13", "15", "12", "11", "13", "16", "14"} {
		bars += "2024-01-" + []string{"02", "03", "04", "05", "08", "09", "10", "11", "12", "16", "17", "18", "19", "22", "23"}[i] + strings.Repeat(","+price, 4) + ",100\n"
	}
	spec := c.write("s.yaml", chosenSpec)
	c.ok("ingest", c.write("A.csv", bars), "--bundle", "a")
	c.ok("sweep", spec, "--bundle", "a", "--out", "r.parquet")
	// Trial 3 is n 5 and x 0.25: the last parameter moves fastest.
	c.ok("backtest", spec, "--bundle", "a", "--set", "n=5,x=0.25", "--trades", "want.csv", "--equity", "equity.csv")
	c.ok("ingest", c.write("A.csv", bars+"2024-01-24,20,20,20,20,5\n"), "--bundle", "a")
	c.ok("backtest", "--from", "r.parquet", "--trial", "3", "--trades", "got.csv")
	want := strings.Split(strings.TrimSpace(read(t, "want.csv")), "\n")
	for i := range want {
		want[i] = map[bool]string{true: "trial,", false: "3,"}[i == 0] + want[i]
	}
	if got := strings.TrimSpace(read(t, "got.csv")); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	stdout, _ := c.ok("backtest", "--from", "r.parquet", "--best", "2", "--equity", "e.csv", "--output", "csv")
	best, _ := c.ok("results", "head", "r.parquet", "-n", "2", "--output", "csv")
	for i, line := range strings.Split(strings.TrimSpace(best), "\n")[1:] {
		trial, _, _ := strings.Cut(line, ",")
		if !strings.Contains(stdout, "\n"+trial+",*,") || !strings.Contains(read(t, "e.csv"), "\n"+trial+",A,2024-01-23,") {
			t.Errorf("the best but %d, trial %s, is not there:\n%s", i, trial, stdout)
		}
	}
	// One that is dated is a period.
	if stdout, _ := c.ok("backtest", spec, "--bundle", "a", "--set", "n=5,x=0.25", "--from", "2024-01-10", "--to", "2024-01-12", "--equity", "-"); strings.Count(stdout, "\n") != 7 {
		t.Errorf("three days of one account and of the pool:\n%s", stdout)
	}
	for _, bad := range []struct {
		args []string
		want string
	}{
		{[]string{"backtest"}, "no SPEC: give the file of a strategy, or --from RESULTS with --trial or --best"},
		{[]string{"backtest", spec, "--trial", "3"}, "--trial and --best choose from a result file: give it as --from RESULTS"},
		{[]string{"backtest", "--from", "r.parquet"}, "--from r.parquet needs --trial N or --best N, and not both"},
		{[]string{"backtest", "--from", "r.parquet", "--trial", "77"}, "--trial 77: r.parquet has no such trial"},
		{[]string{"backtest", "--from", "r.parquet", "--best", "1", "--set", "n=3"}, "--set does not go with --from r.parquet"},
		{[]string{"backtest", spec, "--from", "r.parquet", "--best", "1"}, "has a spec of its own: leave"},
		{[]string{"backtest", "--from", "r.parquet", "--best", "-1"}, "--best -1: at least 1 is run"},
	} {
		if code, _, stderr := c.run(bad.args...); code != exitUsage || !strings.Contains(stderr, bad.want) {
			t.Errorf("%v: exit code %d\n%swant %q", bad.args, code, stderr, bad.want)
		}
	}
}

// read reads a file of the folder that the test is in.
func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
