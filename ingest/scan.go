package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// sniff decides on the shape of a source. What its first bytes leave open is
// looked for in the rest, which is read once more for it.
func (s *input) sniff(ctx context.Context, st *source.Stream, o *Options) (*shape.Sniffer, int, error) {
	head, err := st.Peek(source.HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, s.Wrap(err)
	}
	sn, n, err := shape.Sniff(s.Name(), s.Asset, head, err != nil, s.choices(o))
	if err != nil {
		return nil, 0, err
	}
	return sn, n, s.decide(sn, func(f func(int, [][]byte) bool) error { return s.each(ctx, sn, f) })
}

// choices returns the options that say how the source is read, with what its folders
// say.
func (s *input) choices(o *Options) *shape.Choices {
	c := o.choices()
	c.Day = s.Day
	return c
}

// decide finishes a sniffer. each calls a function with the fields of all rows
// until it has seen enough, for what the first leave open.
func (s *input) decide(sn *shape.Sniffer, each func(f func(line int, fields [][]byte) (enough bool)) error) error {
	bad := sn.Finish()
	if bad != nil && sn.Open && !sn.Whole {
		err := each(func(line int, fields [][]byte) bool {
			sn.Observe(line, fields)
			return sn.Decided()
		})
		if err != nil {
			return err
		}
		whole := sn.Whole
		sn.Whole = true // or as much of it as it takes
		bad = sn.Finish()
		sn.Whole = whole
	}
	if bad != nil {
		return shape.InFile(s.Name(), bad)
	}
	if sn.Steps.None() && !sn.Whole {
		err := each(func(_ int, fields [][]byte) bool {
			sn.Step(fields)
			return sn.Steps.Up+sn.Steps.Down > 1
		})
		if err != nil {
			return err
		}
		sn.Turn()
	}
	return nil
}

// each calls f with the fields of every row, from the first, until it says
// that it has seen enough.
func (s *input) each(ctx context.Context, sn *shape.Sniffer, f func(line int, fields [][]byte) (enough bool)) error {
	st, err := s.Open(ctx, func(int) {})
	if err != nil {
		return err
	}
	defer st.Close()
	cut := shape.Splitter{Delimiter: sn.Layout.Delimiter}
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
			if line < sn.Layout.First || shape.IsBlank(row) {
				continue
			}
			fields, q := cut.Split(shape.TrimLine(row))
			if q == shape.QuotesFine && len(fields) == len(sn.Layout.Fields) && f(line, fields) {
				return nil
			}
		}
		buf = text[:0]
	}
}
