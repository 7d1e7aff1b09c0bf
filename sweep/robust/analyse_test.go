package robust

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// inMemory is a source of trials whose returns are there.
func inMemory(m *Matrix) Source {
	return Source{
		Blocks: func(_ context.Context, s int) (All, error) {
			b, err := BlocksOf(m, s)
			all := All{Sums: b, Annual: 252}
			for k := range m.Columns {
				all.Trials = append(all.Trials, int64(k))
			}
			return all, err
		},
		Returns: func(_ context.Context, trials []int64) (*Matrix, error) {
			var places []int
			for _, trial := range trials {
				places = append(places, int(trial))
			}
			return m.Select(places), nil
		},
		Total: func(_ context.Context, _ int64, costs float64) (float64, error) { return 0.3 - 0.1*costs, nil },
		Held: func(context.Context, int64) ([]Held, []float64, error) {
			return []Held{{m.Columns[0], []Position{{3, 9, false}, {20, 30, true}}}}, []float64{0.1, -0.05, 0.02}, nil
		},
	}
}

// noise are trials without skill over so many bars, the first with an edge.
func noise(bars, trials int, edge float64) *Matrix {
	r := rand.New(rand.NewPCG(9, 9))
	m := &Matrix{Columns: make([][]float64, trials)}
	for k := range m.Columns {
		for range bars {
			v := 0.01 * r.NormFloat64()
			if k == 0 {
				v += edge
			}
			m.Columns[k] = append(m.Columns[k], v)
		}
	}
	return m
}

// Every line of a report is what the function of its name says, and the paragraph weighs
// them: an edge of ten deviations passes all, none is called luck.
func TestAnalyse(t *testing.T) {
	m := noise(600, 30, 0.006)
	ranking := &Ranking{Asset: "*", Best: []int64{0, 5, 7}, Winner: "fast 21", NoSurface: "there is none here"}
	opts := Options{Blocks: 8, Resamples: 200, Length: 5, Seed: 3, Tried: &Tried{Sweeps: 2, Trials: 5000, Variance: 5}}
	var before *Report
	for _, workers := range []int{1, 2, 8} {
		opts.Workers = workers
		r, err := Analyse(context.Background(), ranking, inMemory(m), opts)
		want(t, err)
		if before != nil {
			a, b := before.Record(), r.Record()
			if !array.RecordEqual(a, b) || before.Paragraph() != r.Paragraph() {
				t.Errorf("%d workers: another report", workers)
			}
			a.Release()
			b.Release()
		}
		before = r
	}
	moments, err := MomentsOf(m.Columns[0], 0)
	want(t, err)
	psr, err := PSR(moments, 0)
	want(t, err)
	var spread Spread
	for _, c := range m.Columns {
		of, err := MomentsOf(c, 0)
		want(t, err)
		spread.Add(of.Sharpe)
	}
	variance, err := spread.Variance()
	want(t, err)
	counted, err := DSR(moments, 30, variance)
	want(t, err)
	ledger, err := DSR(moments, 5000, 5.0/252)
	want(t, err)
	b, err := BlocksOf(m, 8)
	want(t, err)
	splits, err := CSCV(context.Background(), b, CSCVOptions{})
	want(t, err)
	spa, err := SPA(context.Background(), m, SPAOptions{Bootstrap: Bootstrap{Resamples: 200, Length: 5, Seed: 3}})
	want(t, err)
	for _, c := range []struct {
		section, name string
		want          float64
	}{
		{"winner", "sharpe", moments.Sharpe * math.Sqrt(252)}, {"winner", "psr", psr}, {"winner", "kurtosis", moments.Kurtosis},
		{"trials", "trials_counted", 30}, {"trials", "dsr_counted", counted.Probability}, {"trials", "luck_counted", counted.Threshold * math.Sqrt(252)},
		{"trials", "trials_ledger", 5000}, {"trials", "dsr_ledger", ledger.Probability}, {"trials", "best", 3}, {"trials", "best_distinct", 3},
		{"overfitting", "pbo", splits.PBO}, {"overfitting", "slope", splits.Slope}, {"overfitting", "splits", 70},
		{"benchmark", "spa_consistent", spa.Consistent}, {"benchmark", "reality_check", spa.RealityCheck},
		{"costs", "total_return_x2", 0.1}, {"costs", "total_return_x5", -0.2},
	} {
		l, ok := before.Find(c.section, c.name)
		if !ok {
			t.Errorf("%s %s: no value: %s", c.section, c.name, l.Reason)
		}
		near(t, c.section+" "+c.name, l.Value, c.want, 1e-12)
	}
	if l, _ := before.Find("costs", "break_even"); math.Abs(l.Value-3) > 3e-3 {
		t.Errorf("break-even %v, want 3", l.Value)
	}
	if l, ok := before.Find("grid", "plateau"); ok || !strings.Contains(l.Reason, "there is none here") {
		t.Errorf("no surface: %+v", l)
	}
	for _, text := range []string{"best of 30 trials is trial 0 (fast 21)", "For it:", "drift alone passes", "trials that were run elsewhere"} {
		if !strings.Contains(before.Paragraph(), text) {
			t.Errorf("the paragraph does not say %q:\n%s", text, before.Paragraph())
		}
	}
	none, err := Analyse(context.Background(), &Ranking{Best: []int64{4}}, inMemory(noise(600, 30, 0)), opts)
	want(t, err)
	if text := none.Paragraph(); !strings.Contains(text, "Against it:") || strings.Contains(text, "For it: after") {
		t.Errorf("no edge:\n%s", text)
	}
}

// What cannot be known is a line without a value and with a reason; what is wrong is an
// error.
func TestAnalyseOfLittle(t *testing.T) {
	one := &Matrix{Columns: noise(200, 1, 0).Columns}
	r, err := Analyse(context.Background(), &Ranking{Best: []int64{0}}, inMemory(one), Options{Blocks: 4, Resamples: 50})
	want(t, err)
	for _, c := range [][2]string{{"overfitting", "pbo"}, {"trials", "dsr_counted"}} {
		if l, ok := r.Find(c[0], c[1]); ok || l.Reason == "" {
			t.Errorf("one trial: %s is %v, %q", c[1], l.Value, l.Reason)
		}
	}
	flat := &Matrix{Columns: [][]float64{make([]float64, 200), make([]float64, 200)}}
	r, err = Analyse(context.Background(), &Ranking{Best: []int64{0}}, inMemory(flat), Options{Blocks: 4, Resamples: 50})
	want(t, err)
	for _, c := range [][2]string{{"winner", "sharpe"}, {"winner", "psr"}, {"trials", "dsr_counted"}, {"overfitting", "pbo"}, {"benchmark", "spa_consistent"}, {"blocks of returns", "sharpe"}} {
		if l, ok := r.Find(c[0], c[1]); ok || l.Reason == "" {
			t.Errorf("constant returns: %s is %v, %q", c[1], l.Value, l.Reason)
		}
	}
	if !strings.Contains(r.Paragraph(), "nothing can be said") {
		t.Errorf("constant returns: %s", r.Paragraph())
	}
	for _, opts := range []Options{{Blocks: 3}, {Blocks: 22}, {Blocks: 300}, {Sample: -1}, {Confidence: 2}} {
		if _, err := Analyse(context.Background(), &Ranking{Best: []int64{0}}, inMemory(noise(50, 3, 0)), opts); err == nil {
			t.Errorf("%+v: no error", opts)
		}
	}
	if _, err := Analyse(context.Background(), &Ranking{}, inMemory(one), Options{}); !errors.Is(err, ErrUndefined) {
		t.Errorf("no winner: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Analyse(ctx, &Ranking{Best: []int64{0}}, inMemory(noise(200, 3, 0)), Options{Blocks: 4}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A record in, a record out: names and times are taken over, and what is not known is null
// with its reason.
func TestRecords(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_s}, {Name: "a", Type: arrow.PrimitiveTypes.Float64}, {Name: "still", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	b.Field(0).(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{1, 2, 3, 4}, nil)
	b.Field(1).(*array.Float64Builder).AppendValues([]float64{1, 2, 3, 6}, nil)
	b.Field(2).(*array.Float64Builder).AppendValues([]float64{1, 1, 1, 1}, nil)
	rec := b.NewRecord()
	defer rec.Release()
	m, err := FromRecord(rec)
	want(t, err)
	if m.Times[3] != 4e9 || m.Name(1) != "still" || m.Trials() != 2 {
		t.Errorf("matrix %+v", m)
	}
	out, err := Statistics(m)
	want(t, err)
	defer out.Release()
	// 1, 2, 3, 6: mean 3, deviation √(14/3).
	near(t, "sharpe", out.Column(2).(*array.Float64).Value(0), 3/math.Sqrt(14.0/3), 1e-15)
	if !out.Column(2).IsNull(1) || !strings.Contains(out.Column(10).(*array.String).Value(1), "all 4 returns are 1") {
		t.Errorf("constant returns: %v", out)
	}
	if !out.Column(8).IsNull(0) || !strings.Contains(out.Column(10).(*array.String).Value(0), "dsr is undefined: 1 trials") {
		t.Errorf("one trial: %v", out)
	}
	b.Field(0).(*array.TimestampBuilder).Append(1)
	b.Field(1).(*array.Float64Builder).AppendNull()
	b.Field(2).(*array.Float64Builder).Append(math.NaN())
	bad := b.NewRecord()
	defer bad.Release()
	if _, err := FromRecord(bad); err == nil || !strings.Contains(err.Error(), `column "a" has 1 nulls`) {
		t.Errorf("a null: %v", err)
	}
	part := array.NewRecord(arrow.NewSchema(schema.Fields()[2:], nil), bad.Columns()[2:], 1)
	defer part.Release()
	if _, err := FromRecord(part); err == nil || !strings.Contains(err.Error(), "trial still") {
		t.Errorf("NaN: %v", err)
	}
}
