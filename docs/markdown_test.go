package docs

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is a fenced block of a Markdown file.
type block struct {
	at   string // file:line of the fence
	lang string
	text string
	// marker is the HTML comment above the fence, as in
	// `<!-- not run: needs a cluster -->`.
	marker string
}

// marked returns what follows name in the marker, as the reason of
// `not run:`, and whether it is there.
func (b block) marked(name string) (string, bool) {
	rest, ok := strings.CutPrefix(b.marker, name)
	return strings.TrimSpace(rest), ok
}

var (
	fence   = regexp.MustCompile("^(\\s*)```(\\S*)\\s*$")
	comment = regexp.MustCompile(`^\s*<!--\s*(.*?)\s*-->\s*$`)
)

// blocks returns the fenced blocks of a Markdown file.
func blocks(s source) []block {
	var found []block
	var open *block
	above := ""
	for i, line := range strings.Split(s.text, "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case open == nil && m != nil:
			open = &block{at: fmt.Sprintf("%s:%d", s.path, i+1), lang: m[2]}
			if c := comment.FindStringSubmatch(above); c != nil {
				open.marker = c[1]
			}
		case open != nil && m != nil:
			found = append(found, *open)
			open, above = nil, ""
		case open != nil:
			open.text += line + "\n"
		case strings.TrimSpace(line) != "":
			above = line
		}
	}
	return found
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+\s+(.+?)\s*$`)
	code    = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// slug is the anchor that a heading gets.
func slug(title string) string {
	return strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
}

// checkLinks complains about links of Markdown files to files or headings
// that are not there. Links to other hosts are not followed.
func checkLinks(markdown []source, exists func(path string) bool) []string {
	anchors := make(map[string][]string)
	for _, s := range markdown {
		for _, m := range heading.FindAllStringSubmatch(s.text, -1) {
			anchors[s.path] = append(anchors[s.path], slug(m[1]))
		}
	}
	var complaints []string
	for _, s := range markdown {
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(s.text, ""), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := s.path
			if target != "" {
				file = path.Join(s.dir(), target)
			}
			if !exists(file) {
				complaints = append(complaints, fmt.Sprintf("%s: link to %s, which does not exist", s.path, target))
			} else if anchor != "" && !slices.Contains(anchors[file], anchor) {
				complaints = append(complaints, fmt.Sprintf("%s: link to #%s, which %s does not have", s.path, anchor, file))
			}
		}
	}
	return complaints
}

func TestLinks(t *testing.T) {
	paths := tracked(t, "--others", "--exclude-standard")
	report(t, checkLinks(sources(t, ".md"), func(p string) bool {
		return slices.ContainsFunc(paths, func(known string) bool { return within(known, p) })
	}))
}

func TestCheckLinks(t *testing.T) {
	exists := func(p string) bool { return p == "README.md" || p == "docs/format.md" }
	check := func(text string) []string {
		format := source{"docs/format.md", "# Row groups & pages\n"}
		return checkLinks([]source{{"README.md", text}, format}, exists)
	}
	expect(t, check("[a](docs/format.md) [b](docs/format.md#row-groups--pages) [c](https://host/x) `[d](none)`"))
	expect(t, check("# Use\n[a](#use)"))
	expect(t, check("[a](docs/formats.md)"), "docs/formats.md")
	expect(t, check("[a](docs/format.md#pages)"), "#pages")
	expect(t, check("[a](#use)"), "#use")
}

func TestBlocks(t *testing.T) {
	got := blocks(source{"a.md", "text\n<!-- not run: no network -->\n\n```bash\nls\nls -l\n```\n```go\nx()\n```\n"})
	want := []block{
		{at: "a.md:4", lang: "bash", text: "ls\nls -l\n", marker: "not run: no network"},
		{at: "a.md:8", lang: "go", text: "x()\n"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("blocks %+v, want %+v", got, want)
	}
	if reason, ok := got[0].marked("not run:"); !ok || reason != "no network" {
		t.Errorf("marker %q, %v", reason, ok)
	}
}
