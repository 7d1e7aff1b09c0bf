package bundles

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// undigested returns the Frame that of makes, without its digest.
func undigested(t testing.TB, of func(testing.TB) *columnar.Frame) *columnar.Frame {
	t.Helper()
	f := of(t)
	bars := make([]columnar.Bars, f.NumAssets())
	for i := range bars {
		bars[i] = columnar.Bars{ID: f.Asset(i), Times: f.Times(i), Values: columnsOf(f, i), Events: f.Events(i)}
	}
	info := f.Info()
	info.Digest = ""
	out, err := columnar.BuildUndigested(f.Columns(), bars, info)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Release)
	return out
}

// TestUndigested: a Frame that is hashed while it is written becomes the files
// of one that came with its digest, and no second version of data that is
// there: as the current version, and as an older one.
func TestUndigested(t *testing.T) {
	for _, compact := range []bool{false, true} {
		options := PublishOptions{Compact: compact}
		a, b := newStore(t), newStore(t)
		want, got := mustIngest(t, a, "b", another(t), options), mustIngest(t, b, "b", undigested(t, another), options)
		if got.Digest != want.Digest || got.Existing {
			t.Fatalf("published %+v, want %s", got, want.Digest)
		}
		for _, path := range []func(versionDir) string{versionDir.manifest, versionDir.bars, versionDir.events, versionDir.hashes} {
			x, err := os.ReadFile(path(a.bundle("b").version(versionID(want.Digest))))
			y, other := os.ReadFile(path(b.bundle("b").version(versionID(want.Digest))))
			if err = errors.Join(err, other); err != nil || !bytes.Equal(x, y) {
				t.Errorf("%s differs: %v", path("…"), err)
			}
		}
		if p := mustIngest(t, b, "b", undigested(t, another), options); !p.Existing || p.Digest != want.Digest {
			t.Errorf("the same again: %+v", p)
		}
		mustIngest(t, b, "b", small(t), options)
		if p := mustIngest(t, b, "b", undigested(t, another), options); !p.Existing || p.Digest != want.Digest {
			t.Errorf("an older version again: %+v", p)
		}
		afterFault(t, b, small(t))
	}
}

// TestUndigestedCancelled: the hashing ends before Publish returns.
func TestUndigestedCancelled(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	i, err := s.Begin(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := i.Publish(ctx, undigested(t, another), account, PublishOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("published: %v", err)
	}
	if err := i.Abort(); err != nil {
		t.Error(err)
	}
}
