package decimal

import (
	"math"
	"math/big"
	"testing"
)

// TestPow10 holds the powers against whole numbers of any size: each is exact, and the
// next one would not be.
func TestPow10(t *testing.T) {
	power := big.NewInt(1)
	for n, v := range Pow10 {
		if exact, _ := new(big.Float).SetFloat64(v).Int(nil); exact.Cmp(power) != 0 {
			t.Errorf("10^%d is %v", n, v)
		}
		power.Mul(power, big.NewInt(10))
	}
	if next, _ := new(big.Float).SetFloat64(1e23).Int(nil); next.Cmp(power) == 0 {
		t.Errorf("10^%d is exact too", len(Pow10))
	}
	if m := float64(MaxExact); m+1 != m || math.Nextafter(m, 0) != m-1 {
		t.Errorf("%v is not the last of the whole numbers", m)
	}
}

func TestPlaces(t *testing.T) {
	for v, want := range map[int64]int{1: 0, 10: 1, 10_000: 4, 1_000_000_000_000_000_000: 18} {
		if n, ok := Places(v); n != want || !ok {
			t.Errorf("%d: %d %v, want %d", v, n, ok, want)
		}
	}
	for _, v := range []int64{0, -1, -10, 2, 20, 100_001, math.MaxInt64, math.MinInt64} {
		if n, ok := Places(v); ok {
			t.Errorf("%d is 10^%d", v, n)
		}
	}
}
