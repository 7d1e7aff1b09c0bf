package strategy

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// choiceParam returns the parameter that an identifier is, if it chooses from names.
func (w *walk) choiceParam(n *ast.IdentifierNode) (param int, ok bool) {
	name, ok := strings.CutPrefix(n.Value, "$")
	if !ok {
		return 0, false
	}
	i := slices.IndexFunc(w.params, func(p Param) bool { return p.Name == name })
	if i < 0 || len(w.params[i].Names) == 0 {
		return 0, false
	}
	w.paramUsed[i] = true
	return i, true
}

// pick is a parameter that chooses an expression, or a column.
func (w *walk) pick(n *ast.IdentifierNode, i int) value {
	p := &w.params[i]
	var values []value
	for k, name := range p.Names {
		if len(p.Exprs) > 0 {
			values = append(values, w.alternative(i, k))
			continue
		}
		c := slices.IndexFunc(w.columns, func(c Column) bool { return c.Name == name })
		if c < 0 {
			if w.signature(canonical(name)) == "" {
				return w.fail(at(n), "$%s chooses %s, which is no column; an asset is read as asset($%s).close, a function called as $%s(…), and an expression stands as {choice: {%s: …}}", p.Name, name, p.Name, p.Name, name)
			}
			return w.fail(at(n), "$%s chooses a function; call it: $%s(…)", p.Name, p.Name)
		}
		values = append(values, value{kind: KindSeries, id: w.Column(c, w.columns[c].Scale)})
	}
	logical := 0
	for k, v := range values {
		switch {
		case v.kind == unresolved:
			return value{}
		case v.kind.logical() && !v.formula.isHeld():
			logical++
		case v.kind == KindScalar:
			values[k] = value{kind: KindSeries, id: w.Number(v.id)}
		case v.kind != KindSeries:
			return w.fail(at(n), "%s of $%s is a %s, which cannot be chosen", p.Names[k], p.Name, v.kind)
		}
	}
	switch logical {
	case 0:
	case len(values):
		for k, v := range values {
			values[k] = value{kind: KindSeries, id: w.truths(v.formula)}
		}
	default:
		return w.fail(at(n), "$%s chooses from masks and from series; all have to be of one kind", p.Name)
	}
	ids := make([]int, len(values))
	for k, v := range values {
		ids[k] = v.id
	}
	id := w.Pick(i, ids)
	if logical > 0 {
		return value{kind: KindMask, formula: w.truthOf(operand{true, id})}
	}
	return value{kind: KindSeries, id: id}
}

// alternative checks an expression that a parameter chooses, once for each kind of bars.
func (c *checker) alternative(param, k int) value {
	for len(c.alternatives) <= param {
		c.alternatives = append(c.alternatives, nil)
	}
	if c.alternatives[param] == nil {
		for i, e := range c.params[param].Exprs {
			c.alternatives[param] = append(c.alternatives[param], &binding{short: "$" + c.params[param].Name + ": " + c.params[param].Names[i], source: source{
				name: "params." + c.params[param].Name, origin: e.Origin, text: e.Text, at: e.At, order: param,
			}})
		}
	}
	b := c.alternatives[param][k]
	return c.resolve(b, 0, &b.source)
}
