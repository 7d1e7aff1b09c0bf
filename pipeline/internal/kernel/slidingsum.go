package kernel

import "math"

const (
	// sumNoise is how many times the magnitudes of a window the bound of the rounding
	// errors of its sum, in units of 2^-53, may be: the sum is then within 4e-12 of them.
	sumNoise = 1 << 15
	// weightedNoise is the same for sums of weighted values, whose errors add up.
	weightedNoise = 1 << 20
)

// slidingSum is the sum of the n terms up to each bar, of bars one after the other.
// It is computed afresh at the first full window, at each multiple of [Anchor], and
// where rounding errors could show: a value depends only on the window and on the
// bars from the anchor before it on. A sum with a term that is NaN or infinite, and
// one of fewer than n terms, is NaN; one of zeros is 0.
type slidingSum struct {
	n     int
	first int                   // the bar of the first term: 1 where terms need the bar before
	term  func(bar int) float64 // for sums that are computed afresh

	finite, zeros int  // run lengths up to the current bar
	slides        bool // sum is that of the bar before
	sum, size     float64
	noise         float64 // bounds the rounding errors of sum, in units of 2^-53
}

// at returns the sum up to a bar, the one after that of the call before, whose term is
// newest; oldest is that of n bars before, and anything where there is none.
func (s *slidingSum) at(bar int, newest, oldest float64) float64 {
	if bar < s.first {
		return math.NaN()
	}
	s.finite++
	s.zeros++
	if newest != 0 {
		s.zeros = 0
	}
	if newest-newest != 0 {
		s.finite = 0
	}
	switch {
	case s.finite < s.n:
		s.slides = false
		return math.NaN()
	case s.zeros >= s.n:
		s.slides = false
		return 0
	case s.slides && bar%Anchor != 0 && s.slide(newest, oldest):
	default:
		s.afresh(bar)
	}
	return s.sum
}

// slide replaces the oldest term and reports whether the result can be trusted.
func (s *slidingSum) slide(newest, oldest float64) bool {
	s.sum = s.sum + newest - oldest
	large := s.size + math.Abs(newest)
	s.size = large - math.Abs(oldest)
	s.noise += 4 * large // no sum on the way is larger
	return s.noise < s.size*sumNoise
}

// afresh adds up the terms and keeps what the additions lose.
func (s *slidingSum) afresh(bar int) {
	var sum exactSum
	s.size = 0
	for i := bar - s.n + 1; i <= bar; i++ {
		t := s.term(i)
		sum.add(t)
		s.size += math.Abs(t)
	}
	s.sum, s.noise, s.slides = sum.value(), 4*s.size, true
}

// exactSum is a sum with what its additions lose (D. Knuth, The Art of Computer
// Programming 2, 4.2.2): what is added and taken away again leaves next to nothing.
type exactSum struct{ sum, lost float64 }

func (s *exactSum) add(x float64) {
	next := s.sum + x
	added := next - s.sum
	s.lost += (s.sum - (next - added)) + (x - added)
	s.sum = next
}

func (s *exactSum) value() float64 { return s.sum + s.lost }
