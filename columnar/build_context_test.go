package columnar_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// TestBuildContext: a context that is done ends the digest, and only that.
func TestBuildContext(t *testing.T) {
	bars := []columnar.Bars{{ID: "A", Times: []int64{1, 2}, Values: [][]float64{{3, 4}}}}
	columns := []columnar.Column{{Name: "close"}}
	ctx, cancel := context.WithCancel(context.Background())
	want, err := columnar.BuildContext(ctx, columns, bars, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	defer want.Release()
	plain, err := columnar.Build(columns, bars, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Release()
	if plain.Info() != want.Info() {
		t.Errorf("Build says %+v, BuildContext %+v", plain.Info(), want.Info())
	}
	cancel()
	if _, err := columnar.BuildContext(ctx, columns, bars, columnar.Info{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	known, err := columnar.BuildContext(ctx, columns, bars, want.Info())
	if err != nil {
		t.Fatalf("with a digest there is nothing to wait for: %v", err)
	}
	known.Release()
}
