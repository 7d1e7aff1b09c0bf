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

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"
)

// rejection is a rejected row.
type rejection struct {
	line  int
	code  code
	text  string
	known bool // text is set
	// column is the name of the one to blame, where there is one.
	column string
}

// rejectedRows are what a source has of rejected rows.
type rejectedRows struct {
	// rows stand by line, and are the first of them: as many as are kept.
	rows []rejection
	// counts are of all.
	counts codeCounts
	// failed is the first whose rule has the policy Fail, nil where none has.
	failed *rejection
}

func (r *rejectedRows) add(x rejection, keep bool) {
	r.counts[x.code]++
	if keep {
		r.rows = append(r.rows, x)
	}
}

// all returns how many rows have been rejected.
func (r *rejectedRows) all() (n int64) {
	for _, k := range r.counts {
		n += k
	}
	return n
}

// rejectedOf returns the rows of each source that broke a rule by themselves.
func rejectedOf(in *inputs) []rejectedRows {
	all := make([]rejectedRows, len(in.sources))
	for i, s := range in.sources {
		for _, c := range s.chunks {
			for k, n := range c.unkept {
				all[i].counts[k] += n
			}
			for _, r := range c.rejects {
				all[i].add(rejection{line: r.line, code: r.code, text: r.text, known: !c.textless, column: r.column}, true)
			}
		}
	}
	for i := range all {
		sortRejections(all[i].rows)
	}
	limitRejections(all)
	return all
}

func sortRejections(rows []rejection) {
	slices.SortFunc(rows, func(x, y rejection) int { return cmp.Compare(x.line, y.line) })
}

// limitRejections keeps the first MaxRejects rows.
func limitRejections(all []rejectedRows) {
	left := MaxRejects
	for i := range all {
		r := &all[i]
		r.rows = r.rows[:min(len(r.rows), left)]
		left -= len(r.rows)
	}
}

// rejectsFile is the CSV file of rejected rows, which ends where it has as many
// as are kept.
type rejectsFile struct {
	w          *csv.Writer
	rows, text int
}

// errEnough says that no further row is kept.
var errEnough = errors.New("enough rejected rows are kept")

// newRejects begins a file.
func newRejects(dst io.Writer) (*rejectsFile, error) {
	f := &rejectsFile{w: csv.NewWriter(dst)}
	if err := f.w.Write([]string{"file", "line", "rule", "text"}); err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	return f, nil
}

// put writes a row, or returns errEnough.
func (f *rejectsFile) put(file string, line int, rule Rule, text string) error {
	if f.rows == MaxRejects || f.text+len(text) > MaxRejectText {
		f.text = MaxRejectText // what follows is shorter, maybe, and not kept either
		return errEnough
	}
	f.rows, f.text = f.rows+1, f.text+len(text)
	if err := f.w.Write([]string{file, strconv.Itoa(line), string(rule), text}); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}

// end writes what has been kept back.
func (f *rejectsFile) end() error {
	f.w.Flush()
	if err := f.w.Error(); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}

// write writes the rejected rows. Texts that have not been kept are read again
// from their source.
func (f *rejectsFile) write(ctx context.Context, rejected []rejectedRows, in *inputs) error {
	for i, s := range in.sources {
		err := f.source(ctx, s, rejected[i].rows)
		if errors.Is(err, errEnough) {
			break
		}
		if err != nil {
			return err
		}
	}
	return f.end()
}

// source writes the rejected rows of a source.
func (f *rejectsFile) source(ctx context.Context, s *input, rest []rejection) error {
	put := func(x rejection) error {
		if err := f.put(s.Name(), s.LineOf(x.line), x.code.rule(), x.text); err != nil {
			return err
		}
		return ctx.Err()
	}
	// Up to the next row whose text is read again.
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
	if err != nil {
		return err
	}
	return known()
}

// texts reads lines of a source once more, given by increasing numbers, and
// hands them over one by one. It serves rows that turn out bad only beside
// those of other blocks: rare, so that keeping all text would be the higher
// price; and all rejected rows where memory is short.
func (s *input) texts(ctx context.Context, lines []int, take func(text string) error) error {
	if len(lines) == 0 {
		return nil
	}
	st, err := s.Open(ctx, func(int) {})
	if err != nil {
		return err
	}
	defer st.Close()
	b := blocks{r: st, line: 1}
	buf := make([]byte, 0, maxLine)
	for {
		text, line, _, err := b.next(buf)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s.Wrap(err)
		}
		for ; len(lines) > 0 && len(text) > 0; line++ {
			row, rest, _ := bytes.Cut(text, []byte{'\n'})
			if line == lines[0] {
				if err := take(string(shape.TrimLine(row))); err != nil {
					return err
				}
				lines = lines[1:]
			}
			text = rest
		}
		buf = text[:0]
	}
	sum, err := st.Digest(ctx)
	if err != nil {
		return err
	}
	if sum != s.SHA256 || len(lines) > 0 {
		return &InputError{File: s.Name(), Err: errors.New("the file has changed while it was read")}
	}
	return nil
}
