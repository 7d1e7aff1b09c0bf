package event

import (
	"errors"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Simulator simulates many trials on the bars of one asset at once: all of them
// over one tile of bars, then over the next, while the tile's columns are in
// cache. Where there are tables, a trial costs the words of its signals and its
// trades, not its bars: an account that is fully invested has the returns of
// the close, so sums over a trade are differences of prefix sums, and its
// drawdown is two look-ups in [kernel.Ranges]. The bars of an entry and an exit,
// whose returns costs change, are added on their own; where costs are in
// proportion to what is traded, they are the same for every trial, and an order is
// one line of [kernel.OrderTable]. Without tables the bars that are held are gone
// through once.
//
// It simulates what adds up in this way, which [Decomposes] tells; results
// agree with the reference engine, its oracle, to about 1e-12. A Simulator belongs to one
// goroutine and keeps its memory between assets.
//
//	Start(bars, lo, hi, rf, trials, tabled)
//	for each tile: Load(from, to), then Step(i, signals of the tile) for each trial
//	Finish(i) for each trial
type Simulator struct {
	cfg backtest.Config
	backtest.Costs
	delay int // bars from a signal to its fill
	// proportional says that costs are in proportion to what is traded; then one of
	// cash buys a value of bought, and comes of one of sold.
	proportional bool
	bought, sold float64
	// affine says that accounts may be short or hold cash beside their position,
	// so that their returns are not those of the close: see sides.go.
	affine bool

	changes kernel.SignalChanges
	calc    metrics.Calculator

	bars   backtest.Bars
	fills  []float64 // the column of fill prices
	lo, hi int
	rf     float64

	from, to    int  // the tile
	begin       int  // its first bar: from, or that of a part of it
	base        int  // its first bar in the window, where the tables begin
	tabled      bool // tables are worth building
	guarded     int  // the number of trials that have stops
	tabulated   bool // the tile has a table of orders
	prescanning bool // there are no accounts: see [Prescan]
	tables      *tables
	table       *kernel.OrderTable
	closed      kernel.ClosedTrades // see closeTrades
	orders      *[Tile + 1]int32    // see list
	lanes       []lane
	guards      []guard         // of all lanes, where some have stops
	paths       []backtest.Path // of all lanes, where some are followed
	pasts       []past          // of all lanes, where there are segments
	needs       Needs           // of those
}

// Decomposes returns nil where a [Simulator] can simulate these rules, and else
// why it cannot.
func Decomposes(cfg backtest.Config) error {
	if cfg.Resolved().Rearm == backtest.RearmCrossing {
		return errors.New("entries that stops have spent are followed bar by bar")
	}
	return nil
}

// Affine reports whether accounts under these rules may be short or hold cash
// beside their position. Then signals go in by [Simulator.StepSides], and there is
// no [Prescan].
func Affine(cfg backtest.Config) bool {
	cfg = cfg.Resolved()
	return cfg.Direction != backtest.Long || cfg.Sizing.Mode != backtest.SizeAllIn
}

// New returns an engine for these rules. Errors are those of
// [Config.Validate] and of [Decomposes].
func New(cfg backtest.Config) (*Simulator, error) {
	if err := errors.Join(cfg.Validate(), Decomposes(cfg)); err != nil {
		return nil, err
	}
	cfg = cfg.Resolved()
	e := &Simulator{cfg: cfg, Costs: cfg.Costs(), delay: 1}
	e.affine = Affine(cfg)
	e.proportional = e.Fixed == 0 && e.PerUnit == 0
	e.bought, e.sold = 1/(1+e.Rate), 1/(1-e.Rate)
	if cfg.Fill == backtest.FillClose {
		e.delay = 0
	}
	e.changes = kernel.NewSignalChanges(cfg.Conflict == backtest.ConflictEntry, cfg.Conflict == backtest.ConflictExit)
	return e, nil
}

// Reuse takes the memory of an engine that is not used any more, or of nil.
func (e *Simulator) Reuse(old *Simulator) {
	if old != nil {
		e.tables, e.table, e.orders = old.tables, old.table, old.orders
		e.lanes, e.guards, e.paths, e.pasts = old.lanes, old.guards, old.paths, old.pasts
		*old = Simulator{}
	}
}

// Start begins the simulation of a number of trials on the window lo … hi−1;
// bars before lo are history. rf is the risk-free return of a bar. Tables are
// built where tabled is set: they pay where many trials, about [TabledTrials]
// or more, share them. The bars are borrowed until the last Finish.
func (e *Simulator) Start(bars backtest.Bars, lo, hi int, rf float64, trials int, tabled bool) {
	e.bars, e.lo, e.hi, e.rf, e.tabled, e.guarded = bars, lo, hi, rf, tabled, 0
	e.fills = bars.Close
	if e.cfg.Fill == backtest.FillNextOpen {
		e.fills = bars.Open
	}
	e.lanes, e.guards, e.paths = reuse.Slice(e.lanes, trials), e.guards[:0], e.paths[:0]
	for i := range e.lanes {
		l := &e.lanes[i]
		*l = lane{cash: e.cfg.Cash, total: tally{high: e.cfg.Cash, ratio: 1}}
	}
}

// TabledTrials is the number of trials from which on the tables of a tile cost
// less than going through the bars that each trial holds.
const TabledTrials = 32

// Follow asks, between Start and the first Load, for the path of trial i's
// account too: it is appended to path, and [Simulator.Log] returns it.
func (e *Simulator) Follow(i int, path backtest.Path) {
	e.paths = reuse.Slice(e.paths, len(e.lanes))
	e.paths[i] = path
	e.lanes[i].path = &e.paths[i]
}

// First returns the first bar whose signals matter to the window.
func (e *Simulator) First() int {
	switch {
	case e.lo == 0 || e.cfg.Start == backtest.StartInherit:
		return 0
	case e.cfg.Fill == backtest.FillClose:
		return e.lo
	}
	return e.lo - 1
}

// Load makes the tile of the bars from … to−1 the current one; from is a
// multiple of [Tile] and tiles come in order, from that of [Simulator.First] on.
func (e *Simulator) Load(from, to int) { e.LoadPart(from, from, to) }

// LoadPart is Load for the bars from begin on of the tile that starts at from: a tile
// may be gone through in parts. The masks of [Simulator.Step] are those of the tile.
func (e *Simulator) LoadPart(from, begin, to int) {
	e.from, e.begin, e.to, e.base, e.tabulated = from, begin, min(to, e.hi), max(begin, e.lo), false
	if e.orders == nil {
		e.orders = new([Tile + 1]int32)
	}
	if e.tabled && e.base < e.to {
		if e.tables == nil {
			e.tables = new(tables)
		}
		if e.tables.steep = false; !e.affine {
			closes := e.bars.Close
			e.tables.build(closes[e.base:e.to], closes[max(e.base-1, e.lo)], e.rf)
		}
		if e.guarded > 0 && !e.tables.steep {
			e.tables.buildPrices(e.bars.Open[e.base:e.to], e.bars.High[e.base:e.to], e.bars.Low[e.base:e.to])
		}
		if !e.affine && e.proportional && e.guarded < len(e.lanes) && !e.tables.steep {
			e.buildOrders()
		}
	}
}

// Step takes trial i through the current tile. The masks hold the signals of
// the tile's bars, its first bar in bit 0; a rule that does not exist is nil.
func (e *Simulator) Step(i int, entry, exit kernel.Bits) { e.StepFound(i, entry, exit, nil) }

// StepFound is Step with what a [Prescan] found out about the trial on the tile
// and those after it, or nil. The result is that of Step, to the bit.
func (e *Simulator) StepFound(i int, entry, exit kernel.Bits, found *Found) {
	l := &e.lanes[i]
	if l.needsReference {
		return
	}
	if e.byTable(l) {
		e.stepByTable(l, entry, exit)
		return
	}
	w := walk{found: found}
	if e.run(l, &w, entry, exit) {
		l.total.add(&w.tally)
	}
}

// run takes a lane through the current tile and reports whether the tile has
// bars of the window.
func (e *Simulator) run(l *lane, w *walk, entry, exit kernel.Bits) bool {
	w.at = e.base
	w.tally.high, w.tally.ratio, w.tally.low = l.total.high, l.total.ratio, l.total.low
	next, due := e.begin, l.due // the bar whose signals come next
	if e.begin <= e.lo {
		if next, due = e.window(l, entry, exit); next < 0 {
			return false
		}
	}
	if l.guard != nil {
		l.due = false
		if due {
			next = e.dueGuarded(l, w, next)
		}
		e.guardedSignals(l, w, entry, exit, next)
	} else {
		e.steps(l, w, e.list(l, entry, exit, next, due))
	}
	if l.held {
		e.hold(l, w, e.to)
	} else {
		w.tally.equity += float64(l.cash * float64(e.to-w.at))
	}
	return true
}

// waits reports whether an order does not fill within the tile.
func (e *Simulator) waits(l *lane, fill int) bool {
	if fill < e.to {
		return false
	}
	e.wait(l, fill)
	return true
}

// wait leaves an order to the next tile; at the end of the window it is
// dropped.
func (e *Simulator) wait(l *lane, fill int) {
	if l.due = fill < e.hi; !l.due {
		l.log.Dropped++
	}
}

// fired returns a word of a mask, nothing of one that does not exist.
func fired(m kernel.Bits, word int) uint64 {
	if m == nil {
		return 0
	}
	return m[word]
}

// window follows the signals before the window. It returns the bar whose signals
// come next and whether the first bar of the window takes over a position that
// they ask for; next is −1 where the window has not begun.
func (e *Simulator) window(l *lane, entry, exit kernel.Bits) (next int, enters bool) {
	if e.lo == 0 || e.cfg.Start == backtest.StartFlat && e.cfg.Fill == backtest.FillClose {
		return e.lo, false
	}
	from, decide := e.begin, e.lo
	if e.cfg.Start == backtest.StartFlat {
		from = max(from, e.lo-1)
	}
	if e.cfg.Fill == backtest.FillClose {
		decide++ // the window's first signals decide about its first fill
	}
	to := min(decide, e.to)
	for word := (to - e.from - 1) >> 6; word >= 0 && word<<6+64 > from-e.from; word-- {
		mask := within64(from-e.from-word<<6, to-e.from-word<<6)
		in, out := e.changes.Resolve(fired(entry, word), fired(exit, word))
		if in, out = in&mask, out&mask; in != out {
			l.long = in > out // the later bar is the higher bit
			break
		}
	}
	if e.to <= e.lo {
		return -1, false
	}
	return decide, l.long
}

// within64 returns a word whose bits from … to−1 are set.
func within64(from, to int) uint64 {
	mask := ^uint64(0)
	if from > 0 {
		mask <<= uint(from)
	}
	if to < 64 {
		mask &= 1<<uint(to) - 1
	}
	return mask
}
