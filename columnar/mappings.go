package columnar

import (
	"bytes"
	"cmp"
	"runtime/debug"
	"slices"
	"sync"
)

// mapped is what is mapped into memory, by address. There is one address space,
// so there is one of these; no result depends on it.
var mapped mappings

// mappings finds the file that an address belongs to.
type mappings struct {
	mu   sync.RWMutex
	open []mapping // in order of their addresses
	// gone are the last ones that were freed, in turn: a panic passes the
	// owners of a mapping on its way to who looks for it here.
	gone [16]mapping
	next int
}

// mapping is a file in memory.
type mapping struct {
	start uintptr
	bytes []byte
	file  string
	// tail are the last bytes, as they were at first; of a private mapping, which
	// its owner may write to, none are known.
	tail []byte
}

// tailBytes is how much of the end of a file is remembered: of a cut file it
// cannot be read, or reads as zeros. The files that are mapped here end in
// their magic number.
const tailBytes = 8

func (m *mapping) holds(at uintptr) bool { return at-m.start < uintptr(len(m.bytes)) && m.bytes != nil }

func (m *mappings) add(b []byte, file string, private bool) (err error) {
	one := mapping{start: addressOf(b), bytes: b, file: file}
	m.insert(one)
	if private {
		return nil
	}
	defer CatchFault(&err)()
	one.tail = bytes.Clone(b[max(len(b)-tailBytes, 0):])
	m.remove(b)
	m.insert(one)
	return nil
}

func (m *mappings) insert(one mapping) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, _ := m.search(one.start)
	m.open = slices.Insert(m.open, at, one)
}

func (m *mappings) remove(b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.search(addressOf(b)); ok {
		m.gone[m.next%len(m.gone)] = mapping{start: m.open[at].start, bytes: m.open[at].bytes, file: m.open[at].file}
		m.next++
		m.open = slices.Delete(m.open, at, at+1)
	}
}

func (m *mappings) search(start uintptr) (at int, ok bool) {
	return slices.BinarySearchFunc(m.open, start, func(a mapping, at uintptr) int { return cmp.Compare(a.start, at) })
}

// lookup returns the mapping that holds an address. The lock is held.
func (m *mappings) lookup(at uintptr) *mapping {
	i, ok := m.search(at)
	if !ok {
		i--
	}
	if i < 0 || !m.open[i].holds(at) {
		return nil
	}
	return &m.open[i]
}

// find returns the file that is mapped at an address, or was until just now.
func (m *mappings) find(at uintptr) (file string, ok bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if one := m.lookup(at); one != nil {
		return one.file, true
	}
	for i := range m.gone {
		if one := &m.gone[(m.next+len(m.gone)-1-i)%len(m.gone)]; one.holds(at) {
			return one.file, true
		}
	}
	return "", false
}

// cut returns a file that is shorter than its mapping.
func (m *mappings) cut() (file string, ok bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for i := range m.open {
		if !m.open[i].whole() {
			return m.open[i].file, true
		}
	}
	return "", false
}

// intact reports whether the mapping that holds an address, if there is one, is
// as long as it was.
func (m *mappings) intact(at uintptr) error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if one := m.lookup(at); one != nil && !one.whole() {
		return &FaultError{File: one.file}
	}
	return nil
}

// whole reports whether the file still has its last bytes.
func (m *mapping) whole() (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return bytes.HasSuffix(m.bytes, m.tail)
}
