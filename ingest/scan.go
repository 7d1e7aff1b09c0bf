package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// sniff decides on the shape of a source. What its first bytes leave open is
// looked for in the rest, which is read once more for it.
func (s *input) sniff(ctx context.Context, st *source.Stream, o *Options) (*sniffer, int, error) {
	head, err := st.Peek(source.HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, s.Wrap(err)
	}
	sn, n, err := sniff(s.Name(), s.Asset, head, err != nil, o)
	if err != nil {
		return nil, 0, err
	}
	return sn, n, s.decide(sn, func(f func(int, [][]byte) bool) error { return s.each(ctx, sn, f) })
}

// decide finishes a sniffer. each calls a function with the fields of all rows
// until it has seen enough, for what the first leave open.
func (s *input) decide(sn *sniffer, each func(f func(line int, fields [][]byte) (enough bool)) error) error {
	bad := sn.finish()
	if bad != nil && sn.open && !sn.whole {
		err := each(func(line int, fields [][]byte) bool {
			sn.observe(line, fields)
			return sn.decided()
		})
		if err != nil {
			return err
		}
		whole := sn.whole
		sn.whole = true // or as much of it as it takes
		bad = sn.finish()
		sn.whole = whole
	}
	if bad != nil {
		return inFile(s.Name(), bad)
	}
	if sn.steps.none() && !sn.whole {
		err := each(func(_ int, fields [][]byte) bool {
			sn.step(fields)
			return sn.steps.up+sn.steps.down > 1
		})
		if err != nil {
			return err
		}
		sn.turn()
	}
	return nil
}

// each calls f with the fields of every row, from the first, until it says
// that it has seen enough.
func (s *input) each(ctx context.Context, sn *sniffer, f func(line int, fields [][]byte) (enough bool)) error {
	st, err := s.Open(ctx, func(int) {})
	if err != nil {
		return err
	}
	defer st.Close()
	cut := splitter{delimiter: sn.layout.delimiter}
	b := blocks{r: st, line: 1}
	buf := make([]byte, 0, maxLine)
	for {
		text, line, _, err := b.next(buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return s.At(line, err)
		}
		for ; len(text) > 0; line++ {
			row, rest, _ := bytes.Cut(text, []byte{'\n'})
			text = rest
			if line < sn.layout.first || isBlank(row) {
				continue
			}
			fields, q := cut.split(trimLine(row))
			if q == quotesFine && len(fields) == len(sn.layout.fields) && f(line, fields) {
				return nil
			}
		}
		buf = text[:0]
	}
}
