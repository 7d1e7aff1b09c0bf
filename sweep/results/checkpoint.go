package results

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

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// Resumed says what a sweep with sweep.Options.Resume found done.
type Resumed struct {
	// Rows is the number of result rows that are there, Trials that of the trials
	// they belong to, and Next the trial that the sweep goes on from; all are 0
	// where there was nothing to go on from.
	Rows, Trials, Next int64
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
	return fmt.Sprintf("%s: cannot resume another sweep: %s", e.Path, differences(e.Differences))
}

// differences says in words what two sweeps differ in.
func differences(all []Difference) string {
	texts := make([]string, len(all))
	for i, d := range all {
		have, want := firstDifference(d.Have, d.Want)
		texts[i] = fmt.Sprintf("%s is %q, want %q", d.Key, have, want)
	}
	return strings.Join(texts, "; ")
}

// firstDifference returns the first line in which two texts differ.
func firstDifference(a, b string) (string, string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for len(x) > 1 && len(y) > 1 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	return strings.TrimSpace(x[0]), strings.TrimSpace(y[0])
}

// Checkpoint is what is left of an earlier run of a sweep, which another goes on
// from; see [FindCheckpoint].
type Checkpoint struct {
	path    string // of the whole file, where links lead
	groups  [][]byte
	rows    int64 // of the groups
	next    int64 // trial behind them
	dataEnd int64 // of the last row group in the partial file
	journal int64 // end of its record
	// last is the shorter row group that ends the file of an interrupted sweep,
	// nil where there is none, and tail its rows, whose owner is who reads them.
	last *journalGroup
	tail arrow.Record

	trialRows int64 // rows a trial
	segments  bool  // it is a table of segments

	complete bool
	// others says in what the file that is there under the whole one's name is
	// of another sweep; nil where it is no results, or not there.
	others []Difference
}

// done returns how many rows are there, and the trial behind them.
func (c *Checkpoint) done() (rows, next int64) {
	if c.last != nil {
		return c.rows + c.last.Rows, c.last.Next
	}
	return c.rows, c.next
}

// Found says what is there.
func (c *Checkpoint) Found() Resumed {
	rows, next := c.done()
	return Resumed{Rows: rows, Trials: rows / max(c.trialRows, 1), Next: next, Complete: c.complete}
}

// TakeTail returns the rows of the last trials that are there, where they are
// fewer than a row group has: they are not in a finished one, so who goes on hands
// them out again, at the beginning of its first record. It is nil where there are
// none, and after the first call. The caller releases the record.
func (c *Checkpoint) TakeTail() arrow.Record {
	tail := c.tail
	c.tail = nil
	return tail
}

// Records returns a reader over the rows that are there, which [Checkpoint.TakeTail]
// may return the last of as well: whoever asks further trials by the results of
// those before reads them again. of describes the table and schema is its schema, as
// they were when the checkpoint was found. The caller closes the reader.
func (c *Checkpoint) Records(schema *arrow.Schema, of Description) (*FoundReader, error) {
	r := &FoundReader{tail: c.tail}
	if len(c.groups) == 0 {
		return r, nil
	}
	columns, err := parquet.ColumnsOf(schema)
	if err != nil {
		return nil, err
	}
	r.file, err = parquet.OpenGroups(PartialPath(c.path), columns, parquet.Options{Codec: parquet.Snappy, CreatedBy: createdBy(of.Metadata)}, c.groups)
	return r, err
}

// FoundReader hands out the rows of a [Checkpoint], a record at a time.
type FoundReader struct {
	file *parquet.File // nil where no row group is whole
	next int
	tail arrow.Record
}

// Next returns the next record, nil behind the last. The caller releases it.
func (r *FoundReader) Next() (arrow.Record, error) {
	if r.file != nil && r.next < r.file.NumRowGroups() {
		r.next++
		return r.file.Record(r.next - 1)
	}
	tail := r.tail
	if r.tail = nil; tail != nil {
		tail.Retain()
		return tail, nil
	}
	return nil, nil
}

// Close closes the file.
func (r *FoundReader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// FindCheckpoint looks for what is left of a run that would have written a Parquet
// file of this name with results of this description. It changes nothing. Without
// anything to go on from, the checkpoint is empty. Errors are a *[ResumeError],
// wrap [ErrJournal] or [ErrExists], or come from the system.
func FindCheckpoint(ctx context.Context, name string, of Description) (*Checkpoint, error) {
	if kind, err := output.KindOf(name); err != nil {
		return nil, fmt.Errorf("results: %w", err)
	} else if kind.Format != output.Parquet {
		return nil, fmt.Errorf("results: %s: only a Parquet file keeps what is finished, to go on from", name)
	}
	path, err := output.Resolve(name)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return findCheckpoint(ctx, path, of.header())
}

// findCheckpoint is FindCheckpoint where links lead.
func findCheckpoint(ctx context.Context, path string, want journalHeader) (*Checkpoint, error) {
	whole := &Checkpoint{path: path, trialRows: want.TrialRows, segments: want.Metadata[MetaSegments] != ""}
	if err := whole.findComplete(want); err != nil || whole.complete {
		return whole, err
	}
	head, c, err := readCheckpoint(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		if disposable(PartialPath(path)) {
			return whole, nil
		}
		return nil, fmt.Errorf("results: %w", &output.ExistsError{
			Path: PartialPath(path), What: output.Describe(PartialPath(path)) + "; without a journal there is nothing to go on from",
		})
	}
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	if d := head.differences(want); d != nil {
		return nil, &ResumeError{Path: journalPath(path), Differences: d}
	}
	c.others, c.trialRows, c.segments = whole.others, want.TrialRows, whole.segments
	return c, c.readTail()
}

// readCheckpoint reads what is left of a run that would have written path,
// whatever it belongs to, up to the first row group that is not there as it was
// written. Errors wrap [ErrJournal], or come from the system:
// [fs.ErrNotExist] is for the journal.
func readCheckpoint(ctx context.Context, path string) (head journalHeader, c *Checkpoint, err error) {
	c = &Checkpoint{path: path}
	head, groups, ends, err := readJournal(journalPath(path))
	if err != nil {
		return head, nil, err
	}
	data, err := os.Open(PartialPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return head, c, nil
	}
	if err != nil {
		return head, nil, err
	}
	defer data.Close()
	for i, g := range groups {
		if err := ctx.Err(); err != nil {
			return head, nil, err
		}
		if ok, err := c.follows(data, &g, head.GroupRows); err != nil {
			return head, nil, err
		} else if !ok {
			break
		}
		if g.Rows < head.GroupRows {
			c.last = &g
			break
		}
		c.groups = append(c.groups, g.Footer)
		c.rows += g.Rows
		c.next, c.dataEnd, c.journal = g.Next, g.Offset+g.Bytes, ends[i+1]
	}
	if len(c.groups) == 0 {
		c.journal = ends[0]
	}
	return head, c, nil
}

// readTail reads the rows of the last row group. Where the file does not have
// them, as after a loss of power, there is no last group.
func (c *Checkpoint) readTail() error {
	if c.last == nil {
		return nil
	}
	results, err := openTable(PartialPath(c.path), c.segments)
	if err != nil {
		c.last = nil
		return nil //nolint:nilerr // the file has no footer, and what it lists counts
	}
	if group := len(c.groups); results.file.NumRowGroups() == group+1 && results.file.GroupRows(group) == int(c.last.Rows) {
		c.tail, err = results.file.Record(group)
	}
	if c.tail == nil {
		c.last = nil
	}
	return errors.Join(err, results.Close())
}

// disposable reports whether a partial file without a journal has nothing that
// anyone could miss: it is not there, or is what a process leaves that was killed
// before it had finished anything.
func disposable(partial string) bool {
	info, err := os.Lstat(partial)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(partial)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, min(info.Size(), 4))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != "PAR1"[:len(head)] {
		return false
	}
	whole, err := parquet.Open(partial, parquet.OpenOptions{Piecewise: true})
	if err == nil {
		_ = whole.Close() // nothing was written
	}
	return err != nil
}

// findComplete looks for the whole file of the same sweep, which an earlier
// run may have finished before it could remove its journal.
func (c *Checkpoint) findComplete(want journalHeader) error {
	results, err := openTable(c.path, c.segments)
	if err != nil {
		return nil //nolint:nilerr // no result file is no checkpoint, and who writes looks what it is
	}
	have := journalHeader{Version: want.Version, GroupRows: want.GroupRows, Metadata: results.Metadata()}
	c.others = have.differences(want)
	for key, missing := range map[string]string{MetaTop: "all trials", MetaPartial: "all rows"} {
		if have.Metadata[key] != "" {
			c.others = append(c.others, Difference{Key: key, Have: have.Metadata[key], Want: missing})
		}
	}
	// Other programs keep the metadata of a file of which they write another.
	if have, want := results.file.CreatedBy(), createdBy(want.Metadata); have != want {
		c.others = append(c.others, Difference{Key: "the program that wrote it", Have: have, Want: want})
	}
	if c.complete = c.others == nil; c.complete {
		c.rows = results.NumRows()
	}
	return results.Close()
}

// follows reports whether a row group goes on where c ends and is in the data
// file as it was written.
func (c *Checkpoint) follows(data io.ReaderAt, g *journalGroup, groupRows int64) (bool, error) {
	if g.Offset != c.dataEnd || g.Rows <= 0 || g.Rows > groupRows || g.Next <= c.next || g.Bytes <= 0 {
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
	keys := slices.Sorted(maps.Keys(want.Metadata))
	for _, key := range []string{MetaSpace, MetaGo} { // trials of a space are no trials of the grid
		if _, ok := want.Metadata[key]; !ok {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		add(key, h.Metadata[key], want.Metadata[key])
	}
	add("rows of a row group", fmt.Sprint(h.GroupRows), fmt.Sprint(want.GroupRows))
	return d
}

// openTable opens a table of results, or one of segments.
func openTable(path string, segments bool) (*File, error) {
	if !segments {
		return Open(path)
	}
	file, err := parquet.Open(path, parquet.OpenOptions{Piecewise: true})
	if err != nil {
		return nil, err
	}
	if err := checkSegments(file.Schema()); err != nil || file.Metadata()[MetaSegments] == "" {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, ErrNoSegments), file.Close())
	}
	return &File{file: file, path: path}, nil
}
