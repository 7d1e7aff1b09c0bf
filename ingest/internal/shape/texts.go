package shape

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// Columns of text that no name explains, and those that number rows, are passed over
// where they say nothing of a bar; the others are asked about, all at once.

// texts settles what such columns are. The symbol and the time are known.
func (r *Resolver) texts() {
	var open, options []string
	for i, name := range r.names {
		p := &r.columns[i]
		if r.claims[i].Column != "" || i == r.symbol || i == r.time || i == r.clock || r.IsOther(i) || len(r.Rows) == 0 ||
			!r.IsText(i) || !p.IsText() || p.All(p.Flags) || eventSynonyms(Normalize(name)) != "" || r.unread(i) {
			continue
		}
		switch {
		case r.same(i):
			r.Found("column "+fmt.Sprint(i+1), fmt.Sprintf("not read: %q says the same on every row of an asset", name), value.Sample{Line: r.Rows[0].Line, Text: string(r.Rows[0].Fields[i])}, "Symbol")
			r.claims[i].Column = skipMeaning
		default:
			open = append(open, fmt.Sprintf("column %q holds text, as %q", name, r.Rows[0].Fields[i]))
			options = append(options, strconv.Quote(name))
			r.claims[i].Column = skipMeaning
		}
	}
	if open != nil {
		r.problem("%s; drop what is not needed (Options.Drop %s), or say which is the symbol (Options.Symbol)", strings.Join(open, ", "), strings.Join(options, ","))
	}
}

// unread reports whether texts of a column may yet be read: numbers in a form that is
// settled later, or values that only few rows have.
func (r *Resolver) unread(i int) bool {
	for _, row := range r.Rows {
		f := value.TrimSpace(row.Fields[i])
		if len(f) > 0 && !value.IsNothing(f) && bytes.IndexFunc(f, func(c rune) bool { return c >= '0' && c <= '9' }) >= 0 && bytes.IndexFunc(f, isLetter) < 0 {
			return true
		}
	}
	return false
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c > 0x7f }

// same reports whether a column has one value an asset in the first rows.
func (r *Resolver) same(i int) bool {
	values := make(map[string][]byte)
	for _, row := range r.Rows {
		asset := ""
		if r.symbol >= 0 {
			asset = string(row.Fields[r.symbol])
		}
		f := value.TrimSpace(row.Fields[i])
		if len(f) == 0 {
			continue
		}
		if before, ok := values[asset]; ok && !bytes.Equal(before, f) {
			return false
		}
		values[asset] = f
	}
	return true
}

// numbering are names of columns that number rows.
var numbering = []string{"", "index", "idx", "row", "row_id", "rownum", "row_number", "rownames", "no", "nr", "sn", "s_no", "lp", "seq", "unnamed_0", "level_0"}

// rowNumbers passes over the columns that number rows.
func (r *Resolver) rowNumbers() {
	for i, name := range r.names {
		if r.claims[i].Column == "" && r.Forced.Names == nil && r.numbersRows(i) {
			r.Found("column "+fmt.Sprint(i+1), fmt.Sprintf("not read: %q counts the rows", name), value.Sample{}, "Columns")
			r.claims[i].Column = skipMeaning
		}
	}
}

// numbersRows reports whether a column of such a name goes on by one, up or down, in
// the rows of each asset or in all.
func (r *Resolver) numbersRows(i int) bool {
	name := Normalize(r.names[i])
	if !slices.Contains(numbering, name) && !strings.HasPrefix(name, "unnamed_") || len(r.Rows) < 2 {
		return false
	}
	steps, last, have := map[int64]int{}, int64(0), false
	for _, row := range r.Rows {
		f := value.TrimSpace(row.Fields[i])
		whole, fraction, _ := bytes.Cut(f, []byte{'.'})
		n, err := strconv.ParseInt(string(whole), 10, 64)
		if err != nil || len(bytes.Trim(fraction, "0")) > 0 || n < 0 {
			return false
		}
		if have {
			steps[n-last]++
		}
		last, have = n, true
	}
	// It may begin again with each asset.
	one := max(steps[1], steps[-1])
	return one > 0 && 2*one >= len(r.Rows)-1 && (one == len(r.Rows)-1 || r.symbolNamed())
}

// symbolNamed reports whether some column is called as the symbol is.
func (r *Resolver) symbolNamed() bool { return len(r.claimants(SymbolMeaning)) > 0 }
