package columnar_test

import (
	"math"
	"os"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}

const day = int64(24 * time.Hour)

var (
	nan    = math.NaN()
	prices = []columnar.Column{{Name: columnar.Open, Scale: 100}, {Name: columnar.Close, Scale: 100}}
)

// on returns a day of January 2024 in nanoseconds.
func on(d int) int64 { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC).UnixNano() }

// at is on as a time.
func at(d int) time.Time { return time.Unix(0, on(d)).UTC() }

// twoAssets has five bars of BB (1 to 5 January) and three of AA (3 to 5).
func twoAssets() []columnar.Bars {
	return []columnar.Bars{
		{ID: "BB", Times: []int64{on(1), on(2), on(3), on(4), on(5)}, Values: [][]float64{
			{10, 11, 12, 13, 14}, {10.5, 11.5, 12.5, 13.5, nan},
		}},
		{ID: "AA", Times: []int64{on(3), on(4), on(5)}, Values: [][]float64{
			{1, 2, 3}, {1.5, 2.5, 3.5},
		}},
	}
}

func build(t testing.TB, columns []columnar.Column, assets []columnar.Bars) *columnar.Frame {
	t.Helper()
	f, err := columnar.Build(columns, assets, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

func buildTwo(t testing.TB) *columnar.Frame { return build(t, prices, twoAssets()) }

// equal compares values with NaN equal to NaN.
func equal(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || x != x && y != y })
}

// address is where a slice begins.
func address[T any](v []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(v)) }
