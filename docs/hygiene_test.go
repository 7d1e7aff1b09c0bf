package docs

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// topLevel is all that may stand at the top of the repository.
var topLevel = []string{
	".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "Makefile", "README.md",
	"bench", "bundles", "cmd", "columnar", "docs", "examples", "go.mod", "go.sum", "ingest", "internal", "pipeline",
	"python", "sweep",
}

// stale are texts that must not be committed, each with the reason. They are
// written so that they do not match themselves.
var stale = []struct {
	pattern *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile(`\b(TO[D]O|FIX[M]E|XX[X])\b(?:[^(]|\([^i]|$)`), "unfinished work without an issue: (issue 12)"},
	{regexp.MustCompile(`(?:^|[\s"'\x60(=:])/(?:wor[k]|roo[t]|tm[p]|hom[e]|User[s])/`), "a path of one machine"},
	{regexp.MustCompile(`proxy\.golan[g]\.org|pyp[i]\.org|files\.pythonhoste[d]\.org`), "the host of a package registry"},
}

// checkStale complains about lines with texts that must not be committed.
func checkStale(files []source) []string {
	var complaints []string
	for _, s := range files {
		if !utf8.ValidString(s.text) {
			continue // not text
		}
		for i, line := range strings.Split(s.text, "\n") {
			for _, rule := range stale {
				if rule.pattern.MatchString(line) {
					complaints = append(complaints, fmt.Sprintf("%s:%d: %s", s.path, i+1, rule.reason))
				}
			}
		}
	}
	return complaints
}

// checkTopLevel complains about files and folders that the top level does not
// have room for.
func checkTopLevel(paths []string) []string {
	found := make(map[string]bool)
	for _, p := range paths {
		name, _, _ := strings.Cut(p, "/")
		found[name] = true
	}
	var complaints []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !slices.Contains(topLevel, name) {
			complaints = append(complaints, name+": not at the top level")
		}
	}
	return complaints
}

func TestNothingStale(t *testing.T) {
	report(t, checkStale(sources(t)))
}

func TestTopLevel(t *testing.T) {
	report(t, checkTopLevel(tracked(t)))
}

func TestCheckStale(t *testing.T) {
	const slash, to = "/", "TO"
	for text, want := range map[string]string{
		"// " + to + "DO: finish":             "unfinished",
		"# FIX" + "ME":                        "unfinished",
		"// " + to + "DO(name): finish":       "unfinished",
		"open(\"" + slash + "tmp/x\")":        "one machine",
		slash + "root/go":                     "one machine",
		"see " + slash + "home/me/notes":      "one machine",
		"https:" + "//proxy.golang" + ".org/": "registry",
	} {
		expect(t, checkStale([]source{{"a.go", text}}), want)
	}
	for _, text := range []string{
		"// " + to + "DO(issue 7): finish", "net" + slash + "work/x", "../shared/data", "the work/sink stage", "todos",
		"\xff\xfe " + to + "DO",
	} {
		expect(t, checkStale([]source{{"a.go", text}}))
	}
}

func TestCheckTopLevel(t *testing.T) {
	expect(t, checkTopLevel([]string{"go.mod", "sweep/run.go", ".ci/run"}))
	expect(t, checkTopLevel([]string{"utils/a.go", "utils/b.go", "notes.txt"}), "notes.txt", "utils")
}
