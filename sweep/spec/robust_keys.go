package spec

import (
	"fmt"
	"strconv"
)

// robustKeys are the keys of how selection is looked at.
func robustKeys() []key {
	whole := func(field func(*Robust) *int, low, high int64) value {
		return value{
			decode: func(d *decoder, path string, n *node) {
				if v, ok := d.whole(path, n, low, high); ok {
					*field(&d.spec.Robust) = int(v)
				}
			},
			check: func(s *Spec) error {
				if v := int64(*field(&s.Robust)); v != 0 && (v < low || v > high) {
					return fmt.Errorf("%d: want a whole number from %d to %d", v, low, high)
				}
				return nil
			},
			write: func(s *Spec) *node {
				v := *field(&s.Robust)
				if v == 0 {
					return nil
				}
				return plain(strconv.Itoa(v))
			},
			schema: func() schema { return schema{"type": "integer", "minimum": low, "maximum": high} },
		}
	}
	return []key{
		{name: "asset", doc: "The account that is looked at. Default: the pool.",
			value: textValue(func(s *Spec) *string { return &s.Robust.Asset })},
		{name: "benchmark", doc: "What trials have to beat: hold (the same assets bought and held) or an asset. Default: cash.",
			value: textValue(func(s *Spec) *string { return &s.Robust.Benchmark })},
		{name: "blocks", doc: "Blocks of cross-validation, an even number. Default 16.",
			value: whole(func(r *Robust) *int { return &r.Blocks }, 2, 20)},
		{name: "resamples", doc: "How often bars, trades and entries are drawn. Default 1000.",
			value: whole(func(r *Robust) *int { return &r.Resamples }, 1, 1_000_000)},
		{name: "block_length", doc: "Mean number of bars that are drawn together. Default: as the returns depend on each other.",
			value: numberValue(func(s *Spec) *float64 { return &s.Robust.BlockLength }, bounds{low: 0, omitZero: true})},
		{name: "sample", doc: "Trials that are compared with each other bar by bar, beside the best 100. Default 2000.",
			value: whole(func(r *Robust) *int { return &r.Sample }, 1, 16_000)},
		{name: "seed", doc: "Decides what is drawn. Default 0.",
			value: whole(func(r *Robust) *int { return &r.Seed }, 0, MaxSeed)},
	}
}
