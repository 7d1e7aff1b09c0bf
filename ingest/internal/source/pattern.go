package source

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// A Pattern finds the asset in the path of a file.
type Pattern struct {
	text     string
	path     *regexp.Regexp
	segments int // of the path, from its end on; 0 for a regular expression
}

// ParsePattern reads a pattern: a path in which {asset} stands for the asset, * for any
// text within a name and ? for one character; or a regular expression with one group.
func ParsePattern(text string) (*Pattern, error) {
	p := &Pattern{text: text}
	if !strings.Contains(text, "{asset}") {
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("asset pattern %q: %w", text, err)
		}
		if re.NumSubexp() != 1 {
			return nil, fmt.Errorf("asset pattern %q: want {asset} in it, as in '{asset}-1m-*.zip', or a regular expression with one group", text)
		}
		p.path = re
		return p, nil
	}
	if strings.Count(text, "{asset}") > 1 {
		return nil, fmt.Errorf("asset pattern %q: {asset} stands more than once in it", text)
	}
	text = filepath.ToSlash(text)
	p.segments = strings.Count(text, "/") + 1
	expression := strings.NewReplacer(`\{asset\}`, `([^/]+?)`, `\*`, `[^/]*`, `\?`, `[^/]`).Replace(regexp.QuoteMeta(text))
	re, err := regexp.Compile("^" + expression + "$")
	if err != nil {
		return nil, fmt.Errorf("asset pattern %q: %w", p.text, err)
	}
	p.path = re
	return p, nil
}

// Asset returns the asset in a path, of a member of an archive with "!" before it:
// what is before that alone is tried as well.
func (p *Pattern) Asset(path string) (asset string, ok bool) {
	path = filepath.ToSlash(path)
	archive, _, isMember := strings.Cut(path, "!")
	if asset, ok = p.find(strings.ReplaceAll(path, "!", "/")); !ok && isMember {
		return p.find(archive)
	}
	return asset, ok
}

func (p *Pattern) find(path string) (asset string, ok bool) {
	if p.segments > 0 {
		parts := strings.Split(path, "/")
		path = strings.Join(parts[max(len(parts)-p.segments, 0):], "/")
	}
	m := p.path.FindStringSubmatch(path)
	if m == nil || strings.TrimSpace(m[1]) == "" {
		return "", false
	}
	return m[1], true
}
