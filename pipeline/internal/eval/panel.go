package eval

import (
	"context"
)

// Panel is the assets whose values are held against each other, in their order. It is
// immutable once its assets refer to it.
type Panel struct {
	Assets []*Asset
	// Times is how many times there are at which some asset has a bar, and At is, for
	// each asset, the number of the time of each of its bars, ascending.
	Times int
	At    [][]int32
}

// across computes a node that holds the values of all assets against each other, and
// writes those of this asset. All of them are computed at once, and kept in the cache
// for the other assets.
func (e *Evaluator) across(ctx context.Context, id int, dst Feature) error {
	panel := e.asset.Panel
	if panel == nil {
		panic("eval: an asset without a panel")
	}
	load := func() (Feature, int64, error) {
		f, err := e.section(id)
		return f, f.Bytes(), err
	}
	var all Feature
	var err error
	if e.cache != nil {
		n := &e.program.Nodes[id]
		key := FeatureKey{Asset: AssetKey{Data: e.asset.Key.Data, Asset: "*"}, Program: e.program, Node: id, Value: n.ValueNumber(e.index)}
		all, err = e.cache.Get(ctx, key, load)
	} else {
		all, _, err = load()
	}
	if err != nil {
		return err
	}
	from := 0
	for _, a := range panel.Assets {
		if a.Key == e.asset.Key {
			copy(dst.Series, all.Series[from:from+a.Bars])
			return nil
		}
		from += a.Bars
	}
	panic("eval: an asset that is not of its panel")
}

// section computes the values of a node for all assets, one after another.
func (e *Evaluator) section(id int) (Feature, error) {
	panel, n := e.asset.Panel, &e.program.Nodes[id]
	single := NewEvaluator(e.strategy, e.cache)
	inputs := make([][][]float64, len(n.Inputs()))
	bars := 0
	for _, a := range panel.Assets {
		single.Bind(*a)
		single.setTrial(e.index)
		for k, in := range n.Inputs() {
			if err := single.eval(context.Background(), in); err != nil {
				return Feature{}, err
			}
			inputs[k] = append(inputs[k], append([]float64(nil), single.slots[in].Series...))
		}
		bars += a.Bars
	}
	out := Feature{Series: make([]float64, bars)}
	var parts [][]float64
	for from, i := 0, 0; i < len(panel.Assets); i++ {
		parts = append(parts, out.Series[from:from+panel.Assets[i].Bars])
		from += panel.Assets[i].Bars
	}
	at := make([]int, len(parts)) // the next bar of each asset
	here, order := make([]int, 0, len(parts)), make([]int, 0, len(parts))
	values, members, result := make([]float64, len(parts)), make([]float64, len(parts)), make([]float64, len(parts))
	for t := range int32(panel.Times) {
		here = here[:0]
		for i := range parts {
			if at[i] < len(parts[i]) && panel.At[i][at[i]] == t {
				here = append(here, i)
			}
		}
		for k, i := range here {
			if values[k] = inputs[0][i][at[i]]; len(inputs) > 1 {
				members[k] = inputs[1][i][at[i]]
			}
		}
		among := members[:len(here)]
		if len(inputs) < 2 {
			among = nil
		}
		n.Across.Apply(result[:len(here)], values[:len(here)], among, order)
		for k, i := range here {
			parts[i][at[i]] = result[k]
			at[i]++
		}
	}
	return out, nil
}
