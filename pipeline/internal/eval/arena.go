package eval

// arena hands out memory and takes all of it back at once.
type arena struct {
	slabs [][]float64
	slab  int // the one in use
	used  int // of it
}

const slabBars = 1 << 17

func (a *arena) reset() { a.slab, a.used = 0, 0 }

// take returns n values of any content.
func (a *arena) take(n int) []float64 {
	for {
		if a.slab == len(a.slabs) {
			a.slabs = append(a.slabs, make([]float64, max(n, slabBars)))
		}
		s := a.slabs[a.slab]
		if a.used+n <= len(s) {
			a.used += n
			return s[a.used-n : a.used : a.used]
		}
		a.slab, a.used = a.slab+1, 0
	}
}
