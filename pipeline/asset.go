package pipeline

import (
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Asset is one asset of a frame, ready to be simulated. Its slices are the
// frame's and cover the asset's whole history.
type Asset struct {
	ID    string
	Times []int64
	Bars  backtest.Bars
	// Lo and Hi are the window: the first valued bar and the bar after the
	// last.
	Lo, Hi int
	// Annual is the number of bars a year in the window, Nominal that of the calendar
	// for bars of the asset's length, and Years the length of the window.
	Annual, Nominal, Years float64

	eval eval.Asset
}

// PrepareAsset returns asset i of a frame. annual overrides the bars a year
// where it is not 0. The frame must have the columns of a bar.
func PrepareAsset(f *columnar.Frame, i int, annual float64) Asset {
	a := Asset{ID: f.Asset(i), Times: f.WholeTimes(i), Annual: annual}
	column := func(name string) []float64 {
		c, ok := f.ColumnIndex(name)
		if !ok {
			panic("pipeline: frame without column " + name)
		}
		return f.WholeValues(i, c)
	}
	a.Bars = backtest.Bars{
		Open: column(columnar.Open), High: column(columnar.High), Low: column(columnar.Low),
		Close: column(columnar.Close), Volume: column(columnar.Volume),
	}
	a.Lo, a.Hi = f.Window(i)
	axis := f.Info().Axis.Of(a.Times)
	if annual == 0 {
		a.Annual = axis.Annual(a.Times[a.Lo:a.Hi])
	}
	a.Nominal = axis.BarsPerYear
	if a.Lo < a.Hi {
		a.Years = axis.Years(a.Times[a.Lo], a.Times[a.Hi-1])
	}
	a.eval = eval.Asset{Key: eval.AssetKey{Data: f.Info().Digest, Asset: a.ID}, Bars: len(a.Times), Times: a.Times, Column: func(c int) []float64 { return f.WholeValues(i, c) }, Scale: assetScales(f, i)}
	return a
}

// assetScales returns the scales of an asset's columns, of which each is found when it
// is asked for first.
func assetScales(f *columnar.Frame, i int) func(c int) int64 {
	const none = -1
	scales := make([]atomic.Int64, len(f.Columns()))
	return func(c int) int64 {
		scale := scales[c].Load()
		if scale == 0 {
			var d columnar.Decimals
			d.Add(f.WholeValues(i, c))
			if scale = d.Scale(); scale == 0 {
				scale = none
			}
			scales[c].Store(scale)
		}
		return max(scale, 0)
	}
}

// Columns returns the columns of a frame as the strategy language sees them.
func Columns(f *columnar.Frame) []strategy.Column {
	columns := make([]strategy.Column, len(f.Columns()))
	for i, c := range f.Columns() {
		columns[i] = strategy.Column{Name: c.Name, Scale: c.Scale}
	}
	return columns
}

// Curve returns what the statistics of a result are computed from.
func (a *Asset) Curve(r *backtest.Result, start, riskFree float64) metrics.Curve {
	c := metrics.Curve{
		Equity: r.Equity, Start: start, Annual: a.Annual, Years: a.Years, RiskFree: riskFree,
		Held: r.Held, Deficit: r.Deficit,
	}
	if r.Ruined {
		c.Ruined = 1
	}
	return c
}
