package sweep

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// channel is, in Go, what the language says as: long above the highest close of the n
// bars before, out below the lowest of the m bars before.
type channel struct{}

func (channel) Describe() strategy.Description {
	window := indicator.Param{Kind: indicator.Window, Min: 1}
	n, m := window, window
	n.Name, m.Name = "n", "m"
	return strategy.Description{Name: "channel", Columns: []string{columnar.Close}, Params: []indicator.Param{n, m}}
}

func (c channel) Fill(masks strategy.Masks, bars strategy.Bars, params []float64) {
	closes, n, m := bars.Columns[0], int(params[0]), int(params[1])
	if len(bars.Times) != len(closes) || bars.Asset == "" {
		panic("bars without times or a name")
	}
	for i, v := range closes {
		if i < n {
			masks.Entry.Forget(i)
		} else {
			above := true
			for _, before := range closes[i-n : i] {
				above = above && v > before
			}
			masks.Entry.Set(i, above)
		}
		if i < m {
			masks.Exit.Forget(i)
			continue
		}
		below := true
		for _, before := range closes[i-m : i] {
			below = below && v < before
		}
		masks.Exit.Set(i, below)
	}
}

func channelSpecs() (coded, written *spec.Spec) {
	coded = &spec.Spec{
		Params:    []spec.Param{{Name: "n", Axis: spec.Range(5, 40, 5)}, {Name: "m", Axis: spec.Range(3, 21, 6)}},
		Rules:     spec.Rules{Entry: "channel($n, $m).entry", Exit: "channel($n, $m).exit"},
		Functions: []*indicator.Row{strategy.Function(channel{})},
	}
	written = &spec.Spec{
		Params: coded.Params,
		Rules:  spec.Rules{Entry: "close > highest(close[1], $n)", Exit: "close < lowest(close[1], $m)"},
	}
	return coded, written
}

// TestCodedStrategy: a strategy in Go has the rows of the same one in the language, on
// assets and on the pool of them, on short histories and on long ones that are split
// over workers, with equal bytes for any number of workers and size of blocks.
func TestCodedStrategy(t *testing.T) {
	coded, written := channelSpecs()
	for name, frame := range map[string]*columnar.Frame{"short": walk(t, 3, 700), "long": walk(t, 1, 40_000)} {
		if name == "long" {
			coded.Params = []spec.Param{{Name: "n", Axis: spec.Range(20, 40, 20)}, {Name: "m", Axis: spec.Range(5, 5, 1)}}
			written.Params = coded.Params
		}
		got, engine := rowsOf(t, frame, coded, false)
		want, _ := rowsOf(t, frame, written, false)
		if len(got) != len(want) || len(got) == 0 || engine != pipeline.EngineEvent {
			t.Fatalf("%s: %d rows by the %s engine, want %d", name, len(got), engine, len(want))
		}
		for i := range got {
			for s, v := range got[i] {
				if w := want[i][s]; v != w && (v == v || w == w) {
					t.Fatalf("%s: row %d, statistic %d: %v, want %v", name, i, s, v, w)
				}
			}
		}
		compareEngines(t, frame, coded, pipeline.EngineEvent)
		first := resultBytes(t, frame, coded, Options{Workers: 1})
		for _, o := range []Options{{Workers: 2}, {Workers: 3, BlockTrials: 1}, {Workers: 2, CacheBytes: -1}} {
			if !bytes.Equal(first, resultBytes(t, frame, coded, o)) {
				t.Errorf("%s: other bytes with %+v", name, o)
			}
		}
	}
}

// TestCodedStrategyIsExplained: the plan and the report on a bar name what the rules
// call.
func TestCodedStrategyIsExplained(t *testing.T) {
	coded, written := channelSpecs()
	frame := walk(t, 1, 300)
	plan, err := Explain(t.Context(), frame, coded, ExplainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, n := range plan.Nodes {
		texts = append(texts, n.Text)
	}
	if all := strings.Join(texts, "\n"); !strings.Contains(all, "channel($n, $m)") || plan.Engine != string(pipeline.EngineEvent) {
		t.Errorf("%s: %s", plan.Engine, all)
	}
	for _, s := range []*spec.Spec{coded, written} {
		for name, value := range map[string]string{"n": "10", "m": "9"} {
			if err := s.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, err := RunBacktest(t.Context(), frame, coded, BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Release()
	b, err := RunBacktest(t.Context(), frame, written, BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	trades := b.Detail().Assets[0].Result.Trades
	if got := a.Detail().Assets[0].Result.Trades; len(got) != len(trades) || len(got) == 0 || got[0] != trades[0] {
		t.Errorf("%d trades, want %d", len(got), len(trades))
	}
	signal := trades[0].Entry - 1
	rep, err := ExplainBar(t.Context(), frame, coded, frame.Asset(0), time.Unix(0, frame.WholeTimes(0)[signal]))
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, n := range rep.Nodes {
		seen = seen || n.Name == "entry" && n.Truth == strategy.True
	}
	if !seen {
		t.Errorf("the entry is not shown as true: %+v", rep.Nodes)
	}
}

// weighted is an indicator in Go with a stream, or computed over whole histories.
func weighted(name string, stream bool, factor float64) *indicator.Row {
	r := &indicator.Row{
		Name: name, Inputs: []string{"series"}, Memory: indicator.Recursive,
		Params:  []indicator.Param{{Name: "weight", Kind: indicator.Number, Min: 0, Max: 1, Default: 0.5}},
		Outputs: []indicator.Output{{Dimension: indicator.AsInput, Scaled: indicator.Follows, Shifted: indicator.Lawless}},
	}
	r.Apply = func(c *indicator.Call) {
		(&smoother{weight: c.Params[0], factor: factor}).Next(c.Dst, c.Src)
	}
	if stream {
		r.Start = func(params []float64) indicator.Stream { return &smoother{weight: params[0], factor: factor} }
	}
	return r
}

type smoother struct{ weight, factor, last float64 }

func (s *smoother) Next(dst, src [][]float64) {
	for i, v := range src[0] {
		if v != v {
			dst[0][i] = math.NaN()
			continue
		}
		s.last += s.weight * (v*s.factor - s.last)
		dst[0][i] = s.last
	}
}

func ownSpec(rows ...*indicator.Row) *spec.Spec {
	return &spec.Spec{
		Params:    []spec.Param{{Name: "w", Axis: spec.Range(0.05, 0.5, 0.05)}},
		Rules:     spec.Rules{Entry: "close > smooth(close, $w)", Exit: "close < smooth(close, $w)"},
		Functions: rows,
	}
}

// TestOwnIndicator: with a stream and without, on short histories and long ones, by
// the engines and any number of workers.
func TestOwnIndicator(t *testing.T) {
	for _, bars := range []int{900, 20_000} {
		frame := walk(t, 1, bars)
		first := resultBytes(t, frame, ownSpec(weighted("smooth", true, 1)), Options{Workers: 1})
		for name, o := range map[string]Options{"two workers": {Workers: 2}, "small blocks": {Workers: 2, BlockTrials: 3}, "no cache": {CacheBytes: -1}} {
			if !bytes.Equal(first, resultBytes(t, frame, ownSpec(weighted("smooth", true, 1)), o)) {
				t.Errorf("%d bars, %s: other bytes", bars, name)
			}
		}
		if !bytes.Equal(first, resultBytes(t, frame, ownSpec(weighted("smooth", false, 1)), Options{})) {
			t.Errorf("%d bars: other bytes without a stream", bars)
		}
		compareEngines(t, frame, ownSpec(weighted("smooth", false, 1)), pipeline.EngineEvent)
	}
}

// TestOwnIndicatorsShareNoName: runs that share a cache may have different functions
// of one name, and a choice has them too.
func TestOwnIndicatorsShareNoName(t *testing.T) {
	frame := walk(t, 1, 400)
	runner, err := NewRunner(RunnerOptions{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	run := func(s *spec.Spec) string {
		t.Helper()
		r, err := runner.RunFrame(context.Background(), frame, s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		var text strings.Builder
		for r.Next() {
			json, err := r.Record().MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			text.Write(json)
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		return text.String()
	}
	one, other := run(ownSpec(weighted("smooth", true, 1))), run(ownSpec(weighted("smooth", true, 1.01)))
	if one == other {
		t.Error("the second function has the values of the first")
	}
	if again := run(ownSpec(weighted("smooth", true, 1))); again != one {
		t.Error("the first function has other values than before")
	}
	chosen := ownSpec(weighted("smooth", true, 1), weighted("rough", true, 0.99))
	chosen.Params = append(chosen.Params, spec.Param{Name: "f", Axis: spec.Choice("smooth", "rough")})
	chosen.Where = "$w < 0.3"
	chosen.Rules = spec.Rules{Entry: "close > $f(close, $w)", Exit: "close < $f(close, $w)"}
	if run(chosen) == "" {
		t.Error("no rows")
	}
}

// TestFunctionsAreChecked: what cannot be a function is said with the other errors.
func TestFunctionsAreChecked(t *testing.T) {
	for want, change := range map[string]func(*indicator.Row){
		"does not begin with":           func(r *indicator.Row) { r.Name = "2x" },
		"there is an indicator":         func(r *indicator.Row) { r.Name = "sma" },
		"the language has that word":    func(r *indicator.Row) { r.Name = "crosses_above" },
		"0 inputs and columns":          func(r *indicator.Row) { r.Inputs = nil },
		"it has no outputs":             func(r *indicator.Row) { r.Outputs = nil },
		"needs a dimension":             func(r *indicator.Row) { r.Outputs[0].Dimension = 0 },
		"needs Apply":                   func(r *indicator.Row) { r.Apply = nil },
		"its default is not a number":   func(r *indicator.Row) { r.Params[0].Default = 2 },
		"is for recursive":              func(r *indicator.Row) { r.Memory = indicator.Windowed },
		"ExactMean is for rows":         func(r *indicator.Row) { r.ExactMean = true },
		"is no name, or that of anothe": func(r *indicator.Row) { r.Outputs = append(r.Outputs, r.Outputs[0]) },
	} {
		row := weighted("smooth", true, 1)
		change(row)
		s := ownSpec(row)
		_, err := Run(t.Context(), walk(t, 1, 50), s, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Run(t.Context(), walk(t, 1, 50), ownSpec(weighted("smooth", true, 1), weighted("smooth", true, 1)), Options{}); err == nil || !strings.Contains(err.Error(), "is there twice") {
		t.Errorf("twice: %v", err)
	}
	if _, err := Run(t.Context(), walk(t, 1, 50), ownSpec(nil), Options{}); err == nil || !strings.Contains(err.Error(), "is nil") {
		t.Errorf("nil: %v", err)
	}
}
