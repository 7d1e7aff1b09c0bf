package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/internal/visible"
)

// WalkStep is one window of a walk forward, in nanoseconds UTC.
type WalkStep struct {
	Label string
	// Train are the parts of what a choice is made from, each from the first moment,
	// before the second; Test is what it is run on.
	Train [][2]int64
	Test  [2]int64
}

// maxSteps is how many windows are drawn.
const maxSteps = 60

// Walk draws the windows of a walk as bars over time: = is a train, # is a test.
func Walk(w io.Writer, steps []WalkStep, opts Options) error {
	if len(steps) == 0 {
		return nil
	}
	from, to, label := steps[0].Train[0][0], steps[0].Test[1], 0
	for _, s := range steps {
		from, to, label = min(from, s.Train[0][0]), max(to, s.Test[1]), max(label, len(s.Label))
	}
	width := opts.Width
	if width <= 0 {
		width = 80
	}
	width = min(max(width-label-2, 20), 100)
	at := func(moment int64) int {
		return min(int(float64(moment-from)/float64(to-from)*float64(width)), width)
	}
	var b strings.Builder
	for i, s := range steps {
		if i == maxSteps {
			fmt.Fprintf(&b, "and %d more windows\n", len(steps)-i)
			break
		}
		line := []byte(strings.Repeat(" ", width))
		fill := func(r [2]int64, c byte) {
			first := min(at(r[0]), width-1)
			for x := first; x < max(at(r[1]), first+1); x++ {
				line[x] = c
			}
		}
		for _, r := range s.Train {
			fill(r, '=')
		}
		fill(s.Test, '#')
		fmt.Fprintf(&b, "%-*s  %s\n", label, visible.Text(s.Label), strings.TrimRight(string(line), " "))
	}
	first, last := time.Unix(0, from).UTC().Format(time.DateOnly), time.Unix(0, to-1).UTC().Format(time.DateOnly)
	fmt.Fprintf(&b, "%*s%s%*s\n", label+2, "", first, width-len(first), last)
	fmt.Fprintln(&b, "= train, # test")
	_, err := io.WriteString(w, b.String())
	return err
}
