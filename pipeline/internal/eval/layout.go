package eval

import (
	"errors"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Layout says which values the trials of a block have in common. It is
// immutable and safe for concurrent use; a [Batch] evaluates it on an asset.
type Layout struct {
	program *graph.Program
	trials  int
	index   []int            // of each trial, by parameter
	scalars []float64        // of each trial, in the order of the program's
	errs    []error          // of each trial, nil where it can be evaluated; nil where all can
	stops   []strategy.Stops // of each trial; nil where the program has none
	nodes   []nodeLayout
	// stored are the nodes whose values are computed once for all trials that
	// share them, own those that are computed for each trial.
	stored, own []int
	// apart are nodes on longer bars, which are computed with what they are for.
	apart  []int
	pairs  []pair
	paired []pairing // of each own node
	views  []int     // stored nodes that own nodes or rules look at, pairs left aside
	asked  []bool    // by node: it is in views or in a pair
	// direct are the masks that the rules are, of the pair −1 where there is no
	// rule; isDirect says that nothing else is a trial's own.
	direct   [graph.NumRules]pairing
	isDirect bool
	passing  []bool // by node: a series that only stored nodes are made of
	// lazy are nodes that may never be computed: see [Batch.orderSums].
	lazy []bool
}

// nodeLayout numbers the values that one node takes in a block: its slots.
type nodeLayout struct {
	slot []int32 // of each trial; nil for nodes that are not stored
	// trial is one trial of each slot, -1 where all of them fail.
	trial []int32
}

// NewLayout returns the layout of a block of trials, given by the positions of
// their parameters' values, one trial after another. It panics where index is
// not whole trials; a program without parameters has one trial.
func NewLayout(s *strategy.Program, index []int) *Layout {
	p := s.Graph()
	trials := 1
	if n := len(p.Params); n > 0 {
		if trials = len(index) / n; trials*n != len(index) {
			panic("eval: index of a part of a trial")
		}
	}
	l := &Layout{program: p, trials: trials, index: index, nodes: make([]nodeLayout, p.Used)}
	l.number()
	for id := range l.nodes {
		n, at := &p.Nodes[id], &l.nodes[id]
		if n.Op == graph.OpColumn {
			continue
		}
		at.slot, at.trial = l.slots(n)
		if n.Axis > 0 { // computed with what it is expanded to
			l.apart = append(l.apart, id)
			continue
		}
		if !n.Windowed() && n.Op != graph.OpOutput && !copied(n) && 2*len(at.trial) > trials {
			// Few trials share it, and it costs no more than to look it up.
			at.slot, at.trial = nil, nil
			l.own = append(l.own, id)
			continue
		}
		l.stored = append(l.stored, id)
	}
	l.leave()
	l.pair()
	l.view()
	l.isDirect = l.findDirect()
	l.fail(s)
	return l
}

// leave takes from own what no rule reaches by own nodes: what is stored is made of
// whole histories, also where they are a trial's own.
func (l *Layout) leave() {
	needed := make([]bool, len(l.nodes))
	for _, root := range l.program.Roots {
		if root >= 0 {
			needed[root] = true
		}
	}
	for _, id := range slices.Backward(l.own) {
		if needed[id] {
			for _, in := range l.program.Nodes[id].Inputs() {
				needed[in] = true
			}
		}
	}
	l.own = slices.DeleteFunc(l.own, func(id int) bool { return !needed[id] })
}

// Trials returns the number of trials.
func (l *Layout) Trials() int { return l.trials }

// Err returns why a trial fails on every asset, or nil.
func (l *Layout) Err(trial int) error {
	if l.errs == nil {
		return nil
	}
	return l.errs[trial]
}

// Stops returns the stops of a trial.
func (l *Layout) Stops(trial int) strategy.Stops {
	if l.stops == nil {
		return strategy.Stops{}
	}
	return l.stops[trial]
}

// Bytes returns about how much memory the values that trials share take on an
// asset of so many bars.
func (l *Layout) Bytes(bars int) int64 {
	columns := int64(0)
	for _, id := range l.stored {
		n := &l.program.Nodes[id]
		if n.Series == 0 || n.Op == graph.OpOutput {
			continue
		}
		if bars <= wholeBars && !l.asked[id] {
			continue
		}
		length := bars
		if bars > wholeBars && !keptWhole(l.program, n) {
			length = chunkBars + margin
		}
		columns += int64(len(l.nodes[id].trial)) * int64(length) * int64(n.Series)
	}
	return 8 * columns
}

// indexOf returns the positions of a trial's values.
func (l *Layout) indexOf(trial int) []int {
	n := len(l.program.Params)
	return l.index[trial*n : (trial+1)*n]
}

// scalarsOf returns the numbers of a trial.
func (l *Layout) scalarsOf(trial int) []float64 {
	n := len(l.program.Scalars)
	return l.scalars[trial*n : (trial+1)*n]
}

// number computes the scalars of every trial.
func (l *Layout) number() {
	p := l.program
	l.scalars = make([]float64, l.trials*len(p.Scalars))
	params := make([]float64, len(p.Params))
	for trial := range l.trials {
		p.Numbers(l.scalarsOf(trial), params, l.indexOf(trial))
	}
}

// slots numbers the values of a node in the order in which trials need them.
func (l *Layout) slots(n *graph.Node) (slot, trial []int32) {
	slot = make([]int32, l.trials)
	known := make(map[int64]int32)
	last, lastSlot := int64(-1), int32(0)
	for i := range l.trials {
		value := n.ValueNumber(l.indexOf(i))
		if value != last { // neighbours often agree
			s, ok := known[value]
			if !ok {
				s = int32(len(trial))
				known[value] = s
				trial = append(trial, int32(i))
			}
			last, lastSlot = value, s
		}
		slot[i] = lastSlot
	}
	return slot, trial
}

// view finds the stored nodes that are looked at trial by trial.
func (l *Layout) view() {
	looked := make([]bool, len(l.nodes))
	for i, id := range l.own {
		if l.paired[i].pair < 0 {
			for _, in := range l.program.Nodes[id].Inputs() {
				looked[in] = true
			}
		}
	}
	for _, root := range l.program.Roots {
		if root >= 0 {
			looked[root] = true
		}
	}
	for id, ok := range looked {
		if ok && l.nodes[id].slot != nil {
			l.views = append(l.views, id)
		}
	}
	l.asked = looked
	for _, p := range l.pairs {
		l.asked[p.a], l.asked[p.b] = true, true
	}
	for id, asked := range l.asked {
		if n := &l.program.Nodes[id]; asked && n.Op == graph.OpOutput {
			l.asked[n.In[0]] = true
		}
	}
	l.ease()
	l.passing = make([]bool, len(l.program.Nodes))
	for id, asked := range l.asked {
		l.passing[id] = !asked && l.program.Nodes[id].Series == 1
	}
}

// findDirect fills direct, and reports whether it is that easy.
func (l *Layout) findDirect() bool {
	rules := 0
	for r, root := range l.program.Roots {
		l.direct[r].pair = -1
		if root >= 0 {
			at := slices.Index(l.own, root)
			if at < 0 || l.paired[at].pair < 0 || l.paired[at].mask > maskDown {
				return false
			}
			if l.direct[r] = l.paired[at]; !slices.Contains(l.program.Roots[:r], root) {
				rules++
			}
		}
	}
	return rules == len(l.own)
}

// ease finds the pairs that sums may order: those whose averages nothing else
// needs.
func (l *Layout) ease() {
	needed := make([]bool, len(l.nodes))
	for _, id := range l.views {
		needed[id] = true
	}
	for _, id := range l.stored {
		for _, in := range l.program.Nodes[id].Inputs() {
			needed[in] = true
		}
	}
	for _, p := range l.pairs {
		needed[p.a], needed[p.b] = needed[p.a] || !p.sums, needed[p.b] || !p.sums
	}
	l.lazy = make([]bool, len(l.nodes))
	for i := range l.pairs {
		p := &l.pairs[i]
		if p.sums = p.sums && !needed[p.a] && !needed[p.b]; p.sums {
			l.lazy[p.a], l.lazy[p.b] = true, true
		}
	}
}

// fail finds the trials that fail: with a window or a stop that cannot be.
func (l *Layout) fail(s *strategy.Program) {
	p := l.program
	if len(s.Stops()) > 0 {
		l.stops = make([]strategy.Stops, l.trials)
	}
	for i := range l.stops {
		var err error
		if l.stops[i], err = s.StopsOf(l.indexOf(i)); err != nil {
			l.failed(i, err)
		}
	}
	for _, id := range slices.Concat(l.stored, l.apart) {
		n, at := &p.Nodes[id], &l.nodes[id]
		for s, trial := range at.trial {
			if _, err := p.Arguments(n, l.indexOf(int(trial)), l.scalarsOf(int(trial))); err == nil {
				continue
			}
			for i, of := range at.slot {
				if of == int32(s) {
					l.failed(i, nil)
				}
			}
		}
	}
	if l.errs == nil {
		return
	}
	for _, id := range slices.Concat(l.stored, l.apart) {
		at := &l.nodes[id]
		for s := range at.trial {
			at.trial[s] = -1
		}
		for i, s := range at.slot {
			if at.trial[s] < 0 && l.errs[i] == nil {
				at.trial[s] = int32(i)
			}
		}
	}
}

// failed notes that a trial fails, with the error of its stops where that is why.
func (l *Layout) failed(trial int, stops error) {
	if l.errs == nil {
		l.errs = make([]error, l.trials)
	}
	if l.errs[trial] == nil {
		if l.errs[trial] = stops; stops == nil {
			l.errs[trial] = l.firstError(trial)
		}
	}
}

// firstError returns the error that an [Evaluator] meets first in the nodes of a
// trial: it asks for the parameters of an indicator before its inputs.
func (l *Layout) firstError(trial int) error {
	p := l.program
	index, scalars := l.indexOf(trial), l.scalarsOf(trial)
	seen := make([]bool, len(p.Nodes))
	var visit func(id int) error
	visit = func(id int) error {
		if id < 0 || seen[id] {
			return nil
		}
		seen[id] = true
		n := &p.Nodes[id]
		if _, err := p.Arguments(n, index, scalars); err != nil {
			return err
		}
		for _, in := range n.Inputs() {
			if err := visit(in); err != nil {
				return err
			}
		}
		return nil
	}
	for _, root := range p.Roots {
		if err := visit(root); err != nil {
			return err
		}
	}
	return errors.New("eval: an indicator cannot be") // not reached: a stored node is needed by a root
}

// keptWhole reports whether a node has to be computed over the whole history of a trial:
// an indicator of what depends on parameters, or one that has no stream, or the truth
// of a mask.
func keptWhole(p *graph.Program, n *graph.Node) bool {
	return copied(n) || n.Windowed() && (readsMany(p, n) || p.CallsWhole(n))
}

// copied reports whether a node is made of others' whole histories.
func copied(n *graph.Node) bool {
	return n.Op == graph.OpTruth || n.Op == graph.OpExpand || n.Op == graph.OpPick || n.Op == graph.OpSection
}

// readsMany reports whether some input of a node depends on parameters.
func readsMany(p *graph.Program, n *graph.Node) bool {
	return slices.ContainsFunc(n.Inputs(), func(in int) bool { return p.Nodes[in].Values > 1 })
}
