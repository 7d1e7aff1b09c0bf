package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// volumeSpec has nothing to find in generated bars, whose volumes are random.
const volumeSpec = `name: volume
params:
  n: {from: 5, to: 50, step: 15}
  k: [1.1, 1.3]
rules:
  entry: volume > $k * sma(volume, $n)
  exit: volume < sma(volume, $n)
simulation: {commission: {bps: 5}}
`

// robustLines are the lines that robust prints as JSON.
func (c command) robustLines(args ...string) map[string]map[string]any {
	c.t.Helper()
	out, _ := c.ok(append([]string{"robust", "--output", "json", "--resamples", "100"}, args...)...)
	var lines []map[string]any
	if err := json.Unmarshal([]byte(out), &lines); err != nil {
		c.t.Fatalf("%v:\n%s", err, out)
	}
	found := make(map[string]map[string]any)
	for _, l := range lines {
		found[l["section"].(string)+" "+l["statistic"].(string)] = l
	}
	return found
}

// TestRobust: the report of a sweep without skill, for any number of workers and any
// account; what cannot be known is null with a reason; bad input is refused.
func TestRobust(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("volume.yaml", volumeSpec)
	c.ok("sweep", spec, "--bundle", "demo", "--out", "v.parquet")
	args := []string{"v.parquet", "--bundle", "demo", "--blocks", "8", "--seed", "3"}
	first, stderr := c.ok(append([]string{"robust", "--resamples", "100", "--workers", "1"}, args...)...)
	for _, workers := range []string{"2", "8"} {
		again, _ := c.ok(append([]string{"robust", "--resamples", "100", "--workers", workers}, args...)...)
		if again != first {
			t.Errorf("%s workers print\n%s\nand one\n%s", workers, again, first)
		}
	}
	if !strings.Contains(first, "None of these tests speaks for it") || !strings.Contains(stderr, "trades of a pool overlap") {
		t.Errorf("the report says\n%s%s", first, stderr)
	}
	lines := c.robustLines(args...)
	if n := lines["trials trials_counted"]["value"]; n != 8.0 {
		t.Errorf("%v trials, want 4 × 2", n)
	}
	if n := lines["overfitting splits"]["value"]; n != 70.0 {
		t.Errorf("%v splits, want C(8, 4)", n)
	}
	if l := lines["order of trades max_drawdown"]; l["value"] != nil || l["reason"] == nil {
		t.Errorf("trades of a pool: %v", l)
	}
	if text, ok := lines["summary paragraph"]["reason"].(string); !ok || !strings.Contains(text, "best of 8 trials") {
		t.Errorf("paragraph %v", lines["summary paragraph"])
	}
	one := c.robustLines(append(args, "--asset", "ASPEN", "--benchmark", "hold")...)
	if l := one["order of trades max_drawdown"]; l["value"] == nil || l["low"].(float64) > l["high"].(float64) {
		t.Errorf("trades of one asset: %v", l)
	}
	// The winner held by a rung of its own costs is what the results say of it.
	show, _ := c.ok("results", "head", "v.parquet", "-n", "1", "--output", "json", "--wide")
	var best []map[string]any
	if err := json.Unmarshal([]byte(show), &best); err != nil {
		t.Fatal(err)
	}
	for line, column := range map[string]string{"costs total_return_x1": "total_return", "winner sharpe": "sharpe", "winner max_drawdown": "max_drawdown", "grid objective": "sharpe"} {
		got, of := lines[line]["value"].(float64), best[0][column].(float64)
		if d := got - of; d > 1e-9 || d < -1e-9 {
			t.Errorf("%s is %v, the results have %v", line, got, of)
		}
	}
	for _, bad := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"demo_results.parquet"}, exitUsage, "do not name their bundle"},
		{append([]string{"v.parquet", "--bundle", "demo"}, "--blocks", "7"), exitFailure, "even number"},
		{append([]string{"v.parquet", "--bundle", "demo"}, "--asset", "NONE"), exitUsage, "NONE"},
		{append([]string{"v.parquet", "--bundle", "demo"}, "--benchmark", "NONE"), exitUsage, "NONE"},
		{append([]string{"v.parquet", "--bundle", "demo"}, "--workers", "-1"), exitUsage, "--workers"},
		{[]string{"nothing.parquet", "--bundle", "demo"}, exitFailure, "nothing.parquet"},
	} {
		code, _, stderr := c.run(append([]string{"robust"}, bad.args...)...)
		if code != bad.code || !strings.Contains(stderr, bad.want) {
			t.Errorf("%v: exit code %d, %s; want %d and %q", bad.args, code, stderr, bad.code, bad.want)
		}
	}
}

// TestLedger: sweeps are counted once, whatever ranks them and however often they run;
// --no-ledger leaves them out; a store that cannot be written to is no reason to fail.
func TestLedger(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("volume.yaml", volumeSpec)
	other := c.write("other.yaml", strings.Replace(volumeSpec, "name: volume", "name: again\nobjective: {metric: calmar}", 1))
	c.ok("sweep", spec, "--bundle", "demo")
	c.ok("sweep", other, "--bundle", "demo", "--out", "v.parquet")
	c.ok("sweep", spec, "--bundle", "demo", "--set", "n=5", "--no-ledger")
	out, stderr := c.ok("ledger", "demo", "--output", "json")
	var entries []map[string]any
	if err := json.Unmarshal([]byte(out), &entries); err != nil {
		t.Fatal(err)
	}
	if len(entries) != 3 || entries[1]["trials"] != 8.0 || entries[1]["counts"] != "yes" || entries[2]["counts"] != "no" {
		t.Errorf("entries %v", entries)
	}
	if !strings.Contains(stderr, "408 trials of 2 sweeps") {
		t.Errorf("the ledger says %s", stderr)
	}
	lines := c.robustLines("v.parquet", "--bundle", "demo", "--blocks", "4")
	if n := lines["trials trials_ledger"]["value"]; n != 408.0 {
		t.Errorf("the ledger has %v trials, want 408", n)
	}
	if _, ok := c.robustLines("v.parquet", "--bundle", "demo", "--blocks", "4", "--no-ledger")["trials trials_ledger"]; ok {
		t.Error("--no-ledger counts the ledger's trials")
	}
	path := filepath.Join(c.dir, "store", "demo", "ledger.jsonl")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o777); err != nil { // what root cannot write to, either
		t.Fatal(err)
	}
	if _, stderr := c.ok("sweep", spec, "--bundle", "demo"); !strings.Contains(stderr, "warning: the sweep is not in the ledger") {
		t.Errorf("a ledger that cannot be written: %s", stderr)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	c.ok("sweep", spec, "--bundle", "demo")
	c.ok("bundle", "rm", "demo", "--force")
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("the ledger keeps the folder of a bundle that was removed")
	}
}
