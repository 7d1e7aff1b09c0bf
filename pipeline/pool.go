package pipeline

import (
	"slices"
	"sync"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// poolAxis is the union calendar of a frame's assets, on which the accounts
// of a trial are added up.
type poolAxis struct {
	times []int64
	// at gives for each asset the position in times of each bar of its
	// window.
	at            [][]int32
	annual, years float64
}

// newPoolAxis returns the union of the assets' windows.
func newPoolAxis(f *columnar.Frame, assets []Asset, annual float64) *poolAxis {
	windows, wholes := make([][]int64, len(assets)), make([][]int64, len(assets))
	for i, a := range assets {
		windows[i], wholes[i] = a.Times[a.Lo:a.Hi], a.Times
	}
	p := &poolAxis{times: union(windows), annual: annual, at: make([][]int32, len(assets))}
	for i, w := range windows {
		p.at[i] = make([]int32, len(w))
		u := int32(0)
		for j, t := range w {
			for p.times[u] < t {
				u++
			}
			p.at[i][j] = u
		}
	}
	axis := f.Info().Axis
	if n := len(p.times); n > 0 {
		p.years = axis.Years(p.times[0], p.times[n-1])
	}
	if annual == 0 {
		if whole := union(wholes); len(whole) > 0 {
			p.annual = axis.Annual(whole[0], whole[len(whole)-1], len(whole))
		}
	}
	return p
}

// union merges increasing sequences into one without duplicates.
func union(sequences [][]int64) []int64 {
	var all []int64
	for _, s := range sequences {
		if slices.Equal(all, s) {
			continue // the usual case: one calendar
		}
		merged := make([]int64, 0, len(all)+len(s))
		for len(all) > 0 && len(s) > 0 {
			t := min(all[0], s[0])
			if all[0] == t {
				all = all[1:]
			}
			if s[0] == t {
				s = s[1:]
			}
			merged = append(merged, t)
		}
		all = append(append(merged, all...), s...)
	}
	return all
}

// account is the sum of one trial's accounts, while assets are being added.
type account struct {
	equity  []float64 // on the union calendar
	log     metrics.TradeLog
	held    int
	ruined  int
	deficit float64
	err     error // of the first asset that failed
}

// contribution is what one asset adds to one trial.
type contribution struct {
	equity  []float64 // on the asset's own bars
	log     metrics.TradeLog
	held    int // bars of the union calendar
	ruined  bool
	deficit float64
	err     error // the trial failed on this asset; nothing else counts then
}

// contribute copies what the pool needs out of a result.
func (p *poolAxis) contribute(asset int, r *backtest.Result, equity []float64) contribution {
	copy(equity, r.Equity)
	c := contribution{equity: equity, log: r.Log, ruined: r.Ruined, deficit: r.Deficit}
	at := p.at[asset]
	for _, t := range r.Trades {
		end := at[t.Exit-r.First]
		if t.Open() {
			end++
		}
		c.held += int(end - at[t.Entry-r.First])
	}
	return c
}

// add adds an asset's account to a. Before its first bar it holds the start
// cash, between bars and after the last one its latest value.
func (p *poolAxis) add(a *account, asset int, c *contribution, start float64) {
	if c.err != nil || a.err != nil {
		if a.err == nil {
			a.err = c.err
		}
		return
	}
	at, u := p.at[asset], 0
	value := start
	for j, end := range at {
		for ; u < int(end); u++ {
			a.equity[u] += value
		}
		value = c.equity[j]
	}
	for ; u < len(a.equity); u++ {
		a.equity[u] += value
	}
	a.log.Merge(&c.log)
	a.held += c.held
	a.deficit += c.deficit
	if c.ruined {
		a.ruined++
	}
}

// curve returns what the statistics of the pool are computed from. Exposure
// is weighted by start cash, which is the same for every account.
func (p *poolAxis) curve(a *account, assets int, start, riskFree float64) metrics.Curve {
	return metrics.Curve{
		Equity: a.equity, Start: start * float64(assets), Annual: p.annual, Years: p.years, RiskFree: riskFree,
		Held: a.held, HeldOf: len(p.times) * assets, Ruined: a.ruined, Deficit: a.deficit,
	}
}

// pool adds up the accounts of a block's trials. Assets arrive in any order
// and are added in theirs: what comes early is parked.
type pool struct {
	axis     *poolAxis
	start    float64
	accounts []account

	mu      sync.Mutex
	next    int // the asset to be added
	parked  map[int][]contribution
	adding  bool
	buffers *buffers
}

func newPool(axis *poolAxis, trials int, start float64, b *buffers) *pool {
	return &pool{axis: axis, start: start, accounts: make([]account, trials), parked: make(map[int][]contribution), buffers: b}
}

// put takes over the contributions of an asset to each trial. One caller at a
// time adds what has its turn; others park theirs and go on with other work.
func (p *pool) put(asset int, c []contribution) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parked[asset] = c
	if p.adding {
		return
	}
	p.adding = true
	for {
		c, ok := p.parked[p.next]
		if !ok {
			break
		}
		delete(p.parked, p.next)
		asset := p.next
		p.mu.Unlock()
		for i := range c {
			if asset == 0 {
				p.accounts[i].equity = p.buffers.get(len(p.axis.times))
				clear(p.accounts[i].equity)
			}
			p.axis.add(&p.accounts[i], asset, &c[i], p.start)
			p.buffers.put(c[i].equity)
		}
		p.mu.Lock()
		p.next++
	}
	p.adding = false
}

// release gives the memory of the accounts back.
func (p *pool) release() {
	for i := range p.accounts {
		p.buffers.put(p.accounts[i].equity)
		p.accounts[i].equity = nil
	}
}

// buffers recycles the memory of curves between blocks. Fresh memory is
// dearer than the arithmetic on it.
type buffers struct{ pool sync.Pool }

func (b *buffers) get(n int) []float64 {
	if v, ok := b.pool.Get().(*[]float64); ok && cap(*v) >= n {
		return (*v)[:n]
	}
	return make([]float64, n)
}

func (b *buffers) put(v []float64) { b.pool.Put(&v) }
