package strategy

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// expression parses and checks a text and records its parts for Inspect.
func (c *checker) expression(src *source) value { return c.parsed(src, (*walk).check) }

// named is expression of a text with a name, which may have several outputs.
func (c *checker) named(src *source) value { return c.parsed(src, (*walk).checkAny) }

func (c *checker) parsed(src *source, check func(*walk, ast.Node) value) value {
	tree, err := src.parse()
	if err != nil {
		c.broken = true
		c.errs = append(c.errs, err)
		return value{}
	}
	w := &walk{checker: c, src: src, runes: []rune(src.text)}
	return check(w, tree)
}

// check checks an expression that has one value on each bar.
func (w *walk) check(n ast.Node) value {
	v := w.checkAny(n)
	if v.kind != KindOutputs {
		return v
	}
	row := w.Row(v.id)
	text := n.String()
	return w.fail(at(n), "%s has the outputs %s; write %s.%s", row, strings.Join(row.OutputNames(), ", "), text, row.Outputs[0].Name)
}

// checkAny checks an expression that may have several outputs.
func (w *walk) checkAny(n ast.Node) value {
	if w.depth++; w.depth > maxDepth {
		w.depth--
		return w.fail(at(n), "expression nests deeper than %d", maxDepth)
	}
	w.count++
	before := w.count
	n = hoistNot(n, w.runes)
	v := w.dispatch(n)
	w.depth--
	if w.depth > 0 && w.count-before < maxWatched && w.Axis == 0 {
		w.watch(n, v)
	}
	return v
}

func (w *walk) dispatch(n ast.Node) value {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return value{kind: KindScalar, id: w.Scalars.Constant(float64(n.Value))}
	case *ast.FloatNode:
		return value{kind: KindScalar, id: w.Scalars.Constant(n.Value)}
	case *ast.BoolNode:
		return value{kind: KindCondition, formula: &formula{op: formulaLiteral, value: n.Value}}
	case *ast.IdentifierNode:
		return w.name(n)
	case *ast.UnaryNode:
		return w.unary(n)
	case *ast.BinaryNode:
		return w.binary(n)
	case *ast.MemberNode:
		return w.member(n)
	case *ast.CallNode:
		return w.call(n)
	case *ast.ConditionalNode:
		return w.conditional(n)
	}
	return w.foreign(n)
}

// foreign refuses what is part of the parser's language and not of ours.
func (w *walk) foreign(n ast.Node) value {
	what := "this"
	switch n.(type) {
	case *ast.StringNode, *ast.BytesNode:
		what = "text"
	case *ast.NilNode:
		what = "nil"
	case *ast.SliceNode:
		what = "a slice"
	case *ast.ArrayNode:
		what = "a list"
	case *ast.MapNode:
		what = "a map"
	case *ast.ChainNode:
		what = "?."
	case *ast.VariableDeclaratorNode:
		what = "let inside an expression"
	case *ast.SequenceNode:
		what = "a sequence of expressions"
	case *ast.BuiltinNode:
		what = "::"
	}
	return w.fail(at(n), "%s is not part of the language", what)
}

// name resolves an identifier: a parameter, a named expression or a column.
func (w *walk) name(n *ast.IdentifierNode) value {
	if param, ok := strings.CutPrefix(n.Value, "$"); ok {
		return w.param(n, param)
	}
	if w.conditionOnly {
		return w.unknownName(n)
	}
	if b := w.let(n.Value); b != nil {
		b.used = true
		return w.resolve(b, at(n), w.src)
	}
	for i, c := range w.columns {
		if c.Name == n.Value {
			return value{kind: KindSeries, id: w.Column(i, c.Scale)}
		}
	}
	if i := positionNamed(n.Value); i >= 0 && !w.table {
		return value{kind: KindPosition, held: &heldNumber{op: heldName, index: i}}
	}
	if name := timeNamed(n.Value); name != nil && !w.table {
		return w.time(n, name)
	}
	return w.unknownName(n)
}

func (w *walk) param(n *ast.IdentifierNode, name string) value {
	i := slices.IndexFunc(w.params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return w.unknownParam(n, name)
	}
	w.paramUsed[i] = true
	if len(w.params[i].Names) > 0 {
		return w.pick(n, i)
	}
	return value{kind: KindScalar, id: w.Scalars.Param(i, name)}
}

func (w *walk) unknownParam(n *ast.IdentifierNode, name string) value {
	candidates := make([]string, len(w.params))
	for i, p := range w.params {
		candidates[i] = p.Name
	}
	suggestion := suggest.Nearest(name, candidates)
	if suggestion != "" {
		w.paramUsed[slices.Index(candidates, suggestion)] = true
		suggestion = "$" + suggestion
	} else {
		suggestion = suggest.Nearest(name, w.names())
	}
	return w.suggest(at(n), suggestion, "undeclared parameter $%s", name)
}

func (w *walk) names() []string {
	var names []string
	if !w.conditionOnly {
		for _, c := range w.columns {
			names = append(names, c.Name)
		}
		for _, b := range w.lets {
			names = append(names, b.short)
		}
		if times, _ := TimeNames(); !w.table {
			held, _ := PositionNames()
			names = append(append(names, times...), held...)
		}
	}
	return names
}

// unknownName reports a name, and takes what was probably meant for used.
func (w *walk) unknownName(n *ast.IdentifierNode) value {
	if how := w.signature(n.Value); how != "" && !w.conditionOnly {
		return w.fail(at(n), "%s is a function; call it: %s", n.Value, how)
	}
	for i, p := range w.params {
		if p.Name == n.Value {
			w.paramUsed[i] = true
			return w.suggest(at(n), "$"+p.Name, "unknown name %q", n.Value)
		}
	}
	if w.conditionOnly {
		return w.fail(at(n), "unknown name %q: a condition is on parameters alone", n.Value)
	}
	suggestion := suggest.Nearest(n.Value, w.names())
	if b := w.let(suggestion); b != nil {
		b.used = true
		return w.suggest(at(n), suggestion, "unknown name %q", n.Value)
	}
	return w.suggest(at(n), suggestion, "unknown column %q", n.Value)
}

// member is x.name, an output of an indicator, or x[k].
func (w *walk) member(n *ast.MemberNode) value {
	name, ok := n.Property.(*ast.StringNode)
	if !ok || n.Optional || n.Method {
		return w.index(n)
	}
	if call, ok := n.Node.(*ast.CallNode); ok {
		if callee, ok := call.Callee.(*ast.IdentifierNode); ok && callee.Value == "asset" && !w.table && !w.conditionOnly {
			return w.assetOf(n, call, name.Value)
		}
	}
	x := w.checkAny(n.Node)
	switch x.kind {
	case unresolved:
		return value{}
	case KindOutputs:
	default:
		return w.fail(at(n), "a %s has no members; x[k] is the value of k bars ago", x.kind)
	}
	row := w.Row(x.id)
	if i := row.Output(name.Value); i >= 0 {
		v := value{kind: KindSeries, id: w.Output(x.id, i)}
		if row.Outputs[i].Dimension == indicator.Truth {
			return value{kind: KindMask, formula: w.truthOf(v.operand())}
		}
		return v
	}
	return w.suggest(at(n.Property), suggest.Nearest(name.Value, row.OutputNames()),
		"%s has no output %q: it has %s", row, name.Value, strings.Join(row.OutputNames(), ", "))
}

// unknownColumn reports a column that the data does not have.
func (w *walk) unknownColumn(n *ast.MemberNode, name string) value {
	var names []string
	for _, c := range w.columns {
		names = append(names, c.Name)
	}
	return w.suggest(at(n.Property), suggest.Nearest(name, names), "unknown column %q", name)
}

// index is x[k]: the value of k bars ago.
func (w *walk) index(n *ast.MemberNode) value {
	x := w.check(n.Node)
	if n.Optional || n.Method {
		return w.fail(at(n), "there are no methods; x[k] is the value of k bars ago")
	}
	k := w.check(n.Property)
	if x.kind == unresolved || k.kind == unresolved {
		return value{}
	}
	bars, ok := 0.0, false
	if k.kind == KindScalar {
		bars, ok = w.Scalars.Value(k.id)
	}
	switch {
	case !ok:
		return w.fail(at(n), "x[k] needs a constant k, which makes look-ahead impossible; for a parameter write lag(x, $k)")
	case bars < 0:
		return w.fail(at(n), "look-ahead is impossible: x[k] is the value of k bars ago, k ≥ 0")
	case !lagRow.Params[0].Accepts(bars):
		return w.fail(at(n), "x[k] needs a whole number of bars")
	}
	return w.lagged(at(n), x, bars)
}

// lagged returns x as it was a constant number of bars ago.
func (w *walk) lagged(offset int, x value, bars float64) value {
	k := int(min(bars, graph.MaxLag))
	switch {
	case x.kind == KindPosition || x.formula.isHeld():
		return w.fail(offset, "the position is that of now and has no earlier bars; lag the series beside it")
	case x.kind == KindSeries:
		return value{kind: KindSeries, id: w.Lag(x.id, k)}
	case x.kind == KindMask:
		return value{kind: KindMask, formula: &formula{op: formulaLag, a: x.formula, lag: k}}
	}
	return w.fail(offset, "a %s has no earlier bars", x.kind)
}

// arithmetic operators and comparisons by their spelling.
var (
	arithOps = map[string]kernel.Arith{
		"+": kernel.AddOp, "-": kernel.SubOp, "*": kernel.MulOp, "/": kernel.DivOp,
	}
	compareOps = map[string]kernel.Compare{
		"<": kernel.Less, "<=": kernel.LessEqual, ">": kernel.Greater, ">=": kernel.GreaterEqual,
		"==": kernel.Equal, "!=": kernel.NotEqual,
	}
)

// resolve returns the value of a named expression that is used at offset of
// src. The first name of a cycle to be visited reports it.
func (c *checker) resolve(b *binding, offset int, src *source) value {
	if b.state != visiting {
		axis := c.Axis
		c.Axis = 0
		c.visit(b)
		c.Axis = axis
		if axis == 0 || b.value.kind == unresolved || b.value.kind == KindScalar || b.value.kind == KindCondition {
			return b.value
		}
		return c.onAxis(b)
	}
	if b.cyclic {
		return value{}
	}
	b.cyclic = true
	var names []string
	for _, p := range c.path[slices.Index(c.path, b):] {
		names = append(names, p.short)
	}
	names = append(names, b.short)
	c.errs = append(c.errs, src.errorf(offset, "defined by itself: %s", strings.Join(names, " → ")))
	return value{}
}

// visit checks a named expression, unless that is done.
func (c *checker) visit(b *binding) {
	if b.state != unvisited {
		return
	}
	b.state = visiting
	c.path = append(c.path, b)
	v := c.named(&b.source)
	c.path = c.path[:len(c.path)-1]
	b.state, b.value = visited, v
	c.watchNamed(b.short, b.text, v)
}
