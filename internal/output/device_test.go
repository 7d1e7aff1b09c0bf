//go:build unix

package output

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPipe: a pipe gets what is written, and stays.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link.csv")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("pipe", link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, link} {
		got := make(chan string)
		go func() {
			text, err := os.ReadFile(pipe)
			got <- string(text)
			if err != nil {
				t.Error(err)
			}
		}()
		if err := put(name, "rows", Options{Table: true}); err != nil {
			t.Fatal(err)
		}
		if text := <-got; text != "rows" {
			t.Errorf("%s: the pipe got %q", name, text)
		}
	}
	if got := in(t, dir); len(got) != 2 || got[0] != "link.csv L" || got[1] != "pipe p" {
		t.Errorf("%q", got)
	}
}

// TestDevice: a device is written to, and is one afterwards. It is a node of the
// test's own, which only root may make.
func TestDevice(t *testing.T) {
	dir := t.TempDir()
	null, full := filepath.Join(dir, "null"), filepath.Join(dir, "full")
	for path, minor := range map[string]uint32{null: 3, full: 7} {
		if err := unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(1, minor))); err != nil {
			t.Skip("only root makes devices:", err)
		}
	}
	if f, err := os.OpenFile(null, os.O_WRONLY, 0); err != nil {
		t.Skip("devices cannot be used here:", err)
	} else {
		f.Close()
	}
	if err := put(null, "rows", Options{Table: true}); err != nil {
		t.Error(err)
	}
	if err := put(full, "rows", Options{Table: true}); err == nil { // as a full disk
		t.Error("a full device takes rows")
	}
	for _, path := range []string{null, full} {
		if info, err := os.Stat(path); err != nil || info.Mode()&os.ModeCharDevice == 0 {
			t.Errorf("%s is no device any more: %v, %v", path, info.Mode(), err)
		}
	}
	if got := in(t, dir); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// TestDescriptor: an open file of the process is written behind what it has, by
// the name that /dev/stdout stands for; it is never replaced.
func TestDescriptor(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc")
	}
	path := filepath.Join(t.TempDir(), "redirected")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, "before "); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "stdout")
	if err := os.Symlink("/proc/self/fd/"+strconv.Itoa(int(f.Fd())), link); err != nil {
		t.Fatal(err)
	}
	before, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := put(link, "rows", Options{Table: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, " after"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "before rows after" {
		t.Errorf("%q, %v", text, err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("the open file is replaced: %v", err)
	}
}
