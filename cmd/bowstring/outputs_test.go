package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/sweep/results"
)

// outputs makes a store with a bundle "one" and two specs, good.yaml and
// other.yaml, of which grid.yaml is a longer one over the bundle "demo".
func outputs(t *testing.T) command {
	t.Helper()
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.write("good.yaml", "name: good\n"+someSpec)
	c.write("other.yaml", "name: other\n"+someSpec)
	c.write("grid.yaml", shortGrid)
	c.ok("ingest", "AAA.csv", "--bundle", "one", "--policy", "ohlc=keep")
	return c
}

// there returns the names of a folder, but for the store.
func (c command) there() (names []string) {
	c.t.Helper()
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "store" {
			names = append(names, e.Name())
		}
	}
	return names
}

func (c command) read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// writers are the commands that write a file, each with the name of one.
var fileWriters = map[string]func(name string) []string{
	"sweep": func(name string) []string { return []string{"sweep", "good.yaml", "--bundle", "one", "--out", name} },
	"top": func(name string) []string {
		return []string{"sweep", "good.yaml", "--bundle", "one", "--top", "1", "--out", name}
	},
	"trades": func(name string) []string {
		return []string{"backtest", "good.yaml", "--bundle", "one", "--trades", name}
	},
	"equity": func(name string) []string {
		return []string{"backtest", "good.yaml", "--bundle", "one", "--equity", name}
	},
	"export": func(name string) []string { return []string{"bundle", "export", "one", "--out", name} },
	"init":   func(name string) []string { return []string{"spec", "init", name} },
	"profile": func(name string) []string {
		return []string{"sweep", "good.yaml", "--bundle", "one", "--cpuprofile", name}
	},
}

// TestEveryWriter: every command refuses what is there and leaves it, replaces it
// with --force, follows links, and leaves nothing else behind.
func TestEveryWriter(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links want a privilege there")
	}
	for name, args := range fileWriters {
		t.Run(name, func(t *testing.T) {
			c := outputs(t)
			c.write("there.csv", "keep")
			for link, to := range map[string]string{"link.csv": "there.csv", "dangling.csv": "new.csv"} {
				if err := os.Symlink(to, link); err != nil {
					t.Fatal(err)
				}
			}
			before := c.there()
			for _, taken := range []string{"there.csv", "link.csv"} {
				code, _, stderr := c.run(args(taken)...)
				if code != exitUsage || !strings.Contains(stderr, taken+" exists already: it is no result of Bowstring, but a file of 4 bytes that begins with \"keep\"") || !strings.Contains(stderr, "hint: ") {
					t.Errorf("%s: exit code %d: %s", taken, code, stderr)
				}
			}
			if c.read("there.csv") != "keep" || !slices.Equal(c.there(), before) {
				t.Errorf("refused, it has changed something: %v", c.there())
			}
			c.ok(args("dangling.csv")...)
			made := c.read("new.csv")
			if made == "" {
				t.Error("the link is not followed")
			}
			c.ok(append(args("link.csv"), "--force")...)
			replaced := c.read("there.csv")
			if name == "profile" {
				made, replaced = made[:2], replaced[:2]
			}
			if replaced != made {
				t.Errorf("through the link %q is written, want %q", replaced, made)
			}
			for _, link := range []string{"link.csv", "dangling.csv"} {
				if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
					t.Errorf("%s is no link any more: %v", link, err)
				}
			}
			if want := slices.Sorted(slices.Values(append(before, "new.csv"))); !slices.Equal(c.there(), want) {
				t.Errorf("the folder has %v, want %v", c.there(), want)
			}
			if name == "init" || name == "profile" {
				return // their names say nothing
			}
			code, _, stderr := c.run(append(args("README.md"), "--force")...)
			if code != exitUsage || !strings.Contains(stderr, ".csv, .csv.gz, .csv.zst, .parquet, .arrow or .json") {
				t.Errorf("another ending: exit code %d: %s", code, stderr)
			}
		})
	}
}

// TestStdout: - is standard output, where the format can stream, and never a file.
func TestStdout(t *testing.T) {
	c := outputs(t)
	before := c.there()
	for name, rows := range map[string]int{"sweep": 3, "top": 3, "trades": 2, "equity": 9, "export": 5} {
		args := fileWriters[name]("-")
		stdout, _ := c.ok(args...)
		if lines, err := csv.NewReader(strings.NewReader(stdout)).ReadAll(); err != nil || len(lines) != rows {
			t.Errorf("%s: %d lines, want %d: %v\n%s", name, len(lines), rows, err, stdout)
		}
		if name == "export" {
			args = append(args, "--format", "json")
		}
		stdout, _ = c.ok(append(args, "--output", "json")...)
		var objects []any
		if err := json.Unmarshal([]byte(stdout), &objects); err != nil || len(objects) != rows-1 {
			t.Errorf("%s: %d objects, want %d: %v", name, len(objects), rows-1, err)
		}
	}
	if stdout, _ := c.ok("spec", "init", "-"); !strings.Contains(stdout, "rules:") {
		t.Error(stdout)
	}
	for _, args := range [][]string{
		{"sweep", "good.yaml", "--bundle", "one", "--out", "-", "--resume"},
		{"backtest", "good.yaml", "--bundle", "one", "--trades", "-", "--equity", "-"},
		{"bundle", "export", "one", "--out", "-", "--format", "parquet"},
	} {
		if code, _, stderr := c.run(args...); code != exitUsage {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
	if code, _, stderr := c.run("sweep", "good.yaml", "--bundle", "one", "--cpuprofile", "-"); code == exitOK || !strings.Contains(stderr, "standard output") {
		t.Errorf("a profile on standard output: exit code %d: %s", code, stderr)
	}
	if !slices.Equal(c.there(), before) {
		t.Errorf("the folder has %v", c.there())
	}
}

// TestBothOrNone: where one of two tables cannot be written, the other is not.
func TestBothOrNone(t *testing.T) {
	c := outputs(t)
	c.write("e.csv", "keep")
	before := c.there()
	for _, equity := range []string{"e.csv", "t.csv", filepath.Join("none", "e.csv"), "e.txt"} {
		if code, _, stderr := c.run("backtest", "good.yaml", "--bundle", "one", "--trades", "t.csv", "--equity", equity); code == exitOK {
			t.Errorf("%s: %s", equity, stderr)
		}
		if !slices.Equal(c.there(), before) || c.read("e.csv") != "keep" {
			t.Errorf("%s: the folder has %v", equity, c.there())
		}
	}
	c.ok("backtest", "good.yaml", "--bundle", "one", "--trades", "t.parquet", "--equity", "e.csv", "--force")
	if text := c.read("e.csv"); !strings.HasPrefix(text, "asset,") {
		t.Error(text)
	}
}

// childArgs is the environment variable that makes a test binary the command,
// with these arguments, a line each.
const childArgs = "BOWSTRING_TEST_ARGS"

// TestCommandChild is the child's side; it does nothing in an ordinary run.
func TestCommandChild(t *testing.T) {
	args := os.Getenv(childArgs)
	if args == "" {
		t.Skip("started by other tests")
	}
	if code := run(context.Background(), strings.Split(args, "\n"), os.Stdout, os.Stderr); code != exitOK {
		os.Exit(code)
	}
}

// child starts the command as a process of its own.
func (c command) child(args ...string) (p *exec.Cmd, stderr *bytes.Buffer) {
	c.t.Helper()
	p, stderr = c.process(args...)
	if err := p.Start(); err != nil {
		c.t.Fatal(err)
	}
	return p, stderr
}

// process is a child that has not started.
func (c command) process(args ...string) (p *exec.Cmd, stderr *bytes.Buffer) {
	p, stderr = exec.Command(os.Args[0], "-test.run=^TestCommandChild$"), new(bytes.Buffer)
	p.Env = append(os.Environ(), childArgs+"="+strings.Join(args, "\n"))
	p.Stderr = stderr
	return p, stderr
}

// longGrid takes minutes.
const longGrid = "name: long\nparams:\n  fast: {from: 2, to: 900, step: 1}\n  slow: {from: 2, to: 900, step: 1}\nuniverse: [ASPEN]\nrules:\n" +
	"  entry: crosses_above(sma(close, $fast), sma(close, $slow))\n  exit: crosses_below(sma(close, $fast), sma(close, $slow))\n"

// TestTwoSweeps: the second sweep into one file is refused with the process of
// the first, whatever it is allowed; when that is killed, the next goes on from what
// it has left. Other commands and links are no way around it.
func TestTwoSweeps(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("starts processes, and links want a privilege on Windows")
	}
	c := outputs(t)
	c.ok("demo")
	c.write("long.yaml", longGrid)
	if err := os.Symlink("two.parquet", "link.parquet"); err != nil {
		t.Fatal(err)
	}
	first, firstSays := c.child("sweep", "long.yaml", "--bundle", "demo", "--out", "two.parquet")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if info, err := os.Stat("two.partial.journal"); err == nil && info.Size() > 5000 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is finished: %s", firstSays)
		}
	}
	for _, args := range [][]string{
		{"sweep", "good.yaml", "--bundle", "one", "--out", "two.parquet"},
		{"sweep", "good.yaml", "--bundle", "one", "--out", "link.parquet", "--force"},
		{"sweep", "long.yaml", "--bundle", "demo", "--out", "two.parquet", "--resume"},
		{"bundle", "export", "one", "--out", "two.parquet"},
		{"backtest", "good.yaml", "--bundle", "one", "--trades", "two.parquet", "--force"},
	} {
		code, _, stderr := c.run(args...)
		if code != exitFailure || !strings.Contains(stderr, fmt.Sprintf("process %d is writing it", first.Process.Pid)) {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	code, _, stderr := c.run("sweep", "good.yaml", "--bundle", "one", "--out", "two.parquet")
	if code != exitUsage || !strings.Contains(stderr, `are finished there of an interrupted sweep of the spec "long"`) {
		t.Errorf("over what the killed one has left: exit code %d: %s", code, stderr)
	}
	said := regexp.MustCompile(`(\d+) trials in (\d+) rows`).FindStringSubmatch(stderr)
	code, _, stderr = c.run("sweep", "good.yaml", "--bundle", "demo", "--out", "two.parquet", "--resume")
	if code != exitUsage || !strings.Contains(stderr, "cannot resume another sweep") {
		t.Errorf("another spec: exit code %d: %s", code, stderr)
	}
	stderr = c.interruptAfter("resuming:", "sweep", "long.yaml", "--bundle", "demo", "--out", "two.parquet", "--resume")
	if said == nil || !strings.Contains(stderr, fmt.Sprintf("resuming: %s rows of %s trials are done", said[2], said[1])) {
		t.Errorf("said %q, and then %s", said, stderr)
	}
}

// interruptAfter runs the command and interrupts it when it has said something.
// It returns what the command wrote to standard error.
func (c command) interruptAfter(said string, args ...string) string {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out bytes.Buffer
	errs := &watched{said: said, then: cancel}
	if code := run(ctx, args, &out, errs); code != exitInterrupted {
		c.t.Fatalf("exit code %d: %s", code, errs)
	}
	return errs.String()
}

// watched calls then when it has got a text.
type watched struct {
	bytes.Buffer
	said string
	then func()
}

// Write implements io.Writer.
func (w *watched) Write(b []byte) (int, error) {
	n, err := w.Buffer.Write(b)
	if strings.Contains(w.String(), w.said) {
		w.then()
	}
	return n, err
}

// TestSaidAndResumed interrupts a sweep again and again: what it says is finished
// is, to the row, what the next one says it goes on from; then the file is that of
// a sweep that was left alone.
func TestSaidAndResumed(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	c.write("grid.yaml", shortGrid)
	args := []string{"sweep", "grid.yaml", "--bundle", "demo", "--out", "r.parquet"}
	finished := regexp.MustCompile(`(\d+) finished rows of (\d+) trials are in r\.partial\.parquet`)
	stderr, _ := c.interrupt("r.partial.parquet", args...)
	for turn := range 6 {
		said := finished.FindStringSubmatch(stderr)
		if said == nil {
			t.Fatalf("turn %d: %s", turn, stderr)
		}
		file, err := results.Open("r.partial.parquet")
		if err != nil {
			t.Fatal(err)
		}
		if rows := strconv.FormatInt(file.NumRows(), 10); rows != said[1] {
			t.Errorf("turn %d: %s rows are there, said %s", turn, rows, said[1])
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		stderr = c.interruptAfter("resuming:", append(args, "--resume")...)
		if want := fmt.Sprintf("resuming: %s rows of %s trials are done", said[1], said[2]); !strings.Contains(stderr, want) {
			t.Errorf("turn %d: want %q: %s", turn, want, stderr)
		}
	}
	c.ok(append(args, "--resume")...)
	args[5] = "whole.parquet"
	c.ok(args...)
	if c.read("r.parquet") != c.read("whole.parquet") {
		t.Error("other bytes")
	}
}

// TestWrongResumes: --resume beside the whole file of another sweep is refused and
// changes nothing; of the same one it says so.
func TestWrongResumes(t *testing.T) {
	c := outputs(t)
	c.ok("sweep", "good.yaml", "--bundle", "one", "--out", "a.parquet")
	before, names := c.read("a.parquet"), c.there()
	for _, bad := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"sweep", "other.yaml", "--bundle", "one", "--out", "a.parquet", "--resume"}, exitUsage, `it has the finished results of the spec "good"`},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--out", "a.parquet"}, exitUsage, "1 trial in 2 rows\nhint: --resume goes on"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--out", "a.csv", "--resume"}, exitUsage, "only a .parquet file keeps what is finished"},
		{[]string{"sweep", "good.yaml", "--bundle", "one", "--out", "a.partial.parquet"}, exitUsage, ".partial is for unfinished results"},
	} {
		if code, _, stderr := c.run(bad.args...); code != bad.code || !strings.Contains(stderr, bad.want) {
			t.Errorf("%v: exit code %d: %s", bad.args, code, stderr)
		}
	}
	_, stderr := c.ok("sweep", "good.yaml", "--bundle", "one", "--out", "a.parquet", "--resume")
	if !strings.Contains(stderr, "a.parquet is complete: its 2 rows are of this sweep") {
		t.Error(stderr)
	}
	if c.read("a.parquet") != before || !slices.Equal(c.there(), names) {
		t.Error("something has changed")
	}
	_, stderr = c.ok("demo")
	_, again := c.ok("demo")
	if strings.Contains(stderr, "is complete") || !strings.Contains(again, "demo_results.parquet is complete") {
		t.Errorf("a demo:\n%s\nand again:\n%s", stderr, again)
	}
}

// TestRemovingTheLast: the last version of a bundle is removed by --force or an
// answer, an old one as ever.
func TestRemovingTheLast(t *testing.T) {
	c := outputs(t)
	code, _, stderr := c.run("bundle", "rm", "one")
	if code != exitUsage || !strings.Contains(stderr, `bundle "one" goes with its last version; give --force to remove it`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	c.ok("bundle", "show", "one")
	for answer, gone := range map[string]bool{"y\n": true, "Yes\n": true, "n\n": false, "": false, "yesterday\n": false} {
		var question bytes.Buffer
		err := confirm("it goes", strings.NewReader(answer), &question)
		if (err == nil) != gone || question.String() != "it goes. Remove it? [y/N] " {
			t.Errorf("%q: %v after %q", answer, err, question.String())
		}
	}
	if code, _, stderr := c.run("bundle", "rm", "none"); code != exitFailure || !strings.Contains(stderr, "bundle ls") {
		t.Errorf("no bundle: exit code %d: %s", code, stderr)
	}
	digest := regexp.MustCompile(`sha256:(\w{12})`)
	stdout, _ := c.ok("bundle", "ls", "--output", "json")
	old := digest.FindStringSubmatch(stdout)[1]
	c.ok("ingest", "AAA.csv", "--bundle", "one")
	if _, _, stderr := c.run("bundle", "rm", "one"); !strings.Contains(stderr, "with all its 2 versions") {
		t.Error(stderr)
	}
	c.ok("bundle", "rm", "one@"+old)
	c.ok("bundle", "rm", "one", "--force")
}

// TestNamesThatCannotBeMeant: an empty name, which an unset variable of a shell
// leaves, and an output that is what the command reads, by whatever name.
func TestNamesThatCannotBeMeant(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links want a privilege there")
	}
	c := outputs(t)
	spec := "name: good\n" + someSpec
	c.write("spec.csv", spec)
	c.write("bars.csv", someBars)
	if err := errors.Join(os.Symlink("spec.csv", "link.csv"), os.Link("spec.csv", "hard.csv")); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		args []string
		want string
	}{
		{[]string{"sweep", "spec.csv", "--bundle", "one", "--out", ""}, "--out: the name is empty"},
		{[]string{"backtest", "spec.csv", "--bundle", "one", "--trades", "", "--equity", "e.csv"}, "--trades: the name is empty"},
		{[]string{"backtest", "spec.csv", "--bundle", "one", "--equity", ""}, "--equity: the name is empty"},
		{[]string{"sweep", "spec.csv", "--bundle", "one", "--cpuprofile", ""}, "--cpuprofile: the name is empty"},
		{[]string{"demo", "--out", "d.csv"}, "--out d.csv: a demo writes Parquet"},
		{[]string{"demo", "--out", "-"}, "--out -: a demo writes Parquet"},
		{[]string{"bundle", "rm", "one", "--force", "--store", ""}, "--store: the name is empty"},
		{[]string{"sweep", "spec.csv", "--bundle", "one", "--out", "spec.csv", "--force"}, "--out spec.csv: this is spec.csv, which the command reads"},
		{[]string{"sweep", "spec.csv", "--bundle", "one", "--out", "link.csv", "--force"}, "--out link.csv: this is spec.csv, which"},
		{[]string{"backtest", "link.csv", "--bundle", "one", "--trades", "./spec.csv", "--force"}, "--trades ./spec.csv: this is link.csv, which"},
		{[]string{"backtest", "spec.csv", "--bundle", "one", "--equity", "hard.csv", "--force"}, "--equity hard.csv: this is spec.csv, which"},
		{[]string{"ingest", "bars.csv", "--bundle", "two", "--cpuprofile", "bars.csv", "--force"}, "--cpuprofile bars.csv: this is bars.csv, which"},
	} {
		code, _, stderr := c.run(x.args...)
		if code != exitUsage || !strings.Contains(stderr, x.want) {
			t.Errorf("%q: exit code %d: %s, want %q", x.args, code, stderr, x.want)
		}
	}
	if c.read("spec.csv") != spec || c.read("bars.csv") != someBars {
		t.Error("an input has changed")
	}
	c.ok("bundle", "verify", "one")
}

// TestTwoOutputsInOneFile: the second is refused as what it is, not as another
// process's.
func TestTwoOutputsInOneFile(t *testing.T) {
	c := outputs(t)
	for _, args := range [][]string{
		{"--trades", "a.csv", "--equity", "a.csv"},
		{"--trades", "a.csv", "--equity", "./a.csv"},
		{"--memprofile", "a.csv", "--cpuprofile", "a.csv"},
	} {
		code, _, stderr := c.run(append([]string{"backtest", "good.yaml", "--bundle", "one"}, args...)...)
		if code != exitUsage || !strings.Contains(stderr, "this process is writing something else to it") || !strings.Contains(stderr, "hint: give each output a file of its own") {
			t.Errorf("%q: exit code %d: %s", args, code, stderr)
		}
	}
	if names := c.there(); slices.Contains(names, "a.csv") {
		t.Errorf("left %v", names)
	}
}

// TestFilesOfAStore: no output replaces a file of a bundle or the mark of a store,
// whatever is allowed.
func TestFilesOfAStore(t *testing.T) {
	c := outputs(t)
	var files []string
	err := filepath.WalkDir("store", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	before := make(map[string]string)
	for _, path := range files {
		before[path] = c.read(path)
	}
	for _, path := range files {
		for name, args := range fileWriters {
			code, _, stderr := c.run(append(args(path), "--force")...)
			if code != exitUsage {
				t.Errorf("%s to %s: exit code %d: %s", name, path, code, stderr)
			}
			if name == "profile" && !strings.Contains(stderr, "it is a file of a store of bundles") {
				t.Errorf("%s: %s", path, stderr)
			}
		}
		if c.read(path) != before[path] {
			t.Errorf("%s has changed", path)
		}
	}
	// A store with other things beside its bundles keeps nobody from replacing those.
	c.write("store/results.csv", "mine")
	c.ok("sweep", "good.yaml", "--bundle", "one", "--out", "store/results.csv", "--force")
	c.ok("bundle", "verify", "one")
}
