package docs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// The commands of the README and of docs/ are run in order, file by file, in
// a copy of the repository with a store and a home of its own. Markers on the
// line above a block say what cannot be:
//
//	<!-- not run: the reason -->
//	<!-- needs: shared/data -->
//
// `make` only prints what it would do: its targets are CI's business, and
// `make test` would run this test.
const (
	notRun    = "not run:"
	needsData = "needs: shared/data"
)

// commandTimeout is for one block. The first one compiles the command.
const commandTimeout = 3 * time.Minute

var makeCommand = regexp.MustCompile(`(?m)^(\s*)make\b`)

// checkCommands complains about blocks of commands whose markers do not hold.
func checkCommands(markdown []source) []string {
	var complaints []string
	for _, b := range commands(markdown) {
		reason, skipped := b.marked(notRun)
		_, needs := b.marked(needsData)
		if skipped && reason == "" {
			complaints = append(complaints, b.at+": not run without a reason")
		}
		if strings.Contains(b.text, "shared/data") && !needs && !skipped {
			complaints = append(complaints, fmt.Sprintf("%s: uses shared/data without <!-- %s -->", b.at, needsData))
		}
	}
	return complaints
}

// commands returns the blocks of shell commands of Markdown files.
func commands(markdown []source) []block {
	var found []block
	for _, s := range markdown {
		for _, b := range blocks(s) {
			if slices.Contains([]string{"bash", "sh", "shell", "console"}, b.lang) {
				found = append(found, b)
			}
		}
	}
	return found
}

// documents returns the README and the Markdown files of docs/, the README
// first.
func documents(t *testing.T) []source {
	t.Helper()
	docs := slices.DeleteFunc(sources(t, ".md"), func(s source) bool {
		return s.path != "README.md" && !strings.HasPrefix(s.path, "docs/")
	})
	at := slices.IndexFunc(docs, func(s source) bool { return s.path == "README.md" })
	if at < 0 {
		t.Fatal("no README.md")
	}
	readme := docs[at]
	return append([]source{readme}, slices.Delete(docs, at, at+1)...)
}

func TestREADMECommands(t *testing.T) {
	docs := documents(t)
	text := docs[0].text
	for _, command := range []string{"go run ./cmd/bowstring demo", "make test"} {
		if !strings.Contains(text, command) {
			t.Errorf("README.md does not mention %q", command)
		}
	}
	report(t, checkCommands(docs))
}

func TestCommandsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the commands of the documentation")
	}
	if proptest.Race {
		t.Skip("the commands are other processes; make test runs them")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a POSIX shell")
	}
	w := newWorkspace(t)
	for _, b := range commands(documents(t)) {
		t.Run(b.at, func(t *testing.T) {
			if reason, ok := b.marked(notRun); ok {
				t.Skip(reason)
			}
			if _, ok := b.marked(needsData); ok && !w.data {
				t.Skip("no shared/data beside the repository")
			}
			w.run(t, b.text)
		})
	}
	t.Run("ignored", w.checkIgnored)
}

// checkIgnored complains about files that the commands have made in the copy and
// that git would see: who follows the documentation in a checkout still has a
// clean one. The .gitignore is that of the working tree.
func (w *workspace) checkIgnored(t *testing.T) {
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = w.dir
		out, err := cmd.Output()
		if err != nil {
			t.Skipf("git %s: %v", args[0], err)
		}
		return string(out)
	}
	git("init", "--quiet")
	for p := range strings.Lines(git("ls-files", "--others", "--exclude-standard")) {
		if p = strings.TrimSpace(p); leftBehind(p) {
			t.Errorf("%s: made by a command of the documentation, and not in .gitignore", p)
		}
	}
}

// workspace is a copy of the repository to run commands in.
type workspace struct {
	dir  string
	env  []string
	data bool // shared/data is there
}

// newWorkspace copies the repository's files, but not what commands have left in
// this checkout, links shared/data to where the copy expects it, and puts the
// command on the path.
func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	base := t.TempDir()
	w := &workspace{dir: filepath.Join(base, "repository")}
	for _, p := range worked(t) {
		copyFile(t, filepath.Join(root(t), p), filepath.Join(w.dir, p))
	}
	shared := filepath.Join(root(t), "..", "shared")
	if _, err := os.Stat(filepath.Join(shared, "data")); err == nil {
		w.data = true
		if err := os.Symlink(shared, filepath.Join(base, "shared")); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(base, "bin")
	w.env = append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"BOWSTRING_STORE="+filepath.Join(base, "store"),
		"GOBIN="+bin, // where go install puts things
		"HOME="+filepath.Join(base, "home"),
		"XDG_DATA_HOME="+filepath.Join(base, "home", "data"),
	)
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		w.env = append(w.env, name+"="+strings.TrimSpace(string(value)))
	}
	w.run(t, "go build -o '"+filepath.Join(bin, "bowstring")+"' ./cmd/bowstring")
	return w
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, info.Mode().Perm()); err != nil {
		t.Fatal(err)
	}
}

// run runs commands in the copy and fails the test with their output.
func (w *workspace) run(t *testing.T, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandTimeout)
	defer cancel()
	script = makeCommand.ReplaceAllString(script, "${1}make -n")
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = w.dir, w.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, script, out)
	}
}

func TestLeftBehind(t *testing.T) {
	for p, want := range map[string]bool{
		"my_strategy.yaml": true, "traded/AAPL.parquet": true, "cpu.prof": true,
		"go.mod": false, "sweep/new.go": false, "bench/gate/main.go": false,
	} {
		if leftBehind(p) != want {
			t.Errorf("left behind: %s: %v, want %v", p, !want, want)
		}
	}
}

func TestCheckCommands(t *testing.T) {
	check := func(text string) []string { return checkCommands([]source{{"README.md", text}}) }
	expect(t, check("```bash\nls\n```\n<!-- not run: needs root -->\n```sh\nreboot\n```\n"))
	expect(t, check("<!-- needs: shared/data -->\n```sh\nls ../shared/data\n```\n"))
	expect(t, check("```go\nf(\"../shared/data\")\n```\n"))
	expect(t, check("```sh\nls ../shared/data\n```\n"), "uses shared/data")
	expect(t, check("<!-- not run: -->\n```sh\nreboot\n```\n"), "without a reason")
}
