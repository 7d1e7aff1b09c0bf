package main

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wholeProfiles checks that the three files are there and complete: a pprof
// profile is a gzip stream, whose checksum is its end.
func wholeProfiles(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"cpu", "mem"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b, err := io.ReadAll(z); err != nil || len(b) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "trace")); err != nil || !strings.HasPrefix(string(b), "go 1.") {
		t.Errorf("trace: %d bytes, %v", len(b), err)
	}
}

// TestProfiles: every heavy command writes whole profiles, also when it fails
// or is interrupted.
func TestProfiles(t *testing.T) {
	c := newCommand(t)
	c.write("AAA.csv", someBars)
	c.write("good.yaml", someSpec)
	c.write("grid.yaml", shortGrid)
	flags := func() (dir string, args []string) {
		dir = t.TempDir()
		return dir, []string{"--cpuprofile", filepath.Join(dir, "cpu"), "--memprofile", filepath.Join(dir, "mem"), "--trace", filepath.Join(dir, "trace")}
	}
	for _, args := range [][]string{
		{"demo"},
		{"ingest", "AAA.csv", "--bundle", "one"},
		{"bundle", "verify", "one"},
		{"sweep", "good.yaml", "--bundle", "one"},
		{"backtest", "good.yaml", "--bundle", "one"},
	} {
		dir, more := flags()
		c.ok(append(args, more...)...)
		wholeProfiles(t, dir)
	}
	dir, more := flags()
	if code, _, stderr := c.run(append([]string{"bundle", "verify", "none"}, more...)...); code != exitFailure || !strings.Contains(stderr, "none") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	wholeProfiles(t, dir)
	dir, more = flags()
	c.interrupt("r.partial.parquet", append([]string{"sweep", "grid.yaml", "--bundle", "demo", "--out", "r.parquet"}, more...)...)
	wholeProfiles(t, dir)
}

// TestProfileFails: a profile that cannot be written stops the command before
// it does anything, and ends the profiles that have begun.
func TestProfileFails(t *testing.T) {
	c := newCommand(t)
	for range 2 { // a CPU profile that ran on would refuse the second
		code, _, stderr := c.run("demo", "--cpuprofile", "cpu", "--trace", filepath.Join("none", "trace"))
		if code != exitFailure || !strings.Contains(stderr, filepath.Join("none", "trace")) {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	}
	if _, err := os.Stat("store"); err == nil {
		t.Error("the command ran")
	}
	c.ok("demo", "--cpuprofile", "cpu")
}
