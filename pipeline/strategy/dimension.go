package strategy

import (
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// dimension returns what a series is measured in, 0 where that is not known.
func (c *checker) dimension(id int) indicator.Dimension {
	n := c.Node(id)
	switch n.Op {
	case graph.OpColumn:
		return c.columnDimension(n.Index)
	case graph.OpNumber:
		return indicator.None
	case graph.OpNegate:
		return c.dimension(n.In[0])
	case graph.OpArith:
		return ofArith(n.Arith, c.dimension(n.In[0]), c.dimension(n.In[1]))
	case graph.OpArithScalar:
		return withNumber(n.Arith, c.dimension(n.In[0]))
	case graph.OpScalarArith:
		if d := c.dimension(n.In[0]); n.Arith != kernel.DivOp {
			return withNumber(n.Arith, d)
		}
		return 0
	case graph.OpSection:
		if n.Across == kernel.AcrossMean {
			return c.dimension(n.In[0])
		}
		return indicator.None
	case graph.OpExpand, graph.OpPick:
		return c.dimension(n.In[0])
	case graph.OpCall:
		return c.outputDimension(n, 0)
	case graph.OpOutput:
		return c.outputDimension(c.Node(n.In[0]), n.Index)
	}
	return 0
}

func (c *checker) columnDimension(i int) indicator.Dimension {
	var name string
	if i < len(c.columns) {
		name = c.columns[i].Name
	} else if d := c.derivedColumns[i-len(c.columns)]; d.Asset != "" {
		name = d.Name
	} else {
		return indicator.None
	}
	switch name {
	case "open", "high", "low", "close":
		return indicator.Price
	case "volume":
		return indicator.Volume
	}
	return 0
}

// outputDimension is that of an output of a call.
func (c *checker) outputDimension(n *graph.Node, output int) indicator.Dimension {
	d := n.Row.Outputs[output].Dimension
	if d != indicator.AsInput || n.Row.Masks >= len(n.Inputs()) {
		return d
	}
	return c.dimension(n.In[n.Row.Masks])
}

// ofArith is the dimension of a op b.
func ofArith(op kernel.Arith, a, b indicator.Dimension) indicator.Dimension {
	number := func(d indicator.Dimension) bool {
		return d == indicator.None || d == indicator.Fraction || d == indicator.Count
	}
	switch op {
	case kernel.AddOp, kernel.SubOp:
		if a == b {
			return a
		}
	case kernel.MulOp:
		switch {
		case number(a) && number(b):
			return indicator.None
		case number(a):
			return b
		case number(b):
			return a
		}
	case kernel.DivOp:
		switch {
		case a == b && a != 0, number(a) && number(b):
			return indicator.None
		case number(b):
			return a
		}
	}
	return 0
}

// withNumber is the dimension of a series and a number that is none of anything: of
// what is added to a price, a price is meant.
func withNumber(_ kernel.Arith, d indicator.Dimension) indicator.Dimension { return d }
