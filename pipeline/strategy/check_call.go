package strategy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/bowstring-engine/bowstring/internal/suggest"
)

// call checks f(…) and $f(…).
func (w *walk) call(n *ast.CallNode) value {
	callee, ok := n.Callee.(*ast.IdentifierNode)
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
	f, ok := functionNamed(callee.Value)
	if !ok {
		w.arguments(n)
		return w.unknownFunction(n, callee.Value)
	}
	args, ok := w.arguments(n)
	if !w.arity(n, f, args) || !ok {
		return value{}
	}
	switch f {
	case fnAbs:
		return w.abs(n, args[0])
	case fnCrossesAbove:
		return w.crosses(n, f, args[0], args[1])
	case fnCrossesBelow:
		return w.crosses(n, f, args[1], args[0])
	}
	return w.windowed(n, f, args)
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

func (w *walk) arity(n *ast.CallNode, f fn, args []value) bool {
	if len(args) == functions[f].arity {
		return true
	}
	w.fail(at(n), "%s takes %d %s, not %d: %s", f, functions[f].arity,
		plural(functions[f].arity, "argument"), len(args), functions[f].signature)
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
	if w.src.stop && name == "atr" {
		return w.fail(at(n), "a stop of k * atr(n) is for a later version; here a stop is a fraction, such as 0.05 or $x")
	}
	if suggestion := suggest.Nearest(name, Functions()); suggestion != "" {
		return w.suggest(at(n), suggestion, "unknown function %q", name)
	}
	return w.fail(at(n), "unknown function %q; there are %s", name, strings.Join(Functions(), ", "))
}

func (w *walk) abs(n *ast.CallNode, x value) value {
	switch x.kind {
	case KindScalar:
		return value{kind: KindScalar, id: w.scalars.unary(scalarAbs, x.id)}
	case KindSeries:
		return value{kind: KindSeries, id: w.graph.unary(opAbs, x.id)}
	}
	return w.fail(at(n.Arguments[0]), "abs takes a number or a series, not a %s", x.kind)
}

// crosses is true where a crosses above b.
func (w *walk) crosses(n *ast.CallNode, f fn, a, b value) value {
	switch {
	case !a.kind.numeric() || !b.kind.numeric():
		return w.fail(at(n), "%s takes series and numbers, not a %s", f, notNumeric(a, b))
	case a.kind == KindScalar && b.kind == KindScalar:
		return w.fail(at(n), "%s needs a series: numbers do not cross", f)
	}
	return value{kind: KindMask, formula: &formula{op: formulaCross, left: a.operand(), right: b.operand()}}
}

// windowed checks a function of a series and a window.
func (w *walk) windowed(n *ast.CallNode, f fn, args []value) value {
	x, window := args[0], args[1]
	if window.kind != KindScalar {
		return w.fail(at(n.Arguments[1]), "%s: the window is a number, not a %s: %s", f, window.kind, functions[f].signature)
	}
	if err := w.badWindow(f, window.id); err != "" {
		return w.fail(at(n.Arguments[1]), "%s", err)
	}
	if bars, ok := w.scalars.value(window.id); ok && f == fnLag && x.kind == KindMask {
		return w.lagged(at(n), x, bars)
	}
	if x.kind != KindSeries {
		return w.fail(at(n.Arguments[0]), "%s takes a series, not a %s: %s", f, x.kind, functions[f].signature)
	}
	return value{kind: KindSeries, id: w.window(f, x.id, window.id)}
}

// badWindow says what is wrong with a window.
func (c *checker) badWindow(f fn, id int) string {
	return c.badScalar(id, f.accepts, func(v float64, origin string) string { return windowMessage(f, v, origin) })
}

// badScalar returns the message about a value that is not accepted of a scalar
// that is a constant or a bare parameter. Others are checked in each trial.
func (c *checker) badScalar(id int, accepts func(float64) bool, message func(v float64, origin string) string) string {
	s := &c.scalars.list[id]
	switch s.op {
	case scalarConst:
		if v, _ := c.scalars.value(id); !accepts(v) {
			return message(v, "")
		}
	case scalarParam:
		for _, v := range c.params[s.a].Values {
			if !accepts(v) {
				return message(v, fmt.Sprintf(" (%s = %s)", s.text, number(v)))
			}
		}
	}
	return ""
}

// windowMessage says that v is no window of f, and where it comes from.
func windowMessage(f fn, v float64, origin string) string {
	msg := fmt.Sprintf("%s: window %s is not a whole number ≥ %g%s", f, number(v), functions[f].least, origin)
	if f == fnLag && v < 0 {
		msg += "; look-ahead is impossible"
	}
	return msg
}

// callChoice checks the call of a function that a parameter chooses.
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
	if !ok {
		return value{}
	}
	for _, f := range w.choices[i] {
		if !w.arity(n, f, args) || !w.choiceArguments(n, f, args) {
			return value{}
		}
	}
	if len(w.choices[i]) < len(w.params[i].Names) {
		return value{} // reported at the parameter
	}
	window := -1
	if len(args) == 2 {
		window = args[1].id
	}
	return value{kind: KindSeries, id: w.choice(i, args[0].id, window)}
}

func (w *walk) choiceArguments(n *ast.CallNode, f fn, args []value) bool {
	if args[0].kind != KindSeries {
		w.fail(at(n.Arguments[0]), "%s takes a series here, not a %s", f, args[0].kind)
		return false
	}
	return f == fnAbs || w.windowed(n, f, args).kind == KindSeries
}
