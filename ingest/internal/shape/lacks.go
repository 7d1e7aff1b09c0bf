package shape

import (
	"math"

	"github.com/bowstring-engine/bowstring/columnar"
)

// The columns of a bar by position.
const (
	openAt = iota
	highAt
	lowAt
	closeAt
	volumeAt
	barColumns
)

// Lacks says which columns of a bar a source does not have, by position. Prices that
// are lacking are made of those that are there, and an unknown volume is none (NaN).
type Lacks struct {
	// Any says that something is lacking.
	Any    bool
	column [barColumns]bool
}

// Volume reports whether the source has no volume.
func (l Lacks) Volume() bool { return l.column[volumeAt] }

// Has reports whether the source has a column of a bar.
func (l Lacks) Has(column int) bool { return !l.column[column] }

// Names are those of the columns that are lacking.
func (l Lacks) Names() (names []string) {
	for k, c := range columnar.BarColumns() {
		if l.column[k] {
			names = append(names, c.Name)
		}
	}
	return names
}

// Fill completes a bar. The high and low of an open and a close are the larger and
// the smaller of them; of a close alone all prices are that.
func (l Lacks) Fill(bar []float64) {
	if l.column[openAt] {
		bar[openAt] = bar[closeAt]
	}
	if l.column[highAt] {
		bar[highAt], bar[lowAt] = math.Max(bar[openAt], bar[closeAt]), math.Min(bar[openAt], bar[closeAt])
	}
	if l.column[volumeAt] {
		bar[volumeAt] = math.NaN()
	}
}
