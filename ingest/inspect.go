package ingest

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// Inspection is how a source is read, and by what.
type Inspection struct {
	// Source is the path; a member follows its archive after "!".
	Source   string            `json:"source"`
	Findings []Finding         `json:"findings"`
	Columns  []InspectedColumn `json:"columns"`
	// Sample are the first rows, as they are read.
	Sample []InspectedRow `json:"sample"`
}

// InspectedColumn is what a column of a source is read as.
type InspectedColumn struct {
	// Position counts from 1, Header is the name that the source gives.
	Position int    `json:"position"`
	Header   string `json:"header"`
	// Type is what a table says that the column holds; text has none.
	Type string `json:"type,omitempty"`
	// Reading is the name of the column that it becomes, or time, date, time of
	// day, symbol, or "" where it is not read.
	Reading string `json:"reading"`
	// First is the value of the first row, as it is written.
	First string `json:"first"`
}

// InspectedRow is a row of a source. Line is its number in a table.
type InspectedRow struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	// Rule is what the row breaks by itself, or beside those of the sample;
	// the other fields are not set then.
	Rule   Rule      `json:"rule,omitempty"`
	Asset  string    `json:"asset,omitempty"`
	Time   time.Time `json:"time,omitzero"`
	Values []Value   `json:"values,omitempty"`
}

// Value is a number of a row; a NaN is nil.
type Value struct {
	Column string   `json:"column"`
	Value  *float64 `json:"value"`
}

// sampleRows is how many rows an inspection shows.
const sampleRows = 5

// Inspect says how Files would read each source at path, without reading more
// than it takes to decide. Errors are those of Files.
func Inspect(ctx context.Context, path string, opts Options) ([]Inspection, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	in, err := gather(ctx, []string{path}, &opts)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var found []Inspection
	for _, s := range in.sources {
		i, err := s.inspect(ctx, &opts)
		if err != nil {
			return found, err
		}
		found = append(found, i)
	}
	return found, checkUsed(in, &opts)
}

// inspect looks at one source.
func (s *input) inspect(ctx context.Context, o *Options) (Inspection, error) {
	if s.Format != source.FormatText {
		return s.inspectTable(ctx, o)
	}
	st, err := s.Open(ctx, func(int) {})
	if err != nil {
		return Inspection{}, err
	}
	defer st.Close()
	sn, _, err := s.sniff(ctx, st, o)
	if err != nil {
		return Inspection{}, err
	}
	s.layout = sn.Layout
	i := Inspection{Source: s.Name(), Findings: encodingFindings(st.Encoding), Sample: []InspectedRow{}}
	i.Findings = append(i.Findings, sn.Findings...)
	i.Columns = inspectedColumns(sn)
	i.Sample, err = s.sample(sn, o)
	return i, err
}

// inspectedColumns says what each column is read as.
func inspectedColumns(s *shape.Sniffer) (columns []InspectedColumn) {
	for k := range s.Layout.Fields {
		c := InspectedColumn{Position: k + 1, Header: s.Layout.Fields[k].Name, Reading: s.Layout.Reading(k)}
		if len(s.Rows) > 0 {
			c.First = string(s.Rows[0].Fields[k])
		}
		if s.Typed != nil {
			c.Type = s.Typed[k].Type
		}
		columns = append(columns, c)
	}
	return columns
}

// encodingFindings says what is uncommon in an encoding.
func encodingFindings(e source.Encoding) (found []Finding) {
	if e != (source.Encoding{}) {
		found = append(found, Finding{What: "encoding", Value: e.String()})
	}
	if e.MacLines {
		found = append(found, Finding{What: "line ends", Value: "a carriage return alone"})
	}
	return found
}

// sample parses the first rows.
func (s *input) sample(sn *shape.Sniffer, o *Options) ([]InspectedRow, error) {
	l := s.layout
	lines := sn.Lines[l.First-1:]
	lines = lines[:min(len(lines), sampleRows)]
	text := append(bytes.Join(lines, []byte{'\n'}), '\n')
	c := &chunk{}
	p := &parser{keep: withPolicy(o.Policies, Keep), texts: true, memory: &memory{}, symbols: newSymbols()}
	if err := p.parse(&block{source: s, chunk: c, text: text, line: l.First, lines: len(lines)}); err != nil {
		return nil, err
	}
	return c.inspected(l, func(line int) string { return string(shape.TrimLine(lines[line-l.First])) }), nil
}

// inspected returns the rows of a chunk as they are read.
func (c *chunk) inspected(l *shape.Layout, text func(line int) string) []InspectedRow {
	rows := []InspectedRow{}
	for i, ns := range c.times {
		slot := uint32(0)
		if c.slots != nil {
			slot = c.slots[i]
		}
		row := InspectedRow{Line: c.lineOf(i), Asset: c.runs[slot].asset, Time: time.Unix(0, ns).UTC()}
		row.Text = text(row.Line)
		for k, name := range l.Columns {
			v := Value{Column: name}
			if x := c.values[k][i]; x == x {
				v.Value = &x
			}
			row.Values = append(row.Values, v)
		}
		rows = append(rows, row)
	}
	for _, r := range c.rejects {
		rows = append(rows, InspectedRow{Line: r.line, Text: r.text, Rule: r.code.rule()})
	}
	slices.SortFunc(rows, func(a, b InspectedRow) int { return a.Line - b.Line })
	return rows
}
