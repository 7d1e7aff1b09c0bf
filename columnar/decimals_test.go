package columnar_test

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

// TestDecimals: the places are counted by hand.
func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		values []float64
		scale  int64
	}{
		{nil, 1},
		{[]float64{math.NaN()}, 1},
		{[]float64{1, 2, -3}, 1},
		{[]float64{7195.24, 7196.25, 7183.1}, 100},
		{[]float64{0.000001}, 1_000_000},
		{[]float64{0.0000001}, 0},
		{[]float64{0.30000000000000004}, 0},
		{[]float64{1.5, math.NaN(), -2.25}, 100},
		{[]float64{1 << 50}, 1},
		{[]float64{1<<50 + 1}, 0},
		{[]float64{0.5, 1 << 47}, 0}, // 10 × 2^47 > 2^50
		{[]float64{0.5, 1 << 46}, 10},
		{[]float64{1 << 46, 0.5}, 10},
		{[]float64{1.0 / 3}, 0},
		{[]float64{math.MaxFloat64}, 0},
	} {
		var d columnar.Decimals
		d.Add(c.values)
		if got := d.Scale(); got != c.scale {
			t.Errorf("%v: scale %d, want %d", c.values, got, c.scale)
		}
	}
	// Every whole m ≤ 2^50 over 10^d is found to have at most d decimals.
	rapid.Check(t, func(t *rapid.T) {
		m, places := rapid.Int64Range(-1<<50, 1<<50).Draw(t, "m"), rapid.IntRange(0, 6).Draw(t, "places")
		v, err := strconv.ParseFloat(strconv.FormatInt(m, 10)+"e-"+strconv.Itoa(places), 64)
		if err != nil {
			t.Fatal(err)
		}
		for places > 0 && m%10 == 0 {
			m, places = m/10, places-1
		}
		var d columnar.Decimals
		d.Add([]float64{v})
		if got := d.Scale(); got != columnar.ScaleOf(places) {
			t.Fatalf("%v: scale %d, want %d places", v, got, places)
		}
	})
}
