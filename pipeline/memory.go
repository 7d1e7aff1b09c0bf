package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Need is an amount of memory and what it is for.
type Need struct {
	What  string
	Bytes int64
}

// MemoryError says that a run does not fit its memory budget, with the smallest
// blocks that there are. It is a [columnar.ErrMemory].
type MemoryError struct {
	// Needs adds up to what the run asked for.
	Needs []Need
	// Err is what the budget says.
	Err *columnar.BudgetError
}

// Error implements error.
func (e *MemoryError) Error() string {
	total := int64(0)
	var parts []string
	for _, n := range e.Needs {
		total += n.Bytes
		if n.Bytes > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", mib(n.Bytes), n.What))
		}
	}
	return fmt.Sprintf("memory: %s are needed at least (%s), but of %s only %s are free; raise the limit, or use fewer workers, assets or statistics",
		mib(total), strings.Join(parts, ", "), mib(e.Err.Limit), mib(e.Err.Limit-e.Err.Used))
}

// Unwrap returns what the budget says.
func (e *MemoryError) Unwrap() error { return e.Err }

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// memoryError makes a budget's refusal a MemoryError.
func memoryError(err error, needs []Need) error {
	var refused *columnar.BudgetError
	if errors.As(err, &refused) {
		return &MemoryError{Needs: needs, Err: refused}
	}
	return err
}

// reserve sets the memory of the run aside in its budget, with blocks as small
// as that takes. release gives back what does not belong to the workers. A run
// of the event engine has room for the reference engine too, which few trials
// need: where that alone does not fit, it is asked for when it is needed.
func (r *runner) reserve(ctx context.Context, workers *Workers) (release func(), err error) {
	b := r.plan.Budget
	if b == nil {
		return func() {}, nil
	}
	spare, largest := int64(0), r.size
	if r.engine == EngineEvent {
		spare = int64(r.plan.workers()) * r.referenceBytes()
	}
	for {
		trials, _, err := r.space.Block(ctx, 0, r.space.Size(), make([]int64, 0, r.size))
		if err != nil {
			return nil, err
		}
		run := []Need{{"for blocks", r.blocksBytes()}, {"for results", r.plan.SinkBytes}, {"for the calendar", r.calendarBytes()}, {"for columns of times", r.derivedBytes()}}
		arenas := int64(r.plan.workers()) * r.arenaBytes(trials)
		more := run[0].Bytes + run[1].Bytes + run[2].Bytes + run[3].Bytes
		err = workers.hold(b, arenas+spare, more)
		switch {
		case err == nil && spare == 0 && r.engine == EngineEvent:
			r.fallBack = r.onDemand(workers, arenas)
			fallthrough
		case err == nil:
			return func() { b.Release(more) }, nil
		case r.size > 1:
			r.cut(r.size / 2)
		case spare > 0:
			spare = 0
			r.cut(largest)
		default:
			return nil, memoryError(err, append([]Need{{"for the workers", arenas}}, run...))
		}
	}
}

// onDemand returns a function that sets memory aside for the reference engine.
func (r *runner) onDemand(workers *Workers, arenas int64) func() error {
	needs := []Need{{"for the workers", arenas}, {"for the reference engine", int64(r.plan.workers()) * r.referenceBytes()}}
	return sync.OnceValue(func() error {
		return memoryError(workers.hold(r.plan.Budget, needs[0].Bytes+needs[1].Bytes, 0), needs)
	})
}

// arenaBytes returns about how much memory a worker takes for blocks of these
// trials.
func (r *runner) arenaBytes(trials []int64) int64 {
	bytes := int64(0)
	if r.axis != nil {
		bytes = 8 * int64(len(r.axis.times))
	}
	if r.engine != EngineEvent {
		return bytes + r.referenceBytes()
	}
	if r.splitsAny() {
		bytes += 2 * int64(len(trials)) * (event.FoundBytes(eval.StretchBars) + eval.StretchBars/4)
	}
	if r.segments != nil {
		bytes += event.SegmentBytes(len(trials), r.longest()/r.segments.Len()) + int64(len(trials)*4*8*tileWords)
	}
	return bytes + event.Bytes(len(trials)) + r.columnBytes(trials) + eval.SourceBytes(r.plan.Program, r.longest())
}

// referenceBytes returns about how much memory the reference engine takes.
func (r *runner) referenceBytes() int64 {
	return eval.EvaluatorBytes(r.plan.Program, r.longest()) + reference.Bytes(r.longest())
}

// blocksBytes returns about how much memory the blocks under way take.
func (r *runner) blocksBytes() int64 {
	const row = 8*metrics.NumStats + 16 // a Row
	trial := int64(r.rows()*row) + int64(8*r.plan.NumParams+16) + eval.LayoutBytes(r.plan.Program)
	trial += int64(r.rows()) * r.segments.bytes()
	if r.axis != nil {
		if r.segments != nil && r.segments.trades {
			trial += int64(len(r.assets)*r.segments.Len()) * 8 * metrics.NumSums
		}
		for i := range r.assets {
			trial += 256 + backtest.PathBytes(len(r.assets[i].Times)) // a contribution
		}
	}
	size := int64(r.size)
	blocks := min(int64(cap(r.tickets)), (r.count+size-1)/size)
	return blocks * size * trial
}

// calendarBytes returns how much memory it takes to add accounts up.
func (r *runner) calendarBytes() int64 {
	if r.axis == nil {
		return 0
	}
	bytes := 8 * int64(len(r.axis.times))
	for _, at := range r.axis.at {
		bytes += 4 * int64(len(at))
	}
	return bytes
}

// derivedBytes returns how much memory the columns take that are made of times.
func (r *runner) derivedBytes() int64 {
	bars := 0
	for i := range r.assets {
		bars += len(r.assets[i].Times)
	}
	return 8 * int64(bars) * derivedColumns(r.plan.Program)
}

// derivedColumns is at most how many columns are made of times and of longer bars, of
// which there are fewer than bars.
func derivedColumns(p *strategy.Program) int64 {
	return int64(len(p.Derived()) + 6*len(p.Timeframes()))
}

// ReserveDetail sets aside in the plan's budget what [RunDetail] takes, until
// release is called. The error is a *[MemoryError].
func ReserveDetail(plan Plan) (release func(), err error) {
	longest, all := 0, 0
	for i := range plan.Frame.NumAssets() {
		n := len(plan.Frame.WholeTimes(i))
		longest, all = max(longest, n), all+n
	}
	needs := []Need{
		{"for the strategy", eval.EvaluatorBytes(plan.Program, longest)},
		{"for equity and trades", reference.Bytes(longest) + reference.Bytes(all)},
		{"for the calendar", 20 * int64(all)}, // its times, each asset's place in it, and its equity
		{"for columns of times", 8 * int64(all) * derivedColumns(plan.Program)},
	}
	total := int64(0)
	for _, n := range needs {
		total += n.Bytes
	}
	if err := plan.Budget.Reserve(total); err != nil {
		return nil, memoryError(err, needs)
	}
	return func() { plan.Budget.Release(total) }, nil
}
