package output

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

// put writes a file through Hold, Write and Commit.
func put(path, text string, o Options) error {
	h, err := Hold(path, o)
	if err != nil {
		return err
	}
	defer h.Release()
	if _, err := h.Write(func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
		return err
	}
	return Commit(h)
}

// in returns what is in a folder: names, with the text of files.
func in(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		what := e.Name()
		if e.Type().IsRegular() {
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			what += "=" + string(text)
		} else {
			what += " " + e.Type().String()[:1]
		}
		all = append(all, what)
	}
	return all
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]Kind{
		"a.csv": {CSV, ""}, "a.CSV.GZ": {CSV, Gzip}, "d.d/a.b.csv.zst": {CSV, Zstd}, "a.parquet": {Parquet, ""}, "a.arrow": {Arrow, ""}, "a.json": {JSON, ""},
	} {
		if got, err := KindOf(name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"README.md", "a", "", "-", ".csv", "d/.parquet", "a.gz", "a.json.gz", "a.parquet.zst", "a.txt", "csv", "a.csv/"} {
		if _, err := KindOf(name); !errors.Is(err, ErrEnding) || !strings.Contains(err.Error(), ".csv.zst, .parquet") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got := Stem("d.csv/prices.csv.zst"); got != "d.csv/prices" {
		t.Error(got)
	}
	if !Partial("a.partial.parquet") || Partial("partial.parquet") || Partial("a.parquet") {
		t.Error("the names of unfinished files")
	}
}

// TestThere: what is there is refused, by what it is, and replaced where that is
// allowed, at the end.
func TestThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	if err := put(path, "old", Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	var there *ExistsError
	if err := put(path, "new", Options{}); !errors.As(err, &there) || there.Path != path || !strings.Contains(err.Error(), `begins with "old"`) {
		t.Errorf("there already: %v", err)
	}
	h, err := Hold(path, Options{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Write(func(w io.Writer) error {
		_, err := io.WriteString(w, "new")
		if text, e := os.ReadFile(path); string(text) != "old" {
			t.Errorf("while the new one is written the old one is %q, %v", text, e)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := Commit(h); err != nil {
		t.Fatal(err)
	}
	h.Release()
	if got := in(t, dir); !slices.Equal(got, []string{"a.csv=new"}) {
		t.Errorf("%q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("who may read it has changed: %v, %v", info.Mode(), err)
	}
	// Made while the new one was written.
	late, err := Hold(filepath.Join(dir, "b.csv"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer late.Release()
	if _, err := late.Write(func(io.Writer) error { return os.WriteFile(filepath.Join(dir, "b.csv"), []byte("theirs"), 0o600) }); err != nil {
		t.Fatal(err)
	}
	if err := Commit(late); !errors.Is(err, ErrExists) {
		t.Errorf("made meanwhile: %v", err)
	}
	late.Release()
	if got := in(t, dir); !slices.Equal(got, []string{"a.csv=new", "b.csv=theirs"}) {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{dir, "-", filepath.Join(dir, "none", "a.csv")} {
		if err := put(bad, "x", Options{Force: true}); err == nil {
			t.Errorf("%s is written", bad)
		}
	}
	if err := put(filepath.Join(dir, "README.md"), "x", Options{Table: true}); !errors.Is(err, ErrEnding) {
		t.Errorf("no format: %v", err)
	}
}

// TestLinks: a link is followed, to a file, to nothing yet, through folders that
// are links and through other links, and stays.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links want a privilege there")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, folder := range []string{"far/deep", "near"} {
		if err := os.MkdirAll(at(folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{
		"near/link.csv": "../far/real.csv", "near/dangling.csv": "../far/new.csv", "near/chain.csv": "link.csv",
		"short": "far/deep", "near/up.csv": "../short/../up.csv", "near/loop.csv": "loop.csv",
	} {
		if err := os.Symlink(filepath.FromSlash(to), at(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("far/real.csv"), []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := put(at("near/link.csv"), "x", Options{}); !errors.Is(err, ErrExists) {
		t.Errorf("a link to a file: %v", err)
	}
	for _, name := range []string{"near/link.csv", "near/chain.csv", "near/dangling.csv", "near/up.csv"} {
		if err := put(at(name), name, Options{Force: true}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The folder "short" is a link, so "short/.." is far.
	if got := in(t, at("far")); !slices.Equal(got, []string{"deep d", "new.csv=near/dangling.csv", "real.csv=near/chain.csv", "up.csv=near/up.csv"}) {
		t.Errorf("%q", got)
	}
	if got := in(t, at("near")); !slices.Equal(got, []string{"chain.csv L", "dangling.csv L", "link.csv L", "loop.csv L", "up.csv L"}) {
		t.Errorf("%q", got)
	}
	if err := put(at("near/loop.csv"), "x", Options{Force: true}); err == nil {
		t.Error("a loop of links is written")
	}
	// One output by two names has one lock.
	h, err := Hold(at("near/link.csv"), Options{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	var locked *LockedError
	if _, err := Hold(at("far/real.csv"), Options{Force: true}); !errors.As(err, &locked) || locked.Process != os.Getpid() {
		t.Errorf("by its other name: %v", err)
	}
}

// TestLock: the second writer is told who the first is; a lock whose process has
// died holds nobody up, and a file that is no lock is left alone.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	h, err := Hold(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Hold(path, Options{Force: true})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "this process is writing") {
		t.Errorf("the second writer: %v", err)
	}
	h.Release()
	if got := in(t, dir); got != nil {
		t.Errorf("left %q", got)
	}
	if err := os.WriteFile(lockPath(path), []byte("bowstring 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := put(path, "x", Options{}); err != nil {
		t.Errorf("behind a dead process: %v", err)
	}
	if err := os.WriteFile(lockPath(path), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := put(path, "y", Options{Force: true}); err == nil || !strings.Contains(err.Error(), "in the way") {
		t.Errorf("a file that is no lock: %v", err)
	}
	if got := in(t, dir); !slices.Equal(got, []string{".a.csv.bowstring-lock=mine", "a.csv=x"}) {
		t.Errorf("%q", got)
	}
}

// TestFaults fails every step of replacing two files in turn: afterwards both are
// the old ones or both the new ones, and nothing else is there.
func TestFaults(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		for k := int64(1); ; k++ {
			dir := t.TempDir()
			paths := []string{filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.csv")}
			old := []string{"a.csv=old", "b.csv=old"}
			for _, path := range paths {
				if fresh {
					old = nil
				} else if err := put(path, "old", Options{}); err != nil {
					t.Fatal(err)
				}
			}
			var steps atomic.Int64
			failed := ""
			d := disk.Disk{Fault: func(step, path string, bytes int) (int, error) {
				if steps.Add(1) == k {
					failed = step + " " + filepath.Base(path)
					return bytes / 2, syscall.ENOSPC
				}
				return bytes, nil
			}}
			var held []*Output
			err := func() error {
				for _, path := range paths {
					h, err := Hold(path, Options{Force: true, Disk: d})
					if err != nil {
						return err
					}
					defer h.Release()
					held = append(held, h)
					if _, err := h.Write(func(w io.Writer) error { _, err := io.WriteString(w, "new!"); return err }); err != nil {
						return errors.Join(err, held[0].Discard())
					}
				}
				return Commit(held...)
			}()
			if err == nil {
				if k < 10 {
					t.Fatalf("%d steps only", k)
				}
				break
			}
			got := in(t, dir)
			// What was replaced may keep its second name where removing it failed.
			got = slices.DeleteFunc(got, func(s string) bool {
				name, _, _ := strings.Cut(s, "=")
				return strings.HasPrefix(failed, "remove ") && strings.HasSuffix(name, ".replaced")
			})
			if !slices.Equal(got, old) && !slices.Equal(got, []string{"a.csv=new!", "b.csv=new!"}) {
				t.Errorf("fresh %v: %s fails: %q", fresh, failed, got)
			}
		}
	}
}

// TestDescribe: results, other files of Bowstring's and foreign ones are told
// apart, and what a file says of itself is quoted.
func TestDescribe(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"empty":  {"", "it is empty"},
		"text":   {"\u202eabc\x1b[31m", "no text"},
		"quoted": {"\u202eabc", `begins with "\u202eabc"`},
		"binary": {"\xff\xfe\x00", "no text"},
		"cut":    {strings.Repeat("é", 30), `\u00e9`},
		"half":   {"PAR1 and then nothing", "unfinished or damaged"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Describe(path); !strings.Contains(got, c.want) || strings.ContainsAny(got, "\u202e\x1b") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := Describe(dir); !strings.Contains(got, "folder") {
		t.Error(got)
	}
}
