package kernel

import (
	"math"
	"testing"
)

// TestStdDevForgetsAtAnchors: a spread is computed afresh at each multiple of
// Anchor, so from there on what came before does not show in any bit. A hole before the anchor, which no
// window from there on reaches, makes the slides before it begin elsewhere.
func TestStdDevForgetsAtAnchors(t *testing.T) {
	for _, n := range []int{20, 256, 300, 500} {
		src := make([]float64, 3*Anchor)
		price := 100.0
		for i := range src {
			price *= 1 + 0.01*math.Sin(float64(i)*1.7)*math.Cos(float64(i)*0.31)
			src[i] = price
		}
		whole, holed := make([]float64, len(src)), make([]float64, len(src))
		StdDev(whole, src, n)
		for _, hole := range []int{Anchor - n - 100, 2*Anchor - n - 100} {
			anchor := (hole/Anchor + 1) * Anchor
			value := src[hole]
			src[hole] = math.NaN()
			StdDev(holed, src, n)
			src[hole] = value
			for i := anchor; i < len(src); i++ {
				if holed[i] != whole[i] {
					t.Fatalf("window %d, hole at %d: bar %d is %v, want %v", n, hole, i, holed[i], whole[i])
				}
			}
		}
	}
}
