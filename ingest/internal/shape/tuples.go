package shape

import (
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// tuples returns the names of columns that a data frame with two levels has left as
// text, ('Close', 'AAPL') or ("AAPL", "Close"), by the level that names columns of
// bars, and the other one where it is the same for all: the asset.
func tuples(names []string) (plain []string, asset string) {
	plain = make([]string, len(names))
	some := false
	for i, name := range names {
		plain[i] = name
		a, b, ok := tuple(name)
		if !ok {
			continue
		}
		column, other := a, b
		if !NamesBar(a) && NamesBar(b) {
			column, other = b, a
		}
		if other != "" && some && asset != "" && other != asset {
			return names, "" // several assets side by side
		}
		if other != "" {
			asset = other
		}
		plain[i], some = column, true
	}
	if !some {
		return names, ""
	}
	return plain, asset
}

// tuple cuts the text of a pair in two.
func tuple(name string) (a, b string, ok bool) {
	name = strings.TrimSpace(name)
	if !strings.HasPrefix(name, "(") || !strings.HasSuffix(name, ")") {
		return "", "", false
	}
	a, b, ok = strings.Cut(name[1:len(name)-1], ",")
	unquote := func(s string) string { return strings.Trim(strings.TrimSpace(s), `'"`) }
	return unquote(a), unquote(b), ok && !strings.Contains(b, ",")
}

// untuple puts the plain names in the place of tuples, and returns the asset.
func (s *Sniffer) untuple(names []string, asset string) ([]string, string) {
	plain, named := tuples(names)
	if named == "" || s.Forced.Names != nil {
		return plain, asset
	}
	s.Found("names", "of two levels, of which one is the asset "+named, value.Sample{Line: s.NameLine()}, "Names")
	if s.options.Asset != "" {
		return plain, asset
	}
	return plain, named
}
