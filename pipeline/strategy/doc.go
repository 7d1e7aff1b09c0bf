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
// Start with [Compile], which checks a [Definition] and returns a [Program]; the
// engine evaluates it. [CompileCondition] is for conditions on the parameters alone,
// [CompileFilter] for one on the columns of any table. Both are evaluated here.
//
// Read definition.go first, what is compiled, then compile.go, which goes through its
// parts, and check.go, which finds the kind of each expression and builds the graph
// (pipeline/internal/graph); formula.go lowers masks.
//
// # Language
//
// An expression is of one of four kinds. A number: literals, parameters
// ($fast) and arithmetic on them. A series has a number on each bar: columns,
// arithmetic, x[k] (the value of k bars ago, k constant), and the indicators, the rows
// of pipeline/indicator: sma(x, 20), atr(14). One of several outputs is taken by its
// name: bbands(x, 20, 2).upper.
//
// A condition compares numbers and is the same on every bar of a trial. A
// mask is true, false or unknown on each bar: comparisons (< <= > >= == !=),
// crosses_above(a, b), crosses_below(a, b), crosses(a, b), rows that make masks, such as
// rising(x, 3), and what and, or, not (also &&, ||, !) and [k] make of masks. Some rows
// read masks: since(m), any(m, 5). A mask chooses between numbers, or between masks:
// if(m, a, b), also written m ? a : b. From loose to tight: or, and, comparisons and
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
// # Eight bars
//
// How a block of trials is evaluated, by hand. fast is sma(close, 2), slow is
// sma(close, $n) for n of 3 and of 4, entry crosses_above(fast, slow) and exit
// crosses_below(fast, slow).
//
// Compile lowers this to five nodes, in which equal expressions are one whoever named
// them: #0 close, #1 sma(close, 2), #2 sma(close, $n), #3 the entry and #4 the exit,
// which is crosses_above with the operands exchanged. A layout of the two trials says
// that #1 takes one value in them, #2 two, one a trial, and so do #3 and #4. Averages
// are stored: each value is computed once for all trials that share it. Masks that
// few trials share are a trial's own; both of these compare #1 with #2, so they are one
// pair, and one look at the two series gives both.
//
//	bar           0    1    2    3     4    5    6      7
//	close        10    9    8   10     9   11   12      8
//	sums         10   19   27   37    46   57   69     77   of whole numbers, once for all windows
//	sma 2         -  9.5  8.5    9   9.5   10   11.5   10   bar 5: (57 − 37) / 2
//	sma 3         -    -    9    9     9   10   10.67  10.33
//	sma 4         -    -    -  9.25    9  9.5   10.5   10
//
//	n = 3, above  -    -    0    0     1    0    1      0
//	       below  -    -    1    0     0    0    0      1
//	       entry  0    0    0    0     1    0    1      0   above, and at or below on the bar before
//	       exit   0    0    0    0     0    0    0      1
//	n = 4, above  -    -    -    0     1    1    1      0
//	       entry  0    0    0    0     1    0    0      0
//	       exit   0    0    0    0     0    0    0      0   10 is not below 10
//
// Sums are exact where a column is decimal, so ties are ties (bars 3 and 5), and a bar
// without both averages is neither above nor below. A mask is a word of 64 bars, bar 0
// its lowest bit: the entry of the first trial is 01010000 in binary. A longer history
// is gone through in tiles of 1,024 bars, all trials on one tile before the next; the
// sums and the bar before the tile are all that the next one needs. The example of
// pipeline/internal/eval runs this.
//
// Look-ahead cannot be written: a negative or variable index is an error, and every
// indicator reads the bar and earlier ones only. The package knows neither fills nor
// prices nor time. A Program is immutable and safe for concurrent use.
package strategy
