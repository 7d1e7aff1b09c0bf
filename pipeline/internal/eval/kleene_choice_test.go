package eval

import (
	"fmt"

	"pgregory.net/rapid"
)

// drawChoice draws a number that a mask or a condition chooses, or that stands for an
// unknown one.
func drawChoice(t *rapid.T, depth int) naiveNumber {
	a, b := drawSeries(t, max(depth, 0)), drawScalar(t, 1)
	if rapid.Bool().Draw(t, "exchanged") {
		a, b = b, a
	}
	if rapid.Bool().Draw(t, "coalesce") {
		return naiveNumber{"coalesce(" + a.text + ", " + b.text + ")", a.series || b.series, func(tr *naiveTrial, bar int) float64 {
			if x := a.at(tr, bar); x == x {
				return x
			}
			return b.at(tr, bar)
		}}
	}
	c := drawMask(t, depth-1)
	if rapid.Bool().Draw(t, "condition") {
		c = drawCondition(t, 1)
	}
	text := "if(" + c.text + ", " + a.text + ", " + b.text + ")"
	if rapid.Bool().Draw(t, "operator") {
		text = "(" + c.text + " ? " + a.text + " : " + b.text + ")"
	}
	return naiveNumber{text, c.mask || a.series || b.series, func(tr *naiveTrial, bar int) float64 {
		switch c.at(tr, bar) {
		case 1:
			return a.at(tr, bar)
		case -1:
			return b.at(tr, bar)
		}
		return nan
	}}
}

// drawOfMask draws a number that is made of a mask.
func drawOfMask(t *rapid.T, depth int) naiveNumber {
	m, x := drawMask(t, depth-1), drawSeries(t, max(depth-1, 0))
	trueBars := func(tr *naiveTrial, bar int) (bars []int) {
		for ; bar >= 0; bar-- {
			if m.at(tr, bar) == 1 {
				bars = append(bars, bar)
			}
		}
		return bars
	}
	switch rapid.IntRange(0, 2).Draw(t, "of a mask") {
	case 0:
		return naiveNumber{"since(" + m.text + ")", true, func(tr *naiveTrial, bar int) float64 {
			if bars := trueBars(tr, bar); len(bars) > 0 {
				return float64(bar - bars[0])
			}
			return nan
		}}
	case 1:
		return naiveNumber{"value_when(" + m.text + ", " + x.text + ", $n)", true, func(tr *naiveTrial, bar int) float64 {
			if bars, k := trueBars(tr, bar), int(tr.params["n"]); len(bars) > k {
				return x.at(tr, bars[k])
			}
			return nan
		}}
	}
	return naiveNumber{"count_true(" + m.text + ", 3)", true, func(tr *naiveTrial, bar int) float64 {
		count := 0.0
		for i := bar - 2; i <= bar; i++ {
			if i < 0 || m.at(tr, i) == 0 {
				return nan
			}
			count += float64(m.at(tr, i)+1) / 2
		}
		return count
	}}
}

func drawMask(t *rapid.T, depth int) naiveTruth {
	if depth > 0 {
		if m := drawTruth(t, depth); m.mask {
			return m
		}
	}
	a, b := drawColumn(t), drawColumn(t)
	return naiveTruth{"(" + a.text + " > " + b.text + ")", true, func(tr *naiveTrial, bar int) int { return naiveCompare(">", a.at(tr, bar), b.at(tr, bar)) }}
}

// drawMasking draws a mask that a function makes.
func drawMasking(t *rapid.T, depth int) naiveTruth {
	depth = min(depth, 2)
	m, a, b := drawMask(t, depth-1), drawSeries(t, max(depth-1, 0)), drawColumn(t)
	n := rapid.IntRange(1, 3).Draw(t, "window")
	window := func(decisive int) func(tr *naiveTrial, bar int) int {
		return func(tr *naiveTrial, bar int) int {
			if bar < n-1 {
				return 0
			}
			truth := m.at(tr, bar)
			for i := bar - n + 1; i < bar; i++ {
				truth = decisive * max(decisive*truth, decisive*m.at(tr, i))
			}
			return truth
		}
	}
	known := func(x float64) int { return map[bool]int{true: 1, false: -1}[x == x] }
	switch rapid.IntRange(0, 6).Draw(t, "masking") {
	case 0:
		return naiveTruth{fmt.Sprintf("any(%s, %d)", m.text, n), true, window(1)}
	case 1:
		return naiveTruth{fmt.Sprintf("all(%s, %d)", m.text, n), true, window(-1)}
	case 2:
		return naiveTruth{"is_known(" + a.text + ")", true, func(tr *naiveTrial, bar int) int { return known(a.at(tr, bar)) }}
	case 3:
		return naiveTruth{"is_known(" + m.text + ")", true, func(tr *naiveTrial, bar int) int { return 2*m.at(tr, bar)*m.at(tr, bar) - 1 }}
	case 4:
		return naiveTruth{"changed(" + m.text + ")", true, func(tr *naiveTrial, bar int) int {
			if bar == 0 {
				return 0
			}
			return -m.at(tr, bar) * m.at(tr, bar-1)
		}}
	case 5:
		return naiveTruth{"rising(" + a.text + ", $n)", true, func(tr *naiveTrial, bar int) int {
			up, unknown := 1, false
			for i := range int(tr.params["n"]) {
				if bar-i < 1 {
					return 0
				}
				move := naiveCompare(">", a.at(tr, bar-i), a.at(tr, bar-i-1))
				up, unknown = min(up, move), unknown || move == 0
			}
			if unknown {
				return 0
			}
			return up
		}}
	}
	above, below := crossing(a, b), crossing(b, a)
	return naiveTruth{"crosses(" + a.text + ", " + b.text + ")", true, func(tr *naiveTrial, bar int) int { return max(above(tr, bar), below(tr, bar)) }}
}
