package ingest

import (
	"bytes"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// parser turns blocks into chunks. Each worker has one and reuses its memory.
type parser struct {
	keep, fail ruleSet
	// texts says that the text of rejected rows is wanted.
	texts  bool
	memory *memory

	symbols *symbols
	split   shape.Splitter
	room    *rejectRoom

	// The row at hand.
	time   int64
	symbol []byte
	row    []float64
	// known says that the symbol is the expected one; symbol is not set then.
	known bool
	// slot is the run that the row belongs to.
	slot uint32
	// stamp is the time of an earlier row.
	stamp value.Stamp

	// starts are those of the lines of a block that is read backwards.
	starts []int32

	columnParser
}

// parse fills the chunk of a block.
func (p *parser) parse(b *block) error {
	l, c := b.source.layout, b.chunk
	c.line, c.lines = b.line, b.lines
	// No row is shorter than a date of six bytes and a byte after every field,
	// which bounds the memory for text that is mostly line breaks.
	room, shortest := b.lines, len(l.Fields)+6
	if room > len(b.text)/shortest+1 {
		room = longLines(b.text, shortest) + 1
	}
	if err := p.memory.begin(c, chunkBytes(room, len(l.Columns), l.Long)); err != nil {
		return err
	}
	p.memory.allocate(c, room, len(l.Columns), l.Long, len(b.text))
	p.start(l, c)
	lines := p.parseForwards
	if l.Backwards {
		lines = p.parseBackwards
	}
	if err := lines(b); err != nil {
		p.memory.abandon()
		return err
	}
	p.bound(b.source.index, b.seq, c)
	return p.memory.end(c)
}

// bound has chunks give up rejected rows where those before them are enough.
func (p *parser) bound(source, seq int, c *chunk) {
	of := roomOf{source: source, seq: seq, rows: len(c.rejects), drop: c.dropRejects}
	for _, x := range c.rejects {
		of.text += len(x.text)
	}
	p.room.take(of)
}

// longLines counts the lines of at least so many bytes.
func longLines(text []byte, least int) (n int) {
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		if end >= least {
			n++
		}
		text = text[end:]
	}
	return n
}

// parseForwards fills the chunk of a block from its first line to its last.
func (p *parser) parseForwards(b *block) error {
	c, rows := b.chunk, 0
	for i, line := 0, 0; i < len(b.text); line++ {
		taken, end, err := p.line(b, i, line, rows)
		if err != nil {
			return err
		}
		if taken {
			rows++
		} else {
			c.skip(line)
		}
		i = end
	}
	c.truncate(rows)
	return nil
}

// start prepares the parser for a chunk.
func (p *parser) start(l *shape.Layout, c *chunk) {
	p.split.Delimiter = l.Delimiter
	p.stamp = value.NewStamp() // of this source: another may have another form
	if len(p.row) != len(l.Columns) {
		p.row = make([]float64, len(l.Columns))
	}
	if l.Long {
		p.symbols.chunk++
		return
	}
	c.runs = []run{{asset: l.Asset}}
}

// line reads the line that starts at text[i] and stores it as row n where it
// holds an acceptable one. It returns the start of the next line.
func (p *parser) line(b *block, i, line, n int) (taken bool, end int, err error) {
	l, c := b.source.layout, b.chunk
	ok := false
	if l.Usual {
		end, ok = p.scan(l, b.text, i)
	}
	if !ok || end-i > maxLine {
		end = i + bytes.IndexByte(b.text[i:], '\n') + 1
		text := shape.TrimLine(b.text[i : end-1])
		if len(text) > maxLine {
			return false, end, &InputError{File: b.source.Name(), Line: b.line + line, Err: problem.Shape("the line has more than %d KiB", maxLine>>10)}
		}
		if shape.IsBlank(text) {
			c.blank++
			return false, end, nil
		}
		if broken, column, err := p.read(l, text); err != nil || broken != noRule {
			if err != nil && b.cutOff && end == len(b.text) {
				// The source ends inside quotes: there is no next line.
				broken, err = codeSchema, nil
			}
			if err != nil {
				return false, end, &InputError{File: b.source.Name(), Line: b.line + line, Err: err}
			}
			return false, end, p.reject(b, i, end, line, broken, column)
		}
	}
	taken, broken, column := p.place(l, c, n)
	if taken {
		return true, end, nil
	}
	return false, end, p.reject(b, i, end, line, broken, column)
}

// place makes the row at hand row n of the chunk. Where it does not belong there
// place returns the rule that it breaks, with the column where one is to blame.
func (p *parser) place(l *shape.Layout, c *chunk, n int) (taken bool, broken code, column string) {
	id := int32(0)
	switch {
	case !l.Long:
	case p.known:
		id = p.symbols.expect()
	default:
		var ok bool
		if id, ok = p.symbols.id(p.symbol); !ok {
			return false, codeSchema, ""
		}
	}
	r := p.row
	if l.Lacks.Any {
		l.Lacks.Fill(r)
	}
	if l.Events {
		if column := l.BadEvent(r); column != "" {
			return false, codeSchema, column
		}
	}
	if open, high, low, shut := r[0], r[1], r[2], r[3]; !(low > 0 && low <= open && low <= shut && high >= open && high >= shut && r[4] >= 0) {
		broken := judgeOf(l.Lacks.Volume(), open, high, low, shut, r[4])
		if broken.has(codeOHLC) {
			c.ohlcBreaks.add(r)
		} else if broken == 0 && (max(open, shut, low) > high || low > min(open, shut)) {
			c.rounded++
		}
		if broken &^= p.keep; broken != 0 {
			if broken.first() == codeNaN && blank(r[:numCanonical]) {
				c.blankBars++
			}
			return false, broken.first(), l.Columns[blamed(broken.first(), r)]
		}
	}
	p.slot = 0
	if l.Long {
		p.slot = p.symbols.run(c, id)
		c.slots[n] = p.slot
	}
	c.runs[p.slot].accept(p.time)
	c.times[n] = p.time
	for k, v := range r {
		c.values[k][n] = v
	}
	return true, noRule, ""
}

// blank reports whether a bar has no value at all.
func blank(bar []float64) bool {
	for _, v := range bar {
		if v == v {
			return false
		}
	}
	return true
}

// blamed returns the column of a bar that breaks a rule first.
func blamed(broken code, bar []float64) int {
	for k, v := range bar[:numCanonical] {
		switch {
		case broken == codeNaN && v != v, broken == codePrice && (v < 0 || v == 0 && k < 4):
			return k
		case broken == codeOHLC && k != 1 && k != 2 && (above(v, bar[1]) || above(bar[2], v)):
			return k
		}
	}
	return 1 // the high below the low
}

// accept counts a row of the run.
func (r *run) accept(t int64) {
	switch {
	case r.rows == 0:
		r.first, r.max = t, t
	case t > r.max:
		r.max = t
	default:
		r.unsorted = true
	}
	r.rows++
}

// noRule is what read answers for a row that breaks no rule.
const noRule = numRules

// read reads a line field by field, in every form that is understood. It
// returns the rule that the line breaks, with the column where one is to
// blame, and an error for a line that cannot be told apart from the next.
func (p *parser) read(l *shape.Layout, line []byte) (broken code, column string, err error) {
	fields, q := p.split.Split(line)
	if q == shape.QuotesOpen {
		return 0, "", problem.Shape("a quoted field does not end on its line; line breaks inside quotes are not read")
	}
	if q != shape.QuotesFine || len(fields) != len(l.Fields) {
		return codeSchema, "", nil
	}
	broken = noRule
	p.known = false
	if m := l.Moments; m != nil && m.Given {
		p.time = m.Midnight() // unless a field has the time of day
	}
	for k, text := range fields {
		ok, rule := true, codeSchema
		switch f := &l.Fields[k]; f.Kind {
		case shape.FieldValue:
			p.row[f.Column], ok = l.Number(f, text)
		case shape.FieldSymbol:
			p.symbol, ok = value.TrimSpace(text), validSymbol(text)
		case shape.FieldTime:
			p.time, ok = l.TimeOf(fields, k)
			rule = codeTime
		}
		if !ok && rule < broken {
			broken, column = rule, l.Fields[k].Name
		}
	}
	return broken, column, nil
}

// reject records a row that breaks a rule on its own, or fails with it.
func (p *parser) reject(b *block, i, end, line int, broken code, column string) error {
	if p.fail.has(broken) {
		text := string(shape.TrimLine(b.text[i : end-1]))
		return &InputError{File: b.source.Name(), Line: b.line + line, Column: column, Rule: broken.rule(), Text: text, Err: ErrRow}
	}
	b.chunk.rejects = append(b.chunk.rejects, reject{line: b.line + line, code: broken, text: p.text(b, i, end), column: column})
	return nil
}

// text returns the text of a line where it is wanted.
func (p *parser) text(b *block, i, end int) string {
	if !p.texts {
		return ""
	}
	return string(shape.TrimLine(b.text[i : end-1]))
}
