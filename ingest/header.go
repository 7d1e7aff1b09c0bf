package ingest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/columnar"
)

// fieldKind is what a parser does with a field.
type fieldKind uint8

const (
	fieldSkip fieldKind = iota
	fieldTime
	fieldSymbol
	fieldValue
	// fieldClock is the time of day where it stands apart from the date.
	fieldClock
)

// field describes a column of a source.
type field struct {
	name string // as the header has it
	kind fieldKind
	// column is the position among the value columns of the Frame.
	column int
	// shift is how many places the decimal point moves to the right.
	shift int
	// flag says that the column holds true and false.
	flag bool
}

// layout is what the header and the first rows of a source say about it. It
// does not change while the source is parsed.
type layout struct {
	fields []field
	// columns are the value columns of the Frame: open, high, low, close,
	// volume, then the others by name.
	columns []string
	// asset is the id where no field holds the symbol.
	asset string
	long  bool
	form  timeForm

	delimiter byte
	locale    locale
	// moments reads times that form does not; nil where it reads them all.
	moments *moments
	// usual says that rows mostly have the form that parser.scan reads.
	usual bool
	// backwards says that the rows are newest first.
	backwards bool
	// header is the line that names the columns, 0 where none does, and first
	// the line of the first row.
	header, first int
}

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
		s.columns = append(s.columns, profile{}) // there are no rows
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
		s.found("price scale", fmt.Sprintf("prices are divided by 10^%d", -s.forced.shift), badValue{}, "--price-scale")
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
		return &InputError{Line: max(l.header, 1), Err: shape("%s", strings.Join(r.problems, "; "))}
	}
	return nil
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
		if name == "" && r.claims[i].column == "" {
			r.unnamed(i)
		}
	}
}

// unnamed passes over a column without a name that holds nothing, or that
// counts the rows, as the index of a data frame does.
func (r *resolver) unnamed(i int) {
	p := &r.columns[i]
	switch {
	case r.forced.names != nil || len(r.rows) > 0 && p.rows == 0:
	case p.counts && p.rows == len(r.rows):
		r.found("column "+fmt.Sprint(i+1), "not read: it has no name and counts the rows", badValue{}, "--columns")
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

// findTime settles which column holds the times, or the dates and the times
// of day.
func (r *resolver) findTime() {
	if r.findPair() {
		return
	}
	found := r.claimants(columnar.Time)
	if len(found) == 0 {
		found = r.timesByValue()
	}
	switch len(found) {
	case 0:
	case 1:
		i := found[0]
		r.time = i
		r.claims[i].column = columnar.Time
		r.yield(columnar.Time, i)
		if p := &r.columns[i]; p.all(p.strict) && p.days == 0 && p.moments == 0 {
			r.problem("column %q holds times of day and no column holds dates; add one", r.names[i])
		}
	default:
		r.problem("columns %q and %q are both time; drop one", r.names[found[0]], r.names[found[1]])
		r.yield(columnar.Time, found[0])
		r.time = found[0]
	}
}

// findPair finds a column of dates and one of times of day among those that
// claim to be the time.
func (r *resolver) findPair() bool {
	var days, clocks []int
	for i, m := range r.claims {
		if m.column != columnar.Time {
			continue
		}
		p := &r.columns[i]
		name := normalize(r.names[i])
		switch {
		case p.all(p.days), p.rows == 0 && name == "date":
			days = append(days, i)
		case p.all(p.clocks), p.rows == 0 && name == "time":
			clocks = append(clocks, i)
		}
	}
	if len(days) != 1 || len(clocks) != 1 {
		return false
	}
	r.time, r.clock = days[0], clocks[0]
	r.yield(columnar.Time, days[0], clocks[0])
	r.found("time", fmt.Sprintf("the date in %q and the time of day in %q", r.names[r.time], r.names[r.clock]), badValue{}, "--columns")
	return true
}

// timesByValue returns the column that no name explains and that holds times,
// where there is one only.
func (r *resolver) timesByValue() (found []int) {
	for i := range r.columns {
		p := &r.columns[i]
		if m := r.claims[i]; m.column != "" && m.rank < rankStandIn {
			continue
		}
		if p.moments > 0 && p.numbers == p.nothing {
			found = append(found, i)
		}
	}
	if len(found) != 1 {
		return nil
	}
	r.found("time", fmt.Sprintf("column %d, %q, the only one with times", found[0]+1, r.names[found[0]]), badValue{}, "--column")
	return found
}

// findBars settles which columns hold the prices and the volume.
func (r *resolver) findBars() {
	for _, c := range columnar.BarColumns() {
		found := r.claimants(c.Name)
		switch {
		case len(found) == 0:
			r.misspelt(c.Name)
		case len(found) == 1:
			r.yield(c.Name, found[0])
		case r.claims[found[0]].rank == rankOne:
			r.findVolume(found)
		default:
			r.problem("columns %q and %q are both %s; drop one", r.names[found[0]], r.names[found[1]], c.Name)
			r.yield(c.Name, found[0])
		}
	}
}

// misspelt gives a column whose name is nearly that of a bar column that is
// missing its meaning.
func (r *resolver) misspelt(column string) {
	at := -1
	for i, name := range r.names {
		if r.claims[i].column == "" && misspelt(normalize(name)) == column {
			if at >= 0 {
				return
			}
			at = i
		}
	}
	if p := &r.columns[max(at, 0)]; at >= 0 && p.numbers == p.rows {
		r.claims[at] = meaning{column, rankSpelling}
		r.found(column, fmt.Sprintf("column %q, which looks misspelt", r.names[at]), badValue{}, "--column")
	}
}

// findVolume chooses among volumes in several units, "Volume BTC" and "Volume
// USD", that of the asset itself: symbols name it first, as BTCUSD does.
func (r *resolver) findVolume(found []int) {
	chosen := -1
	if r.symbol >= 0 && len(r.rows) > 0 {
		symbol := normalize(string(r.rows[0].fields[r.symbol]))
		for _, i := range found {
			words := strings.Split(normalize(r.names[i]), "_")
			if unit := words[len(words)-1]; strings.HasPrefix(symbol, unit) {
				if chosen >= 0 {
					chosen = -1
					break
				}
				chosen = i
			}
		}
	}
	if chosen < 0 {
		r.problem("columns %q and %q are both volume; say which, as in --column '%s=volume'", r.names[found[0]], r.names[found[1]], r.names[found[0]])
		chosen = found[0]
	} else {
		r.found("volume", fmt.Sprintf("column %q, in units of the asset", r.names[chosen]), badValue{r.rows[0].line, string(r.rows[0].fields[r.symbol])}, "--column")
	}
	r.yield(columnar.Volume, chosen)
}

// assign gives a column its part and its canonical name.
func (r *resolver) assign(i int) {
	f, name := &r.layout.fields[i], r.names[i]
	canonical := r.claims[i].column
	switch {
	case i == r.symbol:
		f.kind, r.layout.long = fieldSymbol, true
		return
	case i == r.clock:
		f.kind = fieldClock
		return
	case canonical == skipMeaning, canonical == symbolMeaning: // the latter has been reported
		return
	case canonical == "":
		canonical = normalize(name)
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
	if r.claims[i].column == "" && p.all(p.moments) && p.numbers == p.nothing {
		delete(r.taken, canonical)
		r.found("column "+fmt.Sprint(i+1), fmt.Sprintf("not read: %q holds times, and another column is the time", name), badValue{}, "--column")
		return
	}
	f.kind = fieldValue
	f.flag = p.all(p.flags) && r.claims[i].column == ""
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
		r.problem("line %d names no known column (%s); want a header with time, open, high, low, close, volume: say which line it is with --header, or name the columns with --columns", max(r.layout.header, 1), r.headings())
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
