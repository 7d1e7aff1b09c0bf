package spec

import (
	"slices"
	"strings"
)

// settingValue is a number of the simulation within bounds, or an expression.
func settingValue(path string, field func(*Spec) *float64, b bounds) value {
	v := numberValue(field, b)
	number := v
	v.decode = func(d *decoder, at string, n *node) {
		if isExpression(n, false) {
			d.spec.set(path, n.text)
			return
		}
		number.decode(d, at, n)
	}
	v.write = func(s *Spec) *node {
		if text := s.setting(path); text != "" {
			return scalar(text)
		}
		return number.write(s)
	}
	v.schema = func() schema {
		s := number.schema()
		s["type"] = []string{"number", "string"}
		return s
	}
	return v
}

// isExpression reports whether a scalar is no attempt at a number. A word alone is one
// where it may name a series.
func isExpression(n *node, series bool) bool {
	return n.kind == scalarNode && (strings.ContainsAny(n.text, "$()*/") || series && identifier.MatchString(n.text))
}

// setting returns the expression of a number of the simulation, "" where it is one.
func (s *Spec) setting(path string) string {
	for _, e := range s.Settings {
		if e.Name == path {
			return e.Text
		}
	}
	return ""
}

func (s *Spec) set(path, text string) {
	s.Settings = append(s.Settings, Expr{path, text})
	slices.SortFunc(s.Settings, func(a, b Expr) int { return strings.Compare(a.Name, b.Name) })
}

// offValue is a flag that is left out of a file where it is false.
func offValue(field func(*Spec) *bool) value {
	v := flagValue(field)
	write := v.write
	v.write = func(s *Spec) *node {
		if !*field(s) {
			return nil
		}
		return write(s)
	}
	return v
}
