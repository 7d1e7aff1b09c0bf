package results

import (
	"fmt"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Trial returns the number of the trial that a row of a result table is of, and its
// spec: that of the table, every parameter with the row's value. A column that is not
// there wraps columnar.ErrNoColumn.
func Trial(rec arrow.Record, row int, s *spec.Spec) (number int64, one *spec.Spec, err error) {
	at := rec.Schema().FieldIndices(TrialColumn)
	if len(at) == 0 {
		return 0, nil, fmt.Errorf("results: column %q: %w", TrialColumn, columnar.ErrNoColumn)
	}
	trials, ok := rec.Column(at[0]).(*array.Int64)
	if !ok {
		return 0, nil, fmt.Errorf("results: column %q is of %s", TrialColumn, rec.Column(at[0]).DataType())
	}
	own := *s
	for _, p := range s.Params {
		at := rec.Schema().FieldIndices(p.Name)
		if len(at) == 0 {
			return 0, nil, fmt.Errorf("results: column %q: %w", p.Name, columnar.ErrNoColumn)
		}
		if err := own.Set(p.Name, text(rec.Column(at[0]), row)); err != nil {
			return 0, nil, fmt.Errorf("results: %w", err)
		}
	}
	return trials.Value(row), &own, nil
}

// text is a value of a parameter as a spec has it.
func text(a arrow.Array, row int) string {
	switch a := a.(type) {
	case *array.Float64:
		return strconv.FormatFloat(a.Value(row), 'g', -1, 64)
	case *array.String:
		return a.Value(row)
	}
	return a.ValueStr(row)
}
