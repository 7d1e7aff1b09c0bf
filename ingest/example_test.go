package ingest_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/ingest"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Bars that are Arrow record batches already go through the rules that files go
// through.
func ExampleRecords() {
	price := arrow.PrimitiveTypes.Float64
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "ts", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}},
		{Name: "ticker", Type: arrow.BinaryTypes.String},
		{Name: "open", Type: price}, {Name: "high", Type: price}, {Name: "low", Type: price}, {Name: "close", Type: price},
		{Name: "volume", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	record, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[
		{"ts": "2024-01-02", "ticker": "AAPL", "open": 187.15, "high": 188.44, "low": 183.89, "close": 185.64, "volume": 82488700},
		{"ts": "2024-01-03", "ticker": "AAPL", "open": 184.22, "high": 183.10, "low": 183.43, "close": 184.25, "volume": 58414500}]`))
	check(err)
	defer record.Release()
	reader, err := array.NewRecordReader(schema, []arrow.Record{record})
	check(err)
	defer reader.Release()

	var rejects strings.Builder
	result, err := ingest.Records(context.Background(),
		ingest.RecordSource{Name: "quotes", Reader: reader}, ingest.Options{Rejects: &rejects})
	check(err)
	defer result.Frame.Release()
	fmt.Println(result.Report.Accepted, "accepted,", result.Report.Rejected, "rejected")
	fmt.Print(rejects.String())
	// Output:
	// 1 accepted, 1 rejected
	// file,line,rule,text
	// quotes,2,ohlc,"ts=2024-01-03T00:00:00Z, ticker=AAPL, open=184.22, high=183.1, low=183.43, close=184.25, volume=58414500"
}

// A vendor's habits are a row: files without a header whose columns are in an order of
// their own, and dates with the day first.
func ExampleDialect() {
	dir, err := os.MkdirTemp("", "bowstring")
	check(err)
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ACME.csv")
	check(os.WriteFile(file, []byte("7,01/02/2024,101.25,102,100.5,101\n8,02/02/2024,101,101.5,100.25,100.5\n"), 0o600))

	result, err := ingest.Files(context.Background(), []string{file}, ingest.Options{
		Dialect: "broker",
		Dialects: []ingest.Dialect{{
			Name: "broker", Columns: map[int]string{6: "volume,date,open,high,low,close"},
			Dates: map[byte]ingest.DateOrder{'/': ingest.DayFirst},
		}},
	})
	check(err)
	defer result.Frame.Release()
	fmt.Println("first bar:", time.Unix(0, result.Frame.Times(0)[0]).UTC().Format(time.DateOnly))
	// Output: first bar: 2024-02-01
}
