package spec

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/columnar"
)

// textValue is a title or name.
func textValue(field func(*Spec) *string) value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if d.want(path, n, scalarNode, "a text") {
				*field(d.spec) = n.text
				d.checkText(path, n)
			}
		},
		check: func(s *Spec) error {
			if text := *field(s); text != "" && !printable(text) {
				return fmt.Errorf("%q: want a text on one line", clip(text, 120))
			}
			return nil
		},
		write:  func(s *Spec) *node { return textNode(*field(s)) },
		schema: func() schema { return schema{"type": "string"} },
	}
}

// zoneValue is the name of a time zone.
func zoneValue() value {
	v := textValue(func(s *Spec) *string { return &s.Zone })
	v.check = func(s *Spec) error {
		if s.Zone == "" {
			return nil
		}
		if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" {
			return fmt.Errorf("%q: want a time zone such as America/New_York or UTC", clip(s.Zone, 120))
		}
		return nil
	}
	return v
}

// exprValue is an expression of the strategy language.
func exprValue(field func(*Spec) *string) value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if d.want(path, n, scalarNode, "an expression") {
				*field(d.spec) = n.text
				d.checkText(path, n)
			}
		},
		check:  func(s *Spec) error { return checkExpr(*field(s)) },
		write:  func(s *Spec) *node { return textNode(*field(s)) },
		schema: exprSchema,
	}
}

// stopValue is a number or an expression of parameters. The schema holds
// numbers between 0 and high, above 0 where high is 0; whatever it is,
// [Spec.Compile] checks its values.
func stopValue(field func(*Spec) *string, high float64) value {
	v := exprValue(field)
	plainText := v.decode
	v.decode = func(d *decoder, path string, n *node) {
		if n.kind != mappingNode {
			plainText(d, path, n)
			return
		}
		d.pairs(path, n, stopUnits)
		if len(n.entries) != 1 {
			d.fail(path, n.at, "want one of {fraction: …}, {distance: …} and {level: …}")
			return
		}
		e := n.entries[0]
		if at := join(path, e.key.text); d.want(at, e.value, scalarNode, "an expression") {
			d.src.note(at, e)
			d.checkText(at, e.value)
			*field(d.spec) = e.key.text + ": " + e.value.text
		}
	}
	v.write = func(s *Spec) *node {
		unit, text := unitOf(*field(s))
		if unit != "" && strings.TrimSpace(text) != "" {
			return flowMapping(unit, scalar(text))
		}
		if text := *field(s); literalText.MatchString(text) {
			return plain(text)
		}
		return textNode(*field(s))
	}
	v.schema = func() schema {
		s := bounds{high: high, open: true}.schema()
		s["type"] = []string{"number", "string", "object"}
		return s
	}
	return v
}

// literalText matches the numbers that a file has without quotes.
var literalText = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// textNode returns text as it stands in a file, nil where there is none.
func textNode(text string) *node {
	if text == "" {
		return nil
	}
	return scalar(text)
}

// checkExpr says what keeps text from standing in a file as an expression.
func checkExpr(text string) error {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return errors.New("not a text")
	}
	if text != "" && strings.TrimSpace(text) == "" {
		return errors.New("an expression of spaces")
	}
	return nil
}

// flagValue is true or false.
func flagValue(field func(*Spec) *bool) value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if d.want(path, n, scalarNode, "true or false") {
				if n.quoted || n.text != "true" && n.text != "false" {
					d.fail(path, n.at, "%q: want true or false", n.text)
				}
				*field(d.spec) = n.text == "true"
			}
		},
		write:  func(s *Spec) *node { return plain(strconv.FormatBool(*field(s))) },
		schema: func() schema { return schema{"type": "boolean"} },
	}
}

// enumValue is one of a few words.
func enumValue[T ~string](field func(*Spec) *T, words ...T) value {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	return value{
		decode: func(d *decoder, path string, n *node) {
			if d.want(path, n, scalarNode, "one of "+strings.Join(names, ", ")) && d.oneOf(path, n, names) {
				*field(d.spec) = T(n.text)
			}
		},
		check: func(s *Spec) error {
			if !slices.Contains(words, *field(s)) {
				return fmt.Errorf("%q: want one of %s", *field(s), strings.Join(names, ", "))
			}
			return nil
		},
		write:  func(s *Spec) *node { return scalar(string(*field(s))) },
		schema: func() schema { return schema{"enum": names} },
	}
}

// bounds is the range of a number: from low to high, which are excluded where
// open; high 0 is no bound. A number that has no value at 0 is left out of
// the file.
type bounds struct {
	low, high      float64
	open, omitZero bool
}

func (b bounds) check(v float64) error {
	high := b.high
	if high == 0 {
		high = math.Inf(1)
	}
	if v > b.low && v < high || !b.open && (v == b.low || v == b.high) {
		return nil
	}
	switch above := map[bool]string{false: "at least", true: "above"}[b.open]; {
	case b.high == 0:
		return fmt.Errorf("%s: want a number %s %v", formatNumber(v), above, b.low)
	case b.open:
		return fmt.Errorf("%s: want a number between %v and %v", formatNumber(v), b.low, b.high)
	}
	return fmt.Errorf("%s: want a number from %v to %v", formatNumber(v), b.low, b.high)
}

func (b bounds) schema() schema {
	s := schema{"type": "number"}
	low, high := "minimum", "maximum"
	if b.open {
		low, high = "exclusiveMinimum", "exclusiveMaximum"
	}
	s[low] = b.low
	if b.high != 0 {
		s[high] = b.high
	}
	return s
}

// numberValue is a number within bounds.
func numberValue(field func(*Spec) *float64, b bounds) value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			v, ok := d.number(path, n)
			if !ok {
				return
			}
			*field(d.spec) = v
			if err := b.check(v); err != nil {
				d.fail(path, n.at, "%v", err)
			}
		},
		check: func(s *Spec) error { return b.check(*field(s)) },
		write: func(s *Spec) *node {
			if v := *field(s); v != 0 || !b.omitZero {
				return plain(formatNumber(v))
			}
			return nil
		},
		schema: b.schema,
	}
}

// adjustValue is what prices are adjusted for. Without one, the data decides.
func adjustValue() value {
	field := func(s *Spec) *columnar.Adjustment { return &s.Adjust }
	v := enumValue(field, columnar.AdjustedNone, columnar.AdjustedSplits, columnar.AdjustedAll)
	known := v.check
	v.check = func(s *Spec) error {
		if s.Adjust == "" {
			return nil
		}
		return known(s)
	}
	v.write = func(s *Spec) *node { return textNode(string(s.Adjust)) }
	return v
}
