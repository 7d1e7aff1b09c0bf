package records

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// csvTable writes CSV: a header, commas, LF, quotes by RFC 4180.
// csvTable writes moments of a column in one form, which the first record decides.
type csvTable struct {
	w       *csv.Writer
	fields  []string
	moments []Moments
	begun   bool
}

func newCSV(w io.Writer, schema *arrow.Schema) (encoder, error) {
	t := &csvTable{w: csv.NewWriter(w), fields: make([]string, schema.NumFields()), moments: make([]Moments, schema.NumFields())}
	for i, f := range schema.Fields() {
		t.fields[i] = f.Name
	}
	return t, t.w.Write(t.fields)
}

func (t *csvTable) write(rec arrow.Record) error {
	if !t.begun && rec.NumRows() > 0 {
		t.begun = true
		for i, column := range rec.Columns() {
			if a, ok := column.(*array.Timestamp); ok {
				for row := range a.Len() {
					if a.IsValid(row) {
						t.moments[i].Add(int64(a.Value(row)))
					}
				}
			}
		}
	}
	for row := range int(rec.NumRows()) {
		for i, column := range rec.Columns() {
			t.fields[i] = field(column, row, &t.moments[i])
		}
		if err := t.w.Write(t.fields); err != nil {
			return err
		}
	}
	return nil
}

func (t *csvTable) close() error {
	t.w.Flush()
	return t.w.Error()
}

// field is a value as text, exact: what it parses back to is the value.
func field(a arrow.Array, row int, moments *Moments) string {
	if a.IsNull(row) {
		return ""
	}
	switch a := a.(type) {
	case *array.Int64:
		return strconv.FormatInt(a.Value(row), 10)
	case *array.Float64:
		return number(a.Value(row))
	case *array.Timestamp:
		return moments.Format(int64(a.Value(row)))
	case *array.String:
		return a.Value(row)
	}
	return a.ValueStr(row)
}

// moment is a timestamp in UTC, with short as a date where it has no time of day.
func number(v float64) string {
	switch {
	case v != v:
		return ""
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

type jsonTable struct {
	w    io.Writer
	keys [][]byte // with the quotes and the colon
	line []byte
	some bool
}

func newJSON(w io.Writer, schema *arrow.Schema) (encoder, error) {
	t := &jsonTable{w: w}
	for _, f := range schema.Fields() {
		key, err := json.Marshal(f.Name)
		if err != nil {
			return nil, err
		}
		t.keys = append(t.keys, append(key, ':'))
	}
	_, err := io.WriteString(w, "[")
	return t, err
}

func (t *jsonTable) write(rec arrow.Record) error {
	for row := range int(rec.NumRows()) {
		t.line = append(t.line[:0], ",\n{"...)
		if !t.some {
			t.line, t.some = append(t.line[:0], "\n{"...), true
		}
		for i, column := range rec.Columns() {
			if i > 0 {
				t.line = append(t.line, ',')
			}
			t.line = append(t.line, t.keys[i]...)
			var err error
			if t.line, err = appendValue(t.line, column, row); err != nil {
				return fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
			}
		}
		t.line = appendInfinite(t.line, rec, row)
		t.line = append(t.line, '}')
		if _, err := t.w.Write(t.line); err != nil {
			return err
		}
	}
	return nil
}

func (t *jsonTable) close() error {
	_, err := io.WriteString(t.w, "\n]\n")
	return err
}

// Infinite is the key of a row's list of the columns that are infinite, for which JSON
// has no number: a name, or one after a minus sign. Rows without any have no list.
const Infinite = "infinite"

// appendInfinite lists the columns of a row that are infinite.
func appendInfinite(dst []byte, rec arrow.Record, row int) []byte {
	var names []string
	for i, column := range rec.Columns() {
		if a, ok := column.(*array.Float64); ok && a.IsValid(row) && math.IsInf(a.Value(row), 0) {
			names = append(names, InfiniteName(rec.ColumnName(i), a.Value(row)))
		}
	}
	if names == nil {
		return dst
	}
	list, err := json.Marshal(names)
	if err != nil {
		panic(err) // strings always marshal
	}
	return append(append(dst, `,"`+Infinite+`":`...), list...)
}

// InfiniteName is how an infinite value of a column stands in a row's list.
func InfiniteName(column string, v float64) string {
	if v < 0 {
		return "-" + column
	}
	return column
}

// appendValue appends a value as JSON has it.
func appendValue(dst []byte, a arrow.Array, row int) ([]byte, error) {
	if a.IsNull(row) {
		return append(dst, "null"...), nil
	}
	var text string
	switch a := a.(type) {
	case *array.Int64:
		return strconv.AppendInt(dst, a.Value(row), 10), nil
	case *array.Float64:
		switch v := a.Value(row); {
		case v-v != 0: // NaN, or infinite, which [Infinite] lists
			return append(dst, "null"...), nil
		default:
			return strconv.AppendFloat(dst, v, 'g', -1, 64), nil
		}
	case *array.Timestamp:
		text = time.Unix(0, int64(a.Value(row))).UTC().Format(time.RFC3339Nano)
	case *array.String:
		text = a.Value(row)
	default:
		text = a.ValueStr(row)
	}
	quoted, err := json.Marshal(text)
	return append(dst, quoted...), err
}
