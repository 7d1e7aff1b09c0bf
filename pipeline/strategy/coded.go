package strategy

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// Coded is a strategy, or a part of one, whose signals Go code computes. [Function]
// makes a function of the language of it, whose outputs are the masks entry, exit,
// short_entry and short_exit:
//
//	entry: breakout($n).entry
//	exit:  breakout($n).exit or close < sma(close, 200)
//
// From there on it is like any expression: trials with the same parameters share what
// it computes, both engines trade it, explain and the reports on bars show it.
type Coded interface {
	// Describe says how the strategy is called. It gives the same answer each time.
	Describe() Description
	// Fill decides every bar of one asset for one value of the parameters. It is called
	// once for each asset and each combination of values, from many goroutines, in any
	// order, and does nothing but compute: equal bars and parameters make equal
	// masks. What it decides on a bar follows from that bar and earlier ones.
	Fill(masks Masks, bars Bars, params []float64)
}

// Description says how a [Coded] strategy is called.
type Description struct {
	Name, Title string
	// Columns are those of the data that Fill reads, one at least and
	// [indicator.MaxInputs] at most.
	Columns []string
	// Params are the numbers that a call gives, at most [indicator.MaxParams].
	Params []indicator.Param
}

// Bars is the whole history of an asset. It is borrowed, and only read.
type Bars struct {
	Asset string
	// Times are the timestamps in nanoseconds, Columns the columns that the
	// [Description] names, in its order, with NaN for what is not known.
	Times   []int64
	Columns [][]float64
}

// Masks are what a [Coded] strategy decides, a value a bar. They are false until they
// are set, and nothing is kept of them but by Set and Forget.
type Masks struct{ Entry, Exit, ShortEntry, ShortExit Mask }

// Mask is true, false or unknown on each bar.
type Mask struct{ truths []float64 }

// Set says what holds on a bar.
func (m Mask) Set(bar int, holds bool) {
	m.truths[bar] = 0
	if holds {
		m.truths[bar] = 1
	}
}

// Forget makes a bar unknown, as those of a warm-up are: neither it nor its negation
// is true.
func (m Mask) Forget(bar int) { m.truths[bar] = math.NaN() }

// Function returns the function of the language that c is, for [Definition].Functions.
// What is wrong with its description, [Compile] says.
func Function(c Coded) *indicator.Row {
	d := c.Describe()
	row := &indicator.Row{
		Name: d.Name, Title: d.Title, Columns: d.Columns, Params: d.Params, Memory: indicator.Cumulative, Cost: indicator.Heavy,
		Apply: func(call *indicator.Call) {
			for _, dst := range call.Dst {
				clear(dst)
			}
			masks := Masks{Mask{call.Dst[Entry]}, Mask{call.Dst[Exit]}, Mask{call.Dst[ShortEntry]}, Mask{call.Dst[ShortExit]}}
			c.Fill(masks, Bars{Asset: call.Asset, Times: call.Times, Columns: call.Src}, call.Params)
		},
	}
	for r := range numRules {
		row.Outputs = append(row.Outputs, indicator.Output{Name: r.String(), Dimension: indicator.Truth, Scaled: indicator.Lawless, Shifted: indicator.Lawless})
	}
	return row
}
