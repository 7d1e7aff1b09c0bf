package ingest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// rejection is a rejected row.
type rejection struct {
	line  int
	code  code
	text  string
	known bool // text is set
}

// rejected returns the rejected rows of each source, by line. Times of every
// asset are in place, which tells duplicates from rows out of order.
func (g *grouped) rejected(in *inputs) [][]rejection {
	all := make([][]rejection, len(in.sources))
	for i, s := range in.sources {
		for _, c := range s.chunks {
			for _, r := range c.rejects {
				all[i] = append(all[i], rejection{line: r.line, code: r.code, text: r.text, known: !c.textless})
			}
		}
	}
	for _, l := range g.lates {
		x := rejection{line: l.line, code: codeOrder, text: l.text, known: l.known}
		if _, found := slices.BinarySearch(g.timesOf(l.asset), l.time); found {
			x.code = codeDuplicate
		}
		all[l.source.index] = append(all[l.source.index], x)
	}
	for _, rows := range all {
		slices.SortFunc(rows, func(x, y rejection) int { return cmp.Compare(x.line, y.line) })
	}
	return all
}

// writeRejects writes the rejected rows as CSV. Texts that have not been kept
// are read again from their source.
func writeRejects(ctx context.Context, dst io.Writer, rejected [][]rejection, in *inputs) error {
	w := csv.NewWriter(dst)
	record := []string{"file", "line", "rule", "text"}
	if err := w.Write(record); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	for i, s := range in.sources {
		record[0] = s.name()
		put := func(x rejection) error {
			record[1], record[2], record[3] = strconv.Itoa(x.line), string(x.code.rule()), x.text
			if err := w.Write(record); err != nil {
				return fmt.Errorf("rejects: %w", err)
			}
			return ctx.Err()
		}
		// Up to the next row whose text is read again.
		rest := rejected[i]
		known := func() error {
			for len(rest) > 0 && rest[0].known {
				if err := put(rest[0]); err != nil {
					return err
				}
				rest = rest[1:]
			}
			return nil
		}
		var missing []int
		for _, x := range rest {
			if !x.known {
				missing = append(missing, x.line)
			}
		}
		err := s.texts(ctx, missing, func(text string) error {
			if err := known(); err != nil {
				return err
			}
			x := rest[0]
			x.text, rest = text, rest[1:]
			return put(x)
		})
		if err == nil {
			err = known()
		}
		if err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}

// texts reads lines of a source once more, given by increasing numbers, and
// hands them over one by one. It serves rows that turn out bad only beside
// those of other blocks: rare, so that keeping all text would be the higher
// price; and all rejected rows where memory is short.
func (s *source) texts(ctx context.Context, lines []int, take func(text string) error) error {
	if len(lines) == 0 {
		return nil
	}
	st, err := s.open(ctx, func(int) {})
	if err != nil {
		return err
	}
	defer st.close()
	b := blocks{r: st, line: 1}
	buf := make([]byte, 0, maxLine)
	for {
		text, line, _, err := b.next(buf)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s.wrap(err)
		}
		for ; len(lines) > 0 && len(text) > 0; line++ {
			row, rest, _ := bytes.Cut(text, []byte{'\n'})
			if line == lines[0] {
				if err := take(string(trimLine(row))); err != nil {
					return err
				}
				lines = lines[1:]
			}
			text = rest
		}
		buf = text[:0]
	}
	sum, err := st.digest(ctx)
	if err != nil {
		return err
	}
	if sum != s.SHA256 || len(lines) > 0 {
		return &InputError{File: s.name(), Err: errors.New("the file has changed while it was read")}
	}
	return nil
}
