package quality

import "fmt"

// checkStale finds runs of bars with the same close.
func checkStale(b *bars, t *tally) {
	r := runLength{least: b.q.StaleBars}
	last := 0.0
	for i, c := range b.shut {
		// A run of equal closes has begun a bar before the first repetition.
		if same := i > 0 && c == last; same != (r.length > 0) {
			if same {
				r.begin(i - 1)
			} else {
				r.end(b, t)
			}
		}
		if r.length > 0 {
			r.length++
		}
		last = c
	}
	r.end(b, t)
}

func staleDetail(_ *bars, p place) string {
	return fmt.Sprintf("%d bars close at %s", p.n, figure(p.x))
}

// checkFlat finds runs of bars of one price.
func checkFlat(b *bars, t *tally) {
	r := runLength{least: b.q.FlatBars}
	n := len(b.shut)
	open, high, low := b.open[:n], b.high[:n], b.low[:n]
	for i, c := range b.shut {
		if high[i] == low[i] && open[i] == c && c == high[i] {
			if r.length == 0 {
				r.first = i
			}
			r.length++
		} else if r.length > 0 {
			r.end(b, t)
		}
	}
	r.end(b, t)
}

func flatDetail(_ *bars, p place) string {
	return fmt.Sprintf("%d bars of one price, %s", p.n, figure(p.x))
}

// runLength follows a run of bars.
type runLength struct {
	least, first, length int
}

// begin starts a run with the bar before the present one.
func (r *runLength) begin(first int) { r.first, r.length = first, 1 }

// end counts a run that is long enough.
func (r *runLength) end(b *bars, t *tally) {
	if r.length >= r.least && r.length > 0 {
		t.addRun(place{bar: r.first, score: float64(r.length), x: b.shut[r.first], n: r.length}, b.Times[r.first], r.length)
	}
	r.length = 0
}

// checkZeroVolume finds bars in which nothing was traded.
func checkZeroVolume(b *bars, t *tally) {
	for i, v := range b.volumes {
		if v == 0 {
			t.add(place{bar: i}, b.Times[i], 1)
		}
	}
}

// checkNegativeVolume finds volumes that cannot be.
func checkNegativeVolume(b *bars, t *tally) {
	for i, v := range b.volumes {
		if v < 0 {
			t.add(place{bar: i, score: -v, x: v}, b.Times[i], 1)
		}
	}
}

func volumeDetail(_ *bars, p place) string { return "volume " + figure(p.x) }
