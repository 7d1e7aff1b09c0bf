package robust

import (
	"context"
	"fmt"
	"math"
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

// Position is a stretch of bars [From, To) that a trade held, on the short side or the
// long one.
type Position struct {
	From, To int
	Short    bool
}

// Held is what an account held: the returns a bar of its market, and its positions in
// order, which do not overlap.
type Held struct {
	Market    []float64
	Positions []Position
}

// Timing is how a trial's entries compare with random ones.
type Timing struct {
	// Actual is what the positions made of their markets, the mean over accounts;
	// Random what as many positions of the same lengths at random places made of them:
	// total returns, without costs.
	Actual float64
	Random []float64
	// P is the share of random placements that made as much or more, the trial itself
	// counted as one of them: (1 + count) / (1 + draws).
	P float64
}

// RandomEntries holds each market as long and as often as a trial did, at random times. It
// tests whether the timing is worth anything: a trial that is long four fifths of
// the time in a market that rises makes money without any. Lengths are drawn in random
// order, and the bars between them are shared out evenly among all ways to do so.
func RandomEntries(ctx context.Context, accounts []Held, draws Draws) (*Timing, error) {
	draws, err := draws.resolve()
	if err != nil {
		return nil, err
	}
	held, bars := 0, 0
	for i, a := range accounts {
		n, err := a.check()
		if err != nil {
			return nil, fmt.Errorf("account %d: %w", i+1, err)
		}
		held, bars = held+n, bars+len(a.Market)
	}
	switch held {
	case 0:
		return nil, undefined("there are no positions")
	case bars:
		return nil, undefined("all %d bars are held: there is no other time to enter", held)
	}
	out := &Timing{Random: make([]float64, draws.Count)}
	for _, a := range accounts {
		total := 1.0
		for _, p := range a.Positions {
			total = hold(total, a.Market, p)
		}
		out.Actual += (total - 1) / float64(len(accounts))
	}
	err = each(ctx, draws.Workers, draws.Count, func() func(int) {
		var positions []Position
		var slots []bool
		return func(i int) {
			r := rand.New(rand.NewPCG(draws.Seed, uint64(i)))
			sum := 0.0
			for _, a := range accounts {
				positions, slots = a.place(r, positions, slots)
				total := 1.0
				for _, p := range positions {
					total = hold(total, a.Market, p)
				}
				sum += (total - 1) / float64(len(accounts))
			}
			out.Random[i] = sum
		}
	})
	if err != nil {
		return nil, err
	}
	count := 1
	for _, v := range out.Random {
		// Equal but for the order of the products.
		if v >= out.Actual-1e-12*math.Abs(1+out.Actual) {
			count++
		}
	}
	out.P = float64(count) / float64(1+draws.Count)
	return out, nil
}

// check returns the number of bars held, or what is wrong.
func (a *Held) check() (held int, err error) {
	if err := finite(a.Market); err != nil {
		return 0, fmt.Errorf("market: %w", err)
	}
	end := 0
	for i, p := range a.Positions {
		if p.From < end || p.To <= p.From || p.To > len(a.Market) {
			return 0, fmt.Errorf("position %d is bars %d to %d, behind one that ends at %d, of %d bars; want them in order",
				i+1, p.From, p.To, end, len(a.Market))
		}
		held, end = held+p.To-p.From, p.To
	}
	return held, nil
}

// hold returns what an amount becomes by a position.
func hold(amount float64, market []float64, p Position) float64 {
	for _, r := range market[p.From:p.To] {
		if p.Short {
			r = -r
		}
		amount *= 1 + r
	}
	return amount
}

// place draws other places for the positions of an account, in memory that it is given.
func (a *Held) place(r *rand.Rand, positions []Position, slots []bool) ([]Position, []bool) {
	positions = append(positions[:0], a.Positions...)
	r.Shuffle(len(positions), func(i, j int) { positions[i], positions[j] = positions[j], positions[i] })
	free := len(a.Market)
	for _, p := range positions {
		free -= p.To - p.From
	}
	// A placement is a row of free bars and positions: choose which slots are positions
	// (selection sampling, Knuth 3.4.2 S).
	slots = append(slots[:0], make([]bool, free+len(positions))...)
	left := len(positions)
	for j := range slots {
		if slots[j] = r.IntN(len(slots)-j) < left; slots[j] {
			left--
		}
	}
	at, next := 0, 0
	for _, position := range slots {
		if !position {
			at++
			continue
		}
		p := &positions[next]
		*p = Position{at, at + p.To - p.From, p.Short}
		at, next = p.To, next+1
	}
	return positions, slots
}
