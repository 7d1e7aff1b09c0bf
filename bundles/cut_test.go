//go:build unix

package bundles

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// TestFileCutDuringAppend cuts the bars of the current version short while they
// are put together with new ones, before each step of the append: nothing may be
// published of them, or everything was read before.
func TestFileCutDuringAppend(t *testing.T) {
	x := columnar.BarColumns()
	all := asset("AAA", 4000, 5)
	for name, from := range map[string]int{"shared": 3900, "written anew": 100} {
		t.Run(name, func(t *testing.T) {
			faults := 0
			for k := 1; ; k++ {
				s := newStore(t)
				was := mustIngest(t, s, "b", build(t, x, between(all, 0, 3950)), PublishOptions{})
				file := s.bundle("b").version(versionID(was.Digest)).bars()
				i, err := s.Begin(context.Background(), "b")
				if err != nil {
					t.Fatal(err)
				}
				steps := 0
				i.store = &Store{dir: s.dir, disk: disk.Disk{Fault: func(_, _ string, bytes int) (int, error) {
					if steps++; steps == k {
						if err := os.Truncate(file, 8192); err != nil {
							t.Error(err)
						}
					}
					return bytes, nil
				}}}
				news := between(all, from, 4000)
				if from < 3950 { // corrected, so that the bars are written anew
					news.Values[0][0]++
				}
				_, failed := i.Append(context.Background(), build(t, x, news), account, PublishOptions{})
				if err := i.Abort(); err != nil {
					t.Fatal(err)
				}
				if failed != nil {
					faults++
					if !errors.Is(failed, columnar.ErrFault) && !errors.Is(failed, ErrCorrupt) || !strings.Contains(failed.Error(), "bars") {
						t.Fatalf("step %d: %v", k, failed)
					}
					m, err := readMarker(s.bundle("b"))
					if err != nil || digestOf(m.Current) != was.Digest {
						t.Fatalf("step %d: the bundle has changed: %v", k, err)
					}
				}
				if steps < k {
					break
				}
			}
			if faults < 5 {
				t.Errorf("%d appends failed", faults)
			}
		})
	}
}

// TestFileCutWhileOpen: what reads the bars of an open bundle says which file was
// cut short.
func TestFileCutWhileOpen(t *testing.T) {
	s := newStore(t)
	p := mustIngest(t, s, "b", build(t, columnar.BarColumns(), asset("AAA", 4000, 5), withEvents(asset("BBB", 3000, 5))), PublishOptions{})
	b := mustOpen(t, s, "b", OpenOptions{})
	defer b.Close()
	dir := s.bundle("b").version(versionID(p.Digest))
	all, err := openBars(dir, b.Manifest(), parquet.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer all.close()
	if err := os.Truncate(dir.bars(), 100_000); err != nil {
		t.Fatal(err)
	}
	check := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, columnar.ErrFault) || !strings.Contains(err.Error(), dir.bars()) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = b.Adjusted(context.Background(), columnar.AdjustedAll, OpenOptions{})
	check("adjusted", err)
	var v Verification
	check("verify", v.verifyOpen(context.Background(), all, dir, b.Manifest(), nil))
	_, err = ingest(s, "copy", b.Frame(), PublishOptions{})
	check("publish", err)
	_, err = ingest(s, "copy", b.Frame(), PublishOptions{Compact: true})
	check("publish compressed", err)
	// Who looks again finds a damaged file.
	if again, err := s.Verify(context.Background(), "b"); err != nil || !errors.Is(again.Err(), ErrCorrupt) {
		t.Errorf("%v, %v", again.Err(), err)
	}
	if _, err := s.Open(context.Background(), "b", OpenOptions{}); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}
