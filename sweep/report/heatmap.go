package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/internal/visible"
)

// HeatMapData is a statistic over two parameters.
type HeatMapData struct {
	Title string
	// Metric names the statistic, which decides how its numbers are shown.
	Metric string
	// XName and YName are the parameters, X and Y their values.
	XName, YName string
	X, Y         []string
	// Values has a row for each of Y with a value for each of X. NaN is no
	// value.
	Values [][]float64
	// Minimize makes the lowest value the best.
	Minimize bool
}

const (
	defaultWidth = 80
	maxMapRows   = 40
	maxCellWidth = 6
	maxLabel     = 12
)

// HeatMap writes a cell for each pair of values, Y downwards, with the best
// cell marked and a legend. With colour, cells have a background of the
// 256-colour palette; without, a shade of characters. Where there are more
// values than the width (80 without one) or 40 lines hold, neighbours share a
// cell, which shows the best of them.
func HeatMap(w io.Writer, d HeatMapData, opts Options) error {
	if err := d.check(); err != nil {
		return err
	}
	if opts.Width <= 0 {
		opts.Width = defaultWidth
	}
	_, err := io.WriteString(w, layOut(d, opts).render(opts.Color))
	return err
}

func (d *HeatMapData) check() error {
	if len(d.X) == 0 || len(d.Y) == 0 || len(d.Values) != len(d.Y) {
		return fmt.Errorf("heat map: %d rows of values for %d × %d", len(d.Values), len(d.X), len(d.Y))
	}
	for i, row := range d.Values {
		if len(row) != len(d.X) {
			return fmt.Errorf("heat map: row %d has %d values, not %d", i, len(row), len(d.X))
		}
	}
	return nil
}

// better tells whether a is a better value than b; any is better than none.
func (d *HeatMapData) better(a, b float64) bool {
	return !math.IsNaN(a) && (math.IsNaN(b) || a > b && !d.Minimize || a < b && d.Minimize)
}

// heatMap is a map laid out in cells.
type heatMap struct {
	HeatMapData
	labels    []string // of the rows
	binX      int      // values a cell holds, across and down
	binY      int
	cell      int // characters a cell
	cells     [][]float64
	low, high float64 // the finite values' range
	// best is the position of the best value among X and Y; −1 without any.
	bestX, bestY int
}

// layOut chooses cells that fit the width.
func layOut(d HeatMapData, opts Options) *heatMap {
	m := &heatMap{HeatMapData: d, bestX: -1, bestY: -1, low: math.Inf(1), high: math.Inf(-1)}
	m.binY = (len(d.Y) + maxMapRows - 1) / maxMapRows
	margin := 0
	for i := 0; i < len(d.Y); i += m.binY {
		m.labels = append(m.labels, label(d.Y[i]))
		margin = max(margin, utf8.RuneCountInString(m.labels[len(m.labels)-1]))
	}
	for i, text := range m.labels {
		m.labels[i] = strings.Repeat(" ", margin-utf8.RuneCountInString(text)) + text
	}
	room := max(opts.Width-margin-1, 1)
	m.binX = (len(d.X) + room - 1) / room
	columns := (len(d.X) + m.binX - 1) / m.binX
	m.cell = min(room/columns, maxCellWidth)
	m.fill(columns)
	return m
}

// fill computes the cells, their range and the best value.
func (m *heatMap) fill(columns int) {
	m.cells = make([][]float64, len(m.labels))
	for y := range m.cells {
		m.cells[y] = make([]float64, columns)
		for x := range m.cells[y] {
			m.cells[y][x] = math.NaN()
		}
	}
	best := math.NaN()
	for y, row := range m.Values {
		for x, v := range row {
			if cell := &m.cells[y/m.binY][x/m.binX]; m.better(v, *cell) {
				*cell = v
			}
			if m.better(v, best) {
				best, m.bestX, m.bestY = v, x, y
			}
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				m.low, m.high = min(m.low, v), max(m.high, v)
			}
		}
	}
}

func (m *heatMap) render(color bool) string {
	var b strings.Builder
	if m.Title != "" {
		b.WriteString(visible.Text(m.Title) + "\n")
	}
	b.WriteString(visible.Text(m.YName) + " down, " + visible.Text(m.XName) + " across\n")
	for y, row := range m.cells {
		b.WriteString(m.labels[y] + " ")
		for x, v := range row {
			best := m.bestX >= 0 && y == m.bestY/m.binY && x == m.bestX/m.binX
			b.WriteString(m.shade(v, best, color))
		}
		b.WriteString("\n")
	}
	b.WriteString(m.axis())
	b.WriteString(m.legend(color))
	return b.String()
}

// ramp holds shades from low to high, palette their 256-colour numbers: dark
// blue over green to yellow, rising in brightness.
const ramp = ".:-=+*#%@"

var palette = [len(ramp)]int{53, 54, 61, 31, 36, 72, 77, 149, 227}

// level returns the shade of a value: infinities are at the ends, a map of
// one value is in the middle.
func (m *heatMap) level(v float64) int {
	// Halves, so that the difference of two huge numbers is finite.
	low, high := m.low/2, m.high/2
	switch {
	case math.IsInf(v, 1):
		return len(ramp) - 1
	case math.IsInf(v, -1):
		return 0
	case !(high > low):
		return len(ramp) / 2
	}
	return min(int((v/2-low)/(high-low)*float64(len(ramp))), len(ramp)-1)
}

// shade returns the characters of a cell.
func (m *heatMap) shade(v float64, best, color bool) string {
	if math.IsNaN(v) {
		return strings.Repeat(" ", m.cell)
	}
	level := m.level(v)
	fill, mark := ramp[level:level+1], bestMark(color)
	if color {
		fill = " "
	}
	text := strings.Repeat(fill, m.cell)
	if best {
		left := (m.cell - 1) / 2
		text = strings.Repeat(fill, left) + mark + strings.Repeat(fill, m.cell-1-left)
	}
	if !color {
		return text
	}
	ink := 231 // white on the dark half
	if level > len(ramp)/2 {
		ink = 16
	}
	return fmt.Sprintf("\x1b[48;5;%d;38;5;%dm%s%s", palette[level], ink, text, reset)
}

func bestMark(color bool) string {
	if color {
		return "◆"
	}
	return "X"
}

// axis returns the line of X labels, as many as do not touch.
func (m *heatMap) axis() string {
	margin := utf8.RuneCountInString(m.labels[0]) + 1
	line := strings.Repeat(" ", margin)
	at := margin
	for x := 0; x < len(m.X); x += m.binX {
		start := margin + x/m.binX*m.cell
		text := label(m.X[x])
		if x > 0 && start <= at || start+utf8.RuneCountInString(text) > margin+len(m.cells[0])*m.cell && x > 0 {
			continue
		}
		line += strings.Repeat(" ", start-at) + text
		at = start + utf8.RuneCountInString(text)
	}
	return line + "\n"
}

// legend explains the shades and names the best value.
func (m *heatMap) legend(color bool) string {
	if m.bestX < 0 {
		return "no values\n"
	}
	var b strings.Builder
	low, high := m.low, m.high
	if low > high { // only infinities
		low, high = m.Values[m.bestY][m.bestX], m.Values[m.bestY][m.bestX]
	}
	b.WriteString(format(m.Metric, low) + " ")
	for level := range len(ramp) {
		if color {
			fmt.Fprintf(&b, "\x1b[48;5;%dm %s", palette[level], reset)
		} else {
			b.WriteByte(ramp[level])
		}
	}
	mark := bestMark(color)
	fmt.Fprintf(&b, " %s\n%s best: %s at %s = %s, %s = %s\n", format(m.Metric, high), mark,
		format(m.Metric, m.Values[m.bestY][m.bestX]), visible.Text(m.XName), label(m.X[m.bestX]), visible.Text(m.YName), label(m.Y[m.bestY]))
	if m.binX > 1 || m.binY > 1 {
		fmt.Fprintf(&b, "each cell is the best of %d × %d\n", m.binX, m.binY)
	}
	return b.String()
}

// label returns a value's text for an axis.
func label(text string) string {
	text = visible.Text(text)
	if runes := []rune(text); len(runes) > maxLabel {
		return string(runes[:maxLabel-1]) + "…"
	}
	return text
}
