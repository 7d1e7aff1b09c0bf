package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestWriteFileReplacesFilesOnly: a folder or a device under the name of the
// results is left alone, and nothing is computed for it.
func TestWriteFileReplacesFilesOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.parquet")
	if err := os.Mkdir(path, 0o777); err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), walk(t, 1, 50), crossSpec(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if _, err := results.WriteFile(path, r); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || !entries[0].IsDir() {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestLeadersNameWhatIsMissing: the errors of Leaders can be told apart.
func TestLeadersNameWhatIsMissing(t *testing.T) {
	for _, tt := range []struct {
		opts results.LeadersOptions
		want error
		text string
	}{
		{results.LeadersOptions{By: "sharp"}, columnar.ErrNoColumn, `did you mean "sharpe"?`},
		{results.LeadersOptions{By: "sharpe", Asset: "ZZZ"}, columnar.ErrNoAsset, `"ZZZ"`},
	} {
		r, err := Run(context.Background(), walk(t, 1, 50), crossSpec(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = results.Leaders(context.Background(), r, tt.opts)
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%+v: error %v", tt.opts, err)
		}
		r.Release()
	}
}

// TestBacktestOfAGrid: a parameter with several values is a mistake in the
// spec.
func TestBacktestOfAGrid(t *testing.T) {
	var mistakes spec.Errors
	_, err := RunBacktest(context.Background(), walk(t, 1, 50), crossSpec(), BacktestOptions{})
	if !errors.As(err, &mistakes) || !strings.Contains(err.Error(), "fast has 4 values and slow has 3 values") {
		t.Errorf("error %v", err)
	}
}
