package columnar_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

func TestBuildRefuses(t *testing.T) {
	bars := func(id string, times []int64, values ...[]float64) []columnar.Bars {
		return []columnar.Bars{{ID: id, Times: times, Values: values}}
	}
	one := []columnar.Column{{Name: "close"}}
	for _, c := range []struct {
		name    string
		columns []columnar.Column
		assets  []columnar.Bars
		want    string
	}{
		{"no id", one, bars("", []int64{1}, []float64{1}), "an asset has no id"},
		{"columns", one, bars("A", []int64{1}), `"A" has 0 columns, want 1`},
		{"lengths", one, bars("A", []int64{1, 2}, []float64{1}), `"A": column "close" has 1 values for 2 timestamps`},
		{"equal times", one, bars("A", []int64{1, 2, 2}, []float64{1, 2, 3}), `"A": timestamp of bar 2`},
		{"falling times", one, bars("A", []int64{2, 1}, []float64{1, 2}), `"A": timestamp of bar 1`},
		{"twice", one, append(bars("A", nil, nil), bars("A", nil, nil)...), `"A" does not stand after "A"`},
		{"column twice", []columnar.Column{{Name: "x"}, {Name: "x"}}, bars("A", nil, nil, nil), `"x" occurs twice`},
		{"time twice", []columnar.Column{{Name: "time"}}, bars("A", nil, nil), `"time" occurs twice`},
		{"scale", []columnar.Column{{Name: "x", Scale: 7}}, bars("A", nil, nil), `"x" has scale 7`},
		{"many decimals", []columnar.Column{{Name: "x", Scale: 1e7}}, bars("A", nil, nil), `"x" has scale 10000000`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := columnar.Build(c.columns, c.assets, columnar.Info{})
			if !errors.Is(err, columnar.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want ErrInvalid with %q", err, c.want)
			}
		})
	}
}

func TestBuildSortsAndFillsIn(t *testing.T) {
	given := twoAssets()
	f := build(t, prices, given)
	if got := f.Assets(); got[0] != "AA" || got[1] != "BB" {
		t.Errorf("assets %v", got)
	}
	if given[0].ID != "BB" {
		t.Error("Build reordered the caller's slice")
	}
	info := f.Info()
	if info.Axis.Frequency != 24*time.Hour || info.Axis.Calendar != calendar.AsFound() || info.Axis.Label != columnar.LabelOpen {
		t.Errorf("axis %+v", info.Axis)
	}
	if info.Adjusted != columnar.AdjustedNone || info.Digest != columnar.Digest(f) {
		t.Errorf("info %+v", info)
	}
}

func TestBuildKeepsWhatIsGiven(t *testing.T) {
	given := columnar.Info{
		Digest:   "sha256:known",
		Axis:     columnar.Axis{Frequency: time.Hour, Calendar: calendar.AlwaysOpen(), Label: columnar.LabelClose, BarsPerYear: 8760},
		Adjusted: columnar.AdjustedAll,
	}
	f, err := columnar.Build(prices, twoAssets(), given)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if f.Info() != given {
		t.Errorf("got %+v, want %+v", f.Info(), given)
	}
}

func TestBuildEmpty(t *testing.T) {
	f := build(t, columnar.BarColumns(), nil)
	if f.NumAssets() != 0 || f.NumRows() != 0 || len(f.Assets()) != 0 {
		t.Errorf("%d assets, %d rows", f.NumAssets(), f.NumRows())
	}
	empty := build(t, prices, []columnar.Bars{{ID: "A", Values: [][]float64{nil, nil}}})
	if empty.NumBars(0) != 0 || len(empty.Times(0)) != 0 || len(empty.Values(0, 1)) != 0 {
		t.Error("an asset without bars has bars")
	}
	rec := empty.Record(0)
	defer rec.Release()
	if rec.NumRows() != 0 {
		t.Errorf("%d rows", rec.NumRows())
	}
}

func TestScalesAndDecimals(t *testing.T) {
	for _, c := range []struct {
		decimals int
		scale    int64
	}{{0, 1}, {1, 10}, {2, 100}, {6, 1_000_000}, {-1, 0}} {
		if got := columnar.ScaleOf(c.decimals); got != c.scale {
			t.Errorf("ScaleOf(%d): got %d, want %d", c.decimals, got, c.scale)
		}
		if got := (columnar.Column{Scale: c.scale}).Decimals(); got != c.decimals {
			t.Errorf("scale %d: got %d decimals, want %d", c.scale, got, c.decimals)
		}
	}
	if got := columnar.ScaleOf(7); got != 0 {
		t.Errorf("ScaleOf(7): got %d, want 0", got)
	}
	for _, scale := range []int64{-1, 7, 20, 1e7} {
		if got := (columnar.Column{Scale: scale}).Decimals(); got != -1 {
			t.Errorf("scale %d: got %d decimals, want -1", scale, got)
		}
	}
}

func TestSchemaKeepsColumns(t *testing.T) {
	f := buildTwo(t)
	for i, c := range f.Columns() {
		if c != prices[i] {
			t.Errorf("column %d: got %+v, want %+v", i, c, prices[i])
		}
	}
	if s := f.Schema(); s.Field(0).Name != "time" || s.Field(0).Type.String() != "timestamp[ns, tz=UTC]" || s.Field(1).Nullable {
		t.Errorf("schema %v", s)
	}
	if _, ok := f.ColumnIndex("high"); ok {
		t.Error("found a column that does not exist")
	}
}

// rowRecord builds a record of one column x with Arrow's own builder; valid
// marks the values that are not null.
func rowRecord(mem memory.Allocator, times []int64, values []float64, timesValid, valid []bool) arrow.Record {
	b := array.NewRecordBuilder(mem, columnar.NewSchema([]columnar.Column{{Name: "x"}}))
	defer b.Release()
	stamps := make([]arrow.Timestamp, len(times))
	for i, t := range times {
		stamps[i] = arrow.Timestamp(t)
	}
	b.Field(0).(*array.TimestampBuilder).AppendValues(stamps, timesValid)
	b.Field(1).(*array.Float64Builder).AppendValues(values, valid)
	return b.NewRecord()
}

func TestNewFrameRefuses(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	good := rowRecord(mem, []int64{1, 2}, []float64{1, 2}, nil, nil)
	defer good.Release()
	nullTime := rowRecord(mem, []int64{1, 2}, []float64{1, 2}, []bool{true, false}, nil)
	defer nullTime.Release()
	nullValue := rowRecord(mem, []int64{1, 2}, []float64{1, 2}, nil, []bool{false, true})
	defer nullValue.Release()
	schema := good.Schema()
	other := columnar.NewSchema([]columnar.Column{{Name: "y"}})
	fields := func(f ...arrow.Field) *arrow.Schema { return arrow.NewSchema(f, nil) }
	stamp := schema.Field(0)
	for _, c := range []struct {
		name   string
		schema *arrow.Schema
		batch  arrow.Record
		spans  []columnar.Span
		want   string
	}{
		{"no fields", fields(), good, nil, "the first field must be"},
		{"milliseconds", fields(arrow.Field{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_ms}), good, nil, "the first field must be"},
		{"another name", fields(arrow.Field{Name: "ts", Type: stamp.Type}), good, nil, "the first field must be"},
		{"strings", fields(stamp, arrow.Field{Name: "s", Type: arrow.BinaryTypes.String}), good, nil, `column "s" has type utf8`},
		{"decimals", fields(stamp, arrow.Field{Name: "s", Type: arrow.PrimitiveTypes.Float64,
			Metadata: arrow.NewMetadata([]string{"decimals"}, []string{"9"})}), good, nil, `decimals "9"`},
		{"schema", other, good, nil, "batch 0 has another schema"},
		{"null time", schema, nullTime, nil, `column "time" has 1 nulls`},
		{"null value", schema, nullValue, nil, `column "x" has 1 nulls`},
		{"no batch", schema, good, []columnar.Span{{ID: "A", Batch: 1}}, `"A" lies outside`},
		{"offset", schema, good, []columnar.Span{{ID: "A", Offset: -1}}, `"A" lies outside`},
		{"rows", schema, good, []columnar.Span{{ID: "A", Offset: 1, Rows: 2}}, `"A" lies outside`},
		{"order", schema, good, []columnar.Span{{ID: "B"}, {ID: "A"}}, `"A" does not stand after "B"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := columnar.NewFrame(c.schema, []arrow.Record{c.batch}, c.spans, columnar.Info{})
			if !errors.Is(err, columnar.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want ErrInvalid with %q", err, c.want)
			}
		})
	}
}

func TestParseAdjustment(t *testing.T) {
	for name, want := range map[string]columnar.Adjustment{"": columnar.AdjustedNone, "None": columnar.AdjustedNone, "splits": columnar.AdjustedSplits, "ALL": columnar.AdjustedAll} {
		if got, err := columnar.ParseAdjustment(name); err != nil || got != want {
			t.Errorf("adjustment %q: got %q, %v", name, got, err)
		}
	}
	if _, err := columnar.ParseAdjustment("some"); err == nil || !strings.Contains(err.Error(), `"some"`) {
		t.Errorf("adjustment some: got %v", err)
	}
}
