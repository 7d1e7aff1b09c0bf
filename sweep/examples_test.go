package sweep

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/search"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// ofPositions are the examples that follow each position bar by bar, which the reference
// engine does.
var ofPositions = map[string]bool{"ema-atr-trail": true, "turtle": true, "opening-range": true, "vol-target": true, "time-stop": true}

// TestExamples runs every strategy of examples/ over the demonstration bundle with
// both engines. Each runs on the engine that is said, agrees with the reference engine,
// and trades: an example that never does teaches nothing.
func TestExamples(t *testing.T) {
	demo, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Release()
	minutes, err := sample.Walk(sample.Options{Assets: 2, Bars: 4000, Frequency: 5 * time.Minute, Calendar: calendar.NYSE(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer minutes.Release()
	paths, err := filepath.Glob(filepath.Join("..", "examples", "*.yaml"))
	if err != nil || len(paths) < 21 {
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
			frame, engine := demo, pipeline.EngineEvent
			if strings.Contains(string(text), "session_bar") {
				frame = minutes
			}
			if ofPositions[s.Name] {
				engine = pipeline.EngineReference
			}
			compareEngines(t, frame, s, engine)
			rows, _ := rowsOf(t, frame, s, false)
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
