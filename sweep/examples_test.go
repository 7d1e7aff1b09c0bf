package sweep

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/search"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestExamples runs every strategy of examples/ over the demonstration bundle with
// both engines. Each runs on the event engine, agrees with the reference engine,
// and trades: an example that never does teaches nothing.
func TestExamples(t *testing.T) {
	demo, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Release()
	paths, err := filepath.Glob(filepath.Join("..", "examples", "*.yaml"))
	if err != nil || len(paths) < 13 {
		t.Fatalf("%d examples, %v", len(paths), err)
	}
	for i, path := range paths {
		if proptest.Race && i%4 > 0 {
			continue // numbers, not goroutines
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, err := spec.Parse(path, text)
			if err != nil {
				t.Fatal(err)
			}
			if s.Search.On() { // its first generation, and what else its values combine to
				q, err := search.New(s)
				if err != nil {
					t.Fatal(err)
				}
				g, err := q.Ask(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				s = g.Spec()
				s.Objective = spec.Objective{}
			}
			s.Output = spec.Output{Rows: spec.RowsAssets}
			compareEngines(t, demo, s, pipeline.EngineEvent)
			rows, _ := rowsOf(t, demo, s, false)
			trades := 0.0
			for _, r := range rows {
				trades += r[metrics.Trades]
			}
			if perRow := trades / float64(len(rows)); !(perRow >= 5) || math.IsNaN(perRow) {
				t.Errorf("%.1f trades an asset and combination: too few to teach anything", perRow)
			}
		})
	}
}
