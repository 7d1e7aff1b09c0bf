package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// words cuts a command line as a shell does.
func words(t *testing.T, line string) []string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("command lines are for a POSIX shell")
	}
	out, err := exec.Command("sh", "-c", `printf '%s\0' `+line).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// printedLine returns the command line that an export has printed.
func printedLine(t *testing.T, stderr string) string {
	t.Helper()
	for _, line := range strings.Split(stderr, "\n") {
		if text, ok := strings.CutPrefix(line, "  bowstring "); ok {
			return text
		}
	}
	t.Fatalf("no command line:\n%s", stderr)
	return ""
}

// oddBars have a price that is missing, one below 0 and a column of their own.
const oddBars = `symbol,time,open,high,low,close,volume,vwap
"BRK/B; ""x""",2024-01-02T09:30:00.25Z,10,11,9,10.5,100,10.123456789
"BRK/B; ""x""",2024-01-02T09:31:00Z,10,11,9,,100,
con,2024-01-02T09:30:00Z,-10,12,-11,11.5,100,1e-9
CON,2024-01-02T09:30:00Z,10,9,9,11.5,100,1e-9
`

// TestExportRoundTrip runs the very line that an export prints: the bundle has
// this data already.
func TestExportRoundTrip(t *testing.T) {
	c := newCommand(t)
	bars, events := c.write("A.csv", splitBars), c.write("events.csv", someEvents)
	c.ok("ingest", bars, "--bundle", "split", "--calendar", "nyse", "--events", events, "--adjusted", "none")
	c.ok("ingest", bars, "--bundle", "splits", "--adjusted", "splits", "--label", "close")
	c.ok("ingest", c.write("odd.csv", oddBars), "--bundle", "odd", "--calendar", "24x7", "--policy", "nan=keep,price=keep,ohlc=keep")
	for i, e := range []struct {
		bundle, out string
		args        []string
	}{
		{"split", "a b's.csv", nil},
		{"split", "a.csv.gz", []string{"--events", "my events.csv"}},
		{"split", "folder/", []string{"--per-asset"}},
		{"splits", "b.csv.zst", nil},
		{"odd", "odd bars", []string{"--per-asset", "--compress", "zstd", "--format", "csv"}},
		{"odd", "odd_again.csv", nil},
		{"split", "a.parquet", nil},
		{"split", "tables/", []string{"--per-asset", "--format", "parquet", "--compress", "none"}},
		{"odd", "odd.arrow", []string{"--compress", "zstd"}},
		{"odd", "odd_tables/", []string{"--per-asset", "--format", "arrow"}},
		{"splits", "b.arrow", nil},
	} {
		before, _ := c.ok("bundle", "ls", "--output", "json")
		_, stderr := c.ok(append([]string{"bundle", "export", e.bundle, "--out", e.out}, e.args...)...)
		if !strings.Contains(stderr, "to ingest it as the same version:") {
			t.Errorf("%d: %s", i, stderr)
		}
		args := words(t, printedLine(t, stderr))
		if stdout, _ := c.ok(args...); !strings.Contains(stdout, "the bundle has this data already") {
			t.Errorf("%d: %s\nanother version:\n%s", i, args, stdout)
		}
		// Into a store of its own, as on another machine.
		again := c.dir + "/another store"
		c.ok(append(args, "--store", again)...)
		var here, there []map[string]any
		after, _ := c.ok("bundle", "ls", "--output", "json", "--store", again)
		if json.Unmarshal([]byte(before), &here) != nil || json.Unmarshal([]byte(after), &there) != nil {
			t.Fatal(before, after)
		}
		digests := make(map[any]any)
		for _, row := range here {
			digests[row["bundle"]] = row["digest"]
		}
		for _, row := range there {
			if row["digest"] != digests[row["bundle"]] {
				t.Errorf("%d: digest %v, want %v", i, row["digest"], digests[row["bundle"]])
			}
		}
	}
}

func TestExport(t *testing.T) {
	c := newCommand(t)
	bars, events := c.write("A.csv", splitBars), c.write("events.csv", someEvents)
	c.ok("ingest", bars, "--bundle", "a", "--calendar", "nyse", "--events", events, "--adjusted", "none")
	stdout, stderr := c.ok("bundle", "export", "a", "--out", "a.parquet", "--output", "json")
	var rows []map[string]any
	if err := json.Unmarshal([]byte(stdout), &rows); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat("a.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; r["format"] != "parquet" || r["rows"] != 5.0 || r["size"] != float64(info.Size()) || r["events"] != 3.0 || r["events_file"] != "a.events.csv" || r["files"] != 1.0 {
		t.Errorf("%v", rows)
	}
	if !strings.Contains(stderr, "bowstring ingest a.parquet --bundle a --calendar nyse --label open --adjusted none --events a.events.csv") {
		t.Errorf("stderr %s", stderr)
	}
	if _, err := os.Stat("a.events.csv"); err != nil {
		t.Error(err)
	}
	// To a pipe: text only, and a word about the events.
	stdout, stderr = c.ok("bundle", "export", "a", "--out", "-", "--columns", "close", "--from", "2024-01-03", "--to", "2024-01-04", "--output", "json")
	if stdout != "asset,time,close\nA,2024-01-03,22\nA,2024-01-04,12\n" || !strings.Contains(stderr, "--events FILE is where they go") {
		t.Errorf("%s%s", stdout, stderr)
	}
	// Adjusted: prices before the split halve.
	stdout, _ = c.ok("bundle", "export", "a", "--out", "-", "--columns", "close,volume", "--adjust", "splits", "--to", "2024-01-03", "--symbols", "A")
	if stdout != "asset,time,close,volume\nA,2024-01-02,10,200\nA,2024-01-03,11,200\n" {
		t.Error(stdout)
	}
	if _, stderr := c.ok("bundle", "export", "a", "--out", "part.csv", "--to", "2024-01-03", "--events", "none"); !strings.Contains(stderr, "to ingest it (another version: not all of the time was asked for; the events are not in a file") ||
		!strings.Contains(stderr, "bowstring ingest part.csv --bundle NAME --calendar nyse --label open --adjusted none\n") {
		t.Errorf("stderr %s", stderr)
	}
	if _, stderr := c.ok("bundle", "export", "a", "--out", "close.csv", "--columns", "close"); !strings.Contains(stderr, "bowstring ingest would refuse this: there is no column open") {
		t.Errorf("stderr %s", stderr)
	}
	if _, err := os.Stat("close.events.csv"); err != nil {
		t.Error(err)
	}
}

func TestExportMistakes(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("AAPL.csv", splitBars), "--bundle", "a")
	c.ok("bundle", "export", "a", "--out", "there.csv")
	c.ok("bundle", "export", "a", "--out", "folder", "--per-asset")
	c.write(filepath.Join("folder", "notes.txt"), "mine")
	for _, bad := range []struct {
		want string
		args []string
	}{
		{"--out is needed", nil},
		{"there.csv exists already: it is no result of Bowstring", []string{"--out", "there.csv"}},
		{"hint: choose another name, or give --force to replace", []string{"--out", "there.csv"}},
		{"unknown ending", []string{"--out", "README.md"}},
		{"it holds \"notes.txt\", which no export wrote\nhint: choose another name\n", []string{"--out", "folder", "--per-asset", "--force"}},
		{`asset "APL" (did you mean "AAPL"?)`, []string{"--out", "x.csv", "--symbols", "APL"}},
		{`column "clse" (did you mean "close"?)`, []string{"--out", "x.csv", "--columns", "time,clse"}},
		{"the bars of all assets go from 2024-01-02 to 2024-01-08", []string{"--out", "x.csv", "--from", "2025-01-01"}},
		{`--from "soon", --to "": want a date`, []string{"--out", "x.csv", "--from", "soon"}},
		{`--adjust: adjustment "most"`, []string{"--out", "x.csv", "--adjust", "most"}},
		{"no splits or dividends to adjust by", []string{"--out", "x.csv", "--adjust", "all"}},
		{`format "xls": want csv, parquet, arrow or json`, []string{"--out", "x.csv", "--format", "xls"}},
		{"Parquet is read from its end", []string{"--out", "-", "--format", "parquet"}},
		{"--out - is standard output", []string{"--out", "-", "--per-asset"}},
	} {
		code, stdout, stderr := c.run(append([]string{"bundle", "export", "a"}, bad.args...)...)
		if code != exitUsage || !strings.Contains(stderr, bad.want) || stdout != "" {
			t.Errorf("%v: exit code %d\n%s%s", bad.args, code, stdout, stderr)
		}
	}
	if code, _, stderr := c.run("bundle", "export", "b", "--out", "x.csv"); code != exitFailure || !strings.Contains(stderr, "bundle ls") {
		t.Errorf("no bundle: exit code %d\n%s", code, stderr)
	}
	c.ok("bundle", "export", "a", "--out", "there.csv", "--force")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"bundle", "export", "a", "--out", "x.csv"}, &out, &errs); code != exitInterrupted {
		t.Errorf("cancelled: exit code %d\n%s", code, errs.String())
	}
	if _, err := os.Stat("x.csv"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("x.csv: %v", err)
	}
}
