package reference

import (
	"reflect"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// Bytes returns about how much memory a [Simulator] takes on so many
// bars: the equity, and a trade every 32 bars.
func Bytes(bars int) int64 {
	return 8*int64(bars) + int64(bars/(2*backtest.BarsPerFill)+1)*int64(reflect.TypeFor[backtest.Trade]().Size()) + backtest.PathBytes(bars)
}
