package shape

// steps counts how the times of assets go on from row to row.
type steps struct {
	Up, Down int
	last     map[string]int64
}

// add notes the time of a row.
func (s *steps) add(asset string, ns int64) {
	if s.last == nil {
		s.last = make(map[string]int64)
	}
	if last, ok := s.last[asset]; ok {
		switch {
		case ns > last:
			s.Up++
		case ns < last:
			s.Down++
		}
	}
	s.last[asset] = ns
}

// None reports whether no two times of an asset are known to differ.
func (s *steps) None() bool { return s.Up+s.Down == 0 }

// backwards reports whether more steps run backwards than forwards.
func (s *steps) backwards() bool { return s.Down > s.Up }
