package sweep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// fileBytes writes the results of a reader and returns the bytes of the file.
func fileBytes(t *testing.T, r *Reader) ([]byte, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.parquet")
	if _, err := results.WriteFile(path, r); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// TestBudgetsChangeNoByte runs every grid within smaller and smaller budgets:
// either the bytes are those of a run without one and the budget was kept to,
// or the error says what would be needed. Nothing stays reserved.
func TestBudgetsChangeNoByte(t *testing.T) {
	frame := walk(t, 3, 1500)
	for name, spec := range grids() {
		want := resultBytes(t, frame, spec, Options{Workers: 2})
		fitted, refused := 0, 0
		for size := int64(64 << 20); size >= 64<<10; size /= 2 {
			budget := columnar.NewBudget(size)
			r, err := Run(context.Background(), frame, spec, Options{Workers: 2, Budget: budget})
			if err != nil {
				t.Fatal(err)
			}
			got, err := fileBytes(t, r)
			r.Release()
			if n := budget.Used(); n != 0 {
				t.Errorf("%s: %d bytes stay reserved of %d", name, n, size)
			}
			var memory *pipeline.MemoryError
			switch {
			case errors.As(err, &memory):
				refused++
				if !errors.Is(err, columnar.ErrMemory) || !strings.Contains(err.Error(), "for results") || !strings.Contains(err.Error(), "raise the limit") {
					t.Errorf("%s within %d bytes: %v", name, size, err)
				}
			case err != nil:
				t.Errorf("%s within %d bytes: %v", name, size, err)
			default:
				fitted++
				if !bytes.Equal(got, want) {
					t.Errorf("%s within %d bytes: other bytes", name, size)
				}
				if peak := budget.Peak(); peak > size || peak == 0 {
					t.Errorf("%s: %d bytes reserved of %d", name, peak, size)
				}
			}
		}
		if fitted < 3 || refused == 0 {
			t.Errorf("%s: %d budgets fitted, %d were refused", name, fitted, refused)
		}
	}
}

// TestBlocksShrinkToFit: a sweep whose blocks do not fit at first runs with
// smaller ones, also where the caller asked for large ones.
func TestBlocksShrinkToFit(t *testing.T) {
	frame := walk(t, 2, 800)
	s := broad(4)
	s.Output.Statistics = nil
	for _, block := range []int{0, 4000} {
		free := columnar.NewBudget(0)
		want := resultBytes(t, frame, s, Options{Workers: 2, BlockTrials: block, Budget: free})
		tight := columnar.NewBudget(free.Peak() * 2 / 3)
		if got := resultBytes(t, frame, s, Options{Workers: 2, BlockTrials: block, Budget: tight}); !bytes.Equal(got, want) {
			t.Errorf("blocks of %d: other bytes", block)
		}
		if tight.Peak() > tight.Limit() || tight.Peak() >= free.Peak() {
			t.Errorf("blocks of %d: %d bytes reserved of %d, %d without a limit", block, tight.Peak(), tight.Limit(), free.Peak())
		}
	}
}

// TestCachesGiveWay: the indicators that a runner keeps make room for a sweep
// that needs it, and its memory is given back when it is closed.
func TestCachesGiveWay(t *testing.T) {
	frame := walk(t, 3, 3000)
	need := columnar.NewBudget(0)
	s := crossSpec()
	s.Output = spec.Output{}
	want := resultBytes(t, frame, s, Options{Workers: 1, CacheBytes: -1, Budget: need})
	budget := columnar.NewBudget(need.Peak() + 64<<10)
	runner, err := NewRunner(RunnerOptions{Workers: 1, Budget: budget})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner.RunFrame(context.Background(), frame, s, Options{Budget: budget}); err == nil {
		t.Error("a budget beside that of the runner")
	}
	for range 3 {
		r, err := runner.RunFrame(context.Background(), frame, s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := fileBytes(t, r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("other bytes, error %v", err)
		}
		r.Release()
	}
	runner.Close()
	if n := budget.Used(); n != 0 || budget.Peak() > budget.Limit() {
		t.Errorf("%d bytes stay reserved, %d of %d at most", n, budget.Peak(), budget.Limit())
	}
}

func TestBudgetOfBacktest(t *testing.T) {
	frame := walk(t, 2, 5000)
	spec := crossSpec()
	for i := range spec.Params {
		if err := spec.Set(spec.Params[i].Name, spec.Params[i].Axis.Text(0)); err != nil {
			t.Fatal(err)
		}
	}
	budget := columnar.NewBudget(8 << 20)
	bt, err := RunBacktest(context.Background(), frame, spec, BacktestOptions{Budget: budget})
	if err != nil {
		t.Fatal(err)
	}
	if budget.Used() == 0 {
		t.Error("nothing is reserved for a backtest")
	}
	bt.Release()
	if n := budget.Used(); n != 0 {
		t.Errorf("%d bytes stay reserved", n)
	}
	small := columnar.NewBudget(100 << 10)
	_, err = RunBacktest(context.Background(), frame, spec, BacktestOptions{Budget: small})
	var memory *pipeline.MemoryError
	if !errors.As(err, &memory) || !strings.Contains(err.Error(), "for equity and trades") || small.Used() != 0 {
		t.Errorf("error %v, %d bytes reserved", err, small.Used())
	}
}

// TestAdjustmentIsCounted: prices that a sweep adjusts are in its budget.
func TestAdjustmentIsCounted(t *testing.T) {
	traded, _ := splitWalk(t)
	need := columnar.AdjustedBytes(traded, columnar.AdjustedAll)
	budget := columnar.NewBudget(need - 1)
	if _, err := Run(context.Background(), traded, crossSpec(), Options{Budget: budget}); !errors.Is(err, columnar.ErrMemory) || !strings.Contains(err.Error(), "adjust") {
		t.Errorf("error %v", err)
	}
	budget = columnar.NewBudget(64 << 20)
	resultBytes(t, traded, crossSpec(), Options{Budget: budget})
	if budget.Used() != 0 || budget.Peak() < need {
		t.Errorf("%d bytes stay reserved, %d at most, %d of them for prices", budget.Used(), budget.Peak(), need)
	}
}
