package ingest

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// symbols interns the symbols that one parser meets.
type symbols struct {
	ids   map[string]int32
	names []string
	// next guesses the symbol of a row from that of the row before: files
	// sorted by symbol repeat it, files sorted by time repeat their cycle.
	next []int32
	prev int32
	// plain says how each name looks as an unquoted field.
	plain []plainName

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
		s.plain = append(s.plain, newPlainName(name))
		s.slot = append(s.slot, 0)
		s.stamp = append(s.stamp, 0)
	}
	s.next[s.prev] = id
	s.prev = id
	return id, true
}

// plainName is a name as an unquoted field has it.
type plainName struct {
	// n is the length of the name; 0 where a plain field cannot hold it.
	n int
	// head is its first eight bytes, or all of them where mask says how many,
	// and tail its last eight, where there are more.
	head, mask, tail uint64
}

func newPlainName(name string) plainName {
	if len(name) == 0 || strings.ContainsAny(name, "\",\r\n") {
		return plainName{}
	}
	var head [8]byte
	n := copy(head[:], name)
	tail := uint64(0)
	if n := len(name); n > 8 {
		tail = value.Word([]byte(name), n-8)
	}
	return plainName{n: len(name), tail: tail, head: binary.LittleEndian.Uint64(head[:]), mask: math.MaxUint64 >> (64 - 8*n)}
}

// expected returns the length of the field at text[i] if it is the symbol
// that next guesses, and 0 otherwise.
func (s *symbols) expected(text []byte, i int) int {
	if len(s.names) == 0 {
		return 0
	}
	guess := s.next[s.prev]
	name := &s.plain[guess]
	if n := name.n; len(text)-i > max(n, 8) && (value.Word(text, i)^name.head)&name.mask == 0 {
		if end := text[i+n]; end != ',' && end != '\n' && end != '\r' {
			return 0
		}
		if n <= 8 || value.Word(text, i+n-8) == name.tail && (n <= 16 || string(text[i:i+n]) == s.names[guess]) {
			return n
		}
	}
	return 0
}

// expect returns the symbol that next guesses, and takes it for found.
func (s *symbols) expect() int32 {
	s.prev = s.next[s.prev]
	return s.prev
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

// checkAsset refuses ids that mean something else: the pooled row of results, and what
// writers of partitions call a value that is unknown.
func checkAsset(id string) error {
	switch id {
	case "*":
		return problem.Shape("an asset is called *, which is the pooled row of results; drop its rows, or give it another name")
	case "__HIVE_DEFAULT_PARTITION__":
		return problem.Shape("an asset is called %s, which stands for rows whose symbol is not known; leave the folder out, or give Options.Asset or Options.AssetFrom", id)
	}
	return nil
}

// validSymbol reports whether a field can name an asset.
func validSymbol(field []byte) bool { return !shape.IsBlank(field) && utf8.Valid(field) }
