// Package strategy is the language that strategies are written in: named
// expressions over columns and parameters, and rules that are true or false
// on each bar.
//
//	let:   fast_ma = sma(close, $fast)
//	       slow_ma = sma(close, $slow)
//	entry: crosses_above(fast_ma, slow_ma)
//	exit:  crosses_below(fast_ma, slow_ma)
//
// Beside the rules a definition may have stops, which are numbers: fractions
// made of constants and parameters. The package checks their range and gives
// their values; what they mean is the engine's business.
//
// Start with [Compile], which checks a [Definition] and returns a [Program]. An
// [Evaluator] of it is bound to an [Asset] and returns the [Signals] of a trial
// over its whole history; a [Batch] returns those of a block of trials tile by
// tile. [CompileCondition] is for conditions on the parameters alone.
//
// # Language
//
// An expression is of one of four kinds. A number: literals, parameters
// ($fast) and arithmetic on them. A series has a number on each bar: columns,
// arithmetic, x[k] (the value of k bars ago, k constant), and the functions
//
//	sma ema rsi stddev highest lowest (x, window)   lag(x, bars)   abs(x)
//
// A condition compares numbers and is the same on every bar of a trial. A
// mask is true, false or unknown on each bar: comparisons (< <= > >= == !=),
// crosses_above(a, b), crosses_below(a, b), and what and, or, not (also &&,
// ||, !) and [k] make of masks. From loose to tight: or, and, comparisons and
// not, + and -, * and /, unary -, x[k]. So "not close > open" is
// "not (close > open)", and "not a and b" is "(not a) and b".
// A parameter may choose a function: $ma(close, $fast). Everything else that
// the parser knows (powers, strings, lambdas, pipes, its own functions) is an
// error with a position.
//
// # Unknown is not true
//
// A comparison with NaN is unknown. And, or and not follow three-valued
// (Kleene) logic, and a rule is true only where it is known to be true: not
// never turns a warm-up into a signal. Masks hold the bars that are known to
// be true; not is pushed down to the comparisons, whose negations hold the
// bars that are known to be false. Lags are pushed down in the same way, so
// that the first k bars of x[k] are unknown.
//
// # Evaluation
//
// Expressions are lowered to a graph in which equal expressions are one node,
// whoever named them. A node is computed once an asset for each distinct
// value of the parameters that it depends on, which a [FeatureCache] shared
// by the evaluators sees to, and by the programs: a [FeatureKey] names the data
// and the expression. A node that depends on all parameters is computed in the
// evaluator's own memory.
//
// For a block of trials a [Layout] numbers the values that each node takes in
// it. A Batch computes those that trials share once, over whole histories
// through the cache or, where histories are long, in chunks that windows reach
// back from; what is a trial's own it computes tile by tile, and all that two
// series have to do with each other from one comparison of them. The values
// are those of an Evaluator to the bit. They do not depend on the cache, on the
// order of trials, on blocks or on the number of evaluators.
//
// A Program and a Layout are immutable and safe for concurrent use; an
// Evaluator and a Batch belong to one goroutine. Look-ahead cannot be written: a negative or variable index
// is an error, and every function reads the bar and earlier ones only. The
// package knows neither fills nor prices nor time.
package strategy
