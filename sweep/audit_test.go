package sweep

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestAuditOfExamples: no example looks ahead, whatever it asks of sessions, longer bars
// and other assets.
func TestAuditOfExamples(t *testing.T) {
	demo := demoFrame(t)
	minutes, err := sample.Walk(sample.Options{Assets: 2, Bars: 1500, Frequency: 5 * time.Minute, Calendar: calendar.NYSE(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer minutes.Release()
	paths, err := filepath.Glob(filepath.Join("..", "examples", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := spec.Parse(path, text)
		if err != nil {
			t.Fatal(err)
		}
		frame := demo
		if strings.Contains(string(text), "session_bar") {
			frame = minutes
		}
		if len(s.Universe) == 0 && !strings.Contains(string(text), "xs_") {
			s.Universe = frame.Assets()[:1]
		}
		report, err := Audit(t.Context(), frame, s, pipeline.AuditOptions{Trials: 2, Cuts: 4})
		if err != nil || len(report.Leaks) > 0 || report.Trials == 0 {
			t.Errorf("%s: %+v, %v", path, report, err)
		}
	}
}

// own returns a function of one series that f computes over a whole history.
func own(name string, f func(dst, src []float64)) *indicator.Row {
	return &indicator.Row{
		Name: name, Title: name, Source: "a test", Inputs: []string{"series"},
		Outputs: []indicator.Output{{Name: "value", Dimension: indicator.AsInput, Scaled: indicator.Lawless, Shifted: indicator.Lawless}},
		Memory:  indicator.Cumulative, Cost: indicator.Heavy,
		Apply: func(c *indicator.Call) { f(c.Dst[0], c.Src[0]) },
	}
}

// TestPlantedLeaks: functions of the usual mistakes are found, each by its own name and
// not by what is made of it; their honest twins are not.
func TestPlantedLeaks(t *testing.T) {
	demo := demoFrame(t)
	each := func(f func(src []float64, i int) float64) func(dst, src []float64) {
		return func(dst, src []float64) {
			for i := range dst {
				dst[i] = f(src, i)
			}
		}
	}
	mean := func(x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		return sum / float64(len(x))
	}
	for name, c := range map[string]struct {
		f     func(dst, src []float64)
		leaks bool
	}{
		"tomorrow":   {each(func(src []float64, i int) float64 { return src[min(i+1, len(src)-1)] }), true},
		"of_all_max": {each(func(src []float64, i int) float64 { return src[i] / slices.Max(src) }), true},
		"of_all":     {each(func(src []float64, i int) float64 { return src[i] - mean(src) }), true},
		"centred":    {each(func(src []float64, i int) float64 { return mean(src[max(i-5, 0):min(i+6, len(src))]) }), true},
		"reversed": {func(dst, src []float64) {
			for i, v := 0, 0.0; i < len(src); i++ {
				v = 0.9*v + src[len(src)-1-i]
				dst[len(src)-1-i] = v
			}
		}, true},
		"by_count": {each(func(src []float64, i int) float64 { return float64(i) / float64(len(src)) }), true},
		"pivots_now": {each(func(src []float64, i int) float64 {
			if i > 0 && i+1 < len(src) && src[i] > src[i-1] && src[i] > src[i+1] {
				return 1
			}
			return 0
		}), true},
		"yesterday": {each(func(src []float64, i int) float64 { return src[max(i-1, 0)] }), false},
		"so_far":    {each(func(src []float64, i int) float64 { return src[i] / slices.Max(src[:i+1]) }), false},
		"unknown":   {each(func([]float64, int) float64 { return math.NaN() }), false},
	} {
		s := &spec.Spec{
			Universe: demo.Assets()[:2], Functions: []*indicator.Row{own(name, c.f)},
			Params: []spec.Param{{Name: "n", Axis: spec.List(5, 9)}},
			Rules:  spec.Rules{Entry: "close > sma(" + name + "(close), $n)", Exit: "rising(close, $n)"},
		}
		report, err := Audit(t.Context(), demo, s, pipeline.AuditOptions{Cuts: 20})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case c.leaks && (len(report.Leaks) == 0 || report.Leaks[0].Text != name+"(close)"):
			t.Errorf("%s: found %+v", name, report.Leaks)
		case !c.leaks && len(report.Leaks) > 0:
			t.Errorf("%s is no leak: %+v", name, report.Leaks)
		}
	}
}

// hindsight enters on the lowest close of each hundred bars, which nobody knows before
// they are over.
type hindsight struct{}

func (hindsight) Describe() strategy.Description {
	return strategy.Description{Name: "hindsight", Columns: []string{columnar.Close}}
}

func (hindsight) Fill(masks strategy.Masks, bars strategy.Bars, _ []float64) {
	for from := 0; from < len(bars.Times); from += 100 {
		part := bars.Columns[0][from:min(from+100, len(bars.Times))]
		for i, v := range part {
			masks.Entry.Set(from+i, v == slices.Min(part))
			masks.Exit.Set(from+i, i == len(part)-1)
		}
	}
}

// TestLeakOfCodedStrategy: a strategy in Go that knows what comes is found, by its bar.
func TestLeakOfCodedStrategy(t *testing.T) {
	demo := demoFrame(t)
	s := &spec.Spec{
		Universe: demo.Assets()[:1], Functions: []*indicator.Row{strategy.Function(hindsight{})},
		Rules: spec.Rules{Entry: "hindsight().entry", Exit: "hindsight().exit"},
	}
	report, err := Audit(t.Context(), demo, s, pipeline.AuditOptions{})
	if err != nil || len(report.Leaks) == 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	if l := report.Leaks[0]; !strings.HasPrefix(l.Text, "hindsight()") || l.Time >= l.Until || l.Asset != demo.Asset(0) {
		t.Errorf("found %+v", l)
	}
}
