package graph

import (
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Op says how a node is computed from its inputs and its scalars.
type Op uint8

// The operations. a and b are the first two inputs, s and t the first two scalars.
const (
	OpColumn        Op = iota // column Index
	OpNumber                  // s, on every bar
	OpNegate                  // -a
	OpArith                   // a Arith b
	OpArithScalar             // a Arith s
	OpScalarArith             // s Arith a
	OpCall                    // Row, of the inputs and scalars
	OpChoice                  // the row that parameter Index chooses, of the inputs and scalars
	OpOutput                  // output Index of a, which makes several series
	OpExpand                  // a, of longer bars, as it is known on each bar
	OpSection                 // Across of a on all assets, of those for which b is true if there is one
	OpPick                    // a where parameter Index has its value number Pick, else b
	OpTruth                   // 1 where mask a is set, 0 where mask b is, and unknown elsewhere
	OpCompare                 // a Compare b
	OpCompareScalar           // a Compare s
	OpCross                   // a crosses above b, or is known not to
	OpCrossScalar             // a crosses above, or below, s, or is known not to
	OpCondition               // s Compare t, on every bar from Index on
	OpLiteral                 // true or false, on every bar from Index on
	OpAnd
	OpOr
)

// Key identifies a node: equal keys, equal values on every bar. Unused fields are
// zero, inputs and scalars that do not exist are -1.
type Key struct {
	Op         Op
	Row        *indicator.Row
	Arith      kernel.Arith
	Compare    kernel.Compare
	Across     kernel.Across
	Name       string // of what Across is called
	Not, Below bool
	Value      bool // of a literal
	In         [indicator.MaxInputs]int
	Scalars    [indicator.MaxParams]int
	Index      int
	Pick       int
	// Axis is 0 of the bars themselves, and else 1 + the number of the longer bars that
	// the node has its values on.
	Axis int
}

// Node is a vertex of the graph. Its inputs come before it.
type Node struct {
	Key
	// Series is the number of series that it makes, 0 of a mask.
	Series int
	// Scale is that of a column and its lags, as [kernel.SMA] has it: 10^d,
	// [kernel.PerWindow], or 0 of what is no column.
	Scale int64
	// Params are those that it depends on, ascending; strides are the weights of
	// their positions in the number of a value, and Values is how many there are.
	Params  []int
	strides []int64
	Values  int64
	// Shared says that trials have values in common.
	Shared bool
	Text   string
	// Universal says that Text and the values of the parameters, in the order of
	// Named, identify the node in any program.
	Universal bool
	Named     []int
}

// Inputs returns the nodes that k is computed from.
func (k *Key) Inputs() []int { return present(k.In[:]) }

// present returns the elements before the first that does not exist.
func present(ids []int) []int {
	for i, id := range ids {
		if id < 0 {
			return ids[:i]
		}
	}
	return ids
}

// Windowed reports whether a node is an indicator that looks at other bars.
func (k *Key) Windowed() bool {
	return k.Op == OpChoice || k.Op == OpCall && k.Row.Memory != indicator.Pointwise
}

// ValueNumber returns the mixed-radix number of a node's value in a trial: that of
// the positions of its own parameters.
func (n *Node) ValueNumber(index []int) int64 {
	number := int64(0)
	for i, param := range n.Params {
		number += n.strides[i] * int64(index[param])
	}
	return number
}
