package sample

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// dailyVolatility is the standard deviation of a day's return.
const dailyVolatility = 0.018

// The limits of a walk, in dollars: beyond them prices would be rounded away
// or lose their cents.
const cheapest, dearest = 1, 100_000

// Columns returns the columns of generated bars: the five that every bundle
// has, prices with two decimals and volumes with none.
func Columns() []columnar.Column {
	columns := columnar.BarColumns()
	for i := range columns {
		columns[i].Scale = 100
		if columns[i].Name == columnar.Volume {
			columns[i].Scale = 1
		}
	}
	return columns
}

// path is a price on its way: a walk with a drift that lasts for some weeks
// of bars and then turns.
type path struct {
	source     *rand.PCG
	volatility float64 // of one bar
	start      float64 // dollars
	price      float64
	drift      float64 // of one bar
	trendLeft  int     // bars
	close      int64   // cents, of the bar before
	volume     float64 // of a usual bar
}

// newPath returns the path of one asset. Its stream depends on seed and
// stream alone.
func newPath(seed, stream uint64, bar time.Duration) *path {
	p := &path{
		source:     rand.NewPCG(seed, stream),
		volatility: dailyVolatility * math.Sqrt(float64(bar)/float64(24*time.Hour)),
	}
	a, b, c, d := p.quarters()
	p.volatility *= 0.7 + float64(0.6*unit(a))
	p.start = 10 + 90*unit(b)
	p.volume = math.Round((1 + 20*unit(c)*unit(d)) * 100_000)
	p.price, p.close = p.start, cents(p.start)
	return p
}

// fill writes the bars of a whole path: open, high, low, close and volume.
func (p *path) fill(values [][]float64) {
	open, high, low := values[0], values[1], values[2]
	last, volume := values[3], values[4]
	for i := range open {
		a, b, c, d := p.quarters()
		spread := p.price * p.volatility
		first := max(p.close+cents(spread*0.25*signed(a)), 100*cheapest)
		move := p.step()
		p.close = cents(p.price)
		top := max(first, p.close) + cents(spread*0.5*unit(b))
		bottom := max(min(first, p.close)-cents(spread*0.5*unit(c)), 1)
		open[i], high[i] = dollars(first), dollars(top)
		low[i], last[i] = dollars(bottom), dollars(p.close)
		// Large moves come with large volumes.
		volume[i] = 1 + math.Floor(p.volume*(0.4+unit(d)+0.5*math.Abs(move)))
	}
}

// step moves the price by one bar and returns the move in standard
// deviations. The conversions, here and elsewhere, keep products from being
// fused into sums, which would make the bits depend on the processor; a
// product of few bits is exact and needs none.
func (p *path) step() float64 {
	if p.trendLeft == 0 {
		p.turn()
	}
	p.trendLeft--
	a, b, c, d := p.quarters()
	// The sum of four uniform numbers is close to a normal one; sqrt(3/4)
	// makes its standard deviation 1.
	move := float64((signed(a) + signed(b) + signed(c) + signed(d)) * 0.8660254037844386)
	change := float64(p.volatility*move) + p.drift
	p.price = min(max(p.price+float64(p.price*change), cheapest), dearest)
	return move
}

// turn begins a trend of 40 to 240 bars, up a little more often than down.
// Far from where it started the price is led back.
func (p *path) turn() {
	a, b, c, _ := p.quarters()
	p.trendLeft = 40 + int(a%201)
	strength := float64(p.volatility * (0.02 + float64(0.13*unit(b))))
	up := c%100 < 60
	switch {
	case p.price > 40*p.start:
		up = false
	case p.price < p.start/5:
		up = true
	}
	p.drift = strength
	if !up {
		p.drift = -strength
	}
}

// quarters draws four independent numbers of 16 bits.
func (p *path) quarters() (a, b, c, d uint16) {
	u := p.source.Uint64()
	return uint16(u), uint16(u >> 16), uint16(u >> 32), uint16(u >> 48)
}

// unit maps 16 bits to [0, 1).
func unit(u uint16) float64 { return float64(u) / (1 << 16) }

// signed maps 16 bits to (-1, 1).
func signed(u uint16) float64 { return float64(int(u)*2-0xffff) / (1 << 16) }

// cents returns an amount of dollars in whole cents, rounded half away from 0.
func cents(dollars float64) int64 {
	return int64(float64(dollars*100) + math.Copysign(0.5, dollars))
}

// dollars returns the float64 nearest to a number of cents.
func dollars(cents int64) float64 { return float64(cents) / 100 }
