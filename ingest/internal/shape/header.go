package shape

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Resolve gives every column its part. Every problem is reported at once.
func (s *Sniffer) Resolve(names []string, asset string) *problem.InputError {
	names, bad := s.align(names)
	if bad != nil {
		return bad
	}
	names, asset = s.untuple(names, asset)
	for len(s.columns) < len(names) {
		s.columns = append(s.columns, value.Profile{}) // there are no rows
	}
	l := s.Layout
	l.Fields = make([]Field, len(names))
	r := Resolver{Sniffer: s, names: names, claims: make([]Meaning, len(names)), taken: make(map[string]string)}
	r.claim()
	r.rowNumbers()
	r.findSymbol()
	r.volumesOfAsset(asset)
	r.findTime()
	r.findBars()
	r.onlySeries()
	r.texts()
	for i := range names {
		r.assign(i)
	}
	r.scale()
	r.number()
	if l.Long && s.options.Asset != "" {
		r.problem("asset %q is given, but column %q names the assets", s.options.Asset, names[s.symbol])
	}
	if !l.Long {
		asset = strings.TrimSpace(asset)
		l.Asset = asset
		if !utf8.ValidString(asset) || asset == "" {
			r.problem("the file name gives no asset id; give one")
		}
	}
	if r.problems != nil {
		return &problem.InputError{Line: s.NameLine(), Err: problem.Shape("%s", strings.Join(r.problems, "; "))}
	}
	return nil
}

// claim looks every name up.
func (r *Resolver) claim() {
	for i, name := range r.names {
		r.Layout.Fields[i] = Field{Name: name}
		canonical, ok := r.mapped(name)
		switch {
		case r.Dropped(name):
			r.claims[i].Column = skipMeaning
		case ok:
			r.claims[i] = Meaning{canonical, rankOption}
		default:
			r.claims[i] = meaningOfHeader(name)
			if r.options.Symbol != "" && r.claims[i].Column == SymbolMeaning {
				r.claims[i] = Meaning{}
			}
			if r.options.Symbol != "" && Normalize(name) == Normalize(r.options.Symbol) {
				r.claims[i] = Meaning{SymbolMeaning, rankOption}
			}
		}
		switch {
		case r.claims[i].Column != "":
		case name == "":
			r.unnamed(i)
		case r.Typed != nil && r.isIndex(i):
			r.Found("column "+fmt.Sprint(i+1), "not read: it numbers the rows of a data frame", value.Sample{}, "Columns")
			r.claims[i].Column = skipMeaning
		}
	}
}

// unnamed passes over a column without a name that holds nothing, or that
// counts the rows, as the index of a data frame does.
func (r *Resolver) unnamed(i int) {
	p := &r.columns[i]
	switch {
	case r.Forced.Names != nil || len(r.Rows) > 0 && p.Rows == 0:
	case p.Counts && p.Rows == len(r.Rows):
		r.Found("column "+fmt.Sprint(i+1), "not read: it has no name and counts the rows", value.Sample{}, "Names")
	case r.Layout.header == 0:
	default:
		return
	}
	r.claims[i].Column = skipMeaning
}

// findSymbol settles which column holds the symbol.
func (r *Resolver) findSymbol() {
	found := r.claimants(SymbolMeaning)
	if len(found) == 1 && Normalize(r.names[found[0]]) == "name" && r.claims[found[0]].rank != rankOption {
		if p := &r.columns[found[0]]; p.All(p.Numbers) && p.Moments == 0 {
			r.Say("asset", fmt.Sprintf("not by column %q, which holds numbers", r.names[found[0]]), r.first(found[0]), "Symbol")
			r.claims[found[0]].Column = skipMeaning
			return
		}
	}
	switch {
	case len(found) == 1:
		r.symbol = found[0]
		r.yield(SymbolMeaning, found[0])
	case len(found) > 1:
		r.problem("%s may all be the symbol column; name it, or drop the others", r.quoted(found))
	case r.options.Symbol != "":
		r.problem("no column %q, which shall hold the symbol", r.options.Symbol)
	}
}

// first returns the value of a column in the first row.
func (r *Resolver) first(i int) value.Sample {
	if len(r.Rows) == 0 {
		return value.Sample{}
	}
	return value.Sample{Line: r.Rows[0].Line, Text: string(r.Rows[0].Fields[i])}
}

// number checks that nothing is missing and puts the value columns in order.
func (r *Resolver) number() {
	bars := columnar.BarColumns()
	var order, missing []string
	if _, ok := r.taken[columnar.Time]; !ok {
		missing = append(missing, columnar.Time)
	}
	for _, c := range bars {
		order = append(order, c.Name)
	}
	missing = append(missing, r.lacking()...)
	switch len(missing) {
	case 0:
	case len(bars) + 1:
		if r.Typed != nil {
			r.problem("no column has a known name (%s); want time, open, high, low, close, volume: name the columns with Options.Names", r.headings())
			return
		}
		r.problem("line %d names no known column (%s); want a header with time, open, high, low, close, volume: say which line it is with Options.Header, or name the columns with Options.Names", max(r.Layout.header, 1), r.headings())
		return
	default:
		r.problem("missing column %s among %s; add it, or map another name to it", strings.Join(missing, ", "), r.headings())
	}
	extra := slices.DeleteFunc(slices.Clone(r.Layout.Columns), func(name string) bool {
		return name == columnar.Time || slices.Contains(order, name)
	})
	slices.Sort(extra)
	order = append(order, extra...)
	for i := range r.Layout.Fields {
		if f := &r.Layout.Fields[i]; f.Kind == FieldValue {
			f.Column = slices.Index(order, r.Layout.Columns[f.Column])
		}
	}
	r.Layout.Columns = order
}

// headings lists the header for an error message, shortened.
func (r *Resolver) headings() string {
	var names []string
	for _, f := range r.Layout.Fields {
		names = append(names, fmt.Sprintf("%q", f.Name))
	}
	text := strings.Join(names, ", ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}
