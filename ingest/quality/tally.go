package quality

import "strconv"

// Examples is how many places a finding shows at most.
const Examples = 3

// tally counts the bars of an asset that break one rule, and keeps the worst
// of them.
type tally struct {
	count       int64
	first, last int64
	worst       []place
	// rows are the bars meant, increasing, where keepRows asks for them.
	keepRows bool
	rows     []int
}

// place is a bar, or the first of a run of bars, that breaks a rule. What x, y,
// z and n are depends on the rule; its detail says it.
type place struct {
	bar     int
	score   float64
	x, y, z float64
	n       int
}

// add counts a place that stands for so many bars. Places come by time.
func (t *tally) add(p place, at int64, bars int) {
	if t.count == 0 {
		t.first = at
	}
	t.last = at
	t.count += int64(bars)
	if t.keepRows {
		t.rows = append(t.rows, p.bar)
	}
	if len(t.worst) < Examples {
		t.worst = append(t.worst, p)
		return
	}
	least := 0
	for i := range t.worst {
		// Of equal ones the earliest stay.
		if t.worst[i].score <= t.worst[least].score {
			least = i
		}
	}
	if p.score > t.worst[least].score {
		t.worst = append(append(t.worst[:least:least], t.worst[least+1:]...), p)
	}
}

// addRun counts a run of bars as one place.
func (t *tally) addRun(p place, at int64, bars int) {
	t.add(p, at, bars)
	if t.keepRows {
		for k := 1; k < bars; k++ {
			t.rows = append(t.rows, p.bar+k)
		}
	}
}

// figure is a price or a volume as people write it.
func figure(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }
