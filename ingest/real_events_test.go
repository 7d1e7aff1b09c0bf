package ingest

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
)

// realColumns reads columns of a real file, each as float64s, by encoding/csv.
func realColumns(t *testing.T, path string, names ...string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]float64, len(names))
	for i, name := range names {
		column := -1
		for c, header := range records[0] {
			if header == name {
				column = c
			}
		}
		for _, r := range records[1:] {
			v, err := strconv.ParseFloat(r[column], 64)
			if err != nil {
				t.Fatal(err)
			}
			out[i] = append(out[i], v)
		}
	}
	return out
}

// TestUS8Adjusted holds the bars as traded, adjusted at load by their columns
// and by the file of events, to what their source says they are when adjusted:
// all prices and volumes for splits, and adj_close for dividends too.
func TestUS8Adjusted(t *testing.T) {
	ctx := context.Background()
	traded, adjusted, file := data(t, "us8/as_traded"), data(t, "us8/split_adjusted"), data(t, "us8/events.csv")
	ofColumns, err := Files(ctx, []string{traded}, Options{Calendar: calendar.NYSE()})
	if err != nil {
		t.Fatal(err)
	}
	defer ofColumns.Frame.Release()
	ofFile, err := Files(ctx, []string{traded}, Options{Calendar: calendar.NYSE(), Drop: []string{"dividend", "split"}, Events: file})
	if err != nil {
		t.Fatal(err)
	}
	defer ofFile.Frame.Release()
	// Its 18 splits explain what would look like one: without them there are some.
	splitLike := func(r *Result) (n int) {
		for _, a := range r.Report.Quality {
			for _, f := range a.Findings {
				if f.Rule == quality.SplitLike {
					n += int(f.Count)
				}
			}
		}
		return n
	}
	unknown, err := Files(ctx, []string{traded}, Options{Calendar: calendar.NYSE(), Drop: []string{"dividend", "split"}})
	if err != nil {
		t.Fatal(err)
	}
	defer unknown.Frame.Release()
	if a, b, c := splitLike(ofColumns), splitLike(ofFile), splitLike(unknown); a != 0 || b != 0 || c == 0 || c > 18 {
		t.Errorf("split-like: %d with the splits of columns, %d with those of the file, %d of 18 without", a, b, c)
	} else {
		t.Logf("%d of 18 splits look like one", c)
	}
	if e := ofFile.Report.Events; e.Read != 208 || e.Accepted != 208 {
		t.Errorf("%+v", e)
	}
	if ofFile.Frame.NumEvents() != 208 || ofFile.Frame.Info().Digest != ofColumns.Frame.Info().Digest {
		t.Error("the events of the columns are not those of the file")
	}
	splits, err := columnar.Adjusted(ctx, ofFile.Frame, columnar.AdjustedSplits, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer splits.Release()
	all, err := columnar.Adjusted(ctx, ofColumns.Frame, columnar.AdjustedAll, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Release()
	rows, worst := 0, map[string]float64{}
	hold := func(asset, column string, got, want []float64) {
		if len(got) != len(want) {
			t.Fatalf("%s: %s has %d rows, want %d", asset, column, len(got), len(want))
		}
		for k, w := range want {
			if d := math.Abs(got[k]/w - 1); !(d <= worst[column]) {
				worst[column] = d
				if d > 1e-4 {
					t.Errorf("%s: %s of row %d is %v, want %v", asset, column, k, got[k], w)
				}
			}
		}
	}
	for i, id := range splits.Assets() {
		want := realColumns(t, filepath.Join(adjusted, id+".csv"), "open", "high", "low", "close", "volume", "adj_close")
		for c, name := range []string{"open", "high", "low", "close", "volume"} {
			hold(id, name, splits.Values(i, c), want[c])
		}
		hold(id, "adj_close", all.Values(i, 3), want[5])
		rows += len(want[0])
	}
	if rows != 42_801 {
		t.Errorf("%d rows", rows)
	}
	t.Logf("%d rows; largest relative differences %v", rows, worst)

	// From the split-adjusted bars, with the same events, only dividends are left.
	source, err := Files(ctx, []string{adjusted}, Options{Calendar: calendar.NYSE(), Adjusted: columnar.AdjustedSplits, Events: file})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Frame.Release()
	fromAdjusted, err := columnar.Adjusted(ctx, source.Frame, columnar.AdjustedAll, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer fromAdjusted.Release()
	for i, id := range fromAdjusted.Assets() {
		c, _ := fromAdjusted.ColumnIndex("adj_close")
		hold(id, "adj_close from split-adjusted", fromAdjusted.Values(i, 3), fromAdjusted.Values(i, c))
	}
	t.Logf("from split-adjusted bars: %v", worst["adj_close from split-adjusted"])
}
