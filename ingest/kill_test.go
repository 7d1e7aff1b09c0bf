package ingest

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// spillingStore is the environment variable that makes a test binary a process
// that ingests the file spillingFile, with too little memory, into the named
// store, and spillingSteps the one that says before which write of a temporary
// file it kills itself.
const (
	spillingStore = "BOWSTRING_TEST_SPILL_INTO"
	spillingFile  = "BOWSTRING_TEST_SPILL_FROM"
	spillingSteps = "BOWSTRING_TEST_SPILL_STEPS"
)

// ingestSpilling ingests a file with a budget that is far below its columns, and
// calls before ahead of every write of a temporary file.
func ingestSpilling(store *bundles.Store, path string, before func(step int64)) error {
	ctx := context.Background()
	in, err := store.Begin(ctx, "one")
	if err != nil {
		return err
	}
	defer in.Abort()
	var steps atomic.Int64
	r, err := Files(ctx, []string{path}, Options{
		Workers: 1, Budget: columnar.NewBudget(6 << 20), Rejects: in.Rejects(), SpillDir: in.TempDir(),
		spillFault: func() error { before(steps.Add(1)); return nil },
	})
	if err != nil {
		return err
	}
	defer r.Frame.Release()
	account := report.Account{Read: r.Report.Read, Accepted: r.Report.Accepted, Rejected: r.Report.Rejected}
	_, err = in.Publish(ctx, r.Frame, account, bundles.PublishOptions{})
	return err
}

// TestSpillingChild is the child's side; it does nothing in an ordinary run.
func TestSpillingChild(t *testing.T) {
	dir := os.Getenv(spillingStore)
	if dir == "" {
		t.Skip("started by TestKilledWhileSpilling")
	}
	last, err := strconv.ParseInt(os.Getenv(spillingSteps), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	me, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	store, err := bundles.OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Error("still alive:", ingestSpilling(store, os.Getenv(spillingFile), func(n int64) {
		if n == last {
			t.Error("still alive:", me.Kill())
		}
	}))
}

// TestKilledWhileSpilling has ingests die before a write of a temporary file of
// rows: the first, the last and some between. The bundle then shows the version
// from before, without any of those files, and the next ingest removes them.
func TestKilledWhileSpilling(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	store, err := bundles.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	before := write(t, "a.csv", generate(40_000, 4, 1))
	after := write(t, "b.csv", generate(40_000, 4, 2))
	none := func(int64) {}
	if err := ingestSpilling(store, before, none); err != nil { // a version to keep
		t.Fatal(err)
	}
	digest := shownDigest(t, store)
	var steps int64
	elsewhere, err := bundles.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := ingestSpilling(elsewhere, after, func(n int64) { steps = n }); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 0)) // #nosec G404: moments, not secrets
	kills := []int64{1, 2, steps}
	between := 9
	if proptest.Race {
		between = 2
	}
	for range between {
		kills = append(kills, 1+random.Int64N(steps))
	}
	for _, step := range kills {
		c := exec.Command(os.Args[0], "-test.run=^TestSpillingChild$")
		c.Env = append(os.Environ(), spillingStore+"="+store.Dir(), spillingFile+"="+after, spillingSteps+"="+strconv.FormatInt(step, 10))
		if out, err := c.CombinedOutput(); err == nil || c.ProcessState.ExitCode() > 0 {
			t.Fatalf("step %d of %d: the child was not killed: %v\n%s", step, steps, err, out)
		}
		// The first step makes the file, so that it is there before any other.
		left := spillFiles(t, store.Dir())
		if (len(left) > 0) != (step > 1) {
			t.Errorf("step %d of %d leaves the files %v", step, steps, left)
		}
		for _, file := range left {
			if !strings.HasPrefix(file, filepath.Join("one", "tmp")+string(filepath.Separator)) {
				t.Errorf("published: %s", file)
			}
		}
		if got := shownDigest(t, store); got != digest {
			t.Errorf("step %d of %d: the store shows %s, want %s", step, steps, got, digest)
		}
	}
	if err := ingestSpilling(store, after, none); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, filepath.Join(store.Dir(), "one", "tmp"))
	if left := spillFiles(t, store.Dir()); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if got, want := shownDigest(t, store), shownDigest(t, elsewhere); got != want {
		t.Errorf("the store shows %s, want %s", got, want)
	}
}

// shownDigest returns the digest of the version that a store shows, which must
// verify.
func shownDigest(t *testing.T, store *bundles.Store) string {
	t.Helper()
	b, err := store.Open(t.Context(), "one", bundles.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	v, err := store.Verify(t.Context(), "one")
	if err != nil || v.Err() != nil {
		t.Fatal(err, v.Err())
	}
	return b.Digest()
}

// spillFiles returns the temporary files of rows in a store.
func spillFiles(t *testing.T, store string) (found []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(store), ".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(filepath.Base(path), "spill-") {
			found = append(found, filepath.FromSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
