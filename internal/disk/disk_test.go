package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// content returns what is in the files of a folder, by name.
func content(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Name()+"="+string(b))
	}
	return all
}

// TestSteps: the zero Disk is the file system.
func TestSteps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	in := func(name string) string { return filepath.Join(dir, name) }
	var d Disk
	for i, step := range []func() error{
		func() error { return d.MkdirAll(dir) },
		func() error { return d.WriteFile(in("x"), []byte("one")) },
		func() error { return d.Link(in("x"), in("y")) },
		func() error { return d.Replace(in("x"), []byte("two")) },
		func() error { return d.Rename(in("y"), in("z")) },
		func() error { return d.SyncDir(dir) },
		func() error { return d.Remove(in("missing")) },
		func() error { return d.RemoveAll(in("missing")) },
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if got := content(t, dir); !slices.Equal(got, []string{"x=two", "z=one"}) {
		t.Errorf("%q", got)
	}
	if err := d.Mkdir(dir); !errors.Is(err, os.ErrExist) {
		t.Errorf("a folder twice: %v", err)
	}
	n, err := d.Write(in("z"), os.O_CREATE|os.O_EXCL, func(io.Writer) error { return nil })
	if n != 0 || !errors.Is(err, os.ErrExist) {
		t.Errorf("a new file that is there: %d bytes, %v", n, err)
	}
	for name, missing := range map[string]error{"sync": d.SyncDir(in("missing")), "rename": d.Rename(in("missing"), in("m")), "link": d.Link(in("missing"), in("m"))} {
		if !errors.Is(missing, os.ErrNotExist) {
			t.Errorf("%s of what is not there: %v", name, missing)
		}
	}
	if err := d.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

// TestFile cuts a file and goes on behind the cut, over more bytes than the disk
// begins with at a time.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	f, err := Disk{}.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte("0123456789abcdef"), writebackBytes/16/2)
	for range 5 {
		if n, err := f.Write(block); n != len(block) || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := f.Cut(7); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("!")); err != nil {
		t.Fatal(err)
	}
	if err := f.Finish(nil); err != nil {
		t.Fatal(err)
	}
	if got := content(t, filepath.Dir(path)); !slices.Equal(got, []string{"x=0123456!"}) {
		t.Errorf("%.100q", got)
	}
	if err := f.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
}

// TestFaults fails each step of replacing a file in turn: the old content or the
// new one is there, and every step has been asked for, by name and path.
func TestFaults(t *testing.T) {
	var steps []string
	for k := 1; ; k++ {
		dir := t.TempDir()
		path := filepath.Join(dir, "x")
		if err := (Disk{}).WriteFile(path, []byte("old")); err != nil {
			t.Fatal(err)
		}
		n := 0
		d := Disk{Fault: func(step, path string, bytes int) (int, error) {
			if n++; n == k {
				steps = append(steps, fmt.Sprint(step, " ", filepath.Base(path), " ", bytes))
				return bytes / 2, syscall.ENOSPC
			}
			return bytes, nil
		}}
		err := d.Replace(path, []byte("new!"))
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("step %d: %v", k, err)
		}
		want := []string{"x=old", "x.new=new!"}
		switch steps[k-1] {
		case "open x.new 0":
			want = want[:1]
		case "write x.new 4":
			want[1] = "x.new=ne" // what went through
		case "sync " + filepath.Base(dir) + " 0":
			want = []string{"x=new!"}
		}
		if got := content(t, dir); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", steps[k-1], got, want)
		}
	}
	for i, s := range steps {
		steps[i], _, _ = strings.Cut(s, " ")
	}
	if want := []string{"open", "write", "sync", "rename", "sync"}; !slices.Equal(steps, want) {
		t.Errorf("steps %q, want %q", steps, want)
	}
	always := Disk{Fault: func(string, string, int) (int, error) { return 0, syscall.EIO }}
	for i, err := range []error{always.Mkdir("x"), always.MkdirAll("x"), always.Link("x", "y"), always.Rename("x", "y"), always.Remove("x"), always.RemoveAll("x"), always.SyncDir("x")} {
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("step %d: %v", i, err)
		}
	}
}
