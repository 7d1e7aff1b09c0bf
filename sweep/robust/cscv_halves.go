package robust

import (
	"context"
	"math"
	"math/bits"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// tileTrials is how many trials are taken through all halves at a time: with 16 blocks
// the sums over subsets of them take 256 KB, which a core's second cache holds.
const tileTrials = 32

// splitter goes through the halves of blocks.
//
// A half is a mask of blocks. The sum over it is that over its low blocks (those of the
// first S/2) plus that over its high ones. Both are looked up: a tile has them for
// each subset. Trials are compared by SR|SR| = Σr|Σr| / Σr², which rises with the Sharpe
// ratio of returns of one number of bars and takes no root.
type splitter struct {
	blocks *Blocks
	metric Metric
	work   int
	all    uint32 // the mask of all blocks
	// halves are in the order of splits, which is turned round by taking complements:
	// the other half of number i is number n−1−i.
	halves []uint32
	bars   []int64 // by mask
	tiles  []tile
}

// tile is a few trials. Where it is not checked it is full, and all of them have a
// metric on every half.
type tile struct {
	trials  []int32
	checked bool
}

// choice is the best trial of a half so far; trial is -1 where there is none.
type choice struct {
	value float64
	trial int32
}

// target is what a half's trials are compared with: Σr|Σr| and Σr² of the chosen one.
type target struct {
	value, square float64
	known         bool
}

// rank is how many trials are below and how many equal, the trial itself included.
type rank struct{ below, equal int32 }

func newSplitter(b *Blocks, opts CSCVOptions) *splitter {
	s := len(b.Bars)
	sp := &splitter{
		blocks: b, metric: opts.Metric, work: opts.Workers, all: 1<<s - 1,
		bars: make([]int64, 1<<s),
	}
	for mask := uint32(1); mask <= sp.all; mask++ {
		sp.bars[mask] = sp.bars[mask&(mask-1)] + b.Bars[bits.TrailingZeros32(mask)]
	}
	for mask := range uint32(1 << s) {
		if bits.OnesCount32(mask) == s/2 {
			sp.halves = append(sp.halves, mask)
		}
	}
	// {0, 1, 2} stands before {0, 1, 3}: the one with the lowest block that the other
	// has not.
	slices.SortFunc(sp.halves, func(a, b uint32) int {
		if d := a ^ b; d != 0 && a&(d&-d) != 0 {
			return -1
		}
		return 1
	})
	regular, odd := make([]int32, b.Trials()), []int32(nil)
	for k := range regular {
		regular[k] = int32(k)
	}
	if opts.Metric == BySharpe {
		regular, odd = b.odd()
	}
	for chunk := range slices.Chunk(regular, tileTrials) {
		sp.tiles = append(sp.tiles, tile{chunk, len(chunk) < tileTrials})
	}
	for chunk := range slices.Chunk(odd, tileTrials) {
		sp.tiles = append(sp.tiles, tile{chunk, true})
	}
	return sp
}

// lanes holds a number for each trial of a tile.
type lanes [tileTrials]float64

// subsets are the sums of a tile over every subset of the low and of the high blocks.
type subsets struct {
	sum, square [2][]lanes
}

func (s *splitter) newSubsets() *subsets {
	t := new(subsets)
	for part := range 2 {
		t.sum[part] = make([]lanes, 1<<(len(s.blocks.Bars)/2))
		t.square[part] = make([]lanes, 1<<(len(s.blocks.Bars)/2))
	}
	return t
}

// fill computes the sums over the subsets of a tile's trials: of a subset without its
// lowest block and then with it, which is the order of sums.
func (s *splitter) fill(t *subsets, trials []int32) {
	half := len(s.blocks.Bars) / 2
	for part := range 2 {
		for mask := 1; mask < 1<<half; mask++ {
			block, before := part*half+bits.TrailingZeros32(uint32(mask)), mask&(mask-1)
			sum, square := s.blocks.Sum[block], s.blocks.Square[block]
			for j, k := range trials {
				t.sum[part][mask][j] = t.sum[part][before][j] + sum[k]
				t.square[part][mask][j] = t.square[part][before][j] + square[k]
			}
		}
		if s.metric == ByMean { // a divisor of 1
			for mask := range t.square[part] {
				t.square[part][mask] = lanes{}
				for j := range trials {
					t.square[part][mask][j] = 0.5
				}
			}
		}
	}
}

// operands are the sums of a half's low and high part, for each trial of a tile.
type operands struct{ lowSum, highSum, lowSquare, highSquare *lanes }

// at returns the operands of a half.
func (t *subsets) at(low, high int) operands {
	return operands{&t.sum[0][low], &t.sum[1][high], &t.square[0][low], &t.square[1][high]}
}

// sums returns what fill has for one trial and any mask, to the same bits.
func (s *splitter) sums(mask uint32, k int32) (sum, square float64) {
	half := len(s.blocks.Bars) / 2
	for part := range 2 {
		rest := mask >> (part * half) & (1<<half - 1)
		var a, q float64
		for rest != 0 {
			top := bits.Len32(rest) - 1
			a += s.blocks.Sum[part*half+top][k]
			q += s.blocks.Square[part*half+top][k]
			rest &^= 1 << top
		}
		if s.metric == ByMean {
			q = 0.5
		}
		sum, square = sum+a, square+q
	}
	return sum, square
}

// known reports whether a trial with these sums has a metric on a half.
func (s *splitter) known(half uint32, sum, square float64) bool {
	return s.metric == ByMean || !constant(s.bars[half], sum, square)
}

// value returns the metric of a trial on a half, a bar's; NaN where it has none.
func (s *splitter) value(half uint32, k int32) float64 {
	sum, square := s.sums(half, k)
	n := float64(s.bars[half])
	switch {
	case s.metric == ByMean:
		return sum / n
	case !s.known(half, sum, square):
		return math.NaN()
	}
	mean := sum / n
	return mean / math.Sqrt((square-sum*mean)/(n-1))
}

// each runs a function over all tiles on the workers, which have a number each.
func (s *splitter) each(ctx context.Context, work func(worker int, t *subsets, tile tile)) error {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for worker := range min(s.work, len(s.tiles)) {
		group.Go(func() error {
			t := s.newSubsets()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(s.tiles) {
					return nil
				}
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				s.fill(t, s.tiles[i].trials)
				work(worker, t, s.tiles[i])
			}
		})
	}
	return group.Wait()
}

// parts returns the low and the high part of a half.
func (s *splitter) parts(half uint32) (low, high int) {
	bits := len(s.blocks.Bars) / 2
	return int(half & (1<<bits - 1)), int(half >> bits)
}

// better replaces the best trial of a half by one of a tile that is better. What may be
// is found by a product, and divided only then.
func (s *splitter) better(best *choice, half uint32, of operands, tile tile) {
	floor := best.value - 4e-16*math.Abs(best.value)
	for j, k := range tile.trials {
		sum, square := of.lowSum[j%tileTrials]+of.highSum[j%tileTrials], of.lowSquare[j%tileTrials]+of.highSquare[j%tileTrials]
		if sum*sum < floor*square {
			continue // for a floor of 0 and more, whatever the sign of sum
		}
		v := sum * math.Abs(sum) / square
		if v < floor || tile.checked && !s.known(half, sum, square) {
			continue
		}
		if v > best.value || v == best.value && (best.trial < 0 || k < best.trial) {
			*best = choice{v, k}
			floor = v - 4e-16*math.Abs(v)
		}
	}
}

// place compares the trials of a tile on a half with a target, any of which may have no
// metric there.
func (s *splitter) place(half uint32, of operands, tile tile, to target) (r rank) {
	for j := range tile.trials {
		sum, square := of.lowSum[j]+of.highSum[j], of.lowSquare[j]+of.highSquare[j]
		known := s.known(half, sum, square)
		mine, its := float64(sum*math.Abs(sum)*to.square), float64(to.value*square)
		switch {
		case !known && to.known, known && to.known && mine < its:
			r.below++
		case known == to.known && (!known || mine == its):
			r.equal++
		}
	}
	return r
}

// placeAll is place for a full tile where all have a metric. It counts by signs: Σr|Σr|
// is below a target of 0 and more where Σr is below 0 or its square is too small, and
// below a negative one where Σr is below 0 and its square too large.
func placeAll(of operands, to target) rank {
	below, equal := uint64(0), int32(0)
	if to.value >= 0 {
		for j := range tileTrials {
			sum, square := of.lowSum[j]+of.highSum[j], of.lowSquare[j]+of.highSquare[j]
			d := math.Float64bits(float64(sum*sum*to.square) - float64(to.value*square))
			negative := math.Float64bits(sum)
			below += (d | negative) >> 63
			if d == 0 && negative>>63 == 0 {
				equal++
			}
		}
		return rank{int32(below), equal}
	}
	for j := range tileTrials {
		sum, square := of.lowSum[j]+of.highSum[j], of.lowSquare[j]+of.highSquare[j]
		d := math.Float64bits(float64(-to.value*square) - float64(sum*sum*to.square))
		negative := math.Float64bits(sum)
		below += (d & negative) >> 63
		if d == 0 && negative>>63 == 1 {
			equal++
		}
	}
	return rank{int32(below), equal}
}

// add adds the ranks among other trials.
func (r *rank) add(other rank) {
	r.below += other.below
	r.equal += other.equal
}

// best returns the best trial on each half.
func (s *splitter) best(ctx context.Context) ([]choice, error) {
	found := make([][]choice, s.work)
	for w := range found {
		found[w] = make([]choice, len(s.halves))
		for i := range found[w] {
			found[w][i] = choice{math.Inf(-1), -1}
		}
	}
	err := s.each(ctx, func(worker int, t *subsets, tile tile) {
		mine := found[worker]
		for i, half := range s.halves {
			s.better(&mine[i], half, t.at(s.parts(half)), tile)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, other := range found[1:] {
		for i, c := range other {
			if best := &found[0][i]; c.trial >= 0 && (best.trial < 0 || c.value > best.value || c.value == best.value && c.trial < best.trial) {
				*best = c
			}
		}
	}
	return found[0], nil
}

// ranks returns the rank that the best of each half has on the other half. Trials are
// compared by products, in which equal sums are equal.
func (s *splitter) ranks(ctx context.Context, best []choice) ([]rank, error) {
	targets := make([]target, len(best))
	for i, half := range s.halves {
		out := s.all &^ half
		sum, square := s.sums(out, best[i].trial)
		targets[i] = target{sum * math.Abs(sum), square, s.known(out, sum, square)}
	}
	found := make([][]rank, s.work)
	for w := range found {
		found[w] = make([]rank, len(best))
	}
	err := s.each(ctx, func(worker int, t *subsets, tile tile) {
		mine := found[worker]
		for i, half := range s.halves {
			other := len(s.halves) - 1 - i
			if to := &targets[other]; tile.checked || !to.known {
				mine[other].add(s.place(half, t.at(s.parts(half)), tile, *to))
			} else {
				mine[other].add(placeAll(t.at(s.parts(half)), *to))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, other := range found[1:] {
		for i, r := range other {
			found[0][i].add(r)
		}
	}
	return found[0], nil
}
