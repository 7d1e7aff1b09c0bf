package ingest

// steps counts how the times of assets go on from row to row.
type steps struct {
	up, down int
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
			s.up++
		case ns < last:
			s.down++
		}
	}
	s.last[asset] = ns
}

// none reports whether no two times of an asset are known to differ.
func (s *steps) none() bool { return s.up+s.down == 0 }

// backwards reports whether more steps run backwards than forwards.
func (s *steps) backwards() bool { return s.down > s.up }
