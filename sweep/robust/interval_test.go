package robust

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The same indices as arch 8.0.0, conf_int(method="percentile", size=0.9), of the fourth
// column over 100: equal intervals (testdata/oracle_bootstrap.py).
func TestIntervalsAreArch(t *testing.T) {
	returns := oracleReturns(120, 4).Columns[3]
	percent := make([]float64, len(returns))
	for i, r := range returns {
		percent[i] = r / 100
	}
	s, err := Intervals(context.Background(), percent, IntervalOptions{
		Bootstrap: Bootstrap{Indices: oracleIndices(120, 500, 6), Length: 6}, Annual: 252,
	})
	want(t, err)
	for _, c := range []struct {
		name string
		got  Interval
		want Interval
	}{
		{"total return", s.TotalReturn, Interval{0.23405296811251475, -0.18300749258637497, 0.957626445975053}},
		{"sharpe", s.Sharpe, Interval{1.4722348017049167, -1.2214270287529005, 4.333579211839929}},
		{"drawdown", s.MaxDrawdown, Interval{0.16385233378120523, 0.1000325719736155, 0.32615310500393613}},
	} {
		near(t, c.name, c.got.Value, c.want.Value, 1e-12)
		near(t, c.name+" low", c.got.Low, c.want.Low, 1e-12)
		near(t, c.name+" high", c.got.High, c.want.High, 1e-12)
	}
	_, err = Intervals(context.Background(), make([]float64, 20), IntervalOptions{})
	wantUndefined(t, "constant returns", err)
	if _, err = Intervals(context.Background(), percent, IntervalOptions{Level: 1}); err == nil {
		t.Error("level 1: no error")
	}
}

// By hand: of 1, 2, 4 the quarter is half way from 1 to 2.
func TestQuantile(t *testing.T) {
	for q, v := range map[float64]float64{0: 1, 0.25: 1.5, 0.5: 2, 0.75: 3, 1: 4} {
		near(t, "quantile", Quantile([]float64{1, 2, 4}, q), v, 0)
	}
	if !math.IsNaN(Quantile(nil, 0.5)) || !math.IsNaN(Quantile([]float64{1}, 2)) {
		t.Error("quantiles of nothing, and beyond the ends")
	}
}

// By hand: 1 → 1.1 → 0.55 → 0.66, the fall is from 1.1 to 0.55.
func TestPathStatistics(t *testing.T) {
	returns := []float64{0.1, -0.5, 0.2}
	near(t, "total", TotalReturn(returns), -0.34, 1e-15)
	near(t, "drawdown", MaxDrawdown(returns), 0.5, 1e-15)
	near(t, "drawdown from the start", MaxDrawdown([]float64{-0.2, 0.1}), 0.2, 1e-15)
}

// Shuffling leaves what trades come to; the drawdown lies between the worst single trade
// and all losses in a row.
func TestShuffleTradesLeavesTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trades := rapid.SliceOfN(rapid.Float64Range(-0.5, 0.5), 2, 30).Draw(t, "trades")
		p, err := ShuffleTrades(context.Background(), trades, Draws{Count: 20, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		losses := 1.0
		for _, r := range trades {
			losses *= 1 + min(r, 0)
		}
		least := max(0, -slices.Min(trades))
		for i := range p.TotalReturn {
			if math.Abs(p.TotalReturn[i]-TotalReturn(trades)) > 1e-12*(1+math.Abs(TotalReturn(trades))) {
				t.Fatalf("total return %v, of the trades %v", p.TotalReturn[i], TotalReturn(trades))
			}
			if p.MaxDrawdown[i] < least-1e-12 || p.MaxDrawdown[i] > 1-losses+1e-12 {
				t.Fatalf("drawdown %v, want %v to %v", p.MaxDrawdown[i], least, 1-losses)
			}
		}
	})
	_, err := ShuffleTrades(context.Background(), []float64{0.1}, Draws{})
	wantUndefined(t, "one trade", err)
}

// Perfect timing is rare by chance; holding at any time of a market of equal bars is as
// good as any other; and workers change nothing.
func TestRandomEntries(t *testing.T) {
	market := make([]float64, 200)
	for i := range market {
		market[i] = -0.01
		if i%20 < 5 {
			market[i] = 0.02
		}
	}
	var perfect, blind []Position
	for i := 0; i < 200; i += 20 {
		perfect, blind = append(perfect, Position{From: i, To: i + 5}), append(blind, Position{From: i + 3, To: i + 8})
	}
	var before *Timing
	for _, workers := range []int{1, 2, 8} {
		timing, err := RandomEntries(context.Background(), []Held{{market, perfect}}, Draws{Seed: 1, Workers: workers})
		want(t, err)
		near(t, "what perfect timing makes", timing.Actual, math.Pow(1.02, 50)-1, 1e-12)
		if timing.P > 0.002 {
			t.Errorf("perfect timing has p %v", timing.P)
		}
		if before != nil && !slices.Equal(before.Random, timing.Random) {
			t.Error("workers change what is drawn")
		}
		before = timing
	}
	timing, err := RandomEntries(context.Background(), []Held{{slices.Repeat([]float64{0.01}, 200), blind}}, Draws{Count: 99})
	want(t, err)
	near(t, "p where all times are equal", timing.P, 1, 0)
	_, err = RandomEntries(context.Background(), []Held{{market, nil}}, Draws{})
	wantUndefined(t, "no positions", err)
	_, err = RandomEntries(context.Background(), []Held{{market, []Position{{0, 200, false}}}}, Draws{})
	wantUndefined(t, "always held", err)
	if _, err = RandomEntries(context.Background(), []Held{{market, []Position{{5, 10, false}, {9, 12, false}}}}, Draws{}); err == nil || errors.Is(err, ErrUndefined) {
		t.Errorf("overlapping positions: %v", err)
	}
}

// Every placement is as likely as every other: of one bar held in three, each is held
// about a third of the time.
func TestRandomEntriesAreEven(t *testing.T) {
	timing, err := RandomEntries(context.Background(), []Held{{[]float64{0.1, 0.2, 0.3}, []Position{{0, 1, true}}}}, Draws{Count: 6000, Seed: 2})
	want(t, err)
	counts := make(map[int]int)
	for _, v := range timing.Random {
		counts[int(math.Round(-v*10))]++
	}
	for _, v := range []int{1, 2, 3} {
		if n := counts[v]; n < 1850 || n > 2150 { // 2000 ± 4 deviations
			t.Errorf("bar %d was held %d times of 6000", v, n)
		}
	}
}
