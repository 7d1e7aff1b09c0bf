package strategy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// timeframeText is what the length of longer bars looks like: 30m, 4h, 1d, 1w, 1M.
var timeframeText = regexp.MustCompile(`^([1-9][0-9]{0,3}m|[1-9][0-9]?h|1[dwM])$`)

// timeframe is tf("1w", x): the value of x on longer bars, as it is known on each bar.
func (w *walk) timeframe(n *ast.CallNode) value {
	if !w.arity(n, "tf", 2, 2, tfSignature) {
		return value{}
	}
	text, ok := n.Arguments[0].(*ast.StringNode)
	switch {
	case !ok:
		return w.fail(at(n.Arguments[0]), "tf takes the length of longer bars in quotes: %s", tfSignature)
	case !timeframeText.MatchString(text.Value):
		return w.fail(at(n.Arguments[0]), "%q is no length of bars; there are minutes, hours, a day, a week and a month: 30m, 4h, 1d, 1w, 1M", text.Value)
	case w.Axis > 0:
		return w.fail(at(n), "tf inside of tf: longer bars are made of the bars themselves")
	}
	axis := slices.Index(w.frames, text.Value)
	if axis < 0 {
		axis = len(w.frames)
		w.frames = append(w.frames, text.Value)
	}
	w.Axis = axis + 1
	x := w.check(n.Arguments[1])
	defer func() { w.Axis = 0 }()
	switch {
	case x.kind == unresolved:
		return value{}
	case x.kind == KindSeries:
		w.Axis = 0
		return value{kind: KindSeries, id: w.Expand(x.id)}
	case x.kind == KindMask && !x.formula.isHeld():
		id := w.truths(x.formula)
		w.Axis = 0
		return value{kind: KindMask, formula: w.truthOf(operand{true, w.Expand(id)})}
	}
	return w.fail(at(n.Arguments[1]), "tf takes a series or a mask, not a %s", x.kind)
}

// onAxis returns the value of a named expression on longer bars.
func (c *checker) onAxis(b *binding) value {
	key := axisKey{b, c.Axis}
	if v, ok := c.onAxes[key]; ok {
		return v
	}
	if c.onAxes == nil {
		c.onAxes = map[axisKey]value{}
	}
	v := c.named(&b.source)
	c.onAxes[key] = v
	return v
}

// assetOf is asset("SPY").close, or asset($pair).close.
func (w *walk) assetOf(n *ast.MemberNode, call *ast.CallNode, column string) value {
	const signature = `asset("SPY").close`
	if !w.arity(call, "asset", 1, 1, signature) {
		return value{}
	}
	if w.Axis > 0 {
		return w.fail(at(call), "other assets cannot be read inside of tf; name the series of one first, and compare outside")
	}
	i := slices.IndexFunc(w.columns, func(c Column) bool { return c.Name == column })
	if i < 0 {
		return w.unknownColumn(n, column)
	}
	switch arg := call.Arguments[0].(type) {
	case *ast.StringNode:
		return value{kind: KindSeries, id: w.derived(Derived{Name: column, Asset: arg.Value})}
	case *ast.IdentifierNode:
		if param, ok := w.choiceParam(arg); ok {
			var ids []int
			for _, name := range w.params[param].Names {
				ids = append(ids, w.derived(Derived{Name: column, Asset: name}))
			}
			return value{kind: KindSeries, id: w.Pick(param, ids)}
		}
		if name, ok := strings.CutPrefix(arg.Value, "$"); ok && !slices.ContainsFunc(w.params, func(p Param) bool { return p.Name == name }) {
			return w.unknownParam(arg, name)
		}
	}
	return w.fail(at(call.Arguments[0]), "asset takes a name in quotes, or a parameter that chooses one: %s", signature)
}

// section checks xs_rank(x) and its like; a mask may say which assets are members.
func (w *walk) section(n *ast.CallNode, s *section) value {
	args, ok := w.arguments(n)
	if !w.arity(n, s.name, 1, 2, s.signature()) || !ok {
		return value{}
	}
	if w.Axis > 0 {
		return w.fail(at(n), "%s holds assets against each other bar by bar, and cannot stand inside of tf", s.name)
	}
	var inputs []int
	for i, arg := range args {
		switch mask := i == 1 || s.mask; {
		case mask && arg.kind.logical() && !arg.formula.isHeld():
			inputs = append(inputs, w.truths(arg.formula))
		case mask:
			return w.fail(at(n.Arguments[i]), "%s takes a mask here, not a %s: %s", s.name, arg.kind, s.signature())
		case arg.kind != KindSeries:
			return w.fail(at(n.Arguments[i]), "%s takes a series, not a %s: %s", s.name, arg.kind, s.signature())
		default:
			inputs = append(inputs, arg.id)
		}
	}
	return value{kind: KindSeries, id: w.Section(s.across, s.name, inputs)}
}
