package kernel

import "math"

// Pivots are the classic pivot points of the session before: p is a third of its high,
// low and close. Bars of which a price is unknown are skipped, and have no values; the
// first session has none.
type Pivots struct {
	high, low, closes float64 // of the session so far
	levels            [7]float64
	bars              int // of the session that have prices
	begun, known      bool
}

// Next writes the values of the bars that follow: p, the resistances r1, r2 and r3, and
// the supports s1, s2 and s3. first is true on the first bar of a session.
func (s *Pivots) Next(dst [][]float64, first, high, low, closes []float64) {
	for i, m := range first[:len(dst[0])] {
		if m == m && m != 0 {
			s.turn()
		}
		h, l, c := high[i], low[i], closes[i]
		unknown := h != h || l != l || c != c
		for k := range dst {
			if dst[k][i] = math.NaN(); s.known && !unknown {
				dst[k][i] = s.levels[k]
			}
		}
		if unknown || !s.begun {
			continue
		}
		if s.bars == 0 {
			s.high, s.low = h, l
		}
		s.high, s.low, s.closes = max(s.high, h), min(s.low, l), c
		s.bars++
	}
}

// turn makes the session so far the one before. One without prices is left out.
func (s *Pivots) turn() {
	s.begun = true
	if s.bars == 0 {
		return
	}
	h, l := s.high, s.low
	p := (h + l + s.closes) / 3
	s.levels = [...]float64{
		p, float64(2*p) - l, p + (h - l), h + float64(2*(p-l)), float64(2*p) - h, p - (h - l), l - float64(2*(h-p)),
	}
	s.known, s.bars = true, 0
}
