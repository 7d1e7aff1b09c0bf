package graph

import (
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Builder holds nodes, each once. Operands are brought into one order only where
// the result is the same to the last bit.
type Builder struct {
	Scalars ScalarList
	nodes   []Node
	known   map[Key]int
	// Axis is the [Key].Axis of the nodes that are made.
	Axis int
}

// lag is the row that x[k] is.
var lag = indicator.Find("lag")

func (b *Builder) add(series int, key Key, params ...int) int {
	key.Axis = b.Axis
	if id, ok := b.known[key]; ok {
		return id
	}
	if b.known == nil {
		b.known = map[Key]int{}
	}
	for _, in := range key.Inputs() {
		params = append(params, b.nodes[in].Params...)
	}
	for _, s := range present(key.Scalars[:]) {
		params = append(params, b.Scalars.list[s].params...)
	}
	slices.Sort(params)
	b.nodes = append(b.nodes, Node{Key: key, Series: series, Params: slices.Compact(params)})
	b.known[key] = len(b.nodes) - 1
	return len(b.nodes) - 1
}

// key returns the key of an operation on inputs.
func key(op Op, inputs ...int) Key {
	k := Key{Op: op}
	fill(k.In[:], inputs)
	fill(k.Scalars[:], nil)
	return k
}

// of adds scalars to a key.
func (k Key) of(scalars ...int) Key {
	fill(k.Scalars[:], scalars)
	return k
}

// fill copies ids and marks what is left as absent.
func fill(dst, ids []int) {
	for i := copy(dst, ids); i < len(dst); i++ {
		dst[i] = -1
	}
}

// Column returns a column of the data. scale is 0 where it is not known to be
// decimal; its windows are looked at then.
func (b *Builder) Column(i int, scale int64) int {
	if scale == 0 {
		scale = kernel.PerWindow
	}
	k := key(OpColumn)
	k.Index = i
	id := b.add(1, k)
	b.nodes[id].Scale = scale
	return id
}

// Number returns the series that is a scalar on every bar.
func (b *Builder) Number(scalar int) int { return b.add(1, key(OpNumber).of(scalar)) }

// Negate returns -a.
func (b *Builder) Negate(a int) int { return b.add(1, key(OpNegate, a)) }

// Arith returns a op c, of two series.
func (b *Builder) Arith(op kernel.Arith, a, c int) int {
	if commutes(op) && a > c {
		a, c = c, a
	}
	k := key(OpArith, a, c)
	k.Arith = op
	return b.add(1, k)
}

// ArithScalar returns a op scalar.
func (b *Builder) ArithScalar(op kernel.Arith, a, scalar int) int {
	k := key(OpArithScalar, a).of(scalar)
	k.Arith = op
	return b.add(1, k)
}

// ScalarArith returns scalar op a.
func (b *Builder) ScalarArith(op kernel.Arith, scalar, a int) int {
	if commutes(op) {
		return b.ArithScalar(op, a, scalar)
	}
	k := key(OpScalarArith, a).of(scalar)
	k.Arith = op
	return b.add(1, k)
}

func commutes(op kernel.Arith) bool { return op == kernel.AddOp || op == kernel.MulOp }

// Call returns an indicator of its inputs, those of the call and then the columns,
// and its parameters. Lags of constant numbers of bars add up.
func (b *Builder) Call(row *indicator.Row, inputs, scalars []int) int {
	if row == lag {
		if bars, ok := b.Scalars.Value(scalars[0]); ok {
			return b.Lag(inputs[0], int(min(bars, MaxLag)))
		}
	}
	k := key(OpCall, inputs...).of(scalars...)
	k.Row = row
	id := b.add(len(row.Outputs), k)
	if row.KeepsScale {
		b.nodes[id].Scale = b.nodes[inputs[0]].Scale
	}
	return id
}

// Output returns one of the series that a call makes.
func (b *Builder) Output(a, index int) int {
	k := key(OpOutput, a)
	k.Index = index
	return b.add(1, k)
}

// Truth returns the series of 1, 0 and unknown that a mask is, given as the bars where
// it is known to be true and those where it is known to be false.
func (b *Builder) Truth(yes, no int) int { return b.add(1, key(OpTruth, yes, no)) }

// Node returns a node.
func (b *Builder) Node(id int) *Node { return &b.nodes[id] }

// Expand returns what is known of a node on longer bars, on each bar.
func (b *Builder) Expand(a int) int {
	id := b.add(1, key(OpExpand, a))
	b.looksLike(id, a)
	return id
}

// looksLike says that a node has values of others: where those are of columns, each of
// its windows may be decimal.
func (b *Builder) looksLike(id int, others ...int) {
	for _, other := range others {
		if b.nodes[other].Scale == 0 {
			return
		}
	}
	b.nodes[id].Scale = kernel.PerWindow
}

// Section returns a function of all assets, of one input or two.
func (b *Builder) Section(across kernel.Across, name string, inputs []int) int {
	k := key(OpSection, inputs...)
	k.Across, k.Name = across, name
	return b.add(1, k)
}

// Pick returns the node of those that has the number of a parameter's value. All are
// series, or all masks.
func (b *Builder) Pick(param int, nodes []int) int {
	picked := nodes[len(nodes)-1]
	for i := len(nodes) - 2; i >= 0; i-- {
		k := key(OpPick, nodes[i], picked)
		k.Index, k.Pick = param, i
		rest := picked
		picked = b.add(b.nodes[nodes[i]].Series, k, param)
		b.looksLike(picked, nodes[i], rest)
	}
	return picked
}

// Row returns the row that a node calls.
func (b *Builder) Row(id int) *indicator.Row { return b.nodes[id].Row }

// MaxLag stands for every lag of more bars than a column has.
const MaxLag = 1 << 31

// Lag returns a node's values of so many bars ago.
func (b *Builder) Lag(a, bars int) int {
	if n := &b.nodes[a]; n.Op == OpCall && n.Row == lag {
		if inner, ok := b.Scalars.Value(n.Scalars[0]); ok {
			a, bars = n.In[0], min(bars+int(inner), MaxLag)
		}
	}
	if bars == 0 {
		return a
	}
	k := key(OpCall, a).of(b.Scalars.Constant(float64(bars)))
	k.Row = lag
	id := b.add(1, k)
	b.nodes[id].Scale = b.nodes[a].Scale
	return id
}

// Choice returns the row that a parameter chooses, of inputs and scalars.
func (b *Builder) Choice(param int, inputs, scalars []int) int {
	k := key(OpChoice, inputs...).of(scalars...)
	k.Index = param
	return b.add(1, k, param)
}

// Compare returns the mask of a op c, of two series.
func (b *Builder) Compare(op kernel.Compare, a, c int) int {
	if a > c {
		op, a, c = op.Swap(), c, a
	}
	k := key(OpCompare, a, c)
	k.Compare = op
	return b.add(0, k)
}

// CompareScalar returns the mask of a op scalar.
func (b *Builder) CompareScalar(op kernel.Compare, a, scalar int) int {
	k := key(OpCompareScalar, a).of(scalar)
	k.Compare = op
	return b.add(0, k)
}

// Cross returns the bars on which a crosses above c or, with not, is known not to.
func (b *Builder) Cross(not bool, a, c int) int {
	k := key(OpCross, a, c)
	k.Not = not
	return b.add(0, k)
}

// CrossScalar is Cross of a series and a scalar, which it may cross below.
func (b *Builder) CrossScalar(not, below bool, a, scalar int) int {
	k := key(OpCrossScalar, a).of(scalar)
	k.Not, k.Below = not, below
	return b.add(0, k)
}

// Condition returns the mask that is a op c, of two scalars, from a bar on.
func (b *Builder) Condition(op kernel.Compare, a, c, from int) int {
	k := key(OpCondition).of(a, c)
	k.Compare, k.Index = op, from
	return b.add(0, k)
}

// Literal returns the mask that is value from a bar on.
func (b *Builder) Literal(value bool, from int) int {
	k := key(OpLiteral)
	k.Value, k.Index = value, from
	return b.add(0, k)
}

// Logic returns a op c, of two masks: OpAnd or OpOr.
func (b *Builder) Logic(op Op, a, c int) int {
	if a == c {
		return a
	}
	return b.add(0, key(op, min(a, c), max(a, c)))
}
