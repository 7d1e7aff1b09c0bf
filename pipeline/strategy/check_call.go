package strategy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// call checks f(…) and $f(…).
func (w *walk) call(n *ast.CallNode) value {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if m, member := n.Callee.(*ast.MemberNode); member {
		if callee, ok = w.pine(n, m); callee == nil && ok {
			return value{}
		}
	} else if ok && w.own[callee.Value] == nil {
		if name := canonical(callee.Value); name != callee.Value {
			callee = &ast.IdentifierNode{Value: name}
			callee.SetLocation(n.Callee.Location())
		}
	}
	if !ok {
		return w.fail(at(n), "there are no methods; functions are called by name")
	}
	if piped(n) {
		w.arguments(n)
		return w.fail(at(n), "| is not part of the language; write %s(x, …)", callee.Value)
	}
	if param, ok := strings.CutPrefix(callee.Value, "$"); ok {
		return w.callChoice(n, callee, param)
	}
	if callee.Value == "between" && !w.conditionOnly && !w.table {
		return w.between(n)
	}
	if s := sectionNamed(callee.Value); s != nil && !w.conditionOnly && !w.table {
		return w.section(n, s)
	}
	if callee.Value == "tf" && !w.conditionOnly && !w.table {
		return w.timeframe(n)
	}
	if callee.Value == "asset" && !w.conditionOnly && !w.table {
		return w.fail(at(n), `asset has columns; write asset("SPY").close`)
	}
	args, ok := w.arguments(n)
	if c := crossingNamed(callee.Value); c != nil {
		if !w.arity(n, c.name, 2, 2, c.signature()) || !ok {
			return value{}
		}
		return w.crosses(n, c, args[0], args[1])
	}
	row := w.find(callee.Value)
	if row == nil {
		return w.unknownFunction(n, callee.Value)
	}
	if !w.rowArity(n, row) || !ok {
		return value{}
	}
	return w.indicator(n, row, args)
}

// pine returns the function that ta.name of Pine is. Where there is none it says so, and
// returns nil and true; nil and false where no function of Pine is meant.
func (w *walk) pine(n *ast.CallNode, m *ast.MemberNode) (callee *ast.IdentifierNode, ok bool) {
	of, isName := m.Node.(*ast.IdentifierNode)
	property, isText := m.Property.(*ast.StringNode)
	if !isName || !isText || of.Value != "ta" || m.Optional {
		return nil, false
	}
	name, known := pineNames[property.Value]
	if !known {
		w.arguments(n)
		w.suggest(at(m), suggest.Nearest(property.Value, w.functionNames()), "ta.%s has no function here that is called in the same way; docs/indicators.md lists those that there are", property.Value)
		return nil, true
	}
	callee = &ast.IdentifierNode{Value: name}
	callee.SetLocation(of.Location())
	return callee, true
}

// arguments checks a call's arguments and reports whether all are resolved.
func (w *walk) arguments(n *ast.CallNode) ([]value, bool) {
	args, ok := make([]value, len(n.Arguments)), true
	for i, arg := range n.Arguments {
		args[i] = w.check(arg)
		ok = ok && args[i].kind != unresolved
	}
	return args, ok
}

// rowArity checks the number of arguments of an indicator: its inputs and its
// parameters, of which the last ones with a default may be left out.
func (w *walk) rowArity(n *ast.CallNode, row *indicator.Row) bool {
	most := len(row.Inputs) + len(row.Params)
	least := most
	for _, p := range slices.Backward(row.Params) {
		if p.Default == 0 {
			break
		}
		least--
	}
	return w.arity(n, row.Name, least, most, row.Signature())
}

func (w *walk) arity(n *ast.CallNode, name string, least, most int, signature string) bool {
	count := len(n.Arguments)
	if least <= count && count <= most {
		return true
	}
	want := fmt.Sprintf("%d %s", most, plural(most, "argument"))
	if least < most {
		want = fmt.Sprintf("%d to %d arguments", least, most)
	}
	w.fail(at(n), "%s takes %s, not %d: %s", name, want, count, signature)
	return false
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

func (w *walk) unknownFunction(n *ast.CallNode, name string) value {
	if w.let(name) != nil || slices.ContainsFunc(w.columns, func(c Column) bool { return c.Name == name }) {
		return w.fail(at(n), "%s is not a function; %s[k] is its value of k bars ago", name, name)
	}
	if timeNamed(name) != nil || positionNamed(name) >= 0 {
		return w.fail(at(n), "%s is not called; write %s", name, name)
	}
	if suggestion := suggest.Nearest(name, w.functionNames()); suggestion != "" {
		return w.suggest(at(n), suggestion, "unknown function %q", name)
	}
	return w.fail(at(n), "unknown function %q; docs/indicators.md lists those that there are", name)
}

// crosses is true where the one argument crosses the other.
func (w *walk) crosses(n *ast.CallNode, c *crossing, a, b value) value {
	switch {
	case !a.kind.numeric() || !b.kind.numeric():
		kind := notNumeric(a, b)
		if !c.above {
			kind = notNumeric(b, a)
		}
		return w.fail(at(n), "%s takes series and numbers, not a %s", c.name, kind)
	case a.kind == KindScalar && b.kind == KindScalar:
		return w.fail(at(n), "%s needs a series: numbers do not cross", c.name)
	}
	above := &formula{op: formulaCross, left: a.operand(), right: b.operand()}
	below := &formula{op: formulaCross, left: b.operand(), right: a.operand()}
	switch {
	case !c.below:
		return value{kind: KindMask, formula: above}
	case !c.above:
		return value{kind: KindMask, formula: below}
	}
	return value{kind: KindMask, formula: &formula{op: formulaOr, a: above, b: below}}
}

// indicator checks the call of a row: series, then numbers.
func (w *walk) indicator(n *ast.CallNode, row *indicator.Row, args []value) value {
	scalars, ok := w.parameters(n, row, args)
	if !ok {
		return value{}
	}
	if row == lagRow && args[0].kind == KindMask {
		if bars, ok := w.Scalars.Value(scalars[0]); ok {
			return w.lagged(at(n), args[0], bars)
		}
	}
	if row.OfNumber != nil && !row.MakesMask() && row.Masks == 0 && ofPosition(args...) {
		h := &heldNumber{op: heldRow, row: row}
		for _, v := range args {
			h.in = append(h.in, v.heldNumber())
		}
		return value{kind: KindPosition, held: h}
	}
	if args, scalar := w.numbers(row, args); scalar {
		id := w.Scalars.Row(row, args...)
		if row.MakesMask() {
			return value{kind: KindCondition, formula: w.truthOf(operand{id: id})}
		}
		return value{kind: KindScalar, id: id}
	}
	if row.Name == "if" && args[1].kind.logical() && args[2].kind.logical() {
		return w.chooseMask(args[0], args[1], args[2])
	}
	var inputs []int
	for i := range row.Inputs {
		if args[i].formula.isHeld() {
			return w.fail(at(n.Arguments[i]), "%s looks at series and masks that there are without a position", row)
		}
		id, takes := w.input(row, i, args[i])
		if takes != "" {
			return w.fail(at(n.Arguments[i]), "%s takes %s, not a %s: %s", row, takes, args[i].kind, row.Signature())
		}
		inputs = append(inputs, id)
	}
	for _, name := range row.Columns {
		if w.conditionOnly {
			return w.fail(at(n), "%s reads the bars: a condition is on parameters alone", row)
		}
		id, ok := w.barColumn(name)
		if !ok {
			if w.Axis > 0 && timeNamed(name) != nil {
				return w.fail(at(n), "%s is of the sessions of the bars themselves, and cannot stand inside of tf", row)
			}
			return w.fail(at(n), "%s reads the column %s, which the data does not have", row, name)
		}
		inputs = append(inputs, id)
	}
	v := value{kind: KindSeries, id: w.Call(row, inputs, scalars)}
	switch {
	case len(row.Outputs) > 1:
		v.kind = KindOutputs
	case row.MakesMask():
		return value{kind: KindMask, formula: w.truthOf(v.operand())}
	}
	return v
}

// numbers returns the scalars of the arguments of a row of numbers, and whether all of
// them are: numbers, or conditions where it takes masks.
func (w *walk) numbers(row *indicator.Row, args []value) (ids []int, ok bool) {
	if row.OfNumber == nil {
		return nil, false
	}
	for i, v := range args {
		switch {
		case v.kind == KindScalar && i >= row.Masks:
			ids = append(ids, v.id)
		case v.kind == KindCondition && (i < row.Masks || row.OrMasks):
			ids = append(ids, w.scalarTruth(v.formula))
		default:
			return nil, false
		}
	}
	return ids, true
}

// input returns the node of an argument of a row, or what the row takes in its place.
func (w *walk) input(row *indicator.Row, i int, arg value) (id int, takes string) {
	isMask := i < row.Masks
	switch {
	case arg.kind.logical() && (isMask || row.OrMasks):
		return w.truths(arg.formula), ""
	case isMask:
		return 0, "a mask"
	case arg.kind == KindScalar && row.OfNumber != nil:
		return w.Number(arg.id), ""
	case arg.kind == KindSeries:
		return arg.id, ""
	case row.OfNumber != nil:
		return 0, "a number or a series"
	case row.OrMasks:
		return 0, "a series or a mask"
	}
	return 0, "a series"
}

// barColumn returns the node of a column that a row reads without being given it.
func (w *walk) barColumn(name string) (id int, ok bool) {
	i := slices.IndexFunc(w.columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		if timeNamed(name) == nil || w.table || w.Axis > 0 {
			return 0, false
		}
		return w.derived(Derived{Name: name}), true
	}
	return w.Column(i, w.columns[i].Scale), true
}

// parameters returns the scalars of a row's parameters, defaults where the call has
// none. It reports false, and why, where one cannot be.
func (w *walk) parameters(n *ast.CallNode, row *indicator.Row, args []value) (scalars []int, ok bool) {
	for i := range row.Params {
		p, at := &row.Params[i], len(row.Inputs)+i
		if at >= len(args) {
			scalars = append(scalars, w.Scalars.Constant(p.Default))
			continue
		}
		if args[at].kind != KindScalar {
			w.fail(n.Arguments[at].Location().From, "%s: the %s is a number, not a %s: %s", row, p.Name, args[at].kind, row.Signature())
			return nil, false
		}
		msg := w.badScalar(args[at].id, p.Accepts, func(v float64, origin string) string { return graph.BadParam(row, i, v, origin) })
		if msg != "" {
			w.fail(n.Arguments[at].Location().From, "%s", msg)
			return nil, false
		}
		scalars = append(scalars, args[at].id)
	}
	return scalars, true
}

// callChoice checks the call of an indicator that a parameter chooses.
func (w *walk) callChoice(n *ast.CallNode, callee *ast.IdentifierNode, name string) value {
	args, ok := w.arguments(n)
	i := slices.IndexFunc(w.params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return w.unknownParam(callee, name)
	}
	w.paramUsed[i] = true
	if len(w.params[i].Names) == 0 {
		return w.fail(at(n), "$%s is a number, not a function", name)
	}
	w.declareChoices(i)
	if !ok {
		return value{}
	}
	for _, row := range w.choices[i] {
		count := len(row.Inputs) + len(row.Params)
		if !w.arity(n, row.Name, count, count, row.Signature()) || !w.choiceArguments(n, row, args) {
			return value{}
		}
	}
	if len(w.choices[i]) < len(w.params[i].Names) {
		return value{} // reported at the parameter
	}
	var inputs, scalars []int
	for j, arg := range args {
		if j < len(w.choices[i][0].Inputs) {
			inputs = append(inputs, arg.id)
		} else {
			scalars = append(scalars, arg.id)
		}
	}
	return value{kind: KindSeries, id: w.Choice(i, inputs, scalars)}
}

// choiceArguments checks the arguments of a call for one of the rows that a
// parameter chooses from.
func (w *walk) choiceArguments(n *ast.CallNode, row *indicator.Row, args []value) bool {
	for i := range row.Inputs {
		if args[i].kind != KindSeries {
			w.fail(at(n.Arguments[i]), "%s takes a series here, not a %s", row, args[i].kind)
			return false
		}
	}
	_, ok := w.parameters(n, row, args)
	return ok
}

// conditional is c ? a : b, which is if(c, a, b).
func (w *walk) conditional(n *ast.ConditionalNode) value {
	if n.Cond == n.Exp1 {
		w.check(n.Cond)
		w.check(n.Exp2)
		return w.fail(at(n.Cond), "?: is not part of the language; write coalesce(a, b) for b where a is unknown")
	}
	call := &ast.CallNode{Callee: &ast.IdentifierNode{Value: "if"}, Arguments: []ast.Node{n.Cond, n.Exp1, n.Exp2}}
	call.SetLocation(n.Cond.Location())
	return w.call(call)
}

// chooseMask is the mask that is a where c is true and b where it is false.
func (w *walk) chooseMask(c, a, b value) value {
	if !c.kind.logical() {
		return value{}
	}
	chosen := func(c, x *formula) *formula { return &formula{op: formulaAnd, a: c, b: x} }
	f := &formula{op: formulaOr, a: chosen(c.formula, a.formula), b: chosen(&formula{op: formulaNot, a: c.formula}, b.formula)}
	kind := KindMask
	if c.kind == KindCondition && a.kind == KindCondition && b.kind == KindCondition {
		kind = KindCondition
	}
	return value{kind: kind, formula: f}
}
