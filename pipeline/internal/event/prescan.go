package event

import (
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

	"github.com/bowstring-engine/bowstring/internal/reuse"
)

// Prescan goes over tiles ahead of a [Simulator], without accounts, and writes down
// what their bars come to: it costs most of the time that a trial takes, and
// depends on no cash, so that any number of prescans can be about it at once. The
// simulator then takes what it finds in place of going through the bars again.
//
// A Prescan knows nothing of the bars before those that it is shown, and takes
// every account to be flat. That is a guess, which comes true with the first
// exit, mostly a few bars on. A wrong one costs time and no more, because the
// simulator takes only what answers its own questions: see [Found].
type Prescan struct{ event Simulator }

// Prescan returns one for the trials of e, in the memory of one that is not
// used any more, or nil. It is asked for between the last [Simulator.Guard] and the
// first Load, and borrows the bars as e does.
func (e *Simulator) Prescan(old *Prescan) *Prescan {
	if old == nil {
		old = new(Prescan)
	}
	s := &old.event
	lanes, guards, orders := s.lanes, s.guards, s.orders
	*s = *e
	s.prescanning, s.tabled, s.tables, s.table, s.orders, s.paths = true, false, nil, nil, orders, nil
	s.lanes, s.guards = reuse.Slice(lanes, len(e.lanes)), reuse.Slice(guards, len(e.lanes))
	for i := range s.lanes {
		s.lanes[i], s.guards[i] = lane{}, guard{}
		if g := e.lanes[i].guard; g != nil {
			s.guards[i].stops = g.stops
			s.lanes[i].guard = &s.guards[i]
		}
	}
	return old
}

// Begin makes the accounts of all trials flat: the tiles that follow do not
// follow those before.
func (s *Prescan) Begin() {
	for i := range s.event.lanes {
		l := &s.event.lanes[i]
		*l = lane{guard: l.guard}
	}
}

// Load is [Simulator.Load].
func (s *Prescan) Load(from, to int) { s.event.Load(from, to) }

// Step is [Simulator.Step], and appends what it finds to found.
func (s *Prescan) Step(i int, entry, exit kernel.Bits, found *Found) {
	if l := &s.event.lanes[i]; !l.needsReference {
		w := walk{found: found}
		s.event.run(l, &w, entry, exit)
	}
}

// Found is what a [Prescan] found out about one trial: answers to questions about
// bars, each with its question. An answer depends on nothing else, so it is the
// one that a [Simulator] would find, to the bit, and one to a question that the
// simulator does not ask is passed over.
type Found struct {
	held         []heldAnswer
	hits         []hitAnswer
	holdAt, stop int // the next answers
}

type heldAnswer struct {
	heldQuestion
	answer kernel.Held
}

// heldQuestion asks for the bars from … to−1 of a position: see [Simulator.measure].
type heldQuestion struct {
	from, to int
	entered  bool
}

type hitAnswer struct {
	hitQuestion
	answer hit
}

// hitQuestion asks for the first bar before end that triggers a stop: see
// [guard.search].
type hitQuestion struct {
	guard guard
	end   int
}

// Reset forgets all answers.
func (f *Found) Reset() { *f = Found{held: f.held[:0], hits: f.hits[:0]} }

// hold returns the answer to a question, which come in the order of their bars.
func (f *Found) hold(q heldQuestion) (h kernel.Held, ok bool) {
	for ; f.holdAt < len(f.held) && f.held[f.holdAt].from <= q.from; f.holdAt++ {
		if a := &f.held[f.holdAt]; a.heldQuestion == q {
			return a.answer, true
		}
	}
	return h, false
}

// hit returns the answer to a question, which come in the order of their bars.
func (f *Found) hit(q hitQuestion) (h hit, ok bool) {
	for ; f.stop < len(f.hits) && f.hits[f.stop].guard.checked <= q.guard.checked; f.stop++ {
		if a := &f.hits[f.stop]; a.hitQuestion == q {
			return a.answer, true
		}
	}
	return h, false
}
