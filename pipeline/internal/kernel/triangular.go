package kernel

import "math"

// TRIMA writes the triangular moving average of the last n bars as TA-Lib has it:
// weights rise by 1 to the middle of the window and fall again, two in the middle
// being equal where n is even. The first n-1 bars are NaN. In all else it is as
// [WMA].
func TRIMA(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	if n == 1 {
		copy(dst, src)
		return
	}
	t := triangle{src: src, n: n, half: (n + 1) / 2}
	finite, equal, previous, slides := 0, 0, math.NaN(), false
	half, rest := float64(t.half), float64(n+1-t.half)
	for i, x := range src {
		if x != previous {
			equal, previous = 0, x
		}
		equal++
		finite++
		if x-x != 0 {
			finite = 0
		}
		switch {
		case finite < n:
			dst[i], slides = math.NaN(), false
			continue
		case equal >= n:
			dst[i], slides = x, false
			continue
		case slides && i%Anchor != 0 && t.slide(i):
		default:
			t.afresh(i)
			slides = true
		}
		dst[i] = t.sum / (half * rest)
	}
}

// triangle is the sum of a window with its weights, and the plain ones of its older
// and its newer half, by which it changes from one bar to the next.
type triangle struct {
	src               []float64
	n, half           int
	sum, older, newer float64
	size              float64
	// halfNoise and noise bound the rounding errors of the halves and of sum, in
	// units of 2^-53.
	halfNoise, noise float64
}

// slide goes on to a bar and reports whether the result can be trusted.
func (t *triangle) slide(bar int) bool {
	newest, oldest := t.src[bar], t.src[bar-t.n]
	t.newer += newest - t.src[bar-t.half]
	t.sum += t.newer - t.older
	t.older += t.src[bar-t.n+t.half] - oldest
	large := t.size + math.Abs(newest)
	t.size = large - math.Abs(oldest)
	t.halfNoise += 6 * large
	half := float64(t.half)
	t.noise += t.halfNoise + float64(3*half*large) // no sum on the way is larger than half × large
	return t.noise < t.size*half*weightedNoise
}

func (t *triangle) afresh(bar int) {
	var sum, older, newer exactSum
	t.size = 0
	for k, x := range t.src[bar-t.n+1 : bar+1] {
		sum.add(float64(float64(min(k+1, t.n-k)) * x))
		if k < t.half {
			older.add(x)
		}
		if k >= t.n-t.half {
			newer.add(x)
		}
		t.size += math.Abs(x)
	}
	t.sum, t.older, t.newer = sum.value(), older.value(), newer.value()
	t.halfNoise, t.noise = 4*t.size, 4*t.size*float64(t.half)
}
