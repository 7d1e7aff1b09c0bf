package robust

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// Draws says how often something is drawn. The zero value is a thousand times.
type Draws struct {
	// Count is how often; 0 means [DefaultResamples].
	Count int
	// Seed decides what is drawn. Draw number i is the same for any Count.
	Seed uint64
	// Workers is the number of goroutines; 0 means one a processor.
	Workers int
}

func (d Draws) resolve() (Draws, error) {
	if d.Count < 0 || d.Workers < 0 {
		return d, fmt.Errorf("options: %d draws by %d workers", d.Count, d.Workers)
	}
	if d.Count == 0 {
		d.Count = DefaultResamples
	}
	return d, nil
}

// ShuffleTrades puts the returns of trades into random orders, each of them once. It
// tests the path only: the sum and the product of the returns stay as they are, and the
// drawdown says how lucky their order was. Sharpe is a trade's.
func ShuffleTrades(ctx context.Context, trades []float64, draws Draws) (*Paths, error) {
	draws, err := draws.resolve()
	if err != nil {
		return nil, err
	}
	if err := finite(trades); err != nil {
		return nil, fmt.Errorf("trades: %w", err)
	}
	if len(trades) < 2 {
		return nil, undefined("%d trades have one order", len(trades))
	}
	p := newPaths(draws.Count)
	err = each(ctx, draws.Workers, draws.Count, func() func(int) {
		order := make([]float64, len(trades))
		return func(i int) {
			copy(order, trades)
			rand.New(rand.NewPCG(draws.Seed, uint64(i))).Shuffle(len(order), func(a, b int) {
				order[a], order[b] = order[b], order[a]
			})
			p.set(i, order, 0)
		}
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Position is a stretch of bars [From, To) that a trade held.
type Position struct{ From, To int }

// Timing is how a trial's entries compare with random ones.
type Timing struct {
	// Actual is what the positions made of the market, Random what as many positions of
	// the same lengths at random places made of it: total returns, without costs.
	Actual float64
	Random []float64
	// P is the share of random placements that made as much or more, the trial itself
	// counted as one of them: (1 + count) / (1 + draws).
	P float64
}

// RandomEntries holds the market as long and as often as a trial did, at random times. It
// tests whether the timing is worth anything: a trial that is long four fifths of
// the time in a market that rises makes money without any. market is the return a bar of what
// is held, positions are in order and do not overlap. Lengths are drawn in random
// order, and the bars between them are shared out evenly among all ways to do so.
func RandomEntries(ctx context.Context, market []float64, positions []Position, draws Draws) (*Timing, error) {
	draws, err := draws.resolve()
	if err != nil {
		return nil, err
	}
	if err := finite(market); err != nil {
		return nil, fmt.Errorf("market: %w", err)
	}
	held, end := 0, 0
	for i, p := range positions {
		if p.From < end || p.To <= p.From || p.To > len(market) {
			return nil, fmt.Errorf("position %d is bars %d to %d, behind one that ends at %d, of %d bars; want them in order", i, p.From, p.To, end, len(market))
		}
		held, end = held+p.To-p.From, p.To
	}
	switch {
	case held == 0:
		return nil, undefined("there are no positions")
	case held == len(market):
		return nil, undefined("all %d bars are held: there is no other time to enter", held)
	}
	out := &Timing{Random: make([]float64, draws.Count)}
	hold := func(total float64, from, to int) float64 {
		for _, r := range market[from:to] {
			total *= 1 + r
		}
		return total
	}
	out.Actual = 1
	for _, p := range positions {
		out.Actual = hold(out.Actual, p.From, p.To)
	}
	out.Actual--
	free := len(market) - held
	err = each(ctx, draws.Workers, draws.Count, func() func(int) {
		lengths, slots := make([]int, len(positions)), make([]bool, free+len(positions))
		return func(i int) {
			r := rand.New(rand.NewPCG(draws.Seed, uint64(i)))
			for j, p := range positions {
				lengths[j] = p.To - p.From
			}
			r.Shuffle(len(lengths), func(a, b int) { lengths[a], lengths[b] = lengths[b], lengths[a] })
			// A placement is a row of free bars and positions: choose which slots are
			// positions (selection sampling, Knuth 3.4.2 S).
			left := len(positions)
			for j := range slots {
				slots[j] = r.IntN(len(slots)-j) < left
				if slots[j] {
					left--
				}
			}
			total, at, next := 1.0, 0, 0
			for _, position := range slots {
				if !position {
					at++
					continue
				}
				total = hold(total, at, at+lengths[next])
				at, next = at+lengths[next], next+1
			}
			out.Random[i] = total - 1
		}
	})
	if err != nil {
		return nil, err
	}
	count := 1
	for _, v := range out.Random {
		if v >= out.Actual {
			count++
		}
	}
	out.P = float64(count) / float64(1+draws.Count)
	return out, nil
}
