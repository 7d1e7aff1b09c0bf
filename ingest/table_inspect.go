package ingest

import (
	"context"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"
)

// inspectTable looks at a source whose columns have types.
func (s *input) inspectTable(ctx context.Context, o *Options) (Inspection, error) {
	m := &memory{budget: o.Budget}
	defer m.releaseAll()
	t, err := s.openTable(m)
	if err != nil {
		return Inspection{}, err
	}
	defer t.close()
	sn, err := s.sniffTable(ctx, t, m, o)
	if err != nil {
		return Inspection{}, err
	}
	s.layout = sn.Layout
	i := Inspection{Source: s.Name(), Findings: sn.Findings, Columns: inspectedColumns(sn), Sample: []InspectedRow{}}
	err = t.parts(ctx, func(part tablePart) (enough bool, err error) {
		defer part.release()
		if part.rows() == 0 {
			return false, nil
		}
		i.Sample, err = s.sampleTable(part, sn, m, o)
		return true, err
	})
	if err != nil {
		return i, s.tableError(err)
	}
	return i, nil
}

// sampleTable parses the first rows of a part.
func (s *input) sampleTable(part tablePart, sn *shape.Sniffer, m *memory, o *Options) ([]InspectedRow, error) {
	c := &chunk{line: 1, lines: min(part.rows(), sampleRows)}
	p := &parser{keep: withPolicy(o.Policies, Keep), texts: true, memory: m, symbols: newSymbols()}
	b := &block{source: s, part: part, chunks: []*chunk{c}, line: 1, lines: c.lines}
	if _, err := p.parsePart(b, func(int) bool { return false }); err != nil {
		return nil, err
	}
	return c.inspected(s.layout, func(line int) string {
		var values []string
		for _, i := range s.layout.Read {
			values = append(values, s.layout.Fields[i].Name+"="+string(sn.Rows[line-1].Fields[i]))
		}
		return strings.Join(values, ", ")
	}), nil
}
