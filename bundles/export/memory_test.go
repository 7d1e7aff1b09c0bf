package export

import (
	"context"
	"io"
	"runtime"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Memory in use while bars are written is that of a batch, not of the bars.
func TestFlatMemory(t *testing.T) {
	const bars, batch = 300_000, 1 << 14
	a, b := barsOf("A", bars, 5, 0, 60*second), barsOf("B", bars, 5, 0, 60*second)
	a.Events = []columnar.Event{{Time: a.Times[1], Type: columnar.EventSplit, Value: 2}}
	f := frameOf(t, columnar.Info{}, nil, a, b)
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for _, c := range []struct {
		format Format
		mode   columnar.Adjustment
		most   int64
	}{
		{CSV, "", 2 << 20}, {Parquet, "", 14 << 20}, {Arrow, "", 8 << 20},
		{CSV, columnar.AdjustedSplits, 2<<20 + 5*8*bars}, // the columns of one asset
	} {
		before, most, last := live(), int64(0), int64(0)
		o := Options{Format: c.format, Adjust: c.mode, batchRows: batch, Progress: func(done, _ int64) {
			if done-last > 50_000 {
				most, last = max(most, live()-before), done
			}
		}}
		if _, err := Write(context.Background(), io.Discard, f, o); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s %s: %d KiB", c.format, c.mode, most>>10)
		if most > c.most || last == 0 {
			t.Errorf("%s %s: %d KiB in use beside %d KiB of bars", c.format, c.mode, most>>10, 2*bars*6*8>>10)
		}
	}
}
