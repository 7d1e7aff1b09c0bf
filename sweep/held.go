package sweep

import (
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// HeldAccount is what an account of a backtest held, by the bars of its window.
type HeldAccount struct {
	Asset string
	// Market is the return of the close a bar, 0 on the first bar and where a close is
	// not known.
	Market []float64
	// Spans are the bars at whose close, or into which from the bar before, a position
	// was held: those of its returns. They are in order and do not overlap.
	Spans []HeldSpan
	// Trades are the returns of the closed trades, in the order of their exits.
	Trades []float64
}

// HeldSpan is a stretch of bars [From, To) of a window.
type HeldSpan struct {
	From, To int
	Short    bool
}

// Held returns what each account of the backtest held.
func (b *Backtest) Held() []HeldAccount {
	var out []HeldAccount
	for i := range b.detail.Assets {
		out = append(out, heldBy(&b.detail.Assets[i], b.job.plan.Config.Fill))
	}
	return out
}

func heldBy(d *pipeline.AssetDetail, fill backtest.Fill) HeldAccount {
	a := d.Asset
	h := HeldAccount{Asset: a.ID, Market: make([]float64, a.Hi-a.Lo)}
	before := 0.0
	for i, c := range a.Bars.Close[a.Lo:a.Hi] {
		if !backtest.Tradable(c) {
			continue
		}
		if before > 0 && i > 0 {
			h.Market[i] = c/before - 1
		}
		before = c
	}
	// A fill at the close has its first return on the next bar, one at the open on
	// its own.
	shift := 1
	if fill == backtest.FillNextOpen || fill == "" {
		shift = 0
	}
	end := 0
	for _, t := range d.Result.Trades {
		span := HeldSpan{max(t.Entry+shift-a.Lo, end), t.Exit + shift - a.Lo, t.Side == backtest.SideShort}
		if t.Open() {
			span.To = a.Hi - a.Lo
		} else {
			h.Trades = append(h.Trades, t.Return)
		}
		if span.From < span.To {
			h.Spans, end = append(h.Spans, span), span.To
		}
	}
	return h
}
