package backtest

import (
	"reflect"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// barsPerFill is how many bars there are between two fills where memory for
// them is set aside before anything is known of them.
const barsPerFill = 16

// EventBytes returns how much memory an [Event] takes for so many trials.
func EventBytes(trials int) int64 {
	trial := reflect.TypeFor[lane]().Size() + reflect.TypeFor[guard]().Size()
	return int64(trials)*int64(trial) + int64(reflect.TypeFor[tables]().Size()+reflect.TypeFor[kernel.Lines]().Size()) + 4*Tile
}

// ReferenceBytes returns about how much memory a [Reference] takes on so many
// bars: the equity, and a trade every 32 bars.
func ReferenceBytes(bars int) int64 {
	return 8*int64(bars) + int64(bars/(2*barsPerFill)+1)*int64(reflect.TypeFor[Trade]().Size()) + PathBytes(bars)
}

// PathBytes returns about how much memory a [Path] over so many bars takes,
// with a fill every 16.
func PathBytes(bars int) int64 {
	return int64(bars/barsPerFill+2) * int64(reflect.TypeFor[Point]().Size())
}

// FoundBytes returns about how much memory a [Found] over so many bars takes,
// with a fill every 16.
func FoundBytes(bars int) int64 {
	return int64(bars/barsPerFill+2) * int64(reflect.TypeFor[heldAnswer]().Size()+reflect.TypeFor[hitAnswer]().Size()) / 2
}
