package event

import (
	"reflect"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Bytes returns how much memory a [Simulator] takes for so many trials.
func Bytes(trials int) int64 {
	trial := reflect.TypeFor[lane]().Size() + reflect.TypeFor[guard]().Size()
	return int64(trials)*int64(trial) + int64(reflect.TypeFor[tables]().Size()+reflect.TypeFor[kernel.OrderTable]().Size()) + 4*Tile
}

// SegmentBytes returns how much more it takes where they have segments of so many
// bars at most.
func SegmentBytes(trials, bars int) int64 {
	return int64(trials) * (int64(reflect.TypeFor[past]().Size()) + backtest.PathBytes(bars))
}

// FoundBytes returns about how much memory a [Found] over so many bars takes,
// with a fill every 16.
func FoundBytes(bars int) int64 {
	return int64(bars/backtest.BarsPerFill+2) * int64(reflect.TypeFor[heldAnswer]().Size()+reflect.TypeFor[hitAnswer]().Size()) / 2
}
