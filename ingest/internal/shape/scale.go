package shape

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/source"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// Prices are stored multiplied by some vendors: LEAN's equities and options by 10,000,
// binary formats in units of 10^-9. What the file shows decides, and the preset where
// it fits to that; what is left is asked.

// scale moves the decimal point of prices, as the options say or the preset does, and
// that of volumes as their names say.
func (r *Resolver) scale() {
	for i := range r.Layout.Fields {
		f := &r.Layout.Fields[i]
		if power, ok := scaledVolume(f.Name); ok && f.Kind == FieldValue && r.Layout.Columns[f.Column] == columnar.Volume {
			f.Shift = power
			r.Say(columnar.Volume, fmt.Sprintf("column %q, times 10^%d as its name says", f.Name, power), value.Sample{}, "Columns")
		}
	}
	shift, whole, by := r.Forced.shift, false, "PriceScale"
	if p := r.Forced.preset.PriceScale; p != 0 && !r.Forced.scaled {
		if why := r.unscaled(); why != "" {
			r.Say("price scale", "prices are as written: "+why, value.Sample{}, by)
			return
		}
		shift, whole = -decimalPlaces(p), true
	}
	if !whole && !r.Forced.scaled {
		return
	}
	for i := range r.Layout.Fields {
		if f := &r.Layout.Fields[i]; f.Kind == FieldValue && isPrice(r.Layout.Columns[f.Column]) {
			f.Shift, f.whole = shift, whole
		}
	}
	r.Found("price scale", fmt.Sprintf("prices are divided by 10^%d", -shift), value.Sample{}, by)
}

// unscaled says why the prices of a file of LEAN are not multiplied, or "": it
// multiplies those of equities and options, which are whole numbers then.
func (r *Resolver) unscaled() string {
	var folders []string
	if r.Forced.preset.Name == LeanDialect {
		folders = strings.Split(filepath.ToSlash(r.file), "/")
	}
	for _, kind := range []string{"forex", "crypto", "cryptofuture", "future", "cfd", "index"} {
		if slices.ContainsFunc(folders, func(f string) bool { return strings.EqualFold(f, kind) }) {
			return fmt.Sprintf("it lies in a folder %q, and LEAN multiplies those of equities and options only", kind)
		}
	}
	for _, row := range r.Rows {
		for i := range r.Layout.Fields {
			f := &r.Layout.Fields[i]
			if f.Kind != FieldValue || !isPrice(r.Layout.Columns[f.Column]) || i >= len(row.Fields) {
				continue
			}
			if text := row.Fields[i]; bytes.IndexByte(text, '.') >= 0 {
				return fmt.Sprintf("they have a decimal point, as %q in line %d", text, row.Line)
			}
		}
	}
	return ""
}

// checkScale refuses prices that are likely to be multiplied, unless an option says
// what they are, and those that are no decimal numbers.
func (s *Sniffer) checkScale() *problem.InputError {
	if bad := s.thirtySeconds(); bad != nil {
		return bad
	}
	if s.Forced.scaled || s.Forced.preset.PriceScale != 0 || len(s.Rows) == 0 {
		return nil
	}
	if s.likeLEAN() {
		return &problem.InputError{Line: s.Rows[0].Line, Err: problem.Shape("the prices may be times 10,000, as LEAN writes them; give Options.PriceScale 10000 (or Options.Dialect lean), or Options.PriceScale 1 if they are as they stand")}
	}
	if at, ok := s.fixedPoint(); ok {
		return &problem.InputError{Line: at.Line, Err: problem.Shape("the prices, as %q, may be fixed-point numbers in units of 10^-9 (%s); give Options.PriceScale 1000000000, or Options.PriceScale 1 if they are as they stand", at.Text, shifted(at.Text, 9))}
	}
	return nil
}

// eachPrice calls f with the prices of the first rows that are there, until it says
// false.
func (s *Sniffer) eachPrice(f func(line int, text []byte) bool) {
	for _, r := range s.Rows {
		for i := range s.Layout.Fields {
			if x := &s.Layout.Fields[i]; x.Kind != FieldValue || !isPrice(s.Layout.Columns[x.Column]) {
				continue
			}
			if text := value.TrimSpace(r.Fields[i]); len(text) > 0 && !value.IsNothing(text) && !f(r.Line, text) {
				return
			}
		}
	}
}

// likeLEAN reports whether a text looks like one of LEAN, whose prices are in cents
// and times 100.
func (s *Sniffer) likeLEAN() bool {
	if s.Typed != nil || s.time < 0 || s.Layout.header != 0 || s.Layout.Delimiter != ',' {
		return false
	}
	if _, within := source.ParseLeanName(s.file); !within {
		for _, r := range s.Rows {
			if t := value.TrimSpace(r.Fields[s.time]); len(t) != len("20060102 15:04") || value.LeadingDigits(t) != 8 {
				return false
			}
		}
	}
	like := true
	s.eachPrice(func(_ int, v []byte) bool {
		like = len(v) >= 4 && value.LeadingDigits(v) == len(v) && bytes.HasSuffix(v, []byte("00"))
		return like
	})
	return like
}

// leastFixed is how many digits prices in units of 10^-9 have at least: a hundredth.
const leastFixed = 8

// fixedPoint reports whether all prices are whole numbers so large that they are
// likely to be in units of 10^-9, and the first of them.
func (s *Sniffer) fixedPoint() (first value.Sample, ok bool) {
	s.eachPrice(func(line int, v []byte) bool {
		v = bytes.TrimPrefix(v, []byte{'-'})
		if ok = len(v) >= leastFixed && value.LeadingDigits(v) == len(v) && bytes.HasSuffix(v, []byte{'0'}); ok && first.Line == 0 {
			first = value.Sample{Line: line, Text: string(v)}
		}
		return ok
	})
	return first, ok
}

// shifted returns digits with a decimal point before the last places of them.
func shifted(digits string, places int) string {
	digits = strings.Repeat("0", max(places+1-len(digits), 0)) + digits
	at := len(digits) - places
	return strings.TrimSuffix(digits[:at]+"."+strings.TrimRight(digits[at:], "0"), ".")
}

// thirtySeconds refuses prices in points and 32nds of a point, as bonds have them:
// 110-16, 110-16+, 110-165 and 110'165.
func (s *Sniffer) thirtySeconds() *problem.InputError {
	var first value.Sample
	all := true
	s.eachPrice(func(line int, text []byte) bool {
		if all = in32nds(text) && (s.Forced.decimal == 0 || bytes.IndexByte(text, '\'') < 0); first.Line == 0 {
			first = value.Sample{Line: line, Text: string(text)}
		}
		return all
	})
	if !all || first.Line == 0 {
		return nil
	}
	return &problem.InputError{Line: first.Line, Err: problem.Shape(
		"the prices, as %q, are points and 32nds of a point (%s); convert them to decimal numbers, or give Options.Decimal where the sign stands between thousands", first.Text, spelled32nds(first.Text))}
}

// in32nds reports whether a text can be points and 32nds: two digits, of at most 31,
// and behind them nothing, + for a half, or the eighths 0, 2, 5 and 7.
func in32nds(text []byte) bool {
	n := value.LeadingDigits(text)
	if n == 0 || n > 3 || n == len(text) || text[n] != '-' && text[n] != '\'' && text[n] != '^' {
		return false
	}
	rest := text[n+1:]
	if len(rest) > 0 && rest[0] == text[n] {
		rest = rest[1:]
	}
	if value.LeadingDigits(rest) < 2 || value.Whole(rest[:2]) > 31 {
		return false
	}
	switch rest = rest[2:]; {
	case len(rest) == 0:
		return true
	case len(rest) == 1:
		return bytes.IndexByte([]byte("+0257"), rest[0]) >= 0
	}
	return (rest[0] == '.' || rest[0] == '-') && value.LeadingDigits(rest[1:]) == len(rest)-1
}

// spelled32nds says what a price in 32nds is.
func spelled32nds(text string) string {
	n := value.LeadingDigits([]byte(text))
	rest := strings.TrimLeft(text[n:], "-'^")
	eighths := map[byte]string{'+': ".5", '2': ".25", '5': ".5", '7': ".75"}
	part := ""
	if len(rest) == 3 {
		part = eighths[rest[2]]
	}
	return fmt.Sprintf("%s and %s%s/32", text[:n], rest[:2], part)
}
