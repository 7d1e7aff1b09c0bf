package docs

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

const chartBars, chartWidth = 400, 24

// chartColumns are generated bars: a wave of 80 bars with noise on top.
func chartColumns() map[string][]float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	c := map[string][]float64{}
	last := 100.0
	for i := range chartBars {
		open := last
		last = math.Round(1e4+1500*math.Sin(float64(i)*2*math.Pi/80)+40*rng.NormFloat64()) / 100
		for name, x := range map[string]float64{
			"open": open, "close": last, "volume": float64(1000 + rng.IntN(1000)), "session_first": float64(max(0, 1-i%5)),
			"high": max(open, last) + 0.2, "low": min(open, last) - 0.2,
		} {
			c[name] = append(c[name], x)
		}
	}
	return c
}

// chart draws the last values of an output: the average of every five bars.
func chart(values []float64) string {
	const bars = 5
	values = values[len(values)-chartWidth*bars:]
	var means []float64
	for i := 0; i < len(values); i += bars {
		sum := 0.0
		for _, v := range values[i : i+bars] {
			sum += v
		}
		means = append(means, sum/bars)
	}
	low, high := slices.Min(means), slices.Max(means)
	var b strings.Builder
	for _, m := range means {
		switch {
		case m != m || math.IsInf(m, 0) || math.IsInf(high-low, 0) || low != low:
			b.WriteString("·")
		case high == low:
			b.WriteString("▄")
		default:
			b.WriteRune([]rune("▁▂▃▄▅▆▇█")[min(int(8*(m-low)/(high-low)+1e-9), 7)])
		}
	}
	return b.String()
}

// indicatorCharts returns a chart of each output as a table in Markdown.
func indicatorCharts() string {
	columns := chartColumns()
	mask := make([]float64, chartBars)
	for i := range mask {
		if i > 0 && columns["close"][i] > 105 && columns["close"][i-1] <= 105 {
			mask[i] = 1
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| output | last %d bars |\n|---|---|\n| `close` | `%s` |\n", chartWidth*5, chart(columns["close"]))
	for _, r := range indicator.All() {
		var call indicator.Call
		for i := range r.Inputs {
			switch {
			case i < r.Masks:
				call.Src = append(call.Src, mask)
			default:
				call.Src = append(call.Src, columns[[]string{"close", "open", "low"}[i-r.Masks]])
			}
		}
		for _, name := range r.Columns {
			call.Src = append(call.Src, columns[name])
		}
		for _, p := range r.Params {
			v := p.Default
			if v == 0 {
				v = 20
			}
			call.Params = append(call.Params, v)
		}
		for range r.Outputs {
			call.Dst = append(call.Dst, make([]float64, chartBars))
		}
		r.Apply(&call)
		for i, o := range r.Outputs {
			name := r.Name
			if len(r.Outputs) > 1 {
				name += "." + o.Name
			}
			fmt.Fprintf(&b, "| `%s` | `%s` |\n", name, chart(call.Dst[i]))
		}
	}
	return b.String()
}

// languageNames returns the names of the language that are no indicators as a table in
// Markdown.
func languageNames() string {
	var b strings.Builder
	b.WriteString("| name | what it says |\n|---|---|\n")
	part := func(title string, names, says []string) {
		fmt.Fprintf(&b, "| **%s** | |\n", title)
		for i := range names {
			fmt.Fprintf(&b, "| `%s` | %s |\n", names[i], says[i])
		}
	}
	names, says := strategy.TimeNames()
	part("Time", names, says)
	names, says = strategy.SectionNames()
	part("Across assets", names, says)
	names, says = strategy.PositionNames()
	part("Position, in exits", names, says)
	aliases := strategy.Aliases()
	names, says = nil, nil
	for _, alias := range slices.Sorted(maps.Keys(aliases)) {
		names, says = append(names, alias), append(says, "`"+aliases[alias]+"`")
	}
	part("Names of other programs", names, says)
	return b.String()
}
