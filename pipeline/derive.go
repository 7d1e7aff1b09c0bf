package pipeline

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/internal/clock"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// assetFor is [PrepareAsset], with the columns that a program makes of times and of other
// assets, which others has, and with the longer bars that it asks for.
func assetFor(program *strategy.Program, f, others *columnar.Frame, i int, annual float64) Asset {
	return assetUntil(program, f, others, i, annual, math.MaxInt64)
}

// assetUntil is assetFor with the bars before a time, and nothing that is made of later
// ones.
func assetUntil(program *strategy.Program, f, others *columnar.Frame, i int, annual float64, until int64) Asset {
	a := PrepareAsset(f, i, annual)
	if n := before(a.Times, until); n < len(a.Times) {
		whole := a.eval.Column
		a.Times = a.Times[:n]
		a.eval.Times, a.eval.Bars = a.Times, n
		a.eval.Column = func(c int) []float64 { return whole(c)[:n] }
	}
	derived, frames := program.Derived(), program.Timeframes()
	if len(derived)+len(frames) == 0 {
		return a
	}
	axis, own := f.Info().Axis, a.eval.Column
	bars := clock.Bars{Times: a.Times, Frequency: axis.Frequency, AtClose: axis.Label == columnar.LabelClose, Calendar: axis.Calendar}
	if name := program.Zone(); name != "" {
		// Where it is unknown, the plan's check has said so.
		bars.Zone, _ = time.LoadLocation(name)
	}
	columns := make([]func() []float64, len(derived))
	for k, d := range derived {
		columns[k] = sync.OnceValue(func() []float64 {
			if d.Asset != "" {
				return otherAsset(others, d, a.Times, until)
			}
			return clock.Column(d.Name, bars)
		})
	}
	first := len(f.Columns())
	a.eval.Key.Data += " " + axis.Calendar.String()
	a.eval.Column = func(c int) []float64 {
		if c < first {
			return own(c)
		}
		return columns[c-first]()
	}
	scale := a.eval.Scale
	a.eval.Scale = func(c int) int64 {
		if c < first {
			return scale(c)
		}
		return 0
	}
	for _, name := range frames {
		a.eval.Axes = append(a.eval.Axes, sync.OnceValue(func() *eval.Axis { return longer(name, bars, f, own) }))
	}
	return a
}

// join makes a panel of assets, in their order.
func join(assets []Asset) {
	var times []int64
	for i := range assets {
		times = append(times, assets[i].Times...)
	}
	slices.Sort(times)
	times = slices.Compact(times)
	p := &eval.Panel{Times: len(times)}
	for i := range assets {
		at := make([]int32, len(assets[i].Times))
		next := 0
		for k, t := range assets[i].Times {
			for times[next] != t {
				next++
			}
			at[k] = int32(next)
		}
		p.At = append(p.At, at)
		bare := assets[i].eval
		bare.Panel = p
		p.Assets = append(p.Assets, &bare)
		assets[i].eval.Panel = p
	}
}

// before returns how many of some ascending times are before one.
func before(times []int64, until int64) int {
	n, _ := slices.BinarySearch(times, until)
	return n
}

// longer returns the longer bars of an asset.
func longer(name string, bars clock.Bars, f *columnar.Frame, own func(int) []float64) *eval.Axis {
	t := clock.NewTimeframe(name, bars)
	columns := make([]func() []float64, len(f.Columns()))
	for c, column := range f.Columns() {
		columns[c] = sync.OnceValue(func() []float64 { return t.Column(column.Name, own(c)) })
	}
	return &eval.Axis{Bars: len(t.First) - 1, Known: t.Known, Column: func(c int) []float64 { return columns[c]() }}
}

// otherAsset returns a column of another asset as it is known at each time: its last value
// whose bar has ended by then.
func otherAsset(others *columnar.Frame, d strategy.Derived, times []int64, until int64) []float64 {
	out := make([]float64, len(times))
	for i := range others.NumAssets() {
		if others.Asset(i) != d.Asset {
			continue
		}
		c, _ := others.ColumnIndex(d.Name)
		values := others.WholeValues(i, c)
		known := others.WholeTimes(i)
		for bar, at := range clock.AsOf(times, known[:before(known, until)]) {
			if out[bar] = math.NaN(); at >= 0 {
				out[bar] = values[at]
			}
		}
	}
	return out
}
