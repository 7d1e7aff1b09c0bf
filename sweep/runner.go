package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// RunnerOptions are the choices of a [Runner]. The zero value is what most
// callers want.
type RunnerOptions struct {
	// Workers is the number of goroutines that compute; 0 means one a
	// processor.
	Workers int
	// CacheBytes bounds the memory for indicators; 0 means
	// [pipeline.DefaultCacheBytes], less than 0 none.
	CacheBytes int64
	// Budget bounds the memory of the runner and its sweeps, nil does not; see
	// [Options].Budget. That of bundles is their source's, and may be the same.
	Budget *columnar.Budget
	// Bundles opens the bundles that specs name: a *bundles.Pool, or any other
	// source of Frames. It is borrowed. Without it only RunFrame works.
	Bundles Source
}

// Source opens the bars that specs name by their key `bundle`. A *bundles.Pool is
// one; another may have made its Frames in Go.
type Source interface {
	// AcquireFrame returns the bars of a name, and what ends their use: it is
	// called once, when the sweep has ended. Prices may be adjusted for what is
	// asked for, so that it is done once for many sweeps, or left as they are:
	// a sweep adjusts what is not.
	AcquireFrame(ctx context.Context, name string, adjust columnar.Adjustment) (frame *columnar.Frame, release func(), err error)
}

// Runner runs any number of sweeps, one after another or at once, and keeps
// between them what makes a sweep fast: its workers with their memory, and the
// indicators of the data that sweeps look at again. Results do not depend on
// what came before. It is safe for concurrent use.
type Runner struct {
	bundles Source
	workers *pipeline.Workers
	cache   *pipeline.Cache
	budget  *columnar.Budget
	// unregister ends the budget's claim on the cache.
	unregister func()

	mu      sync.Mutex
	closed  bool
	data    map[string]int // running sweeps by the digest of their data
	running sync.WaitGroup
}

// ErrRunnerClosed is returned by a [Runner] after its Close.
var ErrRunnerClosed = errors.New("sweep: runner is closed")

// NewRunner starts a runner. The caller closes it.
func NewRunner(opts RunnerOptions) (*Runner, error) {
	if opts.Workers < 0 {
		return nil, fmt.Errorf("runner: RunnerOptions.Workers is %d, want 0 or more", opts.Workers)
	}
	bytes := opts.CacheBytes
	if bytes == 0 {
		bytes = pipeline.DefaultCacheBytes
	}
	r := &Runner{
		bundles: opts.Bundles, workers: pipeline.NewWorkers(opts.Workers), cache: pipeline.NewCache(bytes, opts.Budget),
		budget: opts.Budget, data: make(map[string]int),
	}
	r.unregister = r.budget.OnShortage(r.cache.Shrink)
	return r, nil
}

// Run is [Run] on the bundle that the spec names, which is kept open until the
// Reader is released. Its prices are adjusted once, for all sweeps that ask for
// the same.
func (r *Runner) Run(ctx context.Context, spec *spec.Spec, opts Options) (*Reader, error) {
	if r.bundles == nil {
		return nil, errors.New("runner: without RunnerOptions.Bundles there is RunFrame only")
	}
	if spec.Bundle == "" {
		return nil, errors.New("runner: the spec names no bundle")
	}
	frame, release, err := r.bundles.AcquireFrame(ctx, spec.Bundle, spec.Adjust)
	if err != nil {
		// What is wrong with the spec comes first: it may be its adjustment.
		if invalid := spec.Validate(); invalid != nil {
			return nil, invalid
		}
		return nil, err
	}
	return r.start(ctx, frame, spec, opts, release)
}

// RunFrame is [Run] on the runner's workers: Workers, CacheBytes and Budget
// of the options are not set. The frame is borrowed until the Reader is released; one that
// the spec has adjusted is adjusted in each call, so whoever makes many hands
// over what [columnar.Adjusted] has made.
func (r *Runner) RunFrame(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts Options) (*Reader, error) {
	return r.start(ctx, frame, spec, opts, func() {})
}

// start starts a sweep; release is called when it has ended, or at once where
// it fails to start.
func (r *Runner) start(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts Options, release func()) (*Reader, error) {
	if opts.Workers != 0 || opts.CacheBytes != 0 || opts.Budget != nil {
		release()
		return nil, errors.New("options: Workers, CacheBytes and Budget are those of the runner")
	}
	opts.Budget = r.budget
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		release()
		return nil, ErrRunnerClosed
	}
	r.running.Add(1)
	r.mu.Unlock()
	data := "" // its digest as the sweep sees it, once it has begun
	began := func(digest string) {
		data = digest
		r.mu.Lock()
		r.data[data]++
		r.forget()
		r.mu.Unlock()
	}
	end := func() {
		release()
		if data != "" {
			r.mu.Lock()
			if r.data[data]--; r.data[data] == 0 {
				delete(r.data, data)
			}
			r.mu.Unlock()
		}
		r.running.Done()
	}
	reader, err := run(ctx, frame, spec, opts, shared{workers: r.workers, cache: r.cache, began: began, ended: end})
	if err != nil {
		end()
	}
	return reader, err
}

// forget drops the indicators of data that no sweep is looking at, once pinned
// ones take half of their room: they never leave by themselves, and those of
// other data could not be pinned any more. The lock is held.
func (r *Runner) forget() {
	if pinned := r.cache.Stats().Pinned; pinned.Bytes > pinned.Limit/2 {
		r.cache.Drop(func(digest string) bool { return r.data[digest] == 0 })
	}
}

// CacheStats returns what the cache of indicators has done in all sweeps.
func (r *Runner) CacheStats() cache.Stats { return r.cache.Stats() }

// Close waits until every sweep has ended, which it does when its Reader has
// been read to its end or released, and ends the workers.
func (r *Runner) Close() {
	r.mu.Lock()
	closed := r.closed
	r.closed = true
	r.mu.Unlock()
	r.running.Wait()
	if !closed {
		r.workers.Close()
		r.unregister()
		r.cache.Drop(func(string) bool { return true })
	}
}

// shared is what the sweeps of a runner share; zero for a sweep of its own.
type shared struct {
	workers *pipeline.Workers
	cache   *pipeline.Cache
	// began is called with the digest of the adjusted data before the sweep
	// looks at it; nil for a sweep of its own. ended is called when it has
	// ended.
	began func(digest string)
	ended func()
	// reference has the reference engine simulate everything: tests and
	// benchmarks hold others to it.
	reference bool
}
