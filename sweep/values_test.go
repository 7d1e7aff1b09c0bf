package sweep

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/records"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// textOfRecord is a record as CSV.
func textOfRecord(t *testing.T, rec arrow.Record) string {
	t.Helper()
	defer rec.Release()
	var b strings.Builder
	w, err := records.NewWriter(&b, rec.Schema(), records.Options{Kind: output.Kind{Format: output.CSV}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// handFrame has one asset whose bars open, rise, fall and close at one price, on
// consecutive days from 1970-01-01 on.
func handFrame(t *testing.T, closes ...float64) *columnar.Frame {
	t.Helper()
	a := columnar.Bars{ID: "A", Values: make([][]float64, 5)}
	for i, c := range closes {
		a.Times = append(a.Times, int64(i)*int64(24*time.Hour))
		for v := range a.Values {
			a.Values[v] = append(a.Values[v], c)
		}
	}
	f, err := columnar.Build(columnar.BarColumns(), []columnar.Bars{a}, columnar.Info{Axis: columnar.NewAxis(calendar.AlwaysOpen(), "", a.Times)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// TestValues is worked out by hand. Averages of two closes are known from the second
// bar on, the cross above 11 is seen at the close of bar 2 (the averages are 10.5 and
// 13), and the entry fills at the next open, 16: 1,600 buy 100. The stop is 16 × 0.75 =
// 12 from then on, and bar 5 opens at it.
func TestValues(t *testing.T) {
	s := &spec.Spec{
		Params:     []spec.Param{{Name: "n", Axis: spec.List(2)}},
		Let:        []spec.Expr{{Name: "ma", Text: "sma(close, $n)"}, {Name: "time", Text: "$n * 2"}, {Name: "bands", Text: "bbands(close, 2, 1)"}},
		Rules:      spec.Rules{Entry: "crosses_above(ma, 11) and bands.upper > $n + time", Exit: "close < 5", StopLoss: "0.25"},
		Simulation: backtest.Config{Cash: 1600},
		Period:     spec.Period{From: time.Unix(86400, 0).UTC()},
	}
	b, err := RunBacktest(t.Context(), handFrame(t, 10, 11, 15, 16, 14, 12, 20), s, BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	rec, err := b.Values(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := `asset,time,ma,time_2,bands.upper,bands.middle,bands.lower,entry,exit,stop_loss,position,stop_level,target_level
A,1970-01-01,,4,,,,,0,0.25,,,
A,1970-01-02,10.5,4,11,10.5,10,,0,0.25,0,,
A,1970-01-03,13,4,15,13,11,1,0,0.25,0,,
A,1970-01-04,15.5,4,16,15.5,15,0,0,0.25,100,12,
A,1970-01-05,15,4,16,15,14,0,0,0.25,100,12,
A,1970-01-06,13,4,14,13,12,0,0,0.25,0,12,
A,1970-01-07,16,4,20,16,12,0,0,0.25,0,,
`
	if got := textOfRecord(t, rec); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
