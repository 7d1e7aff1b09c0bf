package robust

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// FromRecord returns the returns that a record has: a column of float64 a trial, named by
// it, and at most one column of timestamps, which are the bars'. A null, a NaN and a column of
// any other type are errors that name the column. The matrix reads the record's memory:
// keep the record for as long.
func FromRecord(rec arrow.Record) (*Matrix, error) {
	m := &Matrix{}
	var wrong []string
	for i, f := range rec.Schema().Fields() {
		column := rec.Column(i)
		if n := column.NullN(); n > 0 {
			wrong = append(wrong, fmt.Sprintf("column %q has %d nulls", f.Name, n))
			continue
		}
		switch column := column.(type) {
		case *array.Float64:
			m.Names, m.Columns = append(m.Names, f.Name), append(m.Columns, column.Float64Values())
		case *array.Timestamp:
			if m.Times != nil {
				wrong = append(wrong, fmt.Sprintf("column %q: there are times already", f.Name))
				continue
			}
			unit := f.Type.(*arrow.TimestampType).Unit
			m.Times = make([]int64, column.Len())
			for row := range m.Times {
				m.Times[row] = column.Value(row).ToTime(unit).UnixNano()
			}
		default:
			wrong = append(wrong, fmt.Sprintf("column %q is %s; want float64 for returns, or a timestamp", f.Name, f.Type))
		}
	}
	if wrong != nil {
		return nil, fmt.Errorf("returns: %s", strings.Join(wrong, "; "))
	}
	return m, m.Check()
}

// StatisticsSchema returns the schema of [Statistics].
func StatisticsSchema() *arrow.Schema {
	fields := []arrow.Field{{Name: "trial", Type: arrow.BinaryTypes.String}, {Name: "bars", Type: arrow.PrimitiveTypes.Int64}}
	for _, name := range []string{"sharpe", "skew", "kurtosis", "sharpe_error_lo", "sharpe_error_mertens", "psr", "dsr", "min_trl"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true})
	}
	return arrow.NewSchema(append(fields, arrow.Field{Name: "reason", Type: arrow.BinaryTypes.String, Nullable: true}), nil)
}

// Statistics returns the closed forms of every trial of a matrix as a table, a row a trial:
// its Sharpe ratio, a bar's, the standard errors, PSR and MinTRL (in bars, at 95 %) against 0,
// and DSR as the best of all of them. Undefined is null, with the reason. The caller
// releases the record.
func Statistics(m *Matrix) (arrow.Record, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	moments, errs := make([]Moments, m.Trials()), make([]error, m.Trials())
	var spread Spread
	for k, column := range m.Columns {
		if moments[k], errs[k] = MomentsOf(column, 0); errs[k] == nil {
			spread.Add(moments[k].Sharpe)
		}
	}
	variance, varianceErr := spread.Variance()
	b := array.NewRecordBuilder(memory.DefaultAllocator, StatisticsSchema())
	defer b.Release()
	for k := range m.Columns {
		b.Field(0).(*array.StringBuilder).Append(m.Name(k))
		b.Field(1).(*array.Int64Builder).Append(int64(m.Bars()))
		reason := b.Field(10).(*array.StringBuilder)
		if errs[k] != nil {
			for c := 2; c < 10; c++ {
				b.Field(c).AppendNull()
			}
			reason.Append(errs[k].Error())
			continue
		}
		of := moments[k]
		var why []string
		put := func(c int, v float64, err error) {
			if err != nil {
				b.Field(c).AppendNull()
				why = append(why, StatisticsSchema().Field(c).Name+" is "+err.Error())
				return
			}
			b.Field(c).(*array.Float64Builder).Append(v)
		}
		put(2, of.Sharpe, nil)
		put(3, of.Skew, nil)
		put(4, of.Kurtosis, nil)
		e, err := SharpeErrors(of)
		put(5, e.Lo, err)
		put(6, e.Mertens, err)
		psr, err := PSR(of, 0)
		put(7, psr, err)
		var d Deflated
		if err = varianceErr; err == nil {
			d, err = DSR(of, float64(spread.Trials), variance)
		}
		put(8, d.Probability, err)
		length, err := MinTRL(of, 0, 0.95)
		put(9, length, err)
		if why == nil {
			reason.AppendNull()
		} else {
			reason.Append(strings.Join(why, "; "))
		}
	}
	return b.NewRecord(), nil
}
