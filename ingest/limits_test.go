package ingest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// TestCancel stops an ingest in the middle, while reading, and as soon as it
// begins. Goroutines that stay behind are found by goleak.
func TestCancel(t *testing.T) {
	path := write(t, "X.csv.gz", gzipped(t, generate(200_000, 1, 5)))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var at atomic.Int64
	_, err := Files(ctx, []string{path}, Options{Progress: func(p Progress) {
		if p.Rows > 20_000 && at.CompareAndSwap(0, time.Now().UnixNano()) {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || at.Load() == 0 {
		t.Fatalf("got %v", err)
	}
	t.Logf("stopped %v after the cancellation", time.Since(time.Unix(0, at.Load())))
	if _, err := Files(ctx, []string{path}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestBudget: whatever happens, all that was reserved is released, and an
// ingest that does not fit says so.
func TestBudget(t *testing.T) {
	text := generate(20_000, 3, 5)
	path := write(t, "X.csv", text)
	large := columnar.NewBudget(0)
	r, err := Files(context.Background(), []string{path}, Options{Budget: large, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	r.Frame.Release()
	// Blocks, and the columns of 60,000 rows of eight words twice.
	if least := int64(2 * 60_000 * 6 * 8); large.Used() != 0 || large.Peak() < least || large.Peak() > 3*least+8*maxLine {
		t.Errorf("%d in use, %d at most; want about %d", large.Used(), large.Peak(), least)
	}
	for _, limit := range []int64{1, 4 << 20, 6 << 20, large.Peak() - 1} {
		small := columnar.NewBudget(limit)
		_, err = Files(context.Background(), []string{path}, Options{Budget: small, Workers: 2})
		if !errors.Is(err, columnar.ErrMemory) || small.Used() != 0 || small.Peak() > limit {
			t.Errorf("limit %d: %v, %d in use", limit, err, small.Used())
		}
	}
}

// TestBombs: a small file that grows without end meets the budget or the
// longest line, not the memory of the machine.
func TestBombs(t *testing.T) {
	head := []byte(header + "2020-01-01,2,3,1,2,10\n")
	for _, c := range []struct {
		name string
		tail []byte
		want error
	}{
		{"one line", make([]byte, 16<<20), ErrShape},
		{"bad rows", bytes.Repeat([]byte("x\n"), 4<<20), nil}, // of which the first are kept
		{"late rows", bytes.Repeat([]byte("2020-01-01,2,3,1,2,10\n"), 1<<20), columnar.ErrMemory},
	} {
		path := write(t, "X.csv.zst", zstandard(t, append(bytes.Clone(head), c.tail...)))
		budget := columnar.NewBudget(64 << 20)
		var rejects bytes.Buffer
		r, err := Files(context.Background(), []string{path}, Options{Budget: budget, Rejects: &rejects, RejectLimit: RejectAll()})
		if err == nil {
			r.Frame.Release()
		}
		if !errors.Is(err, c.want) || budget.Used() != 0 {
			t.Errorf("%s: %v, %d in use", c.name, err, budget.Used())
		}
	}
	// Blank lines are not rows, and take eight bytes where others stand between them.
	path := write(t, "X.csv.zst", zstandard(t, append(bytes.Clone(head), bytes.Repeat([]byte("\n"), 2<<20)...)))
	r, err := Files(context.Background(), []string{path}, Options{Budget: columnar.NewBudget(128 << 20)})
	if err != nil {
		t.Fatal(err)
	}
	r.Frame.Release()
}

// TestProgress: the last call has everything.
func TestProgress(t *testing.T) {
	path := write(t, "X.csv", generate(30_000, 1, 2))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var last Progress
	r, err := Files(context.Background(), []string{path}, Options{Progress: func(p Progress) {
		if p.Bytes < last.Bytes || p.Rows < last.Rows {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.Frame.Release()
	if last != (Progress{Bytes: info.Size(), Total: info.Size(), Rows: 30_000}) {
		t.Errorf("last %+v", last)
	}
}

// failing is a writer that is full after n bytes.
type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestRejectsWriterFails(t *testing.T) {
	path := write(t, "X.csv", append([]byte(header+"2020-01-01,2,3,1,2,10\n"), bytes.Repeat([]byte("x\n"), 10_000)...))
	for _, n := range []int{0, 10_000} {
		_, err := Files(context.Background(), []string{path}, Options{Rejects: &failing{n}, RejectLimit: RejectAll()})
		if err == nil || err.Error() != "rejects: disk full" {
			t.Errorf("got %v", err)
		}
	}
}

// TestFileChanges: a row whose text must be read again is not taken from
// another file of the same name.
func TestFileChanges(t *testing.T) {
	text := header + "2020-01-02,2,3,1,2,10\n2020-01-03,2,3,1,2,10\n2020-01-01,2,3,1,2,10\n2020-01-04,2,3,1,2,10\n"
	path := write(t, "X.csv", []byte(text))
	s := &input{File: &source.File{Source: report.Source{Path: path, SHA256: "of another text"}}}
	if err := s.texts(context.Background(), []int{4}, func(string) error { return nil }); err == nil || err.Error() != path+": the file has changed while it was read" {
		t.Errorf("got %v", err)
	}
}
