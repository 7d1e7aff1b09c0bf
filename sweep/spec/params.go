package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// paramsValue is a mapping from parameter to axis, in order.
func paramsValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if !d.want(path, n, mappingNode, "a mapping from parameter to values") {
				return
			}
			for _, e := range d.unique(path, n) {
				at := path + "." + e.key.text
				d.src.note(at, e)
				axis, ok := d.axis(at, e.value)
				if ok {
					d.spec.Params = append(d.spec.Params, Param{e.key.text, axis})
				}
			}
		},
		write: func(s *Spec) *node {
			m := &node{kind: mappingNode}
			for _, p := range s.Params {
				m.add(p.Name, p.Axis.node())
			}
			return unlessEmpty(m)
		},
		schema: paramsSchema,
	}
}

// letValue is a mapping from name to expression.
func letValue() value {
	return value{
		decode: func(d *decoder, path string, n *node) {
			if !d.want(path, n, mappingNode, "a mapping from name to expression") {
				return
			}
			for _, e := range d.unique(path, n) {
				at := path + "." + e.key.text
				d.src.note(at, e)
				if d.want(at, e.value, scalarNode, "an expression") {
					d.checkText(at, e.value)
					d.spec.Let = append(d.spec.Let, Expr{e.key.text, e.value.text})
				}
			}
		},
		write: func(s *Spec) *node {
			m := &node{kind: mappingNode}
			for _, e := range s.Let {
				m.add(e.Name, scalar(e.Text))
			}
			return unlessEmpty(m)
		},
		schema: func() schema {
			return schema{"type": "object", "propertyNames": nameSchema(), "additionalProperties": exprSchema()}
		},
	}
}

func unlessEmpty(m *node) *node {
	if len(m.entries) == 0 {
		return nil
	}
	return m
}

// axis reads the values of a parameter in any of their forms.
func (d *decoder) axis(path string, n *node) (Axis, bool) {
	var axis Axis
	var err error
	before := len(d.errs)
	switch n.kind {
	case scalarNode:
		var number decimal
		if number, err = literal(n); err == nil {
			axis, err = newList([]decimal{number})
		}
	case listNode:
		axis, err = newList(d.literals(path, n))
	case mappingNode:
		axis, err = d.axisMapping(path, n)
	case emptyNode:
		err = errors.New("no values")
	}
	if len(d.errs) > before {
		return Axis{}, false
	}
	if err != nil && n.kind == scalarNode && strings.HasSuffix(n.text, ")") && strings.Contains(n.text, "(") {
		err = fmt.Errorf("%q: a range is written {from: 5, to: 50, step: 5}", n.text)
	}
	if err != nil {
		d.fail(path, n.at, "%v", err)
	}
	return axis, err == nil
}

// axisMapping reads {from, to, step}, without a step or with log, {linspace, n} and
// {choice}.
func (d *decoder) axisMapping(path string, n *node) (Axis, error) {
	pairs := d.pairs(path, n, []string{"from", "to", "step", "log", "linspace", "n", "choice"})
	log := false
	if flag := pairs["log"]; flag != nil {
		if flag.kind != scalarNode || flag.quoted || flag.text != "true" && flag.text != "false" {
			d.fail(path+".log", flag.at, "want true or false")
			return Axis{}, nil
		}
		log = flag.text == "true"
		delete(pairs, "log")
	}
	axis, err := d.unscaledAxis(path, pairs)
	if err == nil && log && axis.form != noAxis {
		return axis.logarithmic()
	}
	return axis, err
}

// unscaledAxis reads the pairs of an axis but for its scale.
func (d *decoder) unscaledAxis(path string, pairs map[string]*node) (Axis, error) {
	has := func(keys ...string) bool {
		return len(pairs) == len(keys) && !slices.ContainsFunc(keys, func(k string) bool { return pairs[k] == nil })
	}
	switch {
	case has("from", "to", "step"):
		ends := &node{kind: listNode, items: []*node{pairs["from"], pairs["to"], pairs["step"]}}
		if v := d.literals(path, ends); len(v) == 3 {
			return newRange(v[0], v[1], v[2])
		}
	case has("from", "to"):
		ends := &node{kind: listNode, items: []*node{pairs["from"], pairs["to"]}}
		if v := d.literals(path, ends); len(v) == 2 {
			return newUniform(v[0], v[1])
		}
	case has("linspace", "n"):
		if !d.want(path+".linspace", pairs["linspace"], listNode, "two numbers, [from, to]") {
			break
		}
		v := d.literals(path+".linspace", pairs["linspace"])
		count, _ := d.number(path+".n", pairs["n"])
		if len(v) != 2 || count != float64(int(count)) {
			return Axis{}, errors.New("want two numbers and a whole n: {linspace: [0.01, 0.1], n: 10}")
		}
		return newLinspace(v[0], v[1], int(count))
	case has("choice") && pairs["choice"].kind == mappingNode:
		return d.expressions(path+".choice", pairs["choice"])
	case has("choice"):
		if !d.want(path+".choice", pairs["choice"], listNode, "a list of names") {
			break
		}
		var names []string
		for _, item := range pairs["choice"].items {
			if d.want(path+".choice", item, scalarNode, "a name") {
				names = append(names, item.text)
			}
		}
		return newChoice(names)
	}
	return Axis{}, errors.New("want {from: 5, to: 43, step: 2}, [5, 7, 9], {linspace: [0.01, 0.1], n: 10} or {choice: [sma, ema]}")
}

// expressions reads {name: expression, …}, of which a parameter chooses.
func (d *decoder) expressions(path string, n *node) (Axis, error) {
	var names, texts []string
	for _, e := range d.unique(path, n) {
		at := path + "." + e.key.text
		d.src.note(at, e)
		if d.want(at, e.value, scalarNode, "an expression") {
			d.checkText(at, e.value)
			names, texts = append(names, e.key.text), append(texts, e.value.text)
		}
	}
	a, err := newChoice(names)
	a.exprs = texts
	return a, err
}

// literals reads a list of numbers and reports every one that is none.
func (d *decoder) literals(path string, n *node) []decimal {
	numbers := make([]decimal, 0, len(n.items))
	for _, item := range n.items {
		number, err := literal(item)
		if err != nil {
			d.fail(path, item.at, "%v", err)
			continue
		}
		numbers = append(numbers, number)
	}
	return numbers
}

// literal reads a value of an axis, where names are a likely mistake.
func literal(n *node) (decimal, error) {
	number, err := parseNumber(n)
	if errors.Is(err, errNotNumber) && identifier.MatchString(n.text) {
		return number, fmt.Errorf("%w; names stand as {choice: [%s]}", err, n.text)
	}
	return number, err
}

// checkParams reports what is wrong with the parameters and their grid.
func (s *Spec) checkParams(report func(path string, err error)) {
	columns := columnNames()
	seen := make(map[string]string, len(s.Params))
	for _, p := range s.Params {
		path, lower := "params."+p.Name, strings.ToLower(p.Name)
		switch first, twice := seen[lower]; {
		case checkName(p.Name) != nil:
			report(path, checkName(p.Name))
		case slices.Contains(columns, lower):
			report(path, errors.New("clashes with a column of the result; give it another name"))
		case twice && first == p.Name:
			report(path, errors.New("is there twice"))
		case twice:
			// SQL does not tell columns apart by case.
			report(path, fmt.Errorf("differs from %s by case only", first))
		}
		seen[lower] = p.Name
		if p.Axis.err != nil {
			report(path, p.Axis.err)
		} else if p.Axis.Len() == 0 && !p.Axis.IsContinuous() {
			report(path, errors.New("no values"))
		}
	}
	if len(s.Params) > maxParams {
		report("params", fmt.Errorf("%d parameters, at most %d", len(s.Params), maxParams))
	} else if _, err := NewGrid(s.lengths(), nil, 0); err != nil {
		report("params", err)
	}
}

// lengths returns the number of values of each parameter; of a continuous one that
// of its probes, which stand for it where a strategy is checked.
func (s *Spec) lengths() []int {
	lengths := make([]int, len(s.Params))
	for i, p := range s.Params {
		if lengths[i] = p.Axis.Len(); p.Axis.IsContinuous() {
			lengths[i] = len(p.Axis.probes())
		}
	}
	return lengths
}

// paramsSchema is the mapping from parameter to any form of axis.
func paramsSchema() schema {
	number := schema{"type": "number"}
	list := func(items schema, n int) schema {
		return schema{"type": "array", "minItems": n, "uniqueItems": true, "items": items}
	}
	names := nameSchema()
	names["not"] = schema{"enum": columnNames()}
	ends := schema{"type": "array", "minItems": 2, "maxItems": 2, "items": number}
	count := schema{"type": "integer", "minimum": 2, "maximum": MaxAxis}
	return schema{
		"type": "object", "propertyNames": names, "maxProperties": maxParams,
		"additionalProperties": schema{"oneOf": []schema{
			number,
			list(number, 1),
			objectSchema(map[string]schema{"from": number, "to": number, "step": number, "log": {"type": "boolean"}}, "from", "to"),
			objectSchema(map[string]schema{"linspace": ends, "n": count}, "linspace", "n"),
			objectSchema(map[string]schema{"choice": list(scalarSchema(), 1)}, "choice"),
			objectSchema(map[string]schema{"choice": {"type": "object", "minProperties": 1, "additionalProperties": exprSchema()}}, "choice"),
		}},
	}
}
