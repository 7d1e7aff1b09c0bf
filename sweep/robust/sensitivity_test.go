package robust

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// axes returns axes of so many values.
func axes(lengths ...int) []SurfaceAxis {
	var out []SurfaceAxis
	for i, n := range lengths {
		axis := SurfaceAxis{Name: fmt.Sprint("p", i)}
		for j := range n {
			axis.Labels = append(axis.Labels, fmt.Sprint(j))
		}
		out = append(out, axis)
	}
	return out
}

// On a plane v = a·i + b·j + c the medians are exact: of the eight neighbours of a point
// inside, opposite pairs have the mean of its own value; of the grid, the value in its middle.
func TestSensitivityOfAPlane(t *testing.T) {
	s := &Surface{Axes: axes(5, 7)}
	for i := range 5 {
		for j := range 7 {
			s.Values = append(s.Values, 10+3*float64(i)+float64(j))
		}
	}
	inside, err := Sensitivity(s, 2*7+3)
	want(t, err)
	near(t, "peak", inside.Peak, 19, 0)
	near(t, "median of the neighbours", inside.Median, 19, 0)
	near(t, "plateau", inside.Plateau, 1, 0)
	near(t, "median of the grid", inside.GridMedian, 19, 0)
	if len(inside.Neighbours) != 8 || inside.Points != 35 {
		t.Errorf("%d neighbours, %d points", len(inside.Neighbours), inside.Points)
	}
	if p := inside.Profiles; !slices.Equal(p[0].Values, []float64{13, 16, 19, 22, 25}) || p[0].At != 2 ||
		!slices.Equal(p[1].Values, []float64{16, 17, 18, 19, 20, 21, 22}) || p[1].At != 3 {
		t.Errorf("profiles %+v", p)
	}
	// The best is the last corner, whose neighbours are 27, 24 and 25: median 25 of
	// 28. By hand.
	best, err := Sensitivity(s, -1)
	want(t, err)
	if best.Winner != 34 || !slices.Equal(best.Neighbours, []int{26, 27, 33}) {
		t.Errorf("winner %d, neighbours %v", best.Winner, best.Neighbours)
	}
	near(t, "plateau of the corner", best.Plateau, 25.0/28, 1e-15)
	s.Lower = true
	least, err := Sensitivity(s, -1)
	want(t, err)
	if least.Winner != 0 || least.Share != 0 {
		t.Errorf("lowest: winner %d, share %v", least.Winner, least.Share)
	}
}

// Points without a value are nobody's neighbours, and choices have none.
func TestSensitivityOfHoles(t *testing.T) {
	nan := math.NaN()
	s := &Surface{Axes: axes(3, 2), Values: []float64{1, nan, 5, nan, -2, 4}}
	out, err := Sensitivity(s, -1)
	want(t, err)
	if !slices.Equal(out.Neighbours, []int{0, 4, 5}) || out.Points != 4 {
		t.Errorf("neighbours %v of %d points", out.Neighbours, out.Points)
	}
	near(t, "share above 0", out.Share, 0.75, 0)
	s.Axes[1].Choice = true
	out, err = Sensitivity(s, -1)
	want(t, err)
	if !slices.Equal(out.Neighbours, []int{0, 4}) {
		t.Errorf("neighbours %v, want those of the same choice", out.Neighbours)
	}
	s.Values = slices.Repeat([]float64{nan}, 6)
	_, err = Sensitivity(s, -1)
	wantUndefined(t, "no values", err)
	loss, err := Sensitivity(&Surface{Axes: axes(2), Values: []float64{-1, -2}}, -1)
	want(t, err)
	if !math.IsNaN(loss.Plateau) {
		t.Errorf("a plateau of losses is %v", loss.Plateau)
	}
	if _, err := Sensitivity(&Surface{Axes: axes(2, 2), Values: make([]float64, 3)}, -1); err == nil {
		t.Error("three values for four points: no error")
	}
}

// Neighbours are those whose every coordinate differs by at most one.
func TestNeighboursAreTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.IntRange(1, 4), 1, 4).Draw(t, "lengths")
		s := &Surface{Axes: axes(lengths...)}
		total := 1
		for i, n := range lengths {
			s.Axes[i].Choice = rapid.Bool().Draw(t, "choice")
			total *= n
		}
		s.Values = make([]float64, total)
		at := func(p int) []int {
			out := make([]int, len(lengths))
			for i := len(lengths) - 1; i >= 0; i-- {
				out[i] = p % lengths[i]
				p /= lengths[i]
			}
			return out
		}
		winner := rapid.IntRange(0, total-1).Draw(t, "winner")
		var near []int
		for p := range total {
			far := p == winner
			for i, v := range at(p) {
				d := v - at(winner)[i]
				far = far || d < -1 || d > 1 || d != 0 && s.Axes[i].Choice
			}
			if !far {
				near = append(near, p)
			}
		}
		out, err := Sensitivity(s, winner)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(out.Neighbours, near) {
			t.Fatalf("neighbours of %d are %v, want %v", winner, out.Neighbours, near)
		}
	})
}

// A value that falls by 2 for each multiple of the costs from 7 is worth nothing at 3.5.
func TestCostLadder(t *testing.T) {
	line := func(from, slope float64) func(context.Context, float64) (float64, error) {
		return func(_ context.Context, multiple float64) (float64, error) { return from - slope*multiple, nil }
	}
	c, err := CostLadder(context.Background(), nil, line(7, 2))
	want(t, err)
	if !slices.Equal(c.Rungs, []Rung{{0, 7}, {1, 5}, {2, 3}, {5, -3}}) {
		t.Errorf("rungs %v", c.Rungs)
	}
	near(t, "break-even", c.BreakEven, 3.5, 3.5e-3)
	for _, k := range []struct{ from, slope, want float64 }{{7, 0, math.Inf(1)}, {0.25, 1, 0.25}, {1000, 1.5, 666.67}} {
		c, err := CostLadder(context.Background(), []float64{1}, line(k.from, k.slope))
		want(t, err)
		if math.IsInf(k.want, 1) != math.IsInf(c.BreakEven, 1) || !math.IsInf(k.want, 1) && math.Abs(c.BreakEven/k.want-1) > 1e-3 {
			t.Errorf("break-even %v, want %v", c.BreakEven, k.want)
		}
	}
	c, err = CostLadder(context.Background(), []float64{0}, line(-1, 1))
	want(t, err)
	if !math.IsNaN(c.BreakEven) {
		t.Errorf("worth nothing without costs: break-even %v", c.BreakEven)
	}
	_, err = CostLadder(context.Background(), nil, line(math.NaN(), 0))
	wantUndefined(t, "NaN", err)
	if _, err := CostLadder(context.Background(), []float64{-1}, line(1, 1)); err == nil {
		t.Error("negative costs: no error")
	}
}
