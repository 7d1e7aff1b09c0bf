package strategy

import (
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// opcode says how a node is computed from its inputs and its scalar.
type opcode uint8

const (
	opColumn        opcode = iota // column index
	opNegate                      // -a
	opAbs                         // |a|
	opArith                       // a arith b
	opArithScalar                 // a arith scalar
	opScalarArith                 // scalar arith a
	opWindow                      // fn(a, scalar)
	opChoice                      // the function that parameter index chooses, of a and scalar
	opCompare                     // a compare b
	opCompareScalar               // a compare scalar
	opCross                       // a crosses above b, or is known not to
	opCrossScalar                 // a crosses above, or below, scalar, or is known not to
	opCondition                   // scalar compare other, on every bar from index on
	opLiteral                     // true or false, on every bar from index on
	opAnd
	opOr
)

// nodeKey identifies a node: equal keys, equal values on every bar. Unused
// fields are zero, scalars and inputs that do not exist are -1.
type nodeKey struct {
	op            opcode
	fn            fn
	arith         kernel.Arith
	compare       kernel.Compare
	not, below    bool
	value         bool // of a literal
	a, b          int  // inputs
	scalar, other int
	index         int
}

// node is a vertex of the graph. Its inputs come before it.
type node struct {
	nodeKey
	kind  Kind
	scale int64 // of a decimal column and its lags
	// params are those that it depends on, ascending; strides are the weights
	// of their positions in the number of a value, and values is how many
	// there are.
	params  []int
	strides []int64
	values  int64
	// shared says that trials have values in common.
	shared bool
	text   string
	// universal says that text and the values of the parameters, in the order
	// of named, identify the node in any program.
	universal bool
	named     []int
}

// inputs returns the nodes that n is computed from.
func (k *nodeKey) inputs() []int {
	switch {
	case k.a < 0:
		return nil
	case k.b < 0:
		return []int{k.a}
	}
	return []int{k.a, k.b}
}

// graph holds nodes, each once. Operands are brought into one order only
// where the result is the same to the last bit.
type graph struct {
	scalars scalarList
	nodes   []node
	known   map[nodeKey]int
}

func (g *graph) add(kind Kind, key nodeKey, params ...int) int {
	if id, ok := g.known[key]; ok {
		return id
	}
	if g.known == nil {
		g.known = map[nodeKey]int{}
	}
	for _, in := range key.inputs() {
		params = append(params, g.nodes[in].params...)
	}
	for _, s := range []int{key.scalar, key.other} {
		if s >= 0 {
			params = append(params, g.scalars.list[s].params...)
		}
	}
	slices.Sort(params)
	g.nodes = append(g.nodes, node{nodeKey: key, kind: kind, params: slices.Compact(params)})
	g.known[key] = len(g.nodes) - 1
	return len(g.nodes) - 1
}

// none is the key of a node without inputs and scalars.
var none = nodeKey{a: -1, b: -1, scalar: -1, other: -1}

func (g *graph) column(i int, scale int64) int {
	key := none
	key.op, key.index = opColumn, i
	id := g.add(KindSeries, key)
	g.nodes[id].scale = scale
	return id
}

func (g *graph) unary(op opcode, a int) int {
	key := none
	key.op, key.a = op, a
	return g.add(KindSeries, key)
}

func (g *graph) arithSeries(op kernel.Arith, a, b int) int {
	if commutes(op) && a > b {
		a, b = b, a
	}
	key := none
	key.op, key.arith, key.a, key.b = opArith, op, a, b
	return g.add(KindSeries, key)
}

func (g *graph) arithScalar(op kernel.Arith, a, scalar int) int {
	key := none
	key.op, key.arith, key.a, key.scalar = opArithScalar, op, a, scalar
	return g.add(KindSeries, key)
}

func (g *graph) scalarArith(op kernel.Arith, scalar, a int) int {
	if commutes(op) {
		return g.arithScalar(op, a, scalar)
	}
	key := none
	key.op, key.arith, key.a, key.scalar = opScalarArith, op, a, scalar
	return g.add(KindSeries, key)
}

func commutes(op kernel.Arith) bool { return op == kernel.AddOp || op == kernel.MulOp }

// window returns fn(a, scalar). Lags of constant numbers of bars add up.
func (g *graph) window(f fn, a, scalar int) int {
	if f == fnLag {
		if bars, ok := g.scalars.value(scalar); ok {
			return g.lag(a, int(min(bars, maxLag)))
		}
	}
	key := none
	key.op, key.fn, key.a, key.scalar = opWindow, f, a, scalar
	id := g.add(KindSeries, key)
	if f == fnLag {
		g.nodes[id].scale = g.nodes[a].scale
	}
	return id
}

// maxLag stands for every lag of more bars than a column has.
const maxLag = 1 << 31

// lag returns a node's values of so many bars ago.
func (g *graph) lag(a, bars int) int {
	if n := &g.nodes[a]; n.op == opWindow && n.fn == fnLag {
		if inner, ok := g.scalars.value(n.scalar); ok {
			a, bars = n.a, min(bars+int(inner), maxLag)
		}
	}
	if bars == 0 {
		return a
	}
	key := none
	key.op, key.fn, key.a, key.scalar = opWindow, fnLag, a, g.scalars.constant(float64(bars))
	id := g.add(KindSeries, key)
	g.nodes[id].scale = g.nodes[a].scale
	return id
}

// choice returns the function that a parameter chooses, of a and a scalar
// or, where scalar is -1, of a alone.
func (g *graph) choice(param, a, scalar int) int {
	key := none
	key.op, key.index, key.a, key.scalar = opChoice, param, a, scalar
	return g.add(KindSeries, key, param)
}

func (g *graph) compare(op kernel.Compare, a, b int) int {
	if a > b {
		op, a, b = op.Swap(), b, a
	}
	key := none
	key.op, key.compare, key.a, key.b = opCompare, op, a, b
	return g.add(KindMask, key)
}

func (g *graph) compareScalar(op kernel.Compare, a, scalar int) int {
	key := none
	key.op, key.compare, key.a, key.scalar = opCompareScalar, op, a, scalar
	return g.add(KindMask, key)
}

func (g *graph) cross(not bool, a, b int) int {
	key := none
	key.op, key.not, key.a, key.b = opCross, not, a, b
	return g.add(KindMask, key)
}

func (g *graph) crossScalar(not, below bool, a, scalar int) int {
	key := none
	key.op, key.not, key.below, key.a, key.scalar = opCrossScalar, not, below, a, scalar
	return g.add(KindMask, key)
}

func (g *graph) condition(op kernel.Compare, scalar, other, from int) int {
	key := none
	key.op, key.compare, key.scalar, key.other, key.index = opCondition, op, scalar, other, from
	return g.add(KindMask, key)
}

func (g *graph) literal(value bool, from int) int {
	key := none
	key.op, key.value, key.index = opLiteral, value, from
	return g.add(KindMask, key)
}

func (g *graph) logic(op opcode, a, b int) int {
	if a == b {
		return a
	}
	if a > b {
		a, b = b, a
	}
	key := none
	key.op, key.a, key.b = op, a, b
	return g.add(KindMask, key)
}
