package shape

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// Resolver collects the layout and what is wrong with it.
type Resolver struct {
	*Sniffer
	names []string
	// claims are what the names stand for; those that lose their claim to a
	// better one become extra columns.
	claims   []Meaning
	taken    map[string]string // canonical name → header name
	problems []string
}

// rankOption is the rank of names that the options give.
const rankOption = -1

func (r *Resolver) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// Dropped reports whether the choices leave a column out.
func (r *Resolver) Dropped(name string) bool {
	return slices.ContainsFunc(r.options.Drop, func(d string) bool { return Normalize(d) == Normalize(name) })
}

// mapped returns the canonical name that the options give a column.
func (r *Resolver) mapped(name string) (string, bool) {
	for header, canonical := range r.options.Columns {
		if Normalize(header) == Normalize(name) {
			return canonical, true
		}
	}
	return "", false
}

// claimants returns the columns that claim a meaning best.
func (r *Resolver) claimants(column string) (found []int) {
	for i, m := range r.claims {
		if m.Column != column {
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
func (r *Resolver) yield(column string, kept ...int) {
	for i, m := range r.claims {
		if m.Column == column && !slices.Contains(kept, i) {
			r.claims[i] = Meaning{}
		}
	}
}

func (r *Resolver) quoted(columns []int) string {
	var quoted []string
	for _, i := range columns {
		quoted = append(quoted, fmt.Sprintf("%q", r.names[i]))
	}
	return strings.Join(quoted, ", ")
}

// assign gives a column its part and its canonical name.
func (r *Resolver) assign(i int) {
	f, name := &r.Layout.Fields[i], r.names[i]
	canonical := r.claims[i].Column
	switch {
	case i == r.symbol && !r.IsOther(i):
		f.Kind, r.Layout.Long = FieldSymbol, true
		return
	case i == r.clock:
		f.Kind = fieldClock
		return
	case canonical == skipMeaning, canonical == SymbolMeaning && !r.IsOther(i): // the latter has been reported
		return
	case r.IsOther(i):
		r.problem("column %q holds %s, which is neither a number nor a time nor text; drop it", name, r.Typed[i].Type)
		return
	case canonical == "":
		canonical = cmp.Or(eventSynonyms(Normalize(name)), Normalize(name))
		if _, named := vocabulary[canonical]; strings.Contains(name, "%") && (canonical == "" || named) {
			canonical = strings.TrimPrefix(canonical+"_percent", "_") // "+/- %", "Vol %"
		}
	}
	if canonical == "" {
		r.problem("column %d has no name; name it, or drop %q", i+1, name)
		return
	}
	p := &r.columns[i]
	if r.claims[i].Column == "" && (canonical == columnar.Time || p.All(p.Moments) && p.Numbers == p.Nothing || r.isTime(i)) {
		r.Found("column "+fmt.Sprint(i+1), fmt.Sprintf("not read: %q holds times, and another column is the time", name), value.Sample{}, "Columns")
		return
	}
	if other, ok := r.taken[canonical]; ok {
		r.problem("columns %q and %q are both %s; drop one", other, name, canonical)
		return
	}
	r.taken[canonical] = name
	if canonical == columnar.Time {
		f.Kind = FieldTime
		r.time = i
		return
	}
	f.Kind, f.event = FieldValue, EventOf(canonical)
	r.Layout.Events = r.Layout.Events || f.event != ""
	f.flag = p.All(p.Flags) && r.claims[i].Column == ""
	// Until number has been called, the canonical name stands at its column.
	f.Column = len(r.Layout.Columns)
	r.Layout.Columns = append(r.Layout.Columns, canonical)
}
