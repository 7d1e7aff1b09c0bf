package sweep_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestFramesAgainstPandas holds longer bars, another asset and places across assets, on
// eight real assets of different listings, to pandas: groupby of periods, merge_asof and
// groupby of dates.
func TestFramesAgainstPandas(t *testing.T) {
	frame := us8(t)
	interpreter(t)
	let := []spec.Expr{
		{Name: "w_average", Text: `tf("1w", sma(close, 10))`}, {Name: "m_average", Text: `tf("1M", sma(close, 10))`},
		{Name: "w_range", Text: `tf("1w", highest(high, 4) - lowest(low, 4))`}, {Name: "m_range", Text: `tf("1M", highest(high, 4) - lowest(low, 4))`},
		{Name: "w_volume", Text: `tf("1w", volume[1])`}, {Name: "m_volume", Text: `tf("1M", volume[1])`},
		{Name: "other", Text: `asset("META").close`},
		{Name: "gain", Text: "close / close[21] - 1"},
		{Name: "place", Text: "xs_rank(gain)"}, {Name: "score", Text: "xs_zscore(gain)"}, {Name: "average", Text: "is_known(gain) ? xs_mean(gain) : xs_mean(gain)"},
		{Name: "place_within", Text: "xs_rank(gain, volume > 30000000)"}, {Name: "members", Text: "xs_count(volume > 30000000)"},
	}
	rule := "close < 0"
	for _, e := range let {
		rule += " or " + e.Name + " < -1000"
	}
	b, err := sweep.RunBacktest(t.Context(), frame, &spec.Spec{Let: let, Rules: spec.Rules{Entry: rule}}, sweep.BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	record, err := b.Values(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer record.Release()
	path := filepath.Join(t.TempDir(), "values.arrow")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(record.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(record); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	summary := python(t, "interop_frames.py", path, filepath.Join(repository(t), "..", "shared", "data", "us8", "split_adjusted"))
	if n := summary["compared"].(float64); n < 300_000 {
		t.Errorf("%v values", n)
	}
	for column, off := range summary["worst"].(map[string]any) {
		if off.(float64) > 1e-9 {
			t.Errorf("%s is %v off", column, off)
		}
	}
}
