package reference

import (
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Part says whose signals an account follows from a bar on: those of a whole history,
// or none, in cash.
type Part struct {
	From    int
	Signals Signals
	Cash    bool
	// Config are its settings, which differ from those of the engine in numbers only.
	Config backtest.Config
}

// RunChanging is Run for an account that changes rules: from each part's first bar on
// it follows the signals of the part, until the next one's. The first part begins with
// lo. At the first fill of a part the position becomes what its rules would hold by
// then, as [backtest.Config].Start says, at the costs of what has to be traded for it: a
// position on the same side is kept as it is, with the stops of the new rules. Errors
// are those of [Simulator.Configure].
func (e *Simulator) RunChanging(bars backtest.Bars, parts []Part, lo, hi int) (backtest.Result, error) {
	e.begin(&bars, lo, hi)
	n := len(bars.Close)
	all := Signals{Entry: kernel.MakeBits(n), Exit: kernel.MakeBits(n), ShortEntry: kernel.MakeBits(n), ShortExit: kernel.MakeBits(n)}
	parts = append([]Part(nil), parts...)
	for i := range parts {
		p := &parts[i]
		if !p.Cash {
			p.Signals.check(n)
			p.Signals = p.Signals.For(e.cfg.Direction)
		}
	}
	for i := range parts {
		p, end := &parts[i], n
		if i+1 < len(parts) {
			end = parts[i+1].From
		}
		if !p.Cash {
			copyBits(all.Entry, p.Signals.Entry, p.From, end)
			copyBits(all.Exit, p.Signals.Exit, p.From, end)
			copyBits(all.ShortEntry, p.Signals.ShortEntry, p.From, end)
			copyBits(all.ShortExit, p.Signals.ShortExit, p.From, end)
		}
		e.change(&all, p, n)
	}
	if lo > 0 && e.cfg.Fill != backtest.FillClose {
		e.read(&bars, &all, lo-1, false)
	}
	for i, p := range parts {
		end := hi
		if i+1 < len(parts) {
			end = min(parts[i+1].From, hi)
		}
		if err := e.Configure(p.Config); err != nil {
			return backtest.Result{}, err
		}
		// The masks of all parts, and what the part has beside them.
		s := p.Signals
		s.Entry, s.Exit, s.ShortEntry, s.ShortExit = all.Entry, all.Exit, all.ShortEntry, all.ShortExit
		e.use(&s)
		clear(e.moving)
		e.advance(&bars, &s, max(p.From, lo), end)
	}
	return e.result(hi), nil
}

// change has the signals of the bar that decides about the first fill of a part ask
// for what its rules would hold.
func (e *Simulator) change(all *Signals, p *Part, n int) {
	at, want := p.From-1, backtest.SideFlat
	if e.cfg.Fill == backtest.FillClose {
		at = p.From
	}
	if at < 0 || at >= n {
		return
	}
	if !p.Cash {
		if e.cfg.Start == backtest.StartInherit {
			want = p.Signals.sideBefore(at, e.cfg.Conflict)
		}
		want = p.Signals.at(at).resolve(e.cfg.Conflict).want(want)
	}
	for _, m := range []struct {
		bits kernel.Bits
		set  bool
	}{
		{all.Entry, want == backtest.SideLong}, {all.ShortEntry, want == backtest.SideShort},
		{all.Exit, want == backtest.SideFlat}, {all.ShortExit, want == backtest.SideFlat},
	} {
		m.bits[at>>6] &^= 1 << (uint(at) & 63)
		if m.set {
			m.bits.Set(at)
		}
	}
}

// copyBits copies the bars from … to−1 of a mask that may be nil.
func copyBits(dst, src kernel.Bits, from, to int) {
	for t := from; t < to && src != nil; t++ {
		if src.Get(t) {
			dst.Set(t)
		}
	}
}
