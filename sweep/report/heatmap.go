package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// HeatMapData is a statistic over two parameters.
type HeatMapData struct {
	// Title stands above the map; Metric is the statistic, for the legend.
	Title, Metric string
	// XName and YName are the parameters, X and Y their values.
	XName, YName string
	X, Y         []string
	// Values has a row for each of Y and in it a value for each of X; NaN
	// where there is none.
	Values [][]float64
}

// shades are the steps of a map without colours, from low to high.
var shades = []rune("·░▒▓█")

// colors are the steps of a map with colours, in the 256-colour palette, from
// low to high (viridis).
var colors = []int{53, 54, 60, 61, 31, 30, 36, 35, 71, 77, 113, 149, 185, 226}

// HeatMap draws a map: a row a value of Y, two characters a value of X, darker
// or warmer where the value is higher, and a legend with the lowest and the
// highest. The cell of the highest is marked. A map that is wider than the
// width leaves out columns evenly and says so.
func HeatMap(w io.Writer, m HeatMapData, opts Options) error {
	var b strings.Builder
	low, high, at := extremes(m.Values)
	fmt.Fprintf(&b, "\n%s: %s (down) by %s (across)\n", m.Title, m.YName, m.XName)
	if math.IsNaN(low) {
		b.WriteString("no values\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	margin := 0
	for _, y := range m.Y {
		margin = max(margin, utf8.RuneCountInString(y))
	}
	step := 1
	if room := (opts.Width - margin - 2) / 2; opts.Width > 0 && room > 0 {
		step = (len(m.X) + room - 1) / room
	}
	for j, y := range m.Y {
		fmt.Fprintf(&b, "%*s ", margin, y)
		for i := 0; i < len(m.X); i += step {
			mark := at == [2]int{i, j}
			b.WriteString(shade(m.Values[j][i], low, high, mark, opts.Color))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%*s %s … %s\n", margin, "", m.X[0], m.X[len(m.X)-1])
	if step > 1 {
		fmt.Fprintf(&b, "every %d columns is shown\n", step)
	}
	fmt.Fprintf(&b, "%s %s   %s %s at %s %s, %s %s\n",
		shade(low, low, high, false, opts.Color), number(low, m.Metric),
		shade(high, low, high, true, opts.Color), number(high, m.Metric), m.YName, m.Y[at[1]], m.XName, m.X[at[0]])
	_, err := io.WriteString(w, b.String())
	return err
}

// extremes returns the lowest and the highest finite value and where the
// latter is first, as x and y; NaN where there is none.
func extremes(values [][]float64) (low, high float64, at [2]int) {
	low, high = math.NaN(), math.NaN()
	for j, row := range values {
		for i, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			if !(v >= low) {
				low = v
			}
			if !(v <= high) {
				high, at = v, [2]int{i, j}
			}
		}
	}
	return low, high, at
}

// shade returns the two characters of a cell.
func shade(v, low, high float64, mark, color bool) string {
	if math.IsNaN(v) {
		return "  "
	}
	share := 1.0
	if high > low {
		share = min(max((v-low)/(high-low), 0), 1)
	}
	if color {
		text := "  "
		if mark {
			text = "▲ "
		}
		return fmt.Sprintf("\x1b[48;5;%dm\x1b[30m%s\x1b[0m", colors[step(share, len(colors))], text)
	}
	r := string(shades[step(share, len(shades))])
	if mark {
		return "◆" + r
	}
	return r + r
}

// step returns which of n equal steps a share from 0 to 1 falls into.
func step(share float64, n int) int { return min(int(share*float64(n)), n-1) }
