package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// normalize returns a header name in lower case, with "_" for every run of
// characters that are neither letters nor digits.
func normalize(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
	return strings.Join(words, "_")
}

// resolve gives every column its part. Every problem is reported at once.
func (s *sniffer) resolve(names []string, asset string) *InputError {
	names, bad := s.align(names)
	if bad != nil {
		return bad
	}
	for len(s.columns) < len(names) {
		s.columns = append(s.columns, value.Profile{}) // there are no rows
	}
	l := s.layout
	l.fields = make([]field, len(names))
	r := resolver{sniffer: s, names: names, claims: make([]meaning, len(names)), taken: make(map[string]string)}
	r.claim()
	r.findSymbol()
	r.findTime()
	r.findBars()
	for i := range names {
		r.assign(i)
	}
	if s.forced.scaled {
		s.found("price scale", fmt.Sprintf("prices are divided by 10^%d", -s.forced.shift), value.Sample{}, "PriceScale")
	}
	r.number()
	if l.long && s.options.Asset != "" {
		r.problem("asset %q is given, but column %q names the assets", s.options.Asset, names[s.symbol])
	}
	if !l.long {
		l.asset = asset
		if !utf8.ValidString(asset) || asset == "" {
			r.problem("the file name gives no asset id; give one")
		}
	}
	if r.problems != nil {
		return &InputError{Line: s.nameLine(), Err: problem.Shape("%s", strings.Join(r.problems, "; "))}
	}
	return nil
}

// nameLine is the line to blame for what the names of columns leave open.
func (s *sniffer) nameLine() int {
	if s.typed != nil {
		return 0
	}
	return max(s.layout.header, 1)
}

// resolver collects the layout and what is wrong with it.
type resolver struct {
	*sniffer
	names []string
	// claims are what the names stand for; those that lose their claim to a
	// better one become extra columns.
	claims   []meaning
	taken    map[string]string // canonical name → header name
	problems []string
}

// rankOption is the rank of names that the options give.
const rankOption = -1

func (r *resolver) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func (r *resolver) dropped(name string) bool {
	return slices.ContainsFunc(r.options.Drop, func(d string) bool { return normalize(d) == normalize(name) })
}

// mapped returns the canonical name that the options give a column.
func (r *resolver) mapped(name string) (string, bool) {
	for header, canonical := range r.options.Columns {
		if normalize(header) == normalize(name) {
			return canonical, true
		}
	}
	return "", false
}

// claim looks every name up.
func (r *resolver) claim() {
	for i, name := range r.names {
		r.layout.fields[i] = field{name: name}
		canonical, ok := r.mapped(name)
		switch {
		case r.dropped(name):
			r.claims[i].column = skipMeaning
		case ok:
			r.claims[i] = meaning{canonical, rankOption}
		default:
			r.claims[i] = meaningOf(normalize(name))
			if r.options.Symbol != "" && r.claims[i].column == symbolMeaning {
				r.claims[i] = meaning{}
			}
			if r.options.Symbol != "" && normalize(name) == normalize(r.options.Symbol) {
				r.claims[i] = meaning{symbolMeaning, rankOption}
			}
		}
		switch {
		case r.claims[i].column != "":
		case name == "":
			r.unnamed(i)
		case r.typed != nil && r.isIndex(i):
			r.found("column "+fmt.Sprint(i+1), "not read: it numbers the rows of a data frame", value.Sample{}, "Columns")
			r.claims[i].column = skipMeaning
		}
	}
}

// unnamed passes over a column without a name that holds nothing, or that
// counts the rows, as the index of a data frame does.
func (r *resolver) unnamed(i int) {
	p := &r.columns[i]
	switch {
	case r.forced.names != nil || len(r.rows) > 0 && p.Rows == 0:
	case p.Counts && p.Rows == len(r.rows):
		r.found("column "+fmt.Sprint(i+1), "not read: it has no name and counts the rows", value.Sample{}, "Names")
	case r.layout.header == 0:
	default:
		return
	}
	r.claims[i].column = skipMeaning
}

// claimants returns the columns that claim a meaning best.
func (r *resolver) claimants(column string) (found []int) {
	for i, m := range r.claims {
		if m.column != column {
			continue
		}
		if len(found) > 0 && m.rank < r.claims[found[0]].rank {
			found = nil
		}
		if len(found) == 0 || m.rank == r.claims[found[0]].rank {
			found = append(found, i)
		}
	}
	return found
}

// yield leaves a meaning to the columns in kept.
func (r *resolver) yield(column string, kept ...int) {
	for i, m := range r.claims {
		if m.column == column && !slices.Contains(kept, i) {
			r.claims[i] = meaning{}
		}
	}
}

// findSymbol settles which column holds the symbol.
func (r *resolver) findSymbol() {
	found := r.claimants(symbolMeaning)
	switch {
	case len(found) == 1:
		r.symbol = found[0]
		r.yield(symbolMeaning, found[0])
	case len(found) > 1:
		r.problem("%s may all be the symbol column; name it, or drop the others", r.quoted(found))
	case r.options.Symbol != "":
		r.problem("no column %q, which shall hold the symbol", r.options.Symbol)
	}
}

func (r *resolver) quoted(columns []int) string {
	var quoted []string
	for _, i := range columns {
		quoted = append(quoted, fmt.Sprintf("%q", r.names[i]))
	}
	return strings.Join(quoted, ", ")
}

// assign gives a column its part and its canonical name.
func (r *resolver) assign(i int) {
	f, name := &r.layout.fields[i], r.names[i]
	canonical := r.claims[i].column
	switch {
	case i == r.symbol && !r.isOther(i):
		f.kind, r.layout.long = fieldSymbol, true
		return
	case i == r.clock:
		f.kind = fieldClock
		return
	case canonical == skipMeaning, canonical == symbolMeaning && !r.isOther(i): // the latter has been reported
		return
	case r.isOther(i):
		r.problem("column %q holds %s, which is neither a number nor a time nor text; drop it", name, r.typed[i].Type)
		return
	case canonical == "":
		canonical = cmp.Or(eventSynonyms(normalize(name)), normalize(name))
		if canonical == "" && strings.Contains(name, "%") {
			canonical = "percent" // "+/- %"
		}
	}
	if canonical == "" {
		r.problem("column %d has no name; name it, or drop %q", i+1, name)
		return
	}
	if other, ok := r.taken[canonical]; ok {
		r.problem("columns %q and %q are both %s; drop one", other, name, canonical)
		return
	}
	r.taken[canonical] = name
	if canonical == columnar.Time {
		f.kind = fieldTime
		r.time = i
		return
	}
	p := &r.columns[i]
	if r.claims[i].column == "" && (p.All(p.Moments) && p.Numbers == p.Nothing || r.isTime(i)) {
		delete(r.taken, canonical)
		r.found("column "+fmt.Sprint(i+1), fmt.Sprintf("not read: %q holds times, and another column is the time", name), value.Sample{}, "Columns")
		return
	}
	f.kind, f.event = fieldValue, eventOf(canonical)
	r.layout.events = r.layout.events || f.event != ""
	f.flag = p.All(p.Flags) && r.claims[i].column == ""
	if isPrice(canonical) {
		f.shift = r.forced.shift
	}
	// Until number has been called, the canonical name stands at its column.
	f.column = len(r.layout.columns)
	r.layout.columns = append(r.layout.columns, canonical)
}

// isPrice reports whether a column is scaled as prices are.
func isPrice(canonical string) bool {
	switch canonical {
	case columnar.Open, columnar.High, columnar.Low, columnar.Close, "adj_close", "adjusted_close":
		return true
	}
	return false
}

// number checks that nothing is missing and puts the value columns in order.
func (r *resolver) number() {
	bars := columnar.BarColumns()
	var order, missing []string
	if _, ok := r.taken[columnar.Time]; !ok {
		missing = append(missing, columnar.Time)
	}
	for _, c := range bars {
		order = append(order, c.Name)
		if _, ok := r.taken[c.Name]; !ok {
			missing = append(missing, c.Name)
		}
	}
	switch len(missing) {
	case 0:
	case len(bars) + 1:
		if r.typed != nil {
			r.problem("no column has a known name (%s); want time, open, high, low, close, volume: name the columns with Options.Names", r.headings())
			return
		}
		r.problem("line %d names no known column (%s); want a header with time, open, high, low, close, volume: say which line it is with Options.Header, or name the columns with Options.Names", max(r.layout.header, 1), r.headings())
		return
	default:
		r.problem("missing column %s; add it, or map another name to it", strings.Join(missing, ", "))
	}
	extra := slices.DeleteFunc(slices.Clone(r.layout.columns), func(name string) bool {
		return name == columnar.Time || slices.Contains(order, name)
	})
	slices.Sort(extra)
	order = append(order, extra...)
	for i := range r.layout.fields {
		if f := &r.layout.fields[i]; f.kind == fieldValue {
			f.column = slices.Index(order, r.layout.columns[f.column])
		}
	}
	r.layout.columns = order
}

// headings lists the header for an error message, shortened.
func (r *resolver) headings() string {
	var names []string
	for _, f := range r.layout.fields {
		names = append(names, fmt.Sprintf("%q", f.name))
	}
	text := strings.Join(names, ", ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}
