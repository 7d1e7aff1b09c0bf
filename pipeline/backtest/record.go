package backtest

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// TradesSchema returns the schema of a table of trades. Times are those of
// bars, in nanoseconds UTC; prices are fill prices, slippage included; pnl is
// after the fees of both sides. A trade with reason "open" had not ended: its
// exit is the last bar and its last known close.
func TradesSchema() *arrow.Schema {
	number := arrow.PrimitiveTypes.Float64
	return arrow.NewSchema([]arrow.Field{
		{Name: "asset", Type: arrow.BinaryTypes.String},
		{Name: "side", Type: arrow.BinaryTypes.String},
		{Name: "entry_time", Type: arrow.FixedWidthTypes.Timestamp_ns},
		{Name: "exit_time", Type: arrow.FixedWidthTypes.Timestamp_ns},
		{Name: "bars", Type: arrow.PrimitiveTypes.Int64},
		{Name: "entry_price", Type: number},
		{Name: "exit_price", Type: number},
		{Name: "units", Type: number},
		{Name: "fees", Type: number},
		{Name: "pnl", Type: number},
		{Name: "return", Type: number},
		{Name: "reason", Type: arrow.BinaryTypes.String},
	}, nil)
}

// AppendTrades adds the trades of one asset to a builder of [TradesSchema];
// times are the timestamps of the asset's bars from its first.
func AppendTrades(rb *array.RecordBuilder, asset string, times []int64, trades []Trade) {
	text := func(c int, v string) { rb.Field(c).(*array.StringBuilder).Append(v) }
	moment := func(c, bar int) {
		rb.Field(c).(*array.TimestampBuilder).Append(arrow.Timestamp(times[bar]))
	}
	for _, t := range trades {
		text(0, asset)
		text(1, t.Side.String())
		moment(2, t.Entry)
		moment(3, t.Exit)
		rb.Field(4).(*array.Int64Builder).Append(int64(t.Bars()))
		for i, v := range [...]float64{t.EntryPrice, t.ExitPrice, t.Units, t.Fees, t.PnL, t.Return} {
			rb.Field(5 + i).(*array.Float64Builder).Append(v)
		}
		text(11, t.Reason.String())
	}
}
