package ingest

import "unicode/utf8"

// symbols interns the symbols that one parser meets.
type symbols struct {
	ids   map[string]int32
	names []string
	// next guesses the symbol of a row from that of the row before: files
	// sorted by symbol repeat it, files sorted by time repeat their cycle.
	next []int32
	prev int32

	// slot is the run of each symbol in the chunk that is being parsed, valid
	// where stamp is the number of that chunk.
	slot  []uint32
	stamp []uint32
	chunk uint32
}

func newSymbols() *symbols { return &symbols{ids: make(map[string]int32)} }

// id returns the number of a symbol, or false for text that cannot be
// one.
func (s *symbols) id(symbol []byte) (int32, bool) {
	if len(s.names) > 0 {
		if guess := s.next[s.prev]; s.names[guess] == string(symbol) {
			s.prev = guess
			return guess, true
		}
	}
	id, ok := s.ids[string(symbol)]
	if !ok {
		if !validSymbol(symbol) {
			return 0, false
		}
		id = int32(len(s.names))
		name := string(symbol)
		s.ids[name] = id
		s.names = append(s.names, name)
		s.next = append(s.next, id)
		s.slot = append(s.slot, 0)
		s.stamp = append(s.stamp, 0)
	}
	s.next[s.prev] = id
	s.prev = id
	return id, true
}

// run returns the position of the symbol's run in c, which it appends where
// the chunk has none yet.
func (s *symbols) run(c *chunk, id int32) uint32 {
	if s.stamp[id] != s.chunk {
		s.stamp[id] = s.chunk
		s.slot[id] = uint32(len(c.runs))
		c.runs = append(c.runs, run{asset: s.names[id]})
	}
	return s.slot[id]
}

// validSymbol reports whether a field can name an asset.
func validSymbol(field []byte) bool { return !isBlank(field) && utf8.Valid(field) }
