package bundles

import (
	"context"
	"fmt"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// bars returns a Frame of assets of equal length.
func bars(b *testing.B, assets, rows int) *columnar.Frame {
	all := make([]columnar.Bars, assets)
	for i := range all {
		all[i] = asset(fmt.Sprintf("A%05d", i), rows, 5)
	}
	return build(b, columnar.BarColumns(), all...)
}

// stored returns a store whose bundle "b" holds such bars.
func stored(b *testing.B, assets, rows int) *Store {
	s := newStore(b)
	mustIngest(b, s, "b", bars(b, assets, rows), PublishOptions{})
	return s
}

// BenchmarkOpen opens a bundle and takes one column of each asset.
func BenchmarkOpen(b *testing.B) {
	for _, size := range []struct {
		name         string
		assets, rows int
	}{{"42k", 8, 5_350}, {"20M", 20, 1_000_000}} {
		b.Run("rows="+size.name, func(b *testing.B) {
			s := stored(b, size.assets, size.rows)
			b.ReportAllocs()
			for b.Loop() {
				v := mustOpen(b, s, "b", OpenOptions{})
				for i := range v.Frame().NumAssets() {
					if len(v.Frame().Values(i, 3)) != size.rows {
						b.Fatal("rows are missing")
					}
				}
				v.Close()
			}
		})
	}
}

// BenchmarkPool opens a bundle from the disk and from a pool that has it open.
func BenchmarkPool(b *testing.B) {
	for _, size := range []struct {
		name         string
		assets, rows int
	}{{"42k", 8, 5_350}, {"20M", 20, 1_000_000}} {
		b.Run("rows="+size.name, func(b *testing.B) {
			s := stored(b, size.assets, size.rows)
			p := newPool(b, s, PoolOptions{})
			b.Run("open", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					mustOpen(b, s, "b", OpenOptions{}).Close()
				}
			})
			b.Run("acquire", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					mustAcquire(b, p, "b").Close()
				}
			})
			b.Run("marker", func(b *testing.B) { // the part of it that looks at the disk
				b.ReportAllocs()
				for b.Loop() {
					if _, err := p.resolve(reference{name: "b"}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkOpenLoad opens many assets and reads every close.
func BenchmarkOpenLoad(b *testing.B) {
	b.Run("assets=10000/bars=1260", func(b *testing.B) {
		s := stored(b, 10_000, 1_260)
		for _, load := range []bool{false, true} {
			b.Run(fmt.Sprintf("read=%v", load), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					v := mustOpen(b, s, "b", OpenOptions{})
					if load {
						sum := 0.0
						for i := range v.Frame().NumAssets() {
							for _, x := range v.Frame().Values(i, 3) {
								sum += x
							}
						}
						if sum == 0 {
							b.Fatal("nothing was read")
						}
					}
					v.Close()
				}
			})
		}
	})
}

// BenchmarkPublish writes new data each time; MB/s are those of the bars in
// memory.
func BenchmarkPublish(b *testing.B) {
	for _, compact := range []bool{false, true} {
		for _, shape := range [][2]int{{5, 1_000_000}, {4_000, 1_260}} {
			b.Run(fmt.Sprintf("compact=%v/assets=%d/bars=%d", compact, shape[0], shape[1]), func(b *testing.B) {
				f := bars(b, shape[0], shape[1])
				s := newStore(b)
				b.SetBytes(int64(f.NumRows()) * 48)
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					mustIngest(b, s, fmt.Sprintf("b%d", n), f, PublishOptions{Compact: compact})
					b.StopTimer()
					if err := s.Remove(context.Background(), fmt.Sprintf("b%d", n)); err != nil {
						b.Fatal(err)
					}
					n++
					b.StartTimer()
				}
			})
		}
	}
}

// BenchmarkVerify hashes everything.
func BenchmarkVerify(b *testing.B) {
	s := stored(b, 5, 1_000_000)
	b.SetBytes(5 * 1_000_000 * 48)
	b.ReportAllocs()
	for b.Loop() {
		if v, err := s.Verify(context.Background(), "b"); err != nil || v.Err() != nil {
			b.Fatal(v.Err(), err)
		}
	}
}
