package arrow18_test

import (
	"fmt"
	"log"
	"time"

	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"
	v17memory "github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// bars makes a record as Bowstring has them: times in nanoseconds UTC, and
// float64 columns whose decimals stand in the metadata of their field.
func bars() v17.Record {
	schema := v17.NewSchema([]v17.Field{
		{Name: "time", Type: v17.FixedWidthTypes.Timestamp_ns},
		{Name: "close", Type: v17.PrimitiveTypes.Float64, Metadata: v17.NewMetadata([]string{"decimals"}, []string{"2"})},
	}, nil)
	b := v17array.NewRecordBuilder(v17memory.DefaultAllocator, schema)
	defer b.Release()
	for day := range 3 {
		at := time.Date(2024, 3, 4+day, 14, 30, 0, 0, time.UTC)
		b.Field(0).(*v17array.TimestampBuilder).Append(v17.Timestamp(at.UnixNano()))
		b.Field(1).(*v17array.Float64Builder).Append(100.25 + float64(day))
	}
	return b.NewRecord()
}

// A record of bars for a program that is written on arrow-go v18.
func ExampleToRecord() {
	record := bars() // of arrow/go v17
	wrapped, err := arrow18.ToRecord(record)
	check(err)
	record.Release() // the wrapper keeps the memory
	defer wrapped.Release()

	closes := wrapped.Column(1).(*v18array.Float64)
	for _, field := range wrapped.Schema().Fields() {
		fmt.Println(field.Name, field.Type, field.Metadata)
	}
	fmt.Println(wrapped.Column(0).ValueStr(0), closes.Float64Values())
	// Output:
	// time timestamp[ns, tz=UTC] []
	// close float64 ["decimals": "2"]
	// 2024-03-04T14:30:00Z [100.25 101.25 102.25]
}

// sweepResults stands for sweep.Run, which returns a reader of arrow/go v17.
func sweepResults() (v17array.RecordReader, error) {
	record := bars()
	defer record.Release()
	return v17array.NewRecordReader(record.Schema(), []v17.Record{record})
}

// The results of a sweep for a program that is written on arrow-go v18.
func ExampleToReader() {
	results, err := sweepResults()
	check(err)

	reader, err := arrow18.ToReader(results)
	check(err)
	results.Release() // the reader holds a reference
	defer reader.Release()
	for reader.Next() {
		fmt.Println(reader.RecordBatch().NumRows(), "rows") // an arrow.RecordBatch of v18, over the same memory
	}
	check(reader.Err())
	// Output: 3 rows
}
