package spec

import (
	"errors"
	"fmt"
	"strconv"
)

// walkKeys are the keys of walk_forward.
func walkKeys() []key {
	walk := func(s *Spec) *WalkForward { return &s.WalkForward }
	return []key{
		{name: "train", doc: "Length of what a choice is made from: 3y, 6mo, 90d, or 500b (bars).", value: spanValue(func(s *Spec) *Span { return &walk(s).Train })},
		{name: "test", doc: "Length of what the choice is then run on.", value: spanValue(func(s *Spec) *Span { return &walk(s).Test })},
		{name: "step", doc: "From one window to the next. Default: the length of the test.", value: spanValue(func(s *Spec) *Span { return &walk(s).Step })},
		{name: "anchored", doc: "Every train begins where the first does. Default false.", value: optional(flagValue(func(s *Spec) *bool { return &walk(s).Anchored }),
			func(s *Spec) bool { return walk(s).Anchored })},
		{name: "purge", doc: "Bars dropped between a train and its test. Default 0.", value: countValue(func(s *Spec) *int { return &walk(s).Purge })},
		{name: "embargo", doc: "Bars behind a test that no later train has. Default 0.", value: countValue(func(s *Spec) *int { return &walk(s).Embargo })},
		{name: "dates", doc: "Where each test begins, and where the last one ends, in place of test and step.", value: walkDatesValue()},
		{name: "matrix", doc: "Several walks over one history: a list of {train: 3y, test: 1y}.", value: matrixValue()},
		{name: "select", doc: "What a choice is made from: segments of one account, or runs of a fresh one a window. Default: segments where sizes and costs are in proportion to the account.",
			value: optional(enumValue(func(s *Spec) *Select { return &walk(s).Select }, SelectSegments, SelectRuns), func(s *Spec) bool { return walk(s).Select != "" })},
		{name: "stitch", doc: "How the tests become one curve: account (default), one that changes rules, or chain, fresh ones.",
			value: optional(enumValue(func(s *Spec) *Stitch { return &walk(s).Stitch }, StitchAccount, StitchChain), func(s *Spec) bool { return walk(s).Stitch != "" })},
	}
}

// optional is a value that is checked and written where it is given.
func optional(v value, given func(*Spec) bool) value {
	check, write := v.check, v.write
	v.check = func(s *Spec) error {
		if check == nil || !given(s) {
			return nil
		}
		return check(s)
	}
	v.write = func(s *Spec) *node {
		if !given(s) {
			return nil
		}
		return write(s)
	}
	return v
}

func spanValue(field func(*Spec) *Span) value {
	return value{
		decode: func(d *decoder, path string, n *node) { *field(d.spec) = d.span(path, n) },
		check:  func(s *Spec) error { return field(s).check() },
		write:  func(s *Spec) *node { return textNode(field(s).String()) },
		schema: spanSchema,
	}
}

func (d *decoder) span(path string, n *node) Span {
	if !d.want(path, n, scalarNode, "a length such as 3y") {
		return Span{}
	}
	s, err := ParseSpan(n.text)
	if err != nil {
		d.fail(path, n.at, "%q: %v", n.text, err)
		return Span{Days: 1}
	}
	return s
}

func spanSchema() schema { return schema{"type": "string", "pattern": `^[1-9][0-9]*(y|mo|d|b)$`} }

func countValue(field func(*Spec) *int) value {
	return value{
		decode: func(d *decoder, path string, n *node) { *field(d.spec) = d.wholeNumber(path, n, 0, maxSpan) },
		check: func(s *Spec) error {
			if v := *field(s); v < 0 || v > maxSpan {
				return fmt.Errorf("%d: want a whole number from 0 to %d", v, maxSpan)
			}
			return nil
		},
		write: func(s *Spec) *node {
			if *field(s) == 0 {
				return nil
			}
			return plain(strconv.Itoa(*field(s)))
		},
		schema: func() schema { return schema{"type": "integer", "minimum": 0, "maximum": maxSpan} },
	}
}

func walkDatesValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) { d.spec.WalkForward.Dates = d.dates(path, n) },
		check: func(s *Spec) error {
			if s.WalkForward.Dates == nil {
				return nil
			}
			return checkDates(s.WalkForward.Dates)
		},
		write: func(s *Spec) *node {
			if s.WalkForward.Dates == nil {
				return nil
			}
			return dateList(s.WalkForward.Dates)
		},
		schema: datesSchema,
	}
}

// matrixValue is a list of lengths.
func matrixValue() value {
	const want = "a list of lengths, such as [{train: 3y, test: 1y}]"
	return value{
		decode: func(d *decoder, path string, n *node) {
			if !d.want(path, n, listNode, want) {
				return
			}
			if len(n.items) == 0 {
				d.fail(path, n.at, "no lengths; want %s", want)
			}
			for _, item := range n.items {
				if !d.want(path, item, mappingNode, "{train: 3y, test: 1y}") {
					continue
				}
				pairs := d.pairs(path, item, []string{"train", "test"})
				if len(pairs) != 2 {
					d.fail(path, item.at, "want both, train and test")
					continue
				}
				d.spec.WalkForward.Matrix = append(d.spec.WalkForward.Matrix, Lengths{d.span(join(path, "train"), pairs["train"]), d.span(join(path, "test"), pairs["test"])})
			}
		},
		check: func(s *Spec) error {
			for _, l := range s.WalkForward.Matrix {
				if err := errors.Join(l.Train.check(), l.Test.check()); err != nil {
					return err
				}
				if l.Train == (Span{}) || l.Test == (Span{}) {
					return errors.New("want both, train and test, in every walk")
				}
			}
			return nil
		},
		write: func(s *Spec) *node {
			if s.WalkForward.Matrix == nil {
				return nil
			}
			list := flowList()
			for _, l := range s.WalkForward.Matrix {
				list.items = append(list.items, flowMapping("train", textNode(l.Train.String()), "test", textNode(l.Test.String())))
			}
			return list
		},
		schema: func() schema {
			return schema{"type": "array", "minItems": 1, "items": objectSchema(map[string]schema{"train": spanSchema(), "test": spanSchema()}, "train", "test")}
		},
	}
}
