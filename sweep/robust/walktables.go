package robust

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// walkTable builds a record column by column; NaN is null.
type walkTable struct {
	columns []array.Builder
	fields  []arrow.Field
}

func (t *walkTable) column(name string, kind arrow.DataType, fill func(b array.Builder)) {
	b := array.NewBuilder(memory.DefaultAllocator, kind)
	fill(b)
	t.fields = append(t.fields, arrow.Field{Name: name, Type: kind, Nullable: true})
	t.columns = append(t.columns, b)
}

// record returns what was built.
func (t *walkTable) record(rows int) arrow.Record {
	arrays := make([]arrow.Array, len(t.columns))
	for i, b := range t.columns {
		arrays[i] = b.NewArray()
		b.Release()
	}
	rec := array.NewRecord(arrow.NewSchema(t.fields, nil), arrays, int64(rows))
	for _, a := range arrays {
		a.Release()
	}
	return rec
}

// WindowsTable returns the windows with their choices, a row each: their times (UTC),
// the trial and its parameters, the objective in sample and out of sample, and the
// place of the choice among all trials in the test. Null is what is not there. The
// caller releases the record.
func (w *Walk) WindowsTable() arrow.Record {
	var t walkTable
	ints := func(name string, of func(c *Chosen) (int64, bool)) {
		t.column(name, arrow.PrimitiveTypes.Int64, func(b array.Builder) {
			for i := range w.Windows {
				if v, ok := of(&w.Windows[i]); ok {
					b.(*array.Int64Builder).Append(v)
				} else {
					b.AppendNull()
				}
			}
		})
	}
	floats := func(name string, of func(c *Chosen) float64) {
		t.column(name, arrow.PrimitiveTypes.Float64, func(b array.Builder) {
			for i := range w.Windows {
				appendFloat(b, of(&w.Windows[i]))
			}
		})
	}
	moments := func(name string, of func(c *Chosen) int64) {
		t.column(name, arrow.FixedWidthTypes.Timestamp_ns, func(b array.Builder) {
			for i := range w.Windows {
				b.(*array.TimestampBuilder).Append(arrow.Timestamp(of(&w.Windows[i])))
			}
		})
	}
	always := func(v int64) (int64, bool) { return v, true }
	ints("walk", func(c *Chosen) (int64, bool) { return always(int64(c.Walk)) })
	ints("window", func(c *Chosen) (int64, bool) { return always(int64(c.Number)) })
	moments("train_from", func(c *Chosen) int64 { return c.Train[0].From })
	moments("train_to", func(c *Chosen) int64 { return c.Train[len(c.Train)-1].To })
	moments("test_from", func(c *Chosen) int64 { return c.Test.From })
	moments("test_to", func(c *Chosen) int64 { return c.Test.To })
	ints("train_bars", func(c *Chosen) (int64, bool) { return always(int64(c.TrainBars)) })
	ints("test_bars", func(c *Chosen) (int64, bool) { return always(int64(c.TestBars)) })
	ints("valid", func(c *Chosen) (int64, bool) { return always(c.Valid) })
	ints("trial", func(c *Chosen) (int64, bool) { return c.Trial, c.Trial >= 0 })
	for p, param := range w.Spec.Params {
		if param.Axis.IsChoice() {
			t.column(param.Name, arrow.BinaryTypes.String, func(b array.Builder) {
				for i := range w.Windows {
					if c := &w.Windows[i]; c.Trial >= 0 {
						b.(*array.StringBuilder).Append(param.Axis.Text(c.Index[p]))
					} else {
						b.AppendNull()
					}
				}
			})
			continue
		}
		floats(param.Name, func(c *Chosen) float64 {
			if c.Trial < 0 {
				return math.NaN()
			}
			return param.Axis.Value(c.Index[p])
		})
	}
	floats("in_sample", func(c *Chosen) float64 { return c.InSample })
	floats("out_of_sample", func(c *Chosen) float64 { return c.OutOfSample })
	ints("rank", func(c *Chosen) (int64, bool) { return c.Rank, c.Rank > 0 })
	ints("rank_of", func(c *Chosen) (int64, bool) { return always(c.RankOf) })
	floats("train_return", func(c *Chosen) float64 { return c.TrainReturn })
	floats("test_return", func(c *Chosen) float64 { return c.TestReturn })
	ints("other_trial", func(c *Chosen) (int64, bool) { return c.Other, c.Compared && c.Other >= 0 })
	return t.record(len(w.Windows))
}

func appendFloat(b array.Builder, v float64) {
	if math.IsNaN(v) {
		b.AppendNull()
		return
	}
	b.(*array.Float64Builder).Append(v)
}

// EquityTable returns the stitched equity of each walk, a row a bar. The caller
// releases the record.
func (w *Walk) EquityTable() arrow.Record {
	var t walkTable
	rows := 0
	t.column("walk", arrow.PrimitiveTypes.Int64, func(b array.Builder) {
		for i := range w.Stitched {
			for range w.Stitched[i].Times {
				b.(*array.Int64Builder).Append(int64(i))
				rows++
			}
		}
	})
	t.column("time", arrow.FixedWidthTypes.Timestamp_ns, func(b array.Builder) {
		for i := range w.Stitched {
			for _, moment := range w.Stitched[i].Times {
				b.(*array.TimestampBuilder).Append(arrow.Timestamp(moment))
			}
		}
	})
	t.column("equity", arrow.PrimitiveTypes.Float64, func(b array.Builder) {
		for i := range w.Stitched {
			for _, v := range w.Stitched[i].Equity {
				b.(*array.Float64Builder).Append(v)
			}
		}
	})
	return t.record(rows)
}

// StatisticsTable returns every statistic of the stitched equity of each walk, whose
// window is null, and then of each test. The caller releases the record.
func (w *Walk) StatisticsTable() arrow.Record {
	var t walkTable
	rows := len(w.Stitched) + len(w.Windows)
	each := func(b array.Builder, stitched func(b array.Builder, i int), window func(b array.Builder, c *Chosen)) {
		for i := range w.Stitched {
			stitched(b, i)
		}
		for i := range w.Windows {
			window(b, &w.Windows[i])
		}
	}
	t.column("walk", arrow.PrimitiveTypes.Int64, func(b array.Builder) {
		each(b, func(b array.Builder, i int) { b.(*array.Int64Builder).Append(int64(i)) },
			func(b array.Builder, c *Chosen) { b.(*array.Int64Builder).Append(int64(c.Walk)) })
	})
	t.column("window", arrow.PrimitiveTypes.Int64, func(b array.Builder) {
		each(b, func(b array.Builder, _ int) { b.AppendNull() },
			func(b array.Builder, c *Chosen) { b.(*array.Int64Builder).Append(int64(c.Number)) })
	})
	t.column("efficiency", arrow.PrimitiveTypes.Float64, func(b array.Builder) {
		each(b, func(b array.Builder, i int) { appendFloat(b, w.Stitched[i].Efficiency) },
			func(b array.Builder, c *Chosen) { appendFloat(b, c.TestReturn/c.TrainReturn) })
	})
	for _, stat := range metrics.All() {
		t.column(stat.String(), arrow.PrimitiveTypes.Float64, func(b array.Builder) {
			each(b, func(b array.Builder, i int) { appendFloat(b, w.Stitched[i].Values[stat]) },
				func(b array.Builder, c *Chosen) {
					if c.Trial < 0 {
						b.AppendNull()
						return
					}
					appendFloat(b, c.Values[stat])
				})
		})
	}
	return t.record(rows)
}
