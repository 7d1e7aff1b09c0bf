package ingest

import (
	"bytes"
	"cmp"
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
)

// field describes a column of a source.
type field struct {
	name string // as the header has it
	kind fieldKind
	// column is the position among the value columns of the Frame.
	column int
	// event is the kind of event that a column of values holds, or "".
	event columnar.EventType
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
	// events says that a field holds events.
	events bool
	form   timeForm
}

// synonyms returns the canonical name of a normalized header name, or "".
func synonyms(name string) string {
	switch name {
	case "time", "date", "datetime", "date_time", "timestamp", "ts", "open_time", "opentime":
		return columnar.Time
	case "open", "o", "open_price":
		return columnar.Open
	case "high", "h", "high_price":
		return columnar.High
	case "low", "l", "low_price":
		return columnar.Low
	case "close", "c", "close_price":
		return columnar.Close
	case "volume", "vol", "v":
		return columnar.Volume
	}
	return ""
}

func isSymbolName(name string) bool {
	switch name {
	case "symbol", "ticker", "name", "asset", "instrument":
		return true
	}
	return false
}

// normalize returns a header name in lower case, with "_" for every run of
// characters that are neither letters nor digits.
func normalize(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "_")
}

// headerNames cuts the header line and refuses what is not one.
func headerNames(line []byte) ([]string, error) {
	if bytes.IndexByte(line, 0) >= 0 || !utf8.Valid(line) {
		return nil, shape("line 1 is not UTF-8 text (UTF-16 and binary files are not read)")
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		return nil, shape("lines end in carriage returns; want LF or CR LF")
	}
	var s splitter
	fields, q := s.split(line)
	if q != quotesFine {
		return nil, shape("the quotes of the header do not match")
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = strings.TrimSpace(string(f))
		v, number := parseNumber(f)
		_, _, date := parseTime(f)
		if number && v == v || date {
			return nil, shape("no header: line 1 starts with data (%q); add a line that names the columns", names[i])
		}
	}
	if len(fields) == 1 {
		for _, d := range []struct{ sign, name string }{{"\t", "tabs"}, {";", "semicolons"}, {"|", "vertical bars"}} {
			if bytes.Contains(line, []byte(d.sign)) {
				return nil, shape("fields are separated by %s; want commas", d.name)
			}
		}
	}
	return names, nil
}

// newLayout resolves a header. Every problem is reported at once.
func newLayout(names []string, asset string, o *Options) (*layout, error) {
	r := resolver{options: o, layout: &layout{fields: make([]field, len(names))}, taken: make(map[string]string)}
	symbol := r.symbolColumn(names)
	for i, name := range names {
		r.layout.fields[i] = field{name: name}
		switch {
		case r.dropped(name):
		case i == symbol:
			r.layout.fields[i].kind = fieldSymbol
			r.layout.long = true
		default:
			r.assign(i, name)
		}
	}
	r.number()
	if r.layout.long && o.Asset != "" {
		r.problem("asset %q is given, but column %q names the assets", o.Asset, names[symbol])
	}
	if !r.layout.long {
		r.layout.asset = asset
		if !utf8.ValidString(asset) || asset == "" {
			r.problem("the file name gives no asset id; give one")
		}
	}
	if r.problems != nil {
		return nil, shape("%s", strings.Join(r.problems, "; "))
	}
	return r.layout, nil
}

// resolver collects the layout and what is wrong with it.
type resolver struct {
	options  *Options
	layout   *layout
	taken    map[string]string // canonical name → header name
	problems []string
}

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

// symbolColumn returns the position of the symbol column, or -1.
func (r *resolver) symbolColumn(names []string) int {
	var found []int
	for i, name := range names {
		if r.options.Symbol != "" {
			if normalize(name) == normalize(r.options.Symbol) {
				found = append(found, i)
			}
			continue
		}
		if _, ok := r.mapped(name); !ok && !r.dropped(name) && isSymbolName(normalize(name)) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 1:
		return found[0]
	case len(found) > 1:
		var quoted []string
		for _, i := range found {
			quoted = append(quoted, fmt.Sprintf("%q", names[i]))
		}
		r.problem("%s may all be the symbol column; name it, or drop the others", strings.Join(quoted, ", "))
	case r.options.Symbol != "":
		r.problem("no column %q, which shall hold the symbol", r.options.Symbol)
	}
	return -1
}

// assign gives a column its canonical name.
func (r *resolver) assign(i int, name string) {
	canonical, ok := r.mapped(name)
	if !ok {
		canonical = cmp.Or(synonyms(normalize(name)), eventSynonyms(normalize(name)))
	}
	if canonical == "" {
		canonical = normalize(name)
	}
	if canonical == "" {
		r.problem("column %d has no name; name it, or drop %q", i+1, name)
		return
	}
	if isSymbolName(canonical) && r.options.Symbol == "" && !ok {
		return // reported by symbolColumn
	}
	if other, ok := r.taken[canonical]; ok {
		r.problem("columns %q and %q are both %s; drop one", other, name, canonical)
		return
	}
	r.taken[canonical] = name
	kind := fieldValue
	if canonical == columnar.Time {
		kind = fieldTime
	}
	r.layout.fields[i].kind = kind
	r.layout.fields[i].event = eventOf(canonical)
	r.layout.events = r.layout.events || eventOf(canonical) != ""
	// Until number has been called, the canonical name stands at its column.
	r.layout.fields[i].column = len(r.layout.columns)
	r.layout.columns = append(r.layout.columns, canonical)
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
		r.problem("line 1 names no known column (%s); want a header with time, open, high, low, close, volume: remove a banner above it, or map the names", r.headings())
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
