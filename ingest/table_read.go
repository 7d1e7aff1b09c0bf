package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// bytesPerRow is what a row of a table counts for when chunks are cut, so that
// they are about as large as those of text.
const bytesPerRow = 32

// table reads a source whose columns have types. With an error it returns the
// chunk that it lies in.
func (r *reading) table(ctx context.Context, s *input) (seq int, err error) {
	before, err := s.stamp()
	if err != nil {
		return -1, err
	}
	t, err := s.openTable(r.memory)
	if err != nil {
		return -1, err
	}
	defer t.close()
	sn, err := s.sniffTable(ctx, t, r.memory, r.options)
	if err != nil {
		return -1, err
	}
	if err := r.agree(ctx, s, sn); err != nil {
		return -1, err
	}
	if records, ok := t.(*recordTable); ok {
		records.keep = false
	}
	if seq, err = r.parts(ctx, s, t); err != nil {
		return seq, s.tableError(err)
	}
	if s.layout.Backwards {
		slices.Reverse(s.chunks)
	}
	if s.Format == source.FormatRecords || r.over(s, seq) {
		return seq, nil
	}
	if s.SHA256, err = hashFile(ctx, s.Path); err != nil {
		return seq, s.Wrap(err)
	}
	if after, err := s.stamp(); err != nil || after != before {
		return seq, errors.Join(err, &InputError{File: s.Name(), Err: errors.New("the file has changed while it was read")})
	}
	return seq, nil
}

// parts hands the parts of a table to the parsers, and waits until they are
// done with them.
func (r *reading) parts(ctx context.Context, s *input, t typedTable) (seq int, err error) {
	var open sync.WaitGroup
	defer open.Wait()
	step := max(r.options.blockSize()/bytesPerRow, 1)
	line, left := 1, s.Bytes
	err = t.parts(ctx, func(part tablePart) (enough bool, err error) {
		if r.over(s, seq) {
			part.release()
			return true, nil
		}
		open.Add(1)
		b := &block{source: s, part: part, seq: seq, line: line, lines: part.rows(), done: open.Done}
		for from := 0; from < b.lines; from += step {
			b.chunks = append(b.chunks, &chunk{line: line + from, lines: min(step, b.lines-from), keepTexts: true})
		}
		left -= part.bytes()
		select {
		case r.work <- b:
		case <-ctx.Done():
			part.release()
			open.Done()
			return true, ctx.Err()
		}
		s.chunks = append(s.chunks, b.chunks...)
		seq, line = seq+len(b.chunks), line+b.lines
		if t.serial() {
			open.Wait()
		}
		return false, nil
	})
	if err == nil {
		r.read(int(left)) // what belongs to no part
	}
	return seq, err
}

// part parses a part of a table.
func (r *reading) part(ctx context.Context, p *parser, b *block) {
	defer b.done()
	defer b.part.release()
	if ctx.Err() != nil || r.over(b.source, b.seq) {
		return
	}
	k, err := p.parsePart(b, func(k int) bool { return ctx.Err() != nil || r.over(b.source, b.seq+k) })
	if err != nil {
		r.fail(b.source, b.seq+k, b.source.tableError(err))
	}
	r.parsed(int64(b.lines))
	r.read(int(b.part.bytes()))
}

// stamp tells a file that has changed from one that has not.
func (s *input) stamp() (string, error) {
	if s.Format == source.FormatRecords {
		return "", nil
	}
	info, err := os.Stat(s.Path)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano()), nil
}

// hashFile returns the SHA-256 of a file.
func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return source.SHA256Of(ctx, f)
}
