package ingest

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/ingest/internal/table"
	"github.com/bowstring-engine/bowstring/internal/reuse"
)

// columnParser is what a parser needs for tables: the values of a chunk, and
// which rows cannot be read.
type columnParser struct {
	vectors []table.Vector // of the columns that are read, in their order
	at      []int          // positions in vectors by field, -1
	numbers [][]float64    // by column of the Frame
	times   []int64
	// broken is the rule that a row breaks, noRule where none, and blame the
	// field.
	broken []code
	blame  []int32
	// fields are texts of a row, by field.
	fields   [][]byte
	rendered []byte // a symbol that is no text
}

// parsePart fills the chunks of a part. stop is asked before each; with an error
// the number of the chunk is returned.
func (p *parser) parsePart(b *block, stop func(k int) bool) (k int, err error) {
	l := b.source.layout
	var first int64
	if len(b.chunks) > 0 {
		first = chunkBytes(b.chunks[0].lines, len(l.Columns), l.Long)
	}
	cursor, done, err := openPart(b.part, l.Read, first, p.memory)
	if err != nil {
		return 0, err
	}
	defer done()
	p.startColumns(l)
	for k, c := range b.chunks {
		bytes := chunkBytes(c.lines, len(l.Columns), l.Long)
		if k == 0 {
			c.reserved = bytes
		} else if err := p.memory.next(c, bytes); err != nil {
			return k, err
		}
		if stop(k) {
			return k, nil
		}
		if err := cursor.Next(p.vectors, c.lines); err != nil {
			return k, err
		}
		c.allocate(c.lines, len(l.Columns), l.Long)
		p.start(l, c)
		if err := p.parseColumns(b, c); err != nil {
			return k, err
		}
		p.bound(b.source.index, b.seq+k, c)
		if err := p.memory.done(c); err != nil {
			return k, err
		}
	}
	return 0, nil
}

// startColumns prepares the parser for a source.
func (p *parser) startColumns(l *shape.Layout) {
	p.vectors = make([]table.Vector, len(l.Read))
	p.at = make([]int, len(l.Fields))
	for i := range p.at {
		p.at[i] = -1
	}
	for k, i := range l.Read {
		p.at[i] = k
	}
	p.numbers = make([][]float64, len(l.Columns))
	p.fields = make([][]byte, len(l.Fields))
}

// parseColumns fills a chunk from the vectors.
func (p *parser) parseColumns(b *block, c *chunk) error {
	l, n := b.source.layout, c.lines
	p.broken, p.blame, p.times = reuse.Slice(p.broken, n), reuse.Slice(p.blame, n), reuse.Slice(p.times, n)
	for i := range p.broken {
		p.broken[i] = noRule
	}
	if m := l.Moments; m != nil && m.Given {
		for i := range p.times {
			p.times[i] = m.Midnight()
		}
	}
	var symbols *table.Vector
	symbol := -1
	for i := range l.Fields {
		switch f := &l.Fields[i]; f.Kind {
		case shape.FieldTime:
			p.timesOf(l, i, n)
		case shape.FieldSymbol:
			symbol, symbols = i, &p.vectors[p.at[i]]
		case shape.FieldValue:
			p.numbers[f.Column] = reuse.Slice(p.numbers[f.Column], n)
			p.numbersOf(l, i)
		}
	}
	c.backwards = l.Backwards
	rows := 0
	for k := range n {
		row := k
		if l.Backwards {
			row = n - 1 - k
		}
		p.known = false
		if symbols != nil {
			p.symbolOf(&l.Table[symbol], symbols, row)
		}
		taken, err := p.takeRow(b, c, row, rows)
		if err != nil {
			return err
		}
		if taken {
			rows++
		} else {
			c.skip(k)
		}
	}
	c.truncate(rows)
	return nil
}

// takeRow takes a row of the vectors as row n of the chunk.
func (p *parser) takeRow(b *block, c *chunk, row, n int) (taken bool, err error) {
	l := b.source.layout
	broken, column := p.broken[row], ""
	if broken == codeTime && l.Long && !validSymbol(p.symbol) {
		broken = codeSchema
	} else if broken != noRule {
		column = l.Fields[p.blame[row]].Name
	}
	if broken == noRule {
		p.time = p.times[row]
		for k := range p.row {
			if k >= numCanonical || l.Lacks.Has(k) {
				p.row[k] = p.numbers[k][row]
			}
		}
		if taken, broken, column = p.place(l, c, n); taken {
			return true, nil
		}
	}
	line := c.line + row
	if p.fail.has(broken) {
		return false, &InputError{File: b.source.Name(), Line: line, Column: column, Rule: broken.rule(), Text: p.rowText(l, row), Err: ErrRow}
	}
	text := ""
	if p.texts {
		text = p.rowText(l, row)
	}
	c.rejects = append(c.rejects, reject{line: line, code: broken, text: text, column: column})
	return false, nil
}

// mark notes that a row breaks a rule by a field. The first rule counts, and of
// its fields the first.
func (p *parser) mark(row int, broken code, field int) {
	if broken < p.broken[row] {
		p.broken[row], p.blame[row] = broken, int32(field)
	}
}

// symbolOf sets the symbol of a row.
func (p *parser) symbolOf(c *table.Column, v *table.Vector, row int) {
	switch {
	case v.Null(row):
		p.symbol = nil
	case c.Kind == table.Text:
		p.symbol = value.TrimSpace(v.Texts[row])
	default:
		p.rendered = c.Append(p.rendered[:0], v, row)
		p.symbol = p.rendered
	}
}

// numbersOf reads the values of field i.
func (p *parser) numbersOf(l *shape.Layout, i int) {
	f, c, v := &l.Fields[i], &l.Table[i], &p.vectors[p.at[i]]
	dst := p.numbers[f.Column]
	switch c.Kind {
	case table.Text:
		for row, text := range v.Texts {
			x, ok := math.NaN(), true
			if !v.Null(row) {
				x, ok = l.Number(f, text)
			}
			if dst[row] = x; !ok {
				p.mark(row, codeSchema, i)
			}
		}
	case table.Time, table.Date, table.Clock:
		for row := range dst {
			if dst[row] = math.NaN(); !v.Null(row) {
				p.mark(row, codeSchema, i)
			}
		}
	default:
		c.Numbers(dst, v, f.Shift)
		for row, x := range dst {
			if math.IsInf(x, 0) {
				p.mark(row, codeSchema, i)
			}
		}
	}
}

// timesOf reads the times of n rows, whose dates or moments are field i.
func (p *parser) timesOf(l *shape.Layout, i, n int) {
	clock := -1
	if l.Moments != nil && l.Moments.Apart {
		clock = l.Moments.At
	}
	c, v := &l.Table[i], &p.vectors[p.at[i]]
	day := c.Kind == table.Time || c.Kind == table.Date
	switch {
	case clock < 0 && day:
		for row := range n {
			ns, ok := c.Nanoseconds(v, row)
			if ok && c.Local && l.Zone != nil {
				ns, ok = value.InZone(ns, l.Zone)
			}
			if p.times[row] = ns; !ok {
				p.mark(row, codeTime, i)
			}
		}
	case clock >= 0 && day && l.Table[clock].Kind == table.Clock:
		p.joinTimes(l, i, clock, n)
	default:
		for row := range n {
			p.fields[i] = c.Append(p.fields[i][:0], v, row)
			if clock >= 0 {
				p.fields[clock] = l.Table[clock].Append(p.fields[clock][:0], &p.vectors[p.at[clock]], row)
			}
			ns, ok := l.TimeOf(p.fields, i)
			if p.times[row] = ns; !ok {
				p.mark(row, codeTime, i)
			}
		}
	}
}

// joinTimes adds times of day to days.
func (p *parser) joinTimes(l *shape.Layout, i, clock, n int) {
	for row := range n {
		date, okDate := l.Table[i].Nanoseconds(&p.vectors[p.at[i]], row)
		within, okClock := l.Table[clock].Nanoseconds(&p.vectors[p.at[clock]], row)
		ns := date + within
		ok := okDate && okClock && date%value.Day == 0 && within >= 0 && within < value.Day && ns >= date
		if ok && l.Zone != nil {
			ns, ok = value.InZone(ns, l.Zone)
		}
		if p.times[row] = ns; !ok {
			p.mark(row, codeTime, i)
		}
	}
}

// rowText writes a row for people: the columns that are read, by name.
func (p *parser) rowText(l *shape.Layout, row int) string {
	var b []byte
	for k, i := range l.Read {
		if k > 0 {
			b = append(b, ", "...)
		}
		b = append(append(b, l.Fields[i].Name...), '=')
		start := len(b)
		b = l.Table[i].Append(b, &p.vectors[k], row)
		if text := string(b[start:]); l.Table[i].Kind == table.Text && strings.ContainsAny(text, ",=\"\r\n") {
			b = strconv.AppendQuote(b[:start], text)
		}
	}
	return string(b)
}

// barText writes a row of a table that is bad beside others, by the names of the
// Frame, since that is all that is kept of rows of other chunks. value returns
// that of a column.
func barText(asset string, ns int64, columns []string, value func(k int) float64) string {
	b := time.Unix(0, ns).UTC().AppendFormat([]byte("time="), "2006-01-02T15:04:05.999999999Z")
	b = append(append(b, ", asset="...), asset...)
	for k, name := range columns {
		b = append(append(append(b, ", "...), name...), '=')
		if x := value(k); x == x {
			b = strconv.AppendFloat(b, x, 'f', -1, 64)
		}
	}
	return string(b)
}
