package graph

import (
	"fmt"
	"strings"
)

// nodeText writes a node in canonical form. Its inputs have theirs.
func (p *Program) nodeText(n *Node) string {
	switch n.Op {
	case OpColumn:
		return p.Columns[n.Index] + p.on(n)
	case OpNumber:
		return p.Scalars[n.Scalars[0]].Text + p.on(n)
	case OpExpand:
		return "tf(" + p.outer(n.In[0]) + ")"
	case OpSection:
		var parts []string
		for _, in := range n.Inputs() {
			parts = append(parts, p.outer(in))
		}
		return n.Name + "(" + strings.Join(parts, ", ") + ")"
	case OpPick:
		return fmt.Sprintf("pick($%s, %d: %s, %s)", p.Params[n.Index].Name, n.Pick, p.outer(n.In[0]), p.outer(n.In[1]))
	case OpNegate:
		return "-" + p.inner(n.In[0])
	case OpArith:
		return fmt.Sprintf("%s %s %s", p.inner(n.In[0]), n.Arith, p.inner(n.In[1]))
	case OpArithScalar:
		return fmt.Sprintf("%s %s %s", p.inner(n.In[0]), n.Arith, p.innerScalar(n.Scalars[0]))
	case OpScalarArith:
		return fmt.Sprintf("%s %s %s", p.innerScalar(n.Scalars[0]), n.Arith, p.inner(n.In[0]))
	case OpCall, OpChoice:
		return p.callText(n)
	case OpTruth: // not the text of the mask, which has other values
		return "truth(" + p.outer(n.In[0]) + ")"
	case OpOutput:
		return p.outer(n.In[0]) + "." + p.Nodes[n.In[0]].Row.Outputs[n.Index].Name
	}
	return p.maskText(n)
}

func (p *Program) callText(n *Node) string {
	var name string
	inputs := n.Inputs()
	if n.Op == OpChoice {
		name = "$" + p.Params[n.Index].Name
	} else {
		name = n.Row.Name
		inputs = inputs[:len(n.Row.Inputs)] // columns need not be said
	}
	scalars := present(n.Scalars[:])
	if n.Row == lag && p.Scalars[scalars[0]].op == scalarConst {
		return p.inner(inputs[0]) + "[" + p.Scalars[scalars[0]].Text + "]"
	}
	var parts []string
	for _, in := range inputs {
		if p.Nodes[in].Op == OpTruth {
			in = p.Nodes[in].In[0]
		}
		parts = append(parts, p.outer(in))
	}
	for _, s := range scalars {
		parts = append(parts, p.Scalars[s].Text)
	}
	return name + "(" + strings.Join(parts, ", ") + ")" + p.on(n)
}

func (p *Program) maskText(n *Node) string {
	switch n.Op {
	case OpCompare:
		return fmt.Sprintf("%s %s %s", p.inner(n.In[0]), n.Compare, p.inner(n.In[1]))
	case OpCompareScalar:
		return fmt.Sprintf("%s %s %s", p.inner(n.In[0]), n.Compare, p.innerScalar(n.Scalars[0]))
	case OpCross:
		return negated(n.Not) + "crosses_above(" + p.outer(n.In[0]) + ", " + p.outer(n.In[1]) + ")"
	case OpCrossScalar:
		name := "crosses_above"
		if n.Below {
			name = "crosses_below"
		}
		return negated(n.Not) + name + "(" + p.outer(n.In[0]) + ", " + p.Scalars[n.Scalars[0]].Text + ")"
	case OpCondition:
		return p.innerScalar(n.Scalars[0]) + " " + n.Compare.String() + " " + p.innerScalar(n.Scalars[1]) + from(n.Index) + p.on(n)
	case OpLiteral:
		return fmt.Sprint(n.Value) + from(n.Index) + p.on(n)
	case OpAnd:
		return p.inner(n.In[0]) + " and " + p.inner(n.In[1])
	default:
		return p.inner(n.In[0]) + " or " + p.inner(n.In[1])
	}
}

// on says on which longer bars a node is.
func (p *Program) on(n *Node) string {
	if n.Axis == 0 {
		return ""
	}
	return "@" + p.Axes[n.Axis-1]
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
	if text := p.Nodes[id].Text; len(text) <= longestText {
		return text
	}
	return fmt.Sprintf("#%d", id)
}

// inner returns the text of an input that stands beside an operator.
func (p *Program) inner(id int) string {
	text := p.outer(id)
	switch p.Nodes[id].Op {
	case OpColumn, OpCall, OpChoice, OpOutput, OpLiteral, OpExpand, OpPick, OpSection:
		return text
	case OpCross, OpCrossScalar:
		if !p.Nodes[id].Not {
			return text
		}
	}
	if strings.HasPrefix(text, "#") {
		return text
	}
	return "(" + text + ")"
}

// innerScalar returns the text of a scalar beside an operator.
func (p *Program) innerScalar(id int) string { return p.Scalars[id].inner() }
