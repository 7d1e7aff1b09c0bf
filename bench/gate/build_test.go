package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository makes a repository of two commits, of which the second has the gate,
// and returns both.
func repository(t *testing.T, dir string) (older, newer string) {
	t.Helper()
	git := func(args ...string) string {
		t.Helper()
		out, err := command(dir, "git", append([]string{"-c", "user.name=x", "-c", "user.email=x@y", "-c", "commit.gpgsign=false"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	git("init", "--quiet")
	git("commit", "--quiet", "--allow-empty", "-m", "older")
	older = git("rev-parse", "HEAD")
	path := filepath.Join(dir, filepath.FromSlash(worker), "main.go")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("package main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	git("commit", "--quiet", "-m", "newer")
	return older, git("rev-parse", "HEAD")
}

// TestResolve: a commit that is older than the gate, is not there, or was left out
// of a shallow clone is named with what to do.
func TestResolve(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir, shallow := t.TempDir(), filepath.Join(t.TempDir(), "clone")
	older, newer := repository(t, dir)
	if _, err := command("", "git", "clone", "--quiet", "--depth", "1", "file://"+filepath.ToSlash(dir), shallow); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ root, ref, want string }{
		{dir, "HEAD", ""}, {dir, newer, ""}, {shallow, newer, ""},
		{dir, older, "older than the gate"},
		{dir, strings.Repeat("12", 20), "fetch the branch"},
		{shallow, older, "which is shallow"},
	} {
		commit, err := resolve(c.root, c.ref)
		switch {
		case c.want == "" && (err != nil || commit != newer):
			t.Errorf("%s is %s, %v, want %s", c.ref, commit, err, newer)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.ref, err, c.want)
		}
	}
}
