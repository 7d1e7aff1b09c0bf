package results

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// recording is a table whose records are handed out as a sweep would, in row
// groups of nine rows, so that files are small and written often.
type recording struct {
	table  arrow.Record
	header journalHeader
}

const recordingRows = 9

// newRecording has 39 rows of 13 trials on two assets and their pool, with gaps
// between the trials, undefined statistics, infinities and failures.
func newRecording(t *testing.T) *recording {
	t.Helper()
	study := spec.Spec{Params: []spec.Param{{Name: "n", Axis: spec.Range(0, 99, 1)}}, Output: spec.Output{Statistics: []metrics.Stat{metrics.Sharpe, metrics.Trades}}}
	rb := array.NewRecordBuilder(memory.NewGoAllocator(), Schema(&study))
	defer rb.Release()
	random := rand.New(rand.NewPCG(8, 1)) // #nosec G404: values, not secrets
	trial := int64(0)
	for range 13 {
		n := random.Int64N(100)
		for _, asset := range []string{"A", "B", PooledAsset} {
			rb.Field(0).(*array.Int64Builder).Append(trial)
			rb.Field(1).(*array.StringBuilder).Append(asset)
			rb.Field(2).(*array.Int64Builder).Append(n)
			switch sharpe := rb.Field(3).(*array.Float64Builder); random.IntN(6) {
			case 0:
				sharpe.AppendNull()
			case 1:
				sharpe.Append(math.Inf(-1))
			default:
				sharpe.Append(float64(random.IntN(5)))
			}
			rb.Field(4).(*array.Int64Builder).Append(random.Int64N(5))
			if errs := rb.Field(5).(*array.StringBuilder); random.IntN(20) == 0 {
				errs.Append(fmt.Sprint("failure ", trial))
			} else {
				errs.AppendNull()
			}
		}
		trial += 1 + random.Int64N(3)
	}
	rec := &recording{table: rb.NewRecord(), header: journalHeader{Version: journalVersion, GroupRows: recordingRows, TrialRows: 3, Metadata: map[string]string{
		MetaFormat: "1", MetaTool: "v1", MetaSpec: "name: a\nrules: b\n", MetaDigest: "sha256:1", MetaAxis: "{}",
	}}}
	t.Cleanup(rec.table.Release)
	return rec
}

// playback hands out rows of a recording.
type playback struct {
	*recording
	from, to   int64
	why        error // how it ends
	checkpoint *Checkpoint
	current    arrow.Record
}

var _ Described = (*playback)(nil)

// reader plays a sweep that ends with why, after a number of rows. With
// resume it goes on from what is left of the results of path.
func (rec *recording) reader(t *testing.T, path string, resume bool, rows int64, why error) *playback {
	t.Helper()
	p := &playback{recording: rec, to: rows, why: why}
	if !resume {
		return p
	}
	resolved, err := output.Resolve(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := findCheckpoint(t.Context(), resolved, rec.header)
	if err != nil {
		t.Fatal(err)
	}
	p.checkpoint, p.from = c, c.rows
	// The next trial is the first whose rows are missing.
	if next := rec.table.Column(0); c.rows > 0 && c.rows < rec.table.NumRows() && next.ValueStr(int(c.rows-1)) != fmt.Sprint(c.next-1) {
		t.Fatalf("goes on from trial %d behind %s", c.next, next.ValueStr(int(c.rows-1)))
	}
	return p
}

func (p *playback) Schema() *arrow.Schema { return p.table.Schema() }
func (p *playback) Record() arrow.Record  { return p.current }
func (p *playback) Err() error            { return p.why }
func (p *playback) Retain()               {}

func (p *playback) Release() {
	if p.current != nil {
		p.current.Release()
		p.current = nil
	}
}

func (p *playback) Next() bool {
	p.Release()
	if p.from >= p.to {
		return false
	}
	p.current = p.table.NewSlice(p.from, min(p.from+recordingRows, p.to))
	p.from += recordingRows
	return true
}

func (p *playback) Describe() Description {
	return Description{GroupRows: p.header.GroupRows, TrialRows: p.header.TrialRows, Metadata: p.header.Metadata, Workers: 2, Checkpoint: p.checkpoint}
}

// write writes the results of a whole sweep.
func (rec *recording) write(t *testing.T, path string, resume bool, d disk.Disk) error {
	t.Helper()
	r := rec.reader(t, path, resume, rec.table.NumRows(), nil)
	defer r.Release()
	rows, err := writeFile(path, r, d, 0)
	if err == nil && rows != rec.table.NumRows() {
		t.Fatalf("%d rows, want %d", rows, rec.table.NumRows())
	}
	return err
}

// want returns the bytes of the file when nothing goes wrong.
func (rec *recording) want(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.parquet")
	if err := rec.write(t, path, false, disk.Disk{}); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// resumes resumes the sweep and checks that the file is as if nothing had
// happened and stands alone in its folder.
func (rec *recording) resumes(t *testing.T, path string, want []byte, what string) {
	t.Helper()
	if err := rec.write(t, path, true, disk.Disk{}); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !bytes.Equal(read(t, path), want) {
		t.Fatalf("%s: resumed, the file has other bytes", what)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%s: resumed, the folder holds %v, %v", what, entries, err)
	}
}
