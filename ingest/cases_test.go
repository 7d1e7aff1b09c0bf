package ingest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// caseOf reads files of a folder of the shared cases, or skips: they are not of this
// repository, and are read where they are.
func caseOf(t *testing.T, o Options, paths ...string) (*Result, error) {
	t.Helper()
	for i, path := range paths {
		paths[i] = filepath.Join("..", "..", "shared", "cases", path)
		if _, err := os.Stat(paths[i]); err != nil {
			t.Skipf("no shared/cases/%s beside the checkout: the case is not tested", path)
		}
	}
	return filesOf(t, o, paths...)
}

// filesOf reads files, and releases what was read when the test ends.
func filesOf(t *testing.T, o Options, paths ...string) (*Result, error) {
	t.Helper()
	r, err := Files(context.Background(), paths, o)
	if err == nil {
		t.Cleanup(r.Frame.Release)
	}
	return r, err
}

// bar0 returns the first bar of the first asset.
func bar0(r *Result) (values [5]float64) {
	for k := range values {
		values[k] = r.Frame.Values(0, k)[0]
	}
	return values
}

// refusal checks that an error says all of that.
func refusal(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("was read; want a refusal with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v; want %q in it", err, part)
		}
	}
}

// said reports whether an ingest says that about what.
func said(r *Result, what, part string) bool {
	for _, reading := range r.Report.Readings {
		if reading.What == what && strings.Contains(reading.Value, part) {
			return true
		}
	}
	return false
}
