package ingest

import "bytes"

// parseBackwards fills the chunk of a block of a source that is newest first:
// from its last line to its first, so that times increase. The chunks of such
// a source are put together in the opposite order.
func (p *parser) parseBackwards(b *block) error {
	c := b.chunk
	c.backwards = true
	p.starts = p.starts[:0]
	for i := 0; i < len(b.text); {
		p.starts = append(p.starts, int32(i))
		i += bytes.IndexByte(b.text[i:], '\n') + 1
	}
	rows := 0
	for line := len(p.starts) - 1; line >= 0; line-- {
		taken, _, err := p.line(b, int(p.starts[line]), line, rows)
		if err != nil {
			return err
		}
		if taken {
			rows++
		} else {
			c.skip(len(p.starts) - 1 - line)
		}
	}
	c.truncate(rows)
	return nil
}
