// Package docs holds the repository to its own rules: which package may
// import which, what must be documented, and that the commands, snippets and
// links in the documentation work. It has tests only. Each rule is a function
// from sources to complaints, and is itself tested on sources that break it.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is the import path of the repository's root.
const module = "github.com/bowstring-engine/bowstring"

// source is a file of the repository.
type source struct {
	path string // from the root, with slashes
	text string
}

// dir is the package directory of a source.
func (s source) dir() string { return path.Dir(s.path) }

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// root returns the directory that holds go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}

// tracked returns the paths of the files that git has, and others by the
// flags of git ls-files; where there is no git, every file that is not ignored
// by name.
func tracked(t *testing.T, others ...string) []string {
	t.Helper()
	dir := root(t)
	cmd := exec.Command("git", append([]string{"ls-files", "-z", "--cached"}, others...)...)
	cmd.Dir = dir
	if out, err := cmd.Output(); err == nil && len(out) > 0 {
		paths := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
		return slices.DeleteFunc(paths, func(p string) bool {
			info, err := os.Stat(filepath.Join(dir, p))
			return err != nil || info.IsDir() // deleted and not committed yet
		})
	}
	var paths []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin", ".venv"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		paths = append(paths, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// worked returns the paths of the files that git has, and of new ones that it
// does not ignore where the top level has room for them. What a command of the
// documentation leaves at the top of a checkout is not among them.
func worked(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(tracked(t, "--others", "--exclude-standard"), leftBehind)
}

// leftBehind reports whether a path lies where the repository has nothing.
func leftBehind(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !slices.Contains(topLevel, first)
}

// sources returns the files, added to git or not yet, whose names end in one
// of suffixes; all of them without any.
func sources(t *testing.T, suffixes ...string) []source {
	t.Helper()
	dir := root(t)
	var all []source
	for _, p := range worked(t) {
		wanted := len(suffixes) == 0 || slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(p, s) })
		if !wanted {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{path: p, text: string(text)})
	}
	if len(all) == 0 {
		t.Fatalf("no files that end in %q", suffixes)
	}
	return all
}

// parse returns the syntax of a Go source, or fails the test.
func parse(t *testing.T, set *token.FileSet, s source) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(set, s.path, s.text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// report fails the test with every complaint.
func report(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

// expect fails the test unless there is exactly one complaint for each text
// in want, in order, that contains it.
func expect(t *testing.T, complaints []string, want ...string) {
	t.Helper()
	if len(complaints) != len(want) {
		t.Fatalf("complaints %q, want %d with %q", complaints, len(want), want)
	}
	for i, w := range want {
		if !strings.Contains(complaints[i], w) {
			t.Errorf("complaint %q, want one with %q", complaints[i], w)
		}
	}
}
