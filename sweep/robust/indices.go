package robust

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Bootstrap says how bars are drawn again: in stationary blocks (Politis and Romano,
// The stationary bootstrap, 1994), which begin at a random bar, go on with the next one
// with probability 1 − 1/Length, and go round at the end. The zero value draws a
// thousand times, of blocks as long as [BlockLength] says.
type Bootstrap struct {
	// Resamples is how often; 0 means [DefaultResamples].
	Resamples int
	// Length is the mean length of blocks in bars; 0 lets the returns decide, 1 draws
	// bars that know nothing of each other.
	Length float64
	// Seed decides what is drawn. Resample number i is the same for any Resamples.
	Seed uint64
	// Indices replaces what is drawn: the bars of each resample, all of one length.
	Indices [][]int32
	// Workers is the number of goroutines; 0 means one a processor.
	Workers int
}

// DefaultResamples is how often a bootstrap draws where nothing is said.
const DefaultResamples = 1000

// resolve fills in defaults for returns of so many bars and checks the rest. series
// decides the length of blocks where none is given.
func (b Bootstrap) resolve(bars int, series []float64) (Bootstrap, error) {
	switch {
	case b.Resamples < 0:
		return b, fmt.Errorf("bootstrap: %d resamples", b.Resamples)
	case b.Workers < 0:
		return b, fmt.Errorf("bootstrap: %d workers", b.Workers)
	case b.Length != 0 && !(b.Length >= 1 && b.Length <= float64(bars)):
		return b, fmt.Errorf("bootstrap: blocks of %v bars, of %d; want 1 to as many as there are", b.Length, bars)
	case bars > math.MaxInt32:
		return b, fmt.Errorf("bootstrap: %d bars", bars)
	}
	if b.Indices != nil {
		b.Resamples = len(b.Indices)
		for i, resample := range b.Indices {
			if len(resample) != bars {
				return b, fmt.Errorf("bootstrap: resample %d has %d indices for %d bars", i, len(resample), bars)
			}
			for _, at := range resample {
				if at < 0 || int(at) >= bars {
					return b, fmt.Errorf("bootstrap: resample %d has index %d of %d bars", i, at, bars)
				}
			}
		}
	}
	if b.Resamples == 0 {
		b.Resamples = DefaultResamples
	}
	if b.Length == 0 {
		length, err := BlockLength(series)
		if err != nil {
			return b, fmt.Errorf("length of blocks: %w", err)
		}
		b.Length = max(1, length)
	}
	return b, nil
}

// draw returns the bars of a resample, in dst.
func (b *Bootstrap) draw(dst []int32, bars, resample int) []int32 {
	if b.Indices != nil {
		return append(dst[:0], b.Indices[resample]...)
	}
	r := rand.New(rand.NewPCG(b.Seed, uint64(resample)))
	dst = dst[:0]
	ends := 1 / b.Length
	at := int32(0)
	for i := range bars {
		if i == 0 || r.Float64() < ends {
			at = int32(r.IntN(bars))
		} else if at++; int(at) == bars {
			at = 0
		}
		dst = append(dst, at)
	}
	return dst
}

// stretch is bars [from, to) that follow each other in a resample.
type stretch struct{ from, to int32 }

// stretches returns the bars of a resample as stretches, in dst: the sum over a
// resample is one difference of running sums a stretch.
func stretches(dst []stretch, resample []int32) []stretch {
	dst = dst[:0]
	for i := 0; i < len(resample); {
		from := resample[i]
		to := from + 1
		for i++; i < len(resample) && resample[i] == to; i++ {
			to++
		}
		dst = append(dst, stretch{from, to})
	}
	return dst
}

// BlockLength returns the mean length of blocks, in bars, that suits the stationary
// bootstrap of the mean of a series: Politis and White, Automatic block-length selection
// for the dependent bootstrap (2004), as corrected by Patton, Politis and White (2009).
// It is at least 0, where nothing follows from earlier bars, and at most 3√n or n/3.
func BlockLength(series []float64) (float64, error) {
	if err := finite(series); err != nil {
		return 0, err
	}
	n := len(series)
	if n < 8 {
		return 0, undefined("%d bars are too few to tell how long bars depend on each other; want 8", n)
	}
	mean := 0.0
	for _, v := range series {
		mean += v
	}
	mean /= float64(n)
	eps := make([]float64, n)
	total := 0.0
	for i, v := range series {
		eps[i] = v - mean
		total += eps[i] * eps[i]
	}
	if constant(int64(n), mean*float64(n), total+mean*mean*float64(n)) {
		return 0, undefined("the bars are all equal")
	}
	run := max(5, int(math.Log10(float64(n))))
	most := min(int(math.Ceil(math.Sqrt(float64(n))))+run, n-2)
	limit := 2 * math.Sqrt(math.Log10(float64(n))/float64(n))
	covariance := make([]float64, most+1)
	lag, quiet := 2*most, 0 // the smallest lag behind which run correlations are insignificant
	for i := range covariance {
		var cross, head, tail float64
		for j := i; j < n; j++ {
			cross += eps[j] * eps[j-i]
		}
		for j := i + 1; j < n; j++ {
			head += eps[j] * eps[j]
			tail += eps[j-i-1] * eps[j-i-1]
		}
		covariance[i] = cross / float64(n)
		if lag == 2*most && i >= run && quiet >= run {
			lag = 2 * max(1, i-run)
		}
		if math.Abs(cross)/math.Sqrt(head*tail) < limit {
			quiet++
		} else {
			quiet = 0
		}
	}
	lag = min(lag, most)
	g, spectrum := 0.0, covariance[0]
	for k := 1; k <= lag; k++ {
		window := min(1, 2*(1-float64(k)/float64(lag)))
		g += 2 * window * float64(k) * covariance[k]
		spectrum += 2 * window * covariance[k]
	}
	length := math.Cbrt(g*g/(spectrum*spectrum)) * math.Cbrt(float64(n))
	if math.IsNaN(length) {
		return 0, undefined("the bars' covariances add up to nothing")
	}
	return min(length, math.Ceil(min(3*math.Sqrt(float64(n)), float64(n)/3))), nil
}
