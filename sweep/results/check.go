package results

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/internal/parquet"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// ErrNoResults is wrapped by the errors of [Open] about a Parquet file
// that is whole and holds no results of a sweep.
var ErrNoResults = errors.New("not a result file")

// maxGroup is the most rows that a row group of results may have; those that
// are written have 32,768 at most.
const maxGroup = 1 << 20

// checkResults holds the columns of a file, and the size of its row groups,
// against what a result file has.
func checkResults(file *parquet.File, of *spec.Spec) error {
	if err := checkColumns(file.Schema(), of); err != nil {
		return err
	}
	for g := range file.NumRowGroups() {
		if n := file.GroupRows(g); n > maxGroup {
			return fmt.Errorf("%w: row group %d has %d rows; want %d at most", ErrNoResults, g, n, maxGroup)
		}
	}
	return nil
}

// checkColumns holds the columns of a table against those of the spec that its
// metadata has; where it is nil, those that every result table has, and what has
// the name of a statistic. Other columns are let be.
func checkColumns(schema *arrow.Schema, of *spec.Spec) error {
	found := make(map[string]arrow.Field)
	for _, f := range schema.Fields() {
		if _, twice := found[f.Name]; twice {
			return fmt.Errorf("%w: column %s is there twice", ErrNoResults, shown(f.Name))
		}
		found[f.Name] = f
	}
	for _, want := range wantedColumns(found, of) {
		got, ok := found[want.Name]
		switch {
		case !ok:
			return fmt.Errorf("%w: it has no column %s", ErrNoResults, shown(want.Name))
		case got.Type.ID() != want.Type.ID():
			return fmt.Errorf("%w: column %s is %s, want %s", ErrNoResults, shown(want.Name), typeName(got.Type), typeName(want.Type))
		case got.Nullable && !want.Nullable:
			return fmt.Errorf("%w: column %s may have nulls", ErrNoResults, shown(want.Name))
		}
	}
	return nil
}

// wantedColumns are the columns that results of a spec have, which may be nil.
func wantedColumns(found map[string]arrow.Field, of *spec.Spec) []arrow.Field {
	if of != nil {
		return Schema(of).Fields()
	}
	every := Schema(&spec.Spec{Output: spec.Output{Statistics: metrics.All()}}).Fields()
	return slices.DeleteFunc(every, func(f arrow.Field) bool {
		_, isStat := metrics.ParseStat(f.Name)
		_, ok := found[f.Name]
		return isStat && !ok
	})
}

// shown is a name as a message has it: quoted where it is not a plain one.
func shown(name string) string {
	if quoted := strconv.Quote(name); name == "" || len(quoted) > len(name)+2 || strings.ContainsAny(name, " :") {
		return quoted
	}
	return name
}

// typeName is what the Parquet format calls a type.
func typeName(t arrow.DataType) string {
	switch t.ID() {
	case arrow.FLOAT64:
		return "double"
	case arrow.STRING:
		return "string"
	}
	return t.Name()
}

// ErrNoSegments is wrapped by the errors of [OpenSegments] about a Parquet file that
// is whole and no table of segments.
var ErrNoSegments = errors.New("not a table of segments")

// checkSegments holds the columns of a table against those of segments.
func checkSegments(schema *arrow.Schema) error {
	fields := schema.Fields()
	for i, want := range SegmentSchema(nil).Fields() {
		if len(fields) <= i || fields[i].Name != want.Name || fields[i].Type.ID() != want.Type.ID() || fields[i].Nullable {
			return fmt.Errorf("%w: column %d is not %s, a column of type %s", ErrNoSegments, i+1, want.Name, typeName(want.Type))
		}
	}
	known := make(map[string]arrow.Type)
	for _, f := range SegmentSchema(metrics.Sums()).Fields() {
		known[f.Name] = f.Type.ID()
	}
	for _, f := range fields {
		if t, ok := known[f.Name]; ok && t != f.Type.ID() {
			return fmt.Errorf("%w: column %s is %s", ErrNoSegments, shown(f.Name), typeName(f.Type))
		}
	}
	return nil
}
