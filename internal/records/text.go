package records

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// csvTable writes CSV: a header, commas, LF, quotes by RFC 4180.
type csvTable struct {
	w      *csv.Writer
	fields []string
}

func newCSV(w io.Writer, schema *arrow.Schema) (encoder, error) {
	t := &csvTable{w: csv.NewWriter(w), fields: make([]string, schema.NumFields())}
	for i, f := range schema.Fields() {
		t.fields[i] = f.Name
	}
	return t, t.w.Write(t.fields)
}

func (t *csvTable) write(rec arrow.Record) error {
	for row := range int(rec.NumRows()) {
		for i, column := range rec.Columns() {
			t.fields[i] = field(column, row)
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
func field(a arrow.Array, row int) string {
	if a.IsNull(row) {
		return ""
	}
	switch a := a.(type) {
	case *array.Int64:
		return strconv.FormatInt(a.Value(row), 10)
	case *array.Float64:
		if v := a.Value(row); v == v {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		return ""
	case *array.Timestamp:
		return moment(a, row, true)
	case *array.String:
		return a.Value(row)
	}
	return a.ValueStr(row)
}

// moment is a timestamp in UTC, with short as a date where it has no time of day.
func moment(a *array.Timestamp, row int, short bool) string {
	t := time.Unix(0, int64(a.Value(row))).UTC()
	if short && t.Equal(t.Truncate(24*time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// jsonTable writes an array of objects, one a line.
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
		case v != v:
			return append(dst, "null"...), nil
		case math.IsInf(v, 1):
			return append(dst, `"Infinity"`...), nil
		case math.IsInf(v, -1):
			return append(dst, `"-Infinity"`...), nil
		default:
			return strconv.AppendFloat(dst, v, 'g', -1, 64), nil
		}
	case *array.Timestamp:
		text = moment(a, row, false)
	case *array.String:
		text = a.Value(row)
	default:
		text = a.ValueStr(row)
	}
	quoted, err := json.Marshal(text)
	return append(dst, quoted...), err
}
