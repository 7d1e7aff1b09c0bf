package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// reading is the first stage: every source is read, cut into blocks, and
// parsed into chunks, several sources and several blocks at a time.
type reading struct {
	options *Options
	inputs  *inputs
	memory  *memory
	failure failure
	bad     badSources

	work chan *block
	// buffers holds the texts of blocks that nobody works on; nil entries are
	// buffers that have not been needed yet.
	buffers chan []byte
	// room bounds the rejected rows that chunks hold.
	room rejectRoom
	// columns are those of the first source, set when ready is closed. Every
	// other source must have them too.
	columns []string
	lacks   shape.Lacks
	ready   chan struct{}

	progress struct {
		sync.Mutex
		Progress
	}
}

// readAll runs the stage. It returns the value columns of the Frame.
func readAll(ctx context.Context, in *inputs, o *Options, m *memory) ([]string, error) {
	workers := o.workers()
	readers := min(workers, len(in.sources))
	r := &reading{
		options: o, inputs: in, memory: m,
		work:    make(chan *block, workers),
		buffers: make(chan []byte, 2*workers+readers),
		ready:   make(chan struct{}),
	}
	r.progress.Total = in.Bytes
	if m.budget.Limit() == 0 {
		m.slabs = &slabs{text: in.Bytes}
	}
	buffers := int64(cap(r.buffers)) * int64(o.blockSize())
	if !in.text() {
		buffers = 0
	}
	if err := m.reserve(buffers); err != nil {
		return nil, fmt.Errorf("%w; the text being read takes %d bytes, fewer with fewer workers", err, buffers)
	}
	defer m.release(buffers)
	for range cap(r.buffers) {
		r.buffers <- nil
	}
	var parsers errgroup.Group
	for range workers {
		parsers.Go(func() error { r.parse(ctx); return nil })
	}
	var next atomic.Int64
	var producers errgroup.Group
	for range readers {
		producers.Go(func() error { r.produce(ctx, &next); return nil })
	}
	_ = producers.Wait() // errors are in r.failure, with their place
	close(r.work)
	_ = parsers.Wait()
	if err := r.failure.cause(ctx); err != nil {
		return nil, err
	}
	return r.columns, in.leftOut(r.bad.errors)
}

// fail notes an error of block seq of a source, which may be left out for it.
func (r *reading) fail(s *input, seq int, err error) {
	if r.inputs.mayLeaveOut(s, err, r.options) {
		r.bad.add(s.index, seq, err)
		return
	}
	r.failure.add(s.index, seq, err)
}

// over reports whether nothing is to be done any more for block seq of a source.
func (r *reading) over(s *input, seq int) bool {
	return r.failure.before(s.index, seq) || r.bad.before(s.index, seq)
}

// produce reads sources, in order, until none is left.
func (r *reading) produce(ctx context.Context, next *atomic.Int64) {
	for ctx.Err() == nil {
		i := int(next.Add(1)) - 1
		if i >= len(r.inputs.sources) {
			return
		}
		s := r.inputs.sources[i]
		if r.failure.before(i, -1) {
			continue
		}
		if seq, err := r.source(ctx, s); err != nil {
			r.fail(s, seq, err)
		}
		if i == 0 && r.columns == nil {
			close(r.ready) // the first source has failed: nobody needs to wait
		}
	}
}

// source reads one source. With an error it returns the block that it lies in.
func (r *reading) source(ctx context.Context, s *input) (seq int, err error) {
	if s.Format != source.FormatText {
		return r.table(ctx, s)
	}
	st, err := s.Open(ctx, r.read)
	if err != nil {
		return -1, err
	}
	defer st.Close()
	if err := r.header(ctx, s, st); err != nil {
		return -1, err
	}
	if seq, err = r.blocks(ctx, s, st); err != nil {
		return seq, err
	}
	if s.layout.Backwards {
		slices.Reverse(s.chunks)
	}
	if r.over(s, seq) {
		return seq, nil
	}
	s.SHA256, err = st.Digest(ctx)
	return seq, err
}

// header settles the layout and takes what stands before the rows off the
// stream.
func (r *reading) header(ctx context.Context, s *input, st *source.Stream) error {
	sn, n, err := s.sniff(ctx, st, r.options)
	if err != nil {
		return err
	}
	if _, err := st.Discard(n); err != nil {
		return s.Wrap(err)
	}
	return r.agree(ctx, s, sn)
}

// agree takes the layout of a source, whose columns must be those of the first.
func (r *reading) agree(ctx context.Context, s *input, sn *shape.Sniffer) error {
	l := sn.Layout
	s.layout, s.findings = l, sn.Findings
	if s.Part && !l.Long {
		s.findings = append(s.findings, Finding{What: "asset", Value: fmt.Sprintf("%q, of files whose names go on with a date or a number", l.Asset), Option: "AssetFrom", Said: true})
	}
	if s.index == 0 {
		r.columns, r.lacks = l.Columns, l.Lacks
		close(r.ready)
		return nil
	}
	select {
	case <-r.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if r.columns != nil && !slices.Equal(l.Columns, r.columns) {
		return &InputError{File: s.Name(), Line: sn.NameLine(), Err: fmt.Errorf(
			"%w: %w: they are %s, in %s they are %s; drop those that not every source has", problem.ErrShape, errColumns,
			strings.Join(l.Columns, ", "), r.inputs.sources[0].Name(), strings.Join(r.columns, ", "))}
	}
	if r.columns != nil && l.Lacks != r.lacks {
		return &InputError{File: s.Name(), Line: sn.NameLine(), Err: fmt.Errorf(
			"%w: %w: it lacks %s, %s lacks %s; make a bundle of each", problem.ErrShape, errColumns,
			lackText(l.Lacks), r.inputs.sources[0].Name(), lackText(r.lacks))}
	}
	return nil
}

func lackText(l shape.Lacks) string {
	if !l.Any {
		return "nothing"
	}
	return strings.Join(l.Names(), ", ")
}

// blocks hands the text of a source to the parsers.
func (r *reading) blocks(ctx context.Context, s *input, st *source.Stream) (seq int, err error) {
	b := blocks{r: st, line: s.layout.First}
	for ; !r.over(s, seq); seq++ {
		var buf []byte
		select {
		case buf = <-r.buffers:
		case <-ctx.Done():
			return seq, ctx.Err()
		}
		if buf == nil {
			buf = make([]byte, 0, r.options.blockSize())
		}
		text, line, lines, err := b.next(buf)
		if err != nil {
			r.buffers <- text
			if errors.Is(err, io.EOF) {
				return seq, nil
			}
			return seq, s.At(line, err)
		}
		c := &chunk{}
		s.chunks = append(s.chunks, c)
		select {
		case r.work <- &block{source: s, chunk: c, seq: seq, text: text, line: line, lines: lines, cutOff: b.cutOff}:
		case <-ctx.Done():
			return seq, ctx.Err()
		}
	}
	return seq, nil
}

// parse works on blocks until there are none. After a context is done blocks
// are only taken, so that no reader is left waiting.
func (r *reading) parse(ctx context.Context) {
	o := r.options
	p := &parser{
		keep: withPolicy(o.Policies, Keep), fail: withPolicy(o.Policies, Fail),
		texts: o.Rejects != nil, memory: r.memory, symbols: newSymbols(), room: &r.room,
	}
	for b := range r.work {
		if b.part != nil {
			r.part(ctx, p, b)
			continue
		}
		if ctx.Err() == nil && !r.over(b.source, b.seq) {
			if err := p.parse(b); err != nil {
				r.fail(b.source, b.seq, err)
			}
			r.parsed(int64(b.lines - b.chunk.blank))
		}
		r.buffers <- b.text[:0]
	}
}

// read and parsed report progress.
func (r *reading) read(bytes int) { r.advance(int64(bytes), 0) }

func (r *reading) parsed(rows int64) { r.advance(0, rows) }

func (r *reading) advance(bytes, rows int64) {
	if r.options.Progress == nil {
		return
	}
	r.progress.Lock()
	defer r.progress.Unlock()
	r.progress.Bytes += bytes
	r.progress.Rows += rows
	r.options.Progress(r.progress.Progress)
}
