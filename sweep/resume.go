package sweep

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/pipeline"
)

// Resumed says what a sweep with [Options].Resume found done.
type Resumed struct {
	// Rows is the number of result rows that are there, and Next the trial
	// that the sweep goes on from; both are 0 where there was nothing to go on
	// from.
	Rows, Next int64
	// Complete says that the result file was finished before.
	Complete bool
}

// Difference is a point in which two sweeps are not the same.
type Difference struct {
	// Key is a key of the results' metadata, such as [MetaSpec].
	Key string
	// Have is what the unfinished file says, Want what the sweep would write.
	Have, Want string
}

// ResumeError says that an unfinished result file belongs to another sweep:
// another spec, bundle, version of the program or format.
type ResumeError struct {
	// Path is the journal of the file.
	Path string
	// Differences lists what is not the same, at least one.
	Differences []Difference
}

// Error implements error.
func (e *ResumeError) Error() string {
	texts := make([]string, len(e.Differences))
	for i, d := range e.Differences {
		have, want := firstDifference(d.Have, d.Want)
		texts[i] = fmt.Sprintf("%s is %q, want %q", d.Key, have, want)
	}
	return fmt.Sprintf("%s: cannot resume another sweep: %s", e.Path, strings.Join(texts, "; "))
}

// firstDifference returns the first line in which two texts differ.
func firstDifference(a, b string) (string, string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for len(x) > 1 && len(y) > 1 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	return strings.TrimSpace(x[0]), strings.TrimSpace(y[0])
}

// checkpoint is what is left of an earlier run of a sweep.
type checkpoint struct {
	path     string // of the whole file
	groups   [][]byte
	rows     int64
	next     int64
	dataEnd  int64 // of the last row group in the partial file
	journal  int64 // end of its record
	complete bool
}

// findCheckpoint looks for what is left of a run that would have written path
// with this header. It changes nothing. Without anything to go on from, the
// checkpoint is empty. Errors are a *[ResumeError], wrap [ErrJournal], or
// come from the system.
func findCheckpoint(ctx context.Context, path string, want journalHeader) (*checkpoint, error) {
	c := &checkpoint{path: path}
	if done, err := c.findComplete(want); err != nil || done {
		return c, err
	}
	head, groups, ends, err := readJournal(journalPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	if d := head.differences(want); d != nil {
		return nil, &ResumeError{Path: journalPath(path), Differences: d}
	}
	data, err := os.Open(PartialPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	defer data.Close()
	for i, g := range groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if ok, err := c.follows(data, &g, want.GroupRows); err != nil {
			return nil, fmt.Errorf("results: %w", err)
		} else if !ok {
			break
		}
		c.groups = append(c.groups, g.Footer)
		c.rows += g.Rows
		c.next, c.dataEnd, c.journal = g.Next, g.Offset+g.Bytes, ends[i+1]
	}
	return c, nil
}

// findComplete looks for the whole file of the same sweep, which an earlier
// run may have finished before it could remove its journal.
func (c *checkpoint) findComplete(want journalHeader) (bool, error) {
	if _, err := os.Stat(PartialPath(c.path)); err == nil {
		return false, nil // a later run of it was not finished
	}
	results, err := OpenResults(c.path)
	if err != nil {
		return false, nil //nolint:nilerr // no result file is no checkpoint; it is overwritten as ever
	}
	meta := results.Metadata()
	c.complete = meta[MetaTop] == ""
	for key, v := range want.Metadata {
		c.complete = c.complete && meta[key] == v
	}
	if results.Partial() {
		c.complete = false
	}
	if c.complete {
		c.rows = results.NumRows()
	}
	return c.complete, results.Close()
}

// follows reports whether a row group goes on where c ends and is in the data
// file as it was written.
func (c *checkpoint) follows(data io.ReaderAt, g *journalGroup, groupRows int64) (bool, error) {
	if g.Offset != c.dataEnd || g.Rows != groupRows || g.Next <= c.next || g.Bytes <= 0 {
		return false, nil
	}
	sum := crc32.New(castagnoli)
	n, err := io.Copy(sum, io.NewSectionReader(data, g.Offset, g.Bytes))
	return err == nil && n == g.Bytes && sum.Sum32() == g.CRC, err
}

// differences lists what keeps a sweep with the header want from going on
// where one with the header h was.
func (h *journalHeader) differences(want journalHeader) []Difference {
	var d []Difference
	add := func(key, have, want string) {
		if have != want {
			d = append(d, Difference{Key: key, Have: have, Want: want})
		}
	}
	add("journal version", fmt.Sprint(h.Version), fmt.Sprint(want.Version))
	for _, key := range slices.Sorted(maps.Keys(want.Metadata)) {
		add(key, h.Metadata[key], want.Metadata[key])
	}
	add("rows of a row group", fmt.Sprint(h.GroupRows), fmt.Sprint(want.GroupRows))
	return d
}

// resume makes the sweep start behind what is left of an earlier run.
func (r *Reader) resume(ctx context.Context, j *job, path string) error {
	c, err := findCheckpoint(ctx, path, r.header)
	if err != nil {
		return err
	}
	r.checkpoint = c
	from := c.next
	if c.complete {
		from = j.grid.Size()
	}
	j.space = tail{j.grid, from}
	r.passed.Store(from)
	return nil
}

// Resumed returns what the sweep goes on from; nothing without
// [Options].Resume.
func (r *Reader) Resumed() Resumed {
	if r.checkpoint == nil {
		return Resumed{}
	}
	return Resumed{Rows: r.checkpoint.rows, Next: r.checkpoint.next, Complete: r.checkpoint.complete}
}

// Resumable returns how many rows a sweep with [Options].Resume would find
// done of the results of path, which a call to [WriteFile] with r discards;
// 0 where there are none of the same sweep.
func (r *Reader) Resumable(path string) int64 {
	head, groups, _, err := readJournal(journalPath(path))
	if err != nil || head.differences(r.header) != nil {
		return 0
	}
	return int64(len(groups)) * head.GroupRows
}

// tail is the part of a space that starts at a trial.
type tail struct {
	pipeline.Space
	from int64
}

// Block implements pipeline.Space.
func (t tail) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	return t.Space.Block(ctx, max(from, t.from), to, dst)
}
