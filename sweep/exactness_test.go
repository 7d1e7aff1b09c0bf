package sweep

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// centsAndMore returns three frames: prices of a few cents, where averages tie often;
// the same beside an asset whose prices have nine decimals; and the same with bars
// after them that have nine.
func centsAndMore(t *testing.T, seed uint64) (alone, beside, longer *columnar.Frame) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 12))
	const bars, more = 3000, 20
	bars0 := func(id string, n int, price func(k int) float64) columnar.Bars {
		b := columnar.Bars{ID: id, Times: make([]int64, n), Values: make([][]float64, 5)}
		for k := range n {
			b.Times[k] = int64(k) * 86_400_000_000_000
			p := price(k)
			for c := range 4 {
				b.Values[c] = append(b.Values[c], p)
			}
			b.Values[4] = append(b.Values[4], float64(r.IntN(1e9)))
		}
		return b
	}
	cents := make([]float64, bars)
	for k := range cents {
		cents[k] = float64(1000+r.IntN(7)) / 100
	}
	nine := func(int) float64 { return 10 + float64(1+r.IntN(999_999_998))/1e9 }
	build := func(assets ...columnar.Bars) *columnar.Frame {
		columns := columnar.BarColumns() // with the decimals that an ingest finds
		for c := range columns {
			var d columnar.Decimals
			for _, a := range assets {
				d.Add(a.Values[c])
			}
			columns[c].Scale = d.Scale()
		}
		f, err := columnar.Build(columns, assets, columnar.Info{Axis: columnar.Axis{Calendar: calendar.AlwaysOpen()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Release)
		return f
	}
	a := bars0("A", bars, func(k int) float64 { return cents[k] })
	long := bars0("A", bars+more, func(k int) float64 {
		if k < bars {
			return cents[k]
		}
		return nine(k)
	})
	copy(long.Values[4], a.Values[4])
	return build(a), build(a, bars0("B", bars, nine)), build(long)
}

// TestOtherAssetsHaveNoSay: an asset's trades are those that it has alone, whatever
// decimals another asset or later bars have, in both engines and to the bit.
func TestOtherAssetsHaveNoSay(t *testing.T) {
	for seed := range uint64(3) {
		alone, beside, longer := centsAndMore(t, seed)
		for _, grid := range [][]spec.Axis{
			{spec.List(5), spec.List(7)},
			{spec.Range(2, 21, 1), spec.Range(3, 12, 3)},
		} {
			s := &spec.Spec{
				Params: []spec.Param{{Name: "n", Axis: grid[0]}, {Name: "m", Axis: grid[1]}},
				Rules: spec.Rules{
					Entry: "sma(close, $n) >= sma(close[1], $m) and sum(volume, $n) > 0",
					Exit:  "crosses_below(close, sma(close, $n)) or sma(volume, $m) == volume",
				},
				Simulation: backtest.Config{Fill: backtest.FillClose},
				Period:     spec.Period{To: time.Unix(2998*86400, 0).UTC()},
			}
			for _, reference := range []bool{false, true} {
				want, _ := rowsOf(t, alone, s, reference)
				t.Run(fmt.Sprint(seed, len(want), reference), func(t *testing.T) {
					trades := 0.0
					beside, _ := rowsOf(t, beside, s, reference)
					longer, _ := rowsOf(t, longer, s, reference)
					for i := range len(want) / 2 { // with a pooled row a trial
						row := want[2*i]
						trades += row[metrics.Trades]
						for _, stat := range metrics.Core() {
							if !sameNumber(beside[3*i][stat], row[stat]) {
								t.Fatalf("trial %d: %s is %v beside another asset, %v alone", i, stat, beside[3*i][stat], row[stat])
							}
							if !sameNumber(longer[2*i][stat], row[stat]) {
								t.Fatalf("trial %d: %s is %v before other bars, %v alone", i, stat, longer[2*i][stat], row[stat])
							}
						}
					}
					if trades < 100 {
						t.Fatalf("%v trades say nothing", trades)
					}
				})
			}
		}
	}
}

func sameNumber(a, b float64) bool { return a == b || a != a && b != b }
