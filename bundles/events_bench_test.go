package bundles

import (
	"context"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// BenchmarkEvents opens a bundle of 42,801 bars whose eight assets have 26
// events each, adjusts it, and acquires it adjusted from a pool.
func BenchmarkEvents(b *testing.B) {
	ctx := context.Background()
	var all []columnar.Bars
	for _, id := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
		a := asset(id, 5_350, 5)
		for k := range 26 {
			a.Events = append(a.Events, columnar.Event{Time: a.Times[200*(k+1)], Type: columnar.EventDividend, Value: 0.25})
		}
		all = append(all, a)
	}
	f, err := columnar.Build(columnar.BarColumns(), all, columnar.Info{})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Release()
	s := newStore(b)
	mustIngest(b, s, "b", f, PublishOptions{})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			mustOpen(b, s, "b", OpenOptions{}).Close()
		}
	})
	b.Run("adjust", func(b *testing.B) {
		v := mustOpen(b, s, "b", OpenOptions{})
		defer v.Close()
		for b.Loop() {
			out, err := v.Adjusted(ctx, "all", OpenOptions{})
			if err != nil {
				b.Fatal(err)
			}
			out.Close()
		}
	})
	b.Run("acquire", func(b *testing.B) {
		p := newPool(b, s, PoolOptions{})
		for b.Loop() {
			out, err := p.AcquireAdjusted(ctx, "b", "all")
			if err != nil {
				b.Fatal(err)
			}
			out.Close()
		}
	})
}
