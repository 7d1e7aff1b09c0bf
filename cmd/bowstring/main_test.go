package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.uber.org/goleak"

	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestMain may be a process that TestChangedFiles has started.
func TestMain(m *testing.M) {
	if job := os.Getenv(hostileJob); job != "" {
		os.Exit(hostileMain(job))
	}
	goleak.VerifyTestMain(m)
}

// command runs the command with a store of its own, in a folder of its own.
type command struct {
	t   *testing.T
	dir string
}

func newCommand(t *testing.T) command {
	t.Helper()
	c := command{t: t, dir: t.TempDir()}
	t.Chdir(c.dir)
	t.Setenv("BOWSTRING_STORE", filepath.Join(c.dir, "store"))
	return c
}

// run runs the command and returns its exit code and what it wrote.
func (c command) run(args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// ok runs the command and fails the test where it does not succeed.
func (c command) ok(args ...string) (stdout, stderr string) {
	c.t.Helper()
	code, stdout, stderr := c.run(args...)
	if code != exitOK {
		c.t.Fatalf("bowstring %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout, stderr
}

func (c command) write(name, text string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
	return path
}

const someBars = `date,open,high,low,close,volume
2024-01-02,10,11,9,10.5,100
2024-01-03,10.5,12,10,11.5,100
2024-01-04,11.5,11,9,10,100
2024-01-05,10,13,10,12.5,100
`

const someSpec = `rules:
  entry: close > lag(close, 1)
  exit: close < lag(close, 1)
`

func TestDemo(t *testing.T) {
	c := newCommand(t)
	stdout, stderr := c.ok("demo")
	for _, want := range []string{"42801 generated rows in 8 assets", "400 trials", "next:", "results in demo_results.parquet"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr)
		}
	}
	for _, want := range []string{"sharpe", "fast", "slow"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	file, err := results.Open("demo_results.parquet")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.NumRows() != 3600 || file.Partial() {
		t.Errorf("%d rows, partial %v", file.NumRows(), file.Partial())
	}
	// Again: the same bundle, the same bytes.
	before, _ := os.ReadFile("demo_results.parquet")
	c.ok("demo", "--workers", "1", "--cache", "-1", "--out", "again.parquet")
	if after, _ := os.ReadFile("again.parquet"); !bytes.Equal(before, after) {
		t.Error("another number of workers and no cache gave other bytes")
	}
}

func TestIngestAndBundles(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	stdout, stderr := c.ok("ingest", "AAA.csv", "--bundle", "one", "--calendar", "nyse", "--output", "json")
	var rows []map[string]any
	if err := json.Unmarshal([]byte(stdout), &rows); err != nil {
		t.Fatal(err)
	}
	// The bar of 2024-01-04 opens above its high.
	if r := rows[0]; r["read"] != 4.0 || r["accepted"] != 3.0 || r["rejected"] != 1.0 || r["state"] != "new version" {
		t.Errorf("account %v", rows)
	}
	if !strings.Contains(stderr, "ohlc 1") {
		t.Errorf("stderr %s", stderr)
	}
	rejects, err := filepath.Glob(filepath.Join("store", "one", "ingests", "*", "rejects.csv"))
	if err != nil || len(rejects) != 1 {
		t.Fatal(rejects, err)
	}
	text, _ := os.ReadFile(rejects[0])
	if !strings.Contains(string(text), `AAA.csv,4,ohlc,"2024-01-04,11.5,11,9,10,100"`) {
		t.Errorf("rejects.csv: %s", text)
	}
	// The rejected bar is missing in a session of New York.
	if want := "quality, in assets: gap in 1; see bundle show one --quality"; !strings.Contains(stderr, want) {
		t.Errorf("stderr lacks %q: %s", want, stderr)
	}
	stdout, _ = c.ok("bundle", "show", "one", "--quality", "--output", "json")
	rows = nil
	if err := json.Unmarshal([]byte(stdout), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0]["asset"] != "AAA" || rows[0]["rule"] != "gap" || rows[0]["severity"] != "warning" ||
		rows[0]["count"] != 1.0 || rows[0]["first"] != "2024-01-05T00:00:00Z" {
		t.Errorf("quality %v", rows)
	}
	stdout, _ = c.ok("ingest", "AAA.csv", "--bundle", "one", "--calendar", "nyse")
	if !strings.Contains(stdout, "the bundle has this data already") {
		t.Errorf("a second ingest said %s", stdout)
	}
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--policy", "ohlc=keep")
	for _, args := range [][]string{
		{"bundle", "ls"}, {"bundle", "show", "one"}, {"bundle", "verify", "one"}, {"bundle", "gc", "one", "--keep", "1"},
		{"bundle", "ls", "--output", "csv"}, {"bundle", "verify", "one", "--output", "json"}, {"bundle", "rm", "one", "--force"}, {"bundle", "ls"},
	} {
		c.ok(args...)
	}
}

func TestSweepResultsBacktest(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("cross.yaml", spec.Template())
	_, stderr := c.ok("sweep", spec, "--bundle", "demo", "--out", "r.parquet", "--stats")
	for _, tier := range []string{"indicators, pinned: ", "indicators, by use: "} {
		if !strings.Contains(stderr, tier) {
			t.Errorf("stderr lacks %q:\n%s", tier, stderr)
		}
	}
	stdout, _ := c.ok("results", "head", "r.parquet", "--by", "total_return", "-n", "3", "--asset", "ASPEN", "--output", "csv")
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][1] != "ASPEN" {
		t.Fatalf("%v, %v", rows, err)
	}
	c.ok("results", "show", "r.parquet")
	c.ok("explain", spec, "--bundle", "demo")
	if stdout, _ := c.ok("audit", spec, "--bundle", "demo", "--trials", "1", "--cuts", "2"); !strings.Contains(stdout, "no value of an earlier bar changes") {
		t.Errorf("audit:\n%s", stdout)
	}
	set := "fast=" + rows[1][2] + ",slow=" + rows[1][3]
	stdout, _ = c.ok("backtest", spec, "--bundle", "demo", "--set", set, "--trades", "t.csv", "--equity", "e.csv", "--output", "json")
	var stats []map[string]any
	if err := json.Unmarshal([]byte(stdout), &stats); err != nil {
		t.Fatal(err)
	}
	if stats[2]["statistic"] != "total_return" || jsonText(stats[2]["ASPEN"]) != rows[1][4] {
		t.Errorf("backtest has %v, the sweep %s", stats[2], rows[1][4])
	}
	for _, f := range []string{"t.csv", "e.csv"} {
		text, err := os.ReadFile(f)
		if err != nil || bytes.Count(text, []byte("\n")) < 100 {
			t.Errorf("%s: %d bytes, %v", f, len(text), err)
		}
	}
	stdout, _ = c.ok("backtest", spec, "--bundle", "demo", "--set", set, "--asset", "ASPEN", "--explain-bar", "2011-03-14")
	for _, want := range []string{"close", "entry", "equity", "cash", "order", "2011-03-14"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the report on a bar lacks %q:\n%s", want, stdout)
		}
	}
}

// TestStopsOfTheExample: the plan of the example has its stops, and the report
// on a bar on which one of its trades ended by a stop has level and reason.
func TestStopsOfTheExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "sma_cross_stops.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("stops.yaml", string(text))
	stdout, stderr := c.ok("explain", spec, "--bundle", "demo")
	for _, want := range []string{"stop_loss $sl, take_profit $sl * 4, trailing_stop $sl * 1.5; rearm next_bar", "engine:    event"} {
		if !strings.Contains(stdout+stderr, want) {
			t.Errorf("the plan lacks %q:\n%s%s", want, stdout, stderr)
		}
	}
	set := "fast=5,slow=50,sl=0.05"
	c.ok("backtest", spec, "--bundle", "demo", "--set", set, "--trades", "t.csv")
	f, err := os.Open("t.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trades, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	// asset, side, entry_time, exit_time, …, reason
	for _, reason := range []string{"stop_loss", "trailing_stop", "take_profit"} {
		i := slices.IndexFunc(trades, func(trade []string) bool { return trade[11] == reason })
		if i < 0 {
			t.Errorf("no trade of %d ended by %s", len(trades)-1, reason)
			continue
		}
		stdout, _ := c.ok("backtest", spec, "--bundle", "demo", "--set", set, "--asset", trades[i][0], "--explain-bar", trades[i][3], "--output", "csv")
		for _, want := range []string{"\nlevel," + reason + ",", "\nfill,reason,," + reason + "\n"} {
			if !strings.Contains(stdout, want) {
				t.Errorf("the report on the bar lacks %q:\n%s", want, stdout)
			}
		}
	}
}

func jsonText(v any) string { return plainText(v) }

func TestSpecCommands(t *testing.T) {
	c := newCommand(t)
	c.ok("spec", "init", "s.yaml")
	c.ok("spec", "check", "s.yaml")
	if code, _, stderr := c.run("spec", "init", "s.yaml"); code != exitUsage || !strings.Contains(stderr, "exists") {
		t.Errorf("a second init: %d, %s", code, stderr)
	}
	stdout, _ := c.ok("spec", "schema")
	if !json.Valid([]byte(stdout)) {
		t.Error("the schema is no JSON")
	}
	stdout, _ = c.ok("spec", "init")
	if stdout != spec.Template() {
		t.Error("init without a file does not print the template")
	}
}

// TestExitCodes: 2 for mistakes in flags and specs, 3 for bad data, 1 for the
// rest; the message says what and where.
func TestExitCodes(t *testing.T) {
	c := newCommand(t)
	c.write("bad.csv", "not,a,header\n1,2,3\n")
	c.write("AAA.csv", someBars)
	c.write("bad.yaml", "params:\n  n: [1, 2]\nrules:\n  entry: sma(clos, $n) > 1\nsimulaton: {}\n")
	c.write("good.yaml", someSpec)
	c.write("grid.yaml", "params:\n  n: [1, 2]\nrules:\n  entry: close > sma(close, $n)\n")
	c.write("nobundle.parquet", "PAR1")
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	c.ok("sweep", "good.yaml", "--bundle", "one", "--out", "good.parquet")
	tests := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--no-such-flag"}, exitUsage, "--help"},
		{[]string{"nosuchcommand"}, exitUsage, "nosuchcommand"},
		{[]string{"bundle", "nosuchcommand"}, exitUsage, "nosuchcommand"},
		{[]string{"sweep"}, exitUsage, "no SPEC: give the file of a strategy"},
		{[]string{"bundle", "ls", "--output", "xml"}, exitUsage, "table, json or csv"},
		{[]string{"ingest", "AAA.csv"}, exitUsage, "--bundle"},
		{[]string{"ingest", "AAA.csv", "--bundle", "x", "--policy", "ohlc=maybe", "--calendar", "moon"}, exitUsage, "maybe"},
		{[]string{"ingest", "bad.csv", "--bundle", "x"}, exitBadData, "bad.csv"},
		{[]string{"ingest", "none.csv", "--bundle", "x"}, exitFailure, "none.csv"},
		{[]string{"spec", "check", "bad.yaml"}, exitUsage, "bad.yaml:5"},
		{[]string{"spec", "check", "bad.yaml"}, exitUsage, `did you mean "close"`},
		{[]string{"sweep", "good.yaml"}, exitUsage, "--bundle"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--resume"}, exitUsage, "--out"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--out", "x.parquet", "--resume", "--top", "3"}, exitUsage, "--top"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--top", "0"}, exitUsage, "--top 0"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "-n", "0"}, exitUsage, "--head 0"},
		{[]string{"sweep", "good.yaml", "--bundle", "none"}, exitFailure, "bundle ls"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--set", "fast"}, exitUsage, "name=value"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--set", "fast=3"}, exitUsage, "fast"},
		{[]string{"backtest", "good.yaml", "--bundle", "one", "--explain-bar", "2024-01-03"}, exitUsage, "--symbols"},
		{[]string{"backtest", "good.yaml", "--bundle", "one", "--asset", "AAA", "--explain-bar", "soon"}, exitUsage, "soon"},
		{[]string{"results", "head", "nobundle.parquet"}, exitBadData, "nobundle.parquet"},
		{[]string{"bundle", "gc", "--keep", "0"}, exitUsage, "--keep"},
		{[]string{"bundle", "gc", "none"}, exitFailure, "bundle ls"},
		{[]string{"bundle", "rm", "one@ff"}, exitUsage, "hex digits"},
		{[]string{"completion", "nosuchshell"}, exitUsage, "nosuchshell"},
		{[]string{"help", "nosuchcommand"}, exitUsage, "nosuchcommand"},
		{[]string{"help", "bundle", "nosuchcommand"}, exitUsage, "nosuchcommand"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--workers", "-1"}, exitUsage, "--workers"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "-n", "0"}, exitUsage, "--head"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--out", "folder"}, exitUsage, "folder exists already: it is a folder, and not a regular file\nhint: choose another name\n"},
		{[]string{"backtest", "good.yaml", "--bundle", "one", "--trades", "folder"}, exitUsage, "folder exists already: it is a folder, and not a regular file\nhint: choose another name\n"},
		{[]string{"backtest", "good.yaml", "--bundle", "one", "--asset", "BBB"}, exitUsage, "BBB"},
		{[]string{"backtest", "good.yaml", "--bundle", "one", "--asset", "BBB", "--explain-bar", "2024-01-03"}, exitUsage, "BBB"},
		{[]string{"backtest", "grid.yaml", "--bundle", "one"}, exitUsage, "n has 2 values"},
		{[]string{"results", "head", "good.parquet", "-n", "-1"}, exitUsage, "--top"},
		{[]string{"results", "head", "good.parquet", "--by", "sharp"}, exitUsage, `did you mean "sharpe"`},
		{[]string{"results", "head", "good.parquet", "--asset", "BBB"}, exitUsage, "BBB"},
		{[]string{"ingest", "AAA.csv", "--bundle", "x", "--policy", "ohlc=maybe", "--label", "middle"}, exitUsage, "middle"},
		{[]string{"ingest", "AAA.csv", "--bundle", "x", "--policy", "olhc=keep", "--calendar", "moon"}, exitUsage, "olhc"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			code, stdout, stderr := c.run(tt.args...)
			if code != tt.code || !strings.Contains(stderr, tt.want) {
				t.Errorf("exit code %d, want %d with %q:\n%s%s", code, tt.code, tt.want, stdout, stderr)
			}
		})
	}
}

// TestInterrupt: a cancelled context is exit code 130, and what is finished
// stays under the partial name.
func TestInterrupt(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("big.yaml", "params:\n  fast: {from: 2, to: 900, step: 1}\n  slow: {from: 2, to: 900, step: 1}\nuniverse: [ASPEN]\nrules:\n  entry: crosses_above(sma(close, $fast), sma(close, $slow))\n  exit: crosses_below(sma(close, $fast), sma(close, $slow))\n")
	said, _ := c.interrupt("big.partial.parquet", "sweep", spec, "--bundle", "demo", "--out", "big.parquet")
	if !strings.Contains(said, "big.partial.parquet") {
		t.Errorf("the file is not named: %s", said)
	}
	if _, err := os.Stat("big.parquet"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the whole file exists: %v", err)
	}
	stdout, stderr := c.ok("results", "show", "big.partial.parquet")
	if !strings.Contains(stdout, "partial") {
		t.Errorf("show: %s%s", stdout, stderr)
	}
	_, stderr = c.ok("results", "head", "big.partial.parquet", "-n", "1")
	if !strings.Contains(stderr, "partial") {
		t.Errorf("head does not say that the results are partial: %s", stderr)
	}
}

// TestHelp: every command has a text and an example.
func TestHelp(t *testing.T) {
	a := &app{}
	for _, cmd := range allCommands(root(a)) {
		if path := cmd.CommandPath(); path == "bowstring help" || strings.HasPrefix(path, "bowstring completion") {
			continue // cobra's own
		}
		if cmd.Short == "" || cmd.Example == "" {
			t.Errorf("%s: no description or example", cmd.CommandPath())
		}
	}
	c := newCommand(t)
	stdout, _ := c.ok("sweep", "--help")
	if !strings.Contains(stdout, "--workers") || !strings.Contains(stdout, "Examples:") {
		t.Errorf("help of sweep: %s", stdout)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if stdout, _ := c.ok("completion", shell); len(stdout) < 100 {
			t.Errorf("completion of %s: %s", shell, stdout)
		}
	}
	if stdout, _ := c.ok("version", "--output", "json"); !json.Valid([]byte(stdout)) {
		t.Errorf("version: %s", stdout)
	}
	if stdout, _ := c.ok("--version"); !strings.Contains(stdout, version()) {
		t.Errorf("--version: %s", stdout)
	}
	if stdout, _ := c.ok("help", "bundle", "ls"); !strings.Contains(stdout, "List the bundles") {
		t.Errorf("help of bundle ls: %s", stdout)
	}
}

func allCommands(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		all = append(all, allCommands(sub)...)
	}
	return all
}

// TestFileThatIsNoSpec: of a file of any size no more is read than a spec has. A
// file with a hole of a terabyte would fill the memory of any machine.
func TestFileThatIsNoSpec(t *testing.T) {
	c := newCommand(t)
	c.write("huge", "")
	if err := os.Truncate("huge", 1<<40); err != nil {
		t.Skip(err) // a file system without holes
	}
	names := []string{"huge"}
	if _, err := os.Stat("/dev/zero"); err == nil {
		names = append(names, "/dev/zero")
	}
	for _, name := range names {
		for _, args := range [][]string{{"sweep", name, "--bundle", "one"}, {"backtest", name, "--bundle", "one"}, {"explain", name, "--bundle", "one"}, {"spec", "check", name}} {
			code, _, stderr := c.run(args...)
			if code != exitUsage || !strings.Contains(stderr, name+": this is no spec: it has more than 1048576 bytes") {
				t.Errorf("%q: exit code %d: %s", args, code, stderr)
			}
		}
	}
}
