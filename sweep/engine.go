package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bowstring-engine/bowstring/sweep/spec"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline"
)

// EngineOptions are the choices of an [Engine]. The zero value is what most
// callers want.
type EngineOptions struct {
	// Workers is the number of goroutines that compute; 0 means one a
	// processor.
	Workers int
	// CacheBytes bounds the memory for indicators; 0 means
	// [pipeline.DefaultCacheBytes], less than 0 none.
	CacheBytes int64
	// Budget bounds the memory of the engine and its sweeps, nil does not; see
	// [Options].Budget. That of bundles is the pool's, and may be the same.
	Budget *columnar.Budget
	// Bundles opens the bundles that specs name. It is borrowed. Without it
	// only RunFrame works.
	Bundles *bundles.Pool
}

// Engine runs any number of sweeps, one after another or at once, and keeps
// between them what makes a sweep fast: its workers with their memory, and the
// indicators of the data that sweeps look at again. Results do not depend on
// what came before. It is safe for concurrent use.
type Engine struct {
	bundles *bundles.Pool
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

// ErrEngineClosed is returned by an [Engine] after its Close.
var ErrEngineClosed = errors.New("sweep: engine is closed")

// NewEngine starts an engine. The caller closes it.
func NewEngine(opts EngineOptions) (*Engine, error) {
	if opts.Workers < 0 {
		return nil, fmt.Errorf("engine: %d workers", opts.Workers)
	}
	bytes := opts.CacheBytes
	if bytes == 0 {
		bytes = pipeline.DefaultCacheBytes
	}
	e := &Engine{
		bundles: opts.Bundles, workers: pipeline.NewWorkers(opts.Workers), cache: pipeline.NewCache(bytes, opts.Budget),
		budget: opts.Budget, data: make(map[string]int),
	}
	e.unregister = e.budget.OnShortage(e.cache.Shrink)
	return e, nil
}

// Run is [Run] on the bundle that the spec names, which is kept open until the
// Reader is released. Its prices are adjusted once, for all sweeps that ask for
// the same.
func (e *Engine) Run(ctx context.Context, spec *spec.Spec, opts Options) (*Reader, error) {
	if e.bundles == nil {
		return nil, errors.New("engine: without a pool of bundles there is RunFrame only")
	}
	if spec.Bundle == "" {
		return nil, errors.New("engine: the spec names no bundle")
	}
	b, err := e.bundles.AcquireAdjusted(ctx, spec.Bundle, spec.Adjust)
	if err != nil {
		// What is wrong with the spec comes first: it may be its adjustment.
		if invalid := spec.Validate(); invalid != nil {
			return nil, invalid
		}
		return nil, err
	}
	return e.start(ctx, b.Frame(), spec, opts, func() { b.Close() })
}

// RunFrame is [Run] on the engine's workers: Workers, CacheBytes and Budget
// of the options are not set. The frame is borrowed until the Reader is released; one that
// the spec has adjusted is adjusted in each call, so whoever makes many hands
// over what [columnar.Adjusted] has made.
func (e *Engine) RunFrame(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts Options) (*Reader, error) {
	return e.start(ctx, frame, spec, opts, func() {})
}

// start starts a sweep; release is called when it has ended, or at once where
// it fails to start.
func (e *Engine) start(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts Options, release func()) (*Reader, error) {
	if opts.Workers != 0 || opts.CacheBytes != 0 || opts.Budget != nil {
		release()
		return nil, errors.New("options: workers, cache and budget are those of the engine")
	}
	opts.Budget = e.budget
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		release()
		return nil, ErrEngineClosed
	}
	e.running.Add(1)
	e.mu.Unlock()
	data := "" // its digest as the sweep sees it, once it has begun
	began := func(digest string) {
		data = digest
		e.mu.Lock()
		e.data[data]++
		e.forget()
		e.mu.Unlock()
	}
	end := func() {
		release()
		if data != "" {
			e.mu.Lock()
			if e.data[data]--; e.data[data] == 0 {
				delete(e.data, data)
			}
			e.mu.Unlock()
		}
		e.running.Done()
	}
	r, err := run(ctx, frame, spec, opts, shared{workers: e.workers, cache: e.cache, began: began, ended: end})
	if err != nil {
		end()
	}
	return r, err
}

// forget drops the indicators of data that no sweep is looking at, once pinned
// ones take half of their room: they never leave by themselves, and those of
// other data could not be pinned any more. The lock is held.
func (e *Engine) forget() {
	if pinned := e.cache.Stats().Pinned; pinned.Bytes > pinned.Limit/2 {
		e.cache.Drop(func(digest string) bool { return e.data[digest] == 0 })
	}
}

// CacheStats returns what the cache of indicators has done in all sweeps.
func (e *Engine) CacheStats() cache.Stats { return e.cache.Stats() }

// Close waits until every sweep has ended, which it does when its Reader has
// been read to its end or released, and ends the workers.
func (e *Engine) Close() {
	e.mu.Lock()
	closed := e.closed
	e.closed = true
	e.mu.Unlock()
	e.running.Wait()
	if !closed {
		e.workers.Close()
		e.unregister()
		e.cache.Drop(func(string) bool { return true })
	}
}

// shared is what the sweeps of an engine share; zero for a sweep of its own.
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
