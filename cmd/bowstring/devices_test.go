//go:build unix

package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPipes: a pipe gets the rows, in the format of its name, and stays.
func TestPipes(t *testing.T) {
	c := outputs(t)
	for name, rows := range map[string]int{"sweep": 3, "trades": 2, "equity": 9, "export": 5, "init": 0} {
		for _, pipe := range []string{name + ".csv", name} {
			if err := unix.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			got := make(chan []byte)
			go func() {
				text, err := os.ReadFile(pipe)
				if err != nil {
					t.Error(err)
				}
				got <- text
			}()
			c.ok(fileWriters[name](pipe)...)
			text := <-got
			if lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll(); rows > 0 && (err != nil || len(lines) != rows) {
				t.Errorf("%s: %d lines, want %d: %v", pipe, len(lines), rows, err)
			}
			if info, err := os.Lstat(pipe); err != nil || info.Mode()&fs.ModeNamedPipe == 0 || len(text) == 0 {
				t.Errorf("%s got %d bytes and is no pipe any more: %v", pipe, len(text), err)
			}
		}
	}
}

// TestDevices writes to devices of the test's own: they are devices afterwards, and
// one that is full is an error.
func TestDevices(t *testing.T) {
	c := outputs(t)
	for path, minor := range map[string]uint32{"null": 3, "full": 7} {
		if err := unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(1, minor))); err != nil {
			t.Skip("only root makes devices:", err)
		}
	}
	if f, err := os.OpenFile("null", os.O_WRONLY, 0); err != nil {
		t.Skip("devices cannot be used here:", err)
	} else if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"null.parquet", "null.arrow"} {
		if err := os.Symlink("null", link); err != nil {
			t.Fatal(err)
		}
	}
	before := c.there()
	for name, args := range fileWriters {
		for _, device := range []string{"null", "null.parquet", "null.arrow"} {
			c.ok(args(device)...)
		}
		if code, _, stderr := c.run(args("full")...); name != "profile" && (code != exitFailure || !strings.Contains(stderr, "no space left on device")) {
			t.Errorf("%s to a full device: exit code %d: %s", name, code, stderr)
		}
	}
	for _, device := range []string{"null", "full"} {
		if info, err := os.Lstat(device); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
			t.Errorf("%s is no device any more: %v", device, err)
		}
	}
	if after := c.there(); len(after) != len(before) {
		t.Errorf("the folder has %v, had %v", after, before)
	}
}

// TestRedirected: /dev/stdout is standard output also where that is a file: what
// is written there and what is printed come one behind the other.
func TestRedirected(t *testing.T) {
	if _, err := os.Stat("/dev/stdout"); err != nil {
		t.Skip("no /dev/stdout")
	}
	c := outputs(t)
	for _, name := range []string{"trades", "sweep"} {
		f, err := os.Create("redirected")
		if err != nil {
			t.Fatal(err)
		}
		p, stderr := c.process(append(fileWriters[name]("/dev/stdout"), "--output", "json")...)
		p.Stdout = f
		if err := errors.Join(p.Run(), f.Close()); err != nil {
			t.Fatalf("%v: %s", err, stderr)
		}
		table, printed, found := strings.Cut(c.read("redirected"), "\n[")
		if !found || !strings.HasPrefix(table, "asset,") && !strings.HasPrefix(table, "trial,") || !strings.Contains(printed, "]") {
			t.Errorf("%s: %q and then %q", name, table, printed)
		}
	}
}
