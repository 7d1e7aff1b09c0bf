package table

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// kindCase is a type of column: how parquet-go writes value i, and what it is as
// text, by arithmetic of its own.
type kindCase struct {
	name      string
	node      parquet.Node
	encodings []encoding.Encoding
	value     func(i int) parquet.Value
	want      func(i int) string
}

// twos returns a number as so many bytes in two's complement.
func twos(v *big.Int, width int) []byte {
	x := new(big.Int).Set(v)
	if x.Sign() < 0 {
		x.Add(x, new(big.Int).Lsh(big.NewInt(1), uint(8*width)))
	}
	return x.FillBytes(make([]byte, width))
}

// cents writes a number of hundredths.
func cents(v int64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	return fmt.Sprintf("%s%d.%02d", sign, v/100, v%100)
}

func kindCases() []kindCase {
	whole := []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaBinaryPacked, &parquet.ByteStreamSplit}
	float := []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.ByteStreamSplit}
	text := []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaByteArray, &parquet.DeltaLengthByteArray}
	fixed := []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaByteArray}
	number := func(i int) int64 { return int64(i*i*7919 - 50_000*(i%3)) }
	huge := new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil)
	wide := func(i int) *big.Int { return new(big.Int).Mul(huge, big.NewInt(int64(i%5-2))) }
	at := func(i int) time.Time {
		return time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(i) * 1_234_567_891)
	}
	iso := func(i int, unit time.Duration) string {
		return at(i).Truncate(unit).Format("2006-01-02T15:04:05.999999999Z")
	}
	clock := func(i int, unit time.Duration) int64 {
		return int64(time.Duration(i%86400)*time.Second+987_654_321) / int64(unit)
	}
	ofDay := func(i int, unit time.Duration) string {
		return time.Unix(0, clock(i, unit)*int64(unit)).UTC().Format("15:04:05.999999999")
	}
	return []kindCase{
		{"bool", parquet.Leaf(parquet.BooleanType), []encoding.Encoding{&parquet.Plain, &parquet.RLE},
			func(i int) parquet.Value { return parquet.BooleanValue(i%3 == 0) }, func(i int) string { return strconv.FormatBool(i%3 == 0) }},
		{"int32", parquet.Int(32), whole, func(i int) parquet.Value { return parquet.Int32Value(int32(number(i))) }, func(i int) string { return fmt.Sprint(int32(number(i))) }},
		{"int64", parquet.Int(64), whole, func(i int) parquet.Value { return parquet.Int64Value(number(i) << 20) }, func(i int) string { return fmt.Sprint(number(i) << 20) }},
		{"uint32", parquet.Uint(32), whole[:3], func(i int) parquet.Value { return parquet.Int32Value(int32(uint32(3e9 + i))) }, func(i int) string { return fmt.Sprint(3_000_000_000 + i) }},
		{"uint64", parquet.Uint(64), whole[:3], func(i int) parquet.Value { return parquet.Int64Value(-1 - int64(i)) }, func(i int) string { return fmt.Sprint(math.MaxUint64 - uint64(i)) }},
		{"float", parquet.Leaf(parquet.FloatType), float, func(i int) parquet.Value { return parquet.FloatValue(float32(i) / 3) },
			func(i int) string { return strconv.FormatFloat(float64(float32(i)/3), 'f', -1, 32) }},
		{"double", parquet.Leaf(parquet.DoubleType), float, func(i int) parquet.Value { return parquet.DoubleValue(float64(i) / 3) },
			func(i int) string { return strconv.FormatFloat(float64(i)/3, 'f', -1, 64) }},
		{"string", parquet.String(), text, func(i int) parquet.Value { return parquet.ByteArrayValue(fmt.Appendf(nil, "asset-%d", i%40)) }, func(i int) string { return fmt.Sprintf("asset-%d", i%40) }},
		{"bytes", parquet.Leaf(parquet.ByteArrayType), text, func(i int) parquet.Value { return parquet.ByteArrayValue(fmt.Appendf(nil, "%d", i)) }, strconv.Itoa},
		{"date", parquet.Date(), whole[:3], func(i int) parquet.Value { return parquet.Int32Value(int32(i - 500)) },
			func(i int) string { return time.Unix(int64(i-500)*86400, 0).UTC().Format(time.DateOnly) }},
		{"time ms", parquet.Time(parquet.Millisecond), whole[:3], func(i int) parquet.Value { return parquet.Int32Value(int32(clock(i, time.Millisecond))) }, func(i int) string { return ofDay(i, time.Millisecond) }},
		{"time us", parquet.Time(parquet.Microsecond), whole[:3], func(i int) parquet.Value { return parquet.Int64Value(clock(i, time.Microsecond)) }, func(i int) string { return ofDay(i, time.Microsecond) }},
		{"time ns", parquet.Time(parquet.Nanosecond), whole[:3], func(i int) parquet.Value { return parquet.Int64Value(clock(i, 1)) }, func(i int) string { return ofDay(i, 1) }},
		{"timestamp ms", parquet.Timestamp(parquet.Millisecond), whole[:3], func(i int) parquet.Value { return parquet.Int64Value(at(i).UnixMilli()) }, func(i int) string { return iso(i, time.Millisecond) }},
		{"timestamp us", parquet.Timestamp(parquet.Microsecond), whole[:3], func(i int) parquet.Value { return parquet.Int64Value(at(i).UnixMicro()) }, func(i int) string { return iso(i, time.Microsecond) }},
		{"timestamp ns", parquet.Timestamp(parquet.Nanosecond), whole[:3], func(i int) parquet.Value { return parquet.Int64Value(at(i).UnixNano()) }, func(i int) string { return iso(i, 1) }},
		{"int96", parquet.Leaf(parquet.Int96Type), fixed[:2], func(i int) parquet.Value {
			days, within := at(i).Unix()/86400+2440588, uint64(at(i).UnixNano()%86_400_000_000_000)
			return parquet.Int96Value(deprecated.Int96{uint32(within), uint32(within >> 32), uint32(days)})
		}, func(i int) string { return at(i).Format("2006-01-02T15:04:05.999999999") }},
		{"decimal int32", parquet.Decimal(2, 9, parquet.Int32Type), whole[:3], func(i int) parquet.Value { return parquet.Int32Value(int32(number(i) % 1e9)) }, func(i int) string { return cents(number(i) % 1e9) }},
		{"decimal int64", parquet.Decimal(2, 18, parquet.Int64Type), whole[:3], func(i int) parquet.Value { return parquet.Int64Value(number(i)) }, func(i int) string { return cents(number(i)) }},
		{"decimal fixed", parquet.Decimal(2, 20, parquet.FixedLenByteArrayType(9)), fixed, func(i int) parquet.Value { return parquet.FixedLenByteArrayValue(twos(big.NewInt(number(i)), 9)) },
			func(i int) string { return cents(number(i)) }},
		{"decimal wide", parquet.Decimal(0, 38, parquet.FixedLenByteArrayType(16)), fixed, func(i int) parquet.Value { return parquet.FixedLenByteArrayValue(twos(wide(i), 16)) },
			func(i int) string { return wide(i).String() }},
	}
}

// written writes rows of a column, every fifth null where it is optional.
func written(t testing.TB, c *kindCase, enc encoding.Encoding, codec compress.Codec, version, rows int, optional bool) []byte {
	t.Helper()
	node := parquet.Encoded(c.node, enc)
	if optional {
		node = parquet.Optional(node)
	}
	var b bytes.Buffer
	w := parquet.NewWriter(&b, parquet.NewSchema("root", parquet.Group{"x": node}),
		parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(1<<9), parquet.MaxRowsPerRowGroup(400))
	for i := range rows {
		v, level := c.value(i), 0
		if optional {
			level = 1
			if i%5 == 0 {
				v, level = parquet.NullValue(), 0
			}
		}
		if _, err := w.WriteRows([]parquet.Row{{v.Level(0, level, 0)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts reads all columns of a file as texts, in batches of an odd size.
func texts(b []byte, batch int) (columns [][]string, err error) {
	f, err := OpenParquet(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	var read []int
	for i, c := range f.Columns() {
		if c.Kind != Other {
			read = append(read, i)
		}
	}
	columns = make([][]string, len(read))
	for g := range f.Groups() {
		if err := groupTexts(f, g, read, batch, columns); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

func groupTexts(f *Parquet, group int, read []int, batch int, columns [][]string) error {
	r, err := f.OpenGroup(group, read)
	if err != nil {
		return err
	}
	defer r.Close()
	vectors := make([]Vector, len(read))
	for left := f.GroupRows(group); left > 0; left -= batch {
		n := min(batch, left)
		if err := r.Next(vectors, n); err != nil {
			return err
		}
		for k, i := range read {
			for row := range n {
				columns[k] = append(columns[k], string(f.Columns()[i].Append(nil, &vectors[k], row)))
			}
		}
	}
	return nil
}

// TestParquetKinds: every type, encoding, codec and version of pages that
// parquet-go writes is read as what was written.
func TestParquetKinds(t *testing.T) {
	codecs := []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw}
	for _, c := range kindCases() {
		for k, enc := range c.encodings {
			for _, version := range []int{1, 2} {
				for _, optional := range []bool{false, true} {
					for j, codec := range codecs {
						if k > 0 && j > 0 && j != k+1 {
							continue // codecs know nothing of encodings
						}
						t.Run(fmt.Sprintf("%s/%s/v%d/optional=%v/%s", c.name, enc, version, optional, codec), func(t *testing.T) {
							sizes := []int{1, 9, 129, 1025}
							if proptest.Race {
								sizes = sizes[2:3]
							}
							for _, rows := range sizes {
								c.check(t, written(t, &c, enc, codec, version, rows, optional), rows, optional)
							}
						})
					}
				}
			}
		}
	}
}

func (c *kindCase) check(t *testing.T, b []byte, rows int, optional bool) {
	t.Helper()
	got, err := texts(b, 7)
	if err != nil {
		t.Fatal(err)
	}
	if len(got[0]) != rows {
		t.Fatalf("%d rows, want %d", len(got[0]), rows)
	}
	for i, text := range got[0] {
		want := c.want(i)
		if optional && i%5 == 0 {
			want = ""
		}
		if text != want {
			t.Fatalf("row %d of %d: %q, want %q", i, rows, text, want)
		}
	}
}

// TestEmptyParquet: a file without rows, and one without row groups.
func TestEmptyParquet(t *testing.T) {
	c := &kindCases()[1]
	got, err := texts(written(t, c, &parquet.Plain, &parquet.Snappy, 1, 0, false), 7)
	if err != nil || len(got[0]) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}
