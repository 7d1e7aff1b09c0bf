package sweep

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// returnsSpec is a small grid with a hole, on two assets of which one begins later.
func returnsSpec() *spec.Spec {
	s := crossSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(3, 9, 3)}, {Name: "slow", Axis: spec.Range(6, 20, 7)}}
	s.Where = "$fast < $slow"
	return s
}

// The returns are those of the equity that a backtest of the trial writes down, bar by
// bar, and their Sharpe ratio and sum are those of the results; blocks of them add up
// to the sums of one pass by the engine of sweeps.
func TestReturnsAreTheBacktests(t *testing.T) {
	frame := walk(t, 2, 400)
	s := returnsSpec()
	assets := append(frame.Assets(), results.PooledAsset)
	rowValues, _ := rowsOf(t, frame, s, true)
	sums := make(map[string]*BlockSums)
	for _, asset := range assets {
		var err error
		if sums[asset], err = RunBlockSums(t.Context(), frame, s, asset, 7, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	trials := sums[results.PooledAsset].Trials
	if len(trials) != 7 { // 3 × 3 without (6, 6) and (9, 6)
		t.Fatalf("trials %v", trials)
	}
	var before *Returns
	for _, workers := range []int{1, 2, 8} {
		r, err := RunReturns(t.Context(), frame, s, trials, ReturnsOptions{Assets: assets, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Rows {
			if before != nil && !slices.EqualFunc(before.Rows[i].Columns, r.Rows[i].Columns, slices.Equal) {
				t.Fatalf("%d workers: other returns", workers)
			}
		}
		before = r
	}
	for k, trial := range trials {
		one := *s
		for _, p := range s.Params {
			_ = one.Set(p.Name, p.Axis.Text(index(s, trial)[p.Name]))
		}
		b, err := RunBacktest(t.Context(), frame, &one, BacktestOptions{})
		if err != nil {
			t.Fatal(err)
		}
		equity := b.Equity()
		curves := make(map[string][]float64)
		for i := range int(equity.NumRows()) {
			asset := equity.Column(0).(*array.String).Value(i)
			curves[asset] = append(curves[asset], equity.Column(2).(*array.Float64).Value(i))
		}
		for i, row := range before.Rows {
			curve, start := curves[row.Asset], 100000.0
			if row.Asset == results.PooledAsset {
				start *= 2
			}
			if len(curve) != len(row.Times) || len(curve) != len(row.Columns[k]) {
				t.Fatalf("%s: %d returns, %d times, %d bars of equity", row.Asset, len(row.Columns[k]), len(row.Times), len(curve))
			}
			var sum, square float64
			n, from, block := len(curve), 0, 0
			for j, e := range curve {
				if r := e/start - 1; r != row.Columns[k][j] {
					t.Fatalf("%s trial %d bar %d: return %v, of the equity %v", row.Asset, trial, j, row.Columns[k][j], r)
				}
				start = e
				sum, square = sum+row.Columns[k][j], square+row.Columns[k][j]*row.Columns[k][j]
				if j+1 < (block+1)*n/7 {
					continue
				}
				of := sums[row.Asset]
				if of.Bars[block] != int64(j+1-from) || math.Abs(of.Sum[block][k]-sum) > 1e-11 || math.Abs(of.Square[block][k]-square) > 1e-11 {
					t.Fatalf("%s trial %d block %d: %d bars, Σr %v, Σr² %v; want %d, %v, %v", row.Asset, trial, block,
						of.Bars[block], of.Sum[block][k], of.Square[block][k], j+1-from, sum, square)
				}
				sum, square, from, block = 0, 0, j+1, block+1
			}
			// The statistics of the row, from the returns.
			mean, deviation := 0.0, 0.0
			for _, r := range row.Columns[k] {
				mean += r / float64(n)
			}
			for _, r := range row.Columns[k] {
				deviation += (r - mean) * (r - mean)
			}
			sharpe := mean / math.Sqrt(deviation/float64(n-1)) * math.Sqrt(row.Annual)
			if v := rowValues[k*3+i][metrics.Sharpe]; math.Abs(v-sharpe) > 1e-9 {
				t.Fatalf("%s trial %d: Sharpe %v of the returns, %v of the results", row.Asset, trial, sharpe, v)
			}
		}
		equity.Release()
		b.Release()
	}
}

// index returns the positions of a trial of the grid by name.
func index(s *spec.Spec, trial int64) map[string]int {
	out := make(map[string]int)
	for i := len(s.Params) - 1; i >= 0; i-- {
		n := int64(s.Params[i].Axis.Len())
		out[s.Params[i].Name] = int(trial % n)
		trial /= n
	}
	return out
}

func TestReturnsRefuse(t *testing.T) {
	frame := walk(t, 1, 60)
	s := returnsSpec()
	for _, c := range []struct {
		trials []int64
		opts   ReturnsOptions
		want   string
	}{
		{nil, ReturnsOptions{}, "no trials"},
		{[]int64{6}, ReturnsOptions{}, "trial 6 does not exist"}, // fast 9, slow 6
		{[]int64{-1}, ReturnsOptions{}, "trial -1 does not exist"},
		{[]int64{9}, ReturnsOptions{}, "trial 9 does not exist"},
		{[]int64{0}, ReturnsOptions{Workers: -1}, "-1 workers"},
	} {
		if _, err := RunReturns(t.Context(), frame, s, c.trials, c.opts); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if _, err := RunReturns(t.Context(), frame, s, []int64{0}, ReturnsOptions{Assets: []string{"no"}}); !errors.Is(err, columnar.ErrNoAsset) {
		t.Errorf("unknown asset: %v", err)
	}
	if _, err := RunBlockSums(t.Context(), frame, s, "", 61, Options{}); err == nil || !strings.Contains(err.Error(), "61 blocks of 60 bars") {
		t.Errorf("more blocks than bars: %v", err)
	}
	budget := columnar.NewBudget(1 << 10)
	var refused *columnar.BudgetError
	if _, err := RunReturns(t.Context(), frame, s, []int64{0, 1, 2}, ReturnsOptions{Budget: budget}); !errors.As(err, &refused) {
		t.Errorf("a kilobyte: %v", err)
	}
	if used := budget.Used(); used != 0 {
		t.Errorf("%d bytes of the budget are left reserved", used)
	}
}

// Returns of an account that is ruined are −1 once and 0 from then on.
func TestReturnsOfRuin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		equity := rapid.SliceOfN(rapid.Float64Range(1, 100), 1, 20).Draw(t, "equity")
		at := rapid.IntRange(0, len(equity)-1).Draw(t, "ruin")
		clear(equity[at:])
		r := returnsOf(equity, 50)
		value := 50.0
		for i, v := range r {
			value *= 1 + v
			if math.Abs(value-equity[i]) > 1e-9 || i > at && v != 0 || i == at && v != -1 {
				t.Fatalf("returns %v of %v", r, equity)
			}
		}
	})
}

// By hand: the spans of a strategy that is in the market on known bars, filled at the open
// of the next bar and at the close.
func TestHeld(t *testing.T) {
	frame := walk(t, 1, 60)
	for fill, first := range map[backtest.Fill]int{backtest.FillNextOpen: 1, backtest.FillClose: 1, backtest.FillNextClose: 2} {
		s := &spec.Spec{Rules: spec.Rules{Entry: "close > 0"}, Simulation: backtest.Config{Fill: fill}}
		b, err := RunBacktest(t.Context(), frame, s, BacktestOptions{})
		if err != nil {
			t.Fatal(err)
		}
		h := b.Held()
		if len(h) != 1 || len(h[0].Market) != 60 || len(h[0].Trades) != 0 || len(h[0].Spans) != 1 || h[0].Spans[0] != (HeldSpan{first, 60, false}) {
			t.Errorf("%s: held %+v", fill, h[0].Spans)
		}
		closes := b.Detail().Assets[0].Asset.Bars.Close
		if h[0].Market[0] != 0 || h[0].Market[7] != closes[7]/closes[6]-1 {
			t.Errorf("market %v", h[0].Market[:8])
		}
		b.Release()
	}
	b, err := RunBacktest(t.Context(), frame, &spec.Spec{
		Rules: spec.Rules{Entry: "crosses_above(close, sma(close, 5))", Exit: "crosses_below(close, sma(close, 5))"},
	}, BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	h, trades := b.Held()[0], b.Detail().Assets[0].Result.Trades
	if len(h.Spans) != len(trades) || len(trades) < 3 {
		t.Fatalf("%d spans of %d trades", len(h.Spans), len(trades))
	}
	for i, trade := range trades[:len(trades)-1] {
		if h.Spans[i] != (HeldSpan{trade.Entry, trade.Exit, false}) || h.Trades[i] != trade.Return {
			t.Errorf("trade %d is %+v, held %+v with %v", i, trade, h.Spans[i], h.Trades[i])
		}
	}
}

// Of chosen trials the sums are those that the whole grid has of them; those that do not
// exist are left out, and their numbers stay.
func TestBlockSumsOfChosenTrials(t *testing.T) {
	frame := walk(t, 2, 200)
	s := returnsSpec()
	whole, err := RunBlockSums(t.Context(), frame, s, "", 4, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, grid, err := s.Compile(pipeline.Columns(frame))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var chosen, exist []int64
		for trial := range grid.Size() {
			if !rapid.Bool().Draw(t, "chosen") {
				continue
			}
			if chosen = append(chosen, trial); whole.Place(trial) >= 0 {
				exist = append(exist, trial)
			}
		}
		if exist == nil {
			t.Skip("none of them exists")
		}
		part, err := RunBlockSums(context.Background(), frame, s, "", 4, Options{Space: ChosenTrials(grid, chosen), BlockTrials: rapid.IntRange(1, 3).Draw(t, "block")})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(part.Trials, exist) {
			t.Fatalf("trials %v of %v, want %v", part.Trials, chosen, exist)
		}
		for k, trial := range exist {
			for b := range part.Sum {
				// Fewer trials are added up in another way.
				if at := whole.Place(trial); math.Abs(part.Sum[b][k]-whole.Sum[b][at]) > 1e-12 || math.Abs(part.Square[b][k]-whole.Square[b][at]) > 1e-12 {
					t.Fatalf("trial %d has other sums", trial)
				}
			}
		}
	})
}
