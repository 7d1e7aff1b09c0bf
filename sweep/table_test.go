package sweep

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// naiveTable appends blocks to a record cell by cell.
func naiveTable(sp *spec.Spec, assets []string, blocks []*pipeline.Block) arrow.Record {
	rb := array.NewRecordBuilder(memory.NewGoAllocator(), results.Schema(sp))
	defer rb.Release()
	for _, b := range blocks {
		for i, trial := range b.Trials {
			for j, asset := range assets {
				row := b.Rows[i*len(assets)+j]
				rb.Field(0).(*array.Int64Builder).Append(trial)
				rb.Field(1).(*array.StringBuilder).Append(asset)
				for k, p := range sp.Params {
					at := b.Index[i*len(sp.Params)+k]
					switch f := rb.Field(2 + k).(type) {
					case *array.StringBuilder:
						f.Append(p.Axis.Text(at))
					case *array.Int64Builder:
						f.Append(int64(p.Axis.Value(at)))
					case *array.Float64Builder:
						f.Append(p.Axis.Value(at))
					}
				}
				for k, s := range sp.Output.Statistics {
					f := rb.Field(2 + len(sp.Params) + k)
					switch v := row.Values[s]; {
					case math.IsNaN(v):
						f.AppendNull()
					case s.Describe().Kind == metrics.Count:
						f.(*array.Int64Builder).Append(int64(v))
					default:
						f.(*array.Float64Builder).Append(v)
					}
				}
				errs := rb.Field(len(rb.Fields()) - 1).(*array.StringBuilder)
				if row.Err != nil {
					errs.Append(row.Err.Error())
				} else {
					errs.AppendNull()
				}
			}
		}
	}
	return rb.NewRecord()
}

// randomBlocks returns blocks of these numbers of trials, with undefined
// statistics, infinities and failures among them.
func randomBlocks(spec *spec.Spec, assets int, trials ...int) []*pipeline.Block {
	random := rand.New(rand.NewPCG(8, 1)) // #nosec G404: values, not secrets
	var blocks []*pipeline.Block
	next := int64(0)
	for _, n := range trials {
		b := &pipeline.Block{Rows: make([]pipeline.Row, n*assets)}
		for range n {
			b.Trials = append(b.Trials, next)
			next += 1 + random.Int64N(3)
			for _, p := range spec.Params {
				b.Index = append(b.Index, random.IntN(p.Axis.Len()))
			}
		}
		for i := range b.Rows {
			r := &b.Rows[i]
			for s := range r.Values {
				switch r.Values[s] = float64(random.IntN(5)); random.IntN(6) {
				case 0:
					r.Values[s] = math.NaN()
				case 1:
					if metrics.Stat(s).Describe().Kind != metrics.Count {
						r.Values[s] = math.Inf(-1)
					}
				}
			}
			if random.IntN(40) == 0 {
				r.Err = fmt.Errorf("failure %d", i)
			}
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// TestTableAgainstNaive holds the columnar builder to one that appends cell
// by cell, with blocks that end anywhere in a record, a bitmap's word and a
// run of rows.
func TestTableAgainstNaive(t *testing.T) {
	spec := spec.Spec{
		Params: []spec.Param{{Name: "n", Axis: spec.Range(1, 9, 1)}, {Name: "x", Axis: spec.List(0.5, 1, 2)}, {Name: "kind", Axis: spec.Choice("sma", "ema")}, {Name: "long", Axis: spec.Range(0, 9999, 1)}},
		Output: spec.Output{Statistics: metrics.All()},
	}
	for _, tt := range []struct {
		assets []string
		trials []int
	}{
		{[]string{"*"}, []int{1}},
		{[]string{"A", "*"}, []int{31, 1, 32, 33, 63, 64, 65}},
		{[]string{"A", "B", "*"}, []int{7, 9000, 1, 1914, 5000}},
		{[]string{"*"}, []int{recordRows - 1, 2, recordRows, 100}},
	} {
		t.Run(fmt.Sprintf("assets=%d/blocks=%d", len(tt.assets), len(tt.trials)), func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			blocks := randomBlocks(&spec, len(tt.assets), tt.trials...)
			want := naiveTable(&spec, tt.assets, blocks)
			defer want.Release()
			table := newTableBuilder(mem, &spec, tt.assets)
			defer table.release()
			at, whole := int64(0), int64(recordTrials(len(tt.assets))*len(tt.assets))
			emit := func(rec arrow.Record) error {
				part := want.NewSlice(at, min(at+whole, want.NumRows()))
				defer part.Release()
				if !array.RecordEqual(rec, part) {
					for c := range int(rec.NumCols()) {
						if !array.Equal(rec.Column(c), part.Column(c)) {
							t.Errorf("rows from %d: column %s differs", at, rec.ColumnName(c))
						}
					}
					t.Fatalf("rows from %d: %d rows, want %d", at, rec.NumRows(), part.NumRows())
				}
				at += rec.NumRows()
				return nil
			}
			for _, b := range blocks {
				if err := table.add(b, emit); err != nil {
					t.Fatal(err)
				}
			}
			if err := table.flush(emit); err != nil {
				t.Fatal(err)
			}
			if at != want.NumRows() {
				t.Errorf("%d rows, want %d", at, want.NumRows())
			}
		})
	}
}

// TestTableStopsOnError: what emit says ends the block.
func TestTableStopsOnError(t *testing.T) {
	spec := spec.Spec{Output: spec.Output{Statistics: metrics.All()}}
	table := newTableBuilder(memory.NewGoAllocator(), &spec, []string{"*"})
	defer table.release()
	full := errors.New("full")
	err := table.add(randomBlocks(&spec, 1, recordRows)[0], func(arrow.Record) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}
