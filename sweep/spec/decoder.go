package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/internal/suggest"
)

// MaxSpecBytes is the largest spec file.
const MaxSpecBytes = 1 << 20

// decoder fills a spec from nodes and collects what is wrong.
type decoder struct {
	spec *Spec
	src  *source
	errs Errors
	// paths has the path of every key of a spec by its name.
	paths map[string]string
}

// read turns the bytes of a file into nodes.
func (d *decoder) read(text []byte) (*node, *syntaxError) {
	if len(text) > MaxSpecBytes {
		return nil, &syntaxError{msg: fmt.Sprintf("%d bytes, at most %d", len(text), MaxSpecBytes)}
	}
	if !utf8.Valid(text) {
		return nil, &syntaxError{msg: "not UTF-8"}
	}
	d.src.text = strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n")
	if i := strings.IndexFunc(d.src.text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }); i >= 0 {
		return nil, &syntaxError{msg: fmt.Sprintf("control character %U", d.src.text[i])}
	}
	return parseNodes(d.src.text)
}

// fail reports a problem at a place.
func (d *decoder) fail(path string, at place, format string, args ...any) {
	d.errs = append(d.errs, Error{
		File: d.src.file, Line: at.line, Column: at.column, Path: clip(path, 120), Msg: clip(fmt.Sprintf(format, args...), 240),
	})
}

// clip cuts a text that came from a file to at most n bytes.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}

// suggest adds a suggestion to the last problem.
func (d *decoder) suggest(name string) { d.errs[len(d.errs)-1].Suggestion = name }

// pairs reads a small mapping whose keys are among names.
func (d *decoder) pairs(path string, n *node, names []string) map[string]*node {
	pairs := make(map[string]*node, len(names))
	for _, e := range d.unique(path, n) {
		if !slices.Contains(names, e.key.text) {
			d.unknown(join(path, e.key.text), e.key, names)
			continue
		}
		pairs[e.key.text] = e.value
	}
	return pairs
}

// unique returns the entries of a mapping without those whose key is there
// before, which it reports.
func (d *decoder) unique(path string, n *node) []entry {
	seen := make(map[string]place, len(n.entries))
	entries := make([]entry, 0, len(n.entries))
	for _, e := range n.entries {
		if first, ok := seen[e.key.text]; ok {
			d.fail(join(path, e.key.text), e.key.at, "is there twice; first in line %d", first.line)
			continue
		}
		seen[e.key.text] = e.key.at
		entries = append(entries, e)
	}
	return entries
}

// unknown reports a key that does not exist, with what may have been meant.
func (d *decoder) unknown(path string, k *node, names []string) {
	switch {
	case announced[path]:
		d.fail(path, k.at, "this version does not know it yet")
	case !identifier.MatchString(k.text):
		d.fail(path, k.at, "unknown key; inside { }, an expression with a comma needs quotes")
	case strings.HasPrefix(path, "params.") && axisWords[k.text] != "":
		d.fail(path, k.at, "unknown key; values are a number, a list as [5, 10], or {from: 5, to: 50, step: 5}")
		d.suggest(axisWords[k.text])
	case d.paths[k.text] != "" && suggest.Nearest(k.text, names) != k.text:
		other := d.paths[k.text]
		d.fail(path, k.at, "unknown key; %s is a key of %s", k.text, levelOf(other))
	default:
		suggestion := suggest.Nearest(k.text, names)
		if suggestion == "" {
			suggestion = d.paths[suggest.Nearest(k.text, slices.Sorted(maps.Keys(d.paths)))]
		}
		d.fail(path, k.at, "unknown key; the keys of %s are %s", levelOf(path), strings.Join(names, ", "))
		d.suggest(suggestion)
	}
}

// axisWords are what other languages call the keys of a range.
var axisWords = map[string]string{"start": "from", "min": "from", "stop": "to", "end": "to", "max": "to", "inc": "step", "by": "step"}

// levelOf names the mapping that a key stands in.
func levelOf(path string) string {
	at := strings.LastIndexByte(path, '.')
	if at < 0 {
		return "the top level"
	}
	return path[:at]
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// want tells whether n is of a kind, and reports it where it is not.
func (d *decoder) want(path string, n *node, kind nodeKind, what string) bool {
	if n.kind == kind {
		return true
	}
	d.fail(path, n.at, "want %s, not %s", what, n.kind)
	return false
}

// oneOf tells whether the text of n is one of the words, and reports it where
// it is not.
func (d *decoder) oneOf(path string, n *node, words []string) bool {
	if slices.Contains(words, n.text) {
		return true
	}
	if len(words) > 6 {
		d.fail(path, n.at, "%q is unknown", n.text)
	} else {
		d.fail(path, n.at, "%q: want one of %s", n.text, strings.Join(words, ", "))
	}
	d.suggest(suggest.Nearest(n.text, words))
	return false
}

// number reads a number.
func (d *decoder) number(path string, n *node) (float64, bool) {
	v, err := parseNumber(n)
	if err != nil {
		d.fail(path, n.at, "%v", err)
	}
	return v.float(), err == nil
}

// whole reads a whole number from low to high.
func (d *decoder) whole(path string, n *node, low, high int64) (int64, bool) {
	v, ok := d.number(path, n)
	if !ok {
		return 0, false
	}
	if v != float64(int64(v)) || v < float64(low) || v > float64(high) {
		d.fail(path, n.at, "%s: want a whole number from %d to %d", n.text, low, high)
		return 0, false
	}
	return int64(v), true
}

// checkText reports an empty text.
func (d *decoder) checkText(path string, n *node) {
	if strings.TrimSpace(n.text) == "" {
		d.fail(path, n.at, "empty; give a text or leave the key out")
	}
}

// announced are keys of versions to come, by path.
var announced = map[string]bool{
	"benchmark": true, "book": true, "profile": true,
	"pool": true, "rebalance": true, "rules.size": true, "rules.weight": true, "rules.rank": true,
	"simulation.lot": true, "simulation.accumulate": true, "simulation.commission.minimum": true,
	"simulation.commission.maximum": true, "simulation.sizing.target_weight": true,
}
