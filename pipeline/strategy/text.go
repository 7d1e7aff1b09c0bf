package strategy

import (
	"fmt"
	"strings"
)

// nodeText writes a node in canonical form. Its inputs have theirs.
func (p *Program) nodeText(n *node) string {
	switch n.op {
	case opColumn:
		return p.columns[n.index].Name
	case opNegate:
		return "-" + p.inner(n.a)
	case opAbs:
		return "abs(" + p.outer(n.a) + ")"
	case opArith:
		return fmt.Sprintf("%s %s %s", p.inner(n.a), n.arith, p.inner(n.b))
	case opArithScalar:
		return fmt.Sprintf("%s %s %s", p.inner(n.a), n.arith, p.innerScalar(n.scalar))
	case opScalarArith:
		return fmt.Sprintf("%s %s %s", p.innerScalar(n.scalar), n.arith, p.inner(n.a))
	case opWindow, opChoice:
		return p.callText(n)
	}
	return p.maskText(n)
}

func (p *Program) callText(n *node) string {
	name := n.fn.String()
	if n.op == opChoice {
		name = "$" + p.params[n.index].Name
	} else if s := &p.scalars[n.scalar]; n.fn == fnLag && s.op == scalarConst {
		return p.inner(n.a) + "[" + s.text + "]"
	}
	if n.scalar < 0 {
		return name + "(" + p.outer(n.a) + ")"
	}
	return name + "(" + p.outer(n.a) + ", " + p.scalars[n.scalar].text + ")"
}

func (p *Program) maskText(n *node) string {
	switch n.op {
	case opCompare:
		return fmt.Sprintf("%s %s %s", p.inner(n.a), n.compare, p.inner(n.b))
	case opCompareScalar:
		return fmt.Sprintf("%s %s %s", p.inner(n.a), n.compare, p.innerScalar(n.scalar))
	case opCross:
		return negated(n.not) + "crosses_above(" + p.outer(n.a) + ", " + p.outer(n.b) + ")"
	case opCrossScalar:
		f := fnCrossesAbove
		if n.below {
			f = fnCrossesBelow
		}
		return negated(n.not) + f.String() + "(" + p.outer(n.a) + ", " + p.scalars[n.scalar].text + ")"
	case opCondition:
		return p.innerScalar(n.scalar) + " " + n.compare.String() + " " + p.innerScalar(n.other) + from(n.index)
	case opLiteral:
		return fmt.Sprint(n.value) + from(n.index)
	case opAnd:
		return p.inner(n.a) + " and " + p.inner(n.b)
	default:
		return p.inner(n.a) + " or " + p.inner(n.b)
	}
}

func negated(not bool) string {
	if not {
		return "not "
	}
	return ""
}

// from marks what is unknown on the first bars.
func from(bar int) string {
	if bar == 0 {
		return ""
	}
	return fmt.Sprintf(" [from bar %d]", bar)
}

// outer returns the text of an input, or its number where that is long.
func (p *Program) outer(id int) string {
	if text := p.nodes[id].text; len(text) <= longestText {
		return text
	}
	return fmt.Sprintf("#%d", id)
}

// inner returns the text of an input that stands beside an operator.
func (p *Program) inner(id int) string {
	text := p.outer(id)
	switch p.nodes[id].op {
	case opColumn, opAbs, opWindow, opChoice, opLiteral:
		return text
	case opCross, opCrossScalar:
		if !p.nodes[id].not {
			return text
		}
	}
	if strings.HasPrefix(text, "#") {
		return text
	}
	return "(" + text + ")"
}

// innerScalar returns the text of a scalar beside an operator.
func (p *Program) innerScalar(id int) string {
	if s := &p.scalars[id]; s.op == scalarArith {
		return "(" + s.text + ")"
	}
	return p.scalars[id].text
}
