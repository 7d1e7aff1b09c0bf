package pipeline

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Workers are goroutines that compute the tasks of any number of runs, at once
// and one after another. Each has an arena, whose memory it takes from run to
// run: fresh memory is dearer than most of what is done with it. They are safe
// for concurrent use.
type Workers struct {
	n     int
	tasks chan func(*arena)
	ended sync.WaitGroup
	spent sync.Pool // of blocks

	// held are the bytes that are reserved for the arenas, by budget.
	mu   sync.Mutex
	held map[*columnar.Budget]int64
}

// NewWorkers starts n workers; 0 means one a processor. The caller closes
// them.
func NewWorkers(n int) *Workers {
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	w := &Workers{n: n, tasks: make(chan func(*arena)), held: make(map[*columnar.Budget]int64)}
	w.ended.Add(n)
	for range n {
		go func() {
			defer w.ended.Done()
			debug.SetPanicOnFault(true) // so that a file which is cut short ends its run only
			var a arena
			for task := range w.tasks {
				task(&a)
			}
		}()
	}
	return w
}

// Len returns the number of workers.
func (w *Workers) Len() int { return w.n }

// Close ends the workers, once their tasks have ended, and waits for them. No
// run may begin after it.
func (w *Workers) Close() {
	close(w.tasks)
	w.ended.Wait()
	for budget, bytes := range w.held {
		budget.Release(bytes)
	}
}

// hold reserves the memory of a run: so much for the arenas, which keep it
// until the workers are closed, and more for what lives as long as the run,
// which the caller releases.
func (w *Workers) hold(b *columnar.Budget, arenas, more int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	grown := max(arenas-w.held[b], 0)
	if err := b.Reserve(grown + more); err != nil {
		return err
	}
	w.held[b] += grown
	return nil
}

// do has a worker carry out a task, as soon as one is free.
func (w *Workers) do(ctx context.Context, task func(*arena)) error {
	select {
	case w.tasks <- task:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// arena is what a worker needs to itself: the memory of one simulation.
type arena struct {
	run    *runner // that the arena is made for
	engine *reference.Simulator
	calc   metrics.Calculator
	eval   *eval.Evaluator
	// event and batch are of this run where it is simulated by events, and else
	// keep their memory for one that is.
	event  *event.Simulator
	batch  *eval.Batch
	row    Row // of an asset whose rows are not asked for
	left   []int
	pooled account
	// segments are those of a trial of the reference engine; kept are the signals of
	// a tile that is gone through in parts, by trial, and ends where those end.
	segments []metrics.Segment
	kept     []event.Masks
	ends     []int
	// helpers and parts are the memory of splits.
	helpers []helper
	parts   []*part
}

// arm makes an arena ready for the tasks of a run.
func (a *arena) arm(r *runner) error {
	if a.run == r {
		return nil
	}
	engine, err := reference.New(r.plan.Config)
	if err != nil {
		return err
	}
	engine.Reuse(a.engine)
	a.engine, a.eval = engine, eval.NewEvaluator(r.plan.Program, r.cache)
	if r.engine == EngineEvent {
		event, err := event.New(r.plan.Config)
		if err != nil {
			return err
		}
		event.Reuse(a.event)
		batch := eval.NewBatch(r.plan.Program, r.columns)
		batch.Reuse(a.batch)
		a.event, a.batch = event, batch
	}
	a.run = r
	return nil
}
