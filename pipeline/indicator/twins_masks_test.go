package indicator_test

import (
	"math"
	"slices"
)

// truthOf is what a value of a mask says: 1, 0, or −1 where it is unknown.
func truthOf(x float64) int {
	switch {
	case math.IsNaN(x):
		return -1
	case x == 0:
		return 0
	}
	return 1
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// lastTrue returns the true bars up to one, the last first.
func lastTrue(mask []float64, bar int) (bars []int) {
	for i := bar; i >= 0; i-- {
		if truthOf(mask[i]) == 1 {
			bars = append(bars, i)
		}
	}
	return bars
}

// upTo is a function of the bars up to each one: in has them, the last one at its end.
func upTo(f func(in columns, params []float64) float64) twin {
	return func(in columns, params []float64) columns {
		out := make([]float64, len(in[0]))
		for i := range out {
			out[i] = f(in.cut(0, i+1), params)
		}
		return columns{out}
	}
}

// lastOf returns the truths of the last n bars, nil where there are fewer.
func lastOf(mask []float64, n float64) (truths []int) {
	if len(mask) < int(n) {
		return nil
	}
	for _, x := range mask[len(mask)-int(n):] {
		truths = append(truths, truthOf(x))
	}
	return truths
}

// kleene returns what one deciding truth makes of some, by Kleene's logic.
func kleene(truths []int, decisive int) float64 {
	switch {
	case truths == nil:
		return math.NaN()
	case slices.Contains(truths, decisive):
		return float64(decisive)
	case slices.Contains(truths, -1):
		return math.NaN()
	}
	return float64(1 - decisive)
}

// moved is whether all of the last moves have a sign.
func moved(sign float64) twin {
	return upTo(func(in columns, params []float64) float64 {
		x, n := in[0], int(params[0])
		if len(x) <= n {
			return math.NaN()
		}
		all := true
		for i := len(x) - n; i < len(x); i++ {
			all = all && sign*(x[i]-x[i-1]) > 0
		}
		return number(all)
	})
}

var twinsMasks = map[string]twin{
	"if":       eachBar(func(x ...float64) float64 { return map[int]float64{1: x[1], 0: x[2], -1: math.NaN()}[truthOf(x[0])] }),
	"coalesce": eachBar(func(x ...float64) float64 { return map[bool]float64{true: x[1], false: x[0]}[math.IsNaN(x[0])] }),
	"is_known": eachBar(func(x ...float64) float64 { return number(!math.IsNaN(x[0])) }),
	"changed": upTo(func(in columns, _ []float64) float64 {
		if len(in[0]) < 2 {
			return math.NaN()
		}
		return number(in[0][len(in[0])-1]-in[0][len(in[0])-2] != 0)
	}),
	"rising": moved(1), "falling": moved(-1),
	"streak": upTo(func(in columns, _ []float64) float64 {
		x, i := in[0], len(in[0])-1
		if i == 0 {
			return math.NaN()
		}
		ups, downs := 0, 0
		for j := i; j > 0 && x[j] > x[j-1]; j-- {
			ups++
		}
		for j := i; j > 0 && x[j] < x[j-1]; j-- {
			downs++
		}
		return float64(ups - downs)
	}),
	"since": upTo(func(in columns, _ []float64) float64 {
		if bars := lastTrue(in[0], len(in[0])-1); len(bars) > 0 {
			return float64(len(in[0]) - 1 - bars[0])
		}
		return math.NaN()
	}),
	"value_when": upTo(func(in columns, params []float64) float64 {
		if bars := lastTrue(in[0], len(in[0])-1); len(bars) > int(params[0]) {
			return in[1][bars[int(params[0])]]
		}
		return math.NaN()
	}),
	"count_true": upTo(func(in columns, params []float64) float64 {
		truths := lastOf(in[0], params[0])
		if truths == nil {
			return math.NaN()
		}
		count := 0
		for _, x := range truths {
			count += x
		}
		return float64(count)
	}),
	"any": upTo(func(in columns, params []float64) float64 { return kleene(lastOf(in[0], params[0]), 1) }),
	"all": upTo(func(in columns, params []float64) float64 { return kleene(lastOf(in[0], params[0]), 0) }),
	"anchored_vwap": upTo(func(in columns, _ []float64) float64 {
		i := len(in[0]) - 1
		bars := lastTrue(in[0], i)
		typical := func(bar int) float64 { return (in[1][bar] + in[2][bar] + in[3][bar]) / 3 * in[4][bar] }
		if len(bars) == 0 || math.IsNaN(typical(i)) {
			return math.NaN()
		}
		value, volume := 0.0, 0.0
		for bar := bars[0]; bar <= i; bar++ {
			if x := typical(bar); !math.IsNaN(x) {
				value, volume = value+x, volume+in[4][bar]
			}
		}
		return value / volume
	}),
}

var unreferencedMasks = map[string]string{
	"if": "TA-Lib has no masks", "coalesce": "TA-Lib has none", "is_known": "TA-Lib has none", "changed": "TA-Lib has none",
	"rising": "TA-Lib has none", "falling": "TA-Lib has none", "streak": "TA-Lib has none", "since": "TA-Lib has none",
	"value_when": "TA-Lib has none", "count_true": "TA-Lib has no masks", "any": "TA-Lib has no masks", "all": "TA-Lib has no masks",
	"anchored_vwap": "TA-Lib has none",
}
