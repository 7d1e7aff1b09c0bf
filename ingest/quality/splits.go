package quality

import (
	"fmt"
	"math"

	"github.com/bowstring-engine/bowstring/internal/evidence"
)

// checkSplitStep finds the splits that the prices contradict.
func checkSplitStep(b *bars, t *tally) {
	if len(b.Events) == 0 {
		return
	}
	for _, step := range evidence.Look(b.Evidence()) {
		if step.Contradicts(b.adjusted) {
			size := math.Abs(math.Log(step.Event.Value))
			t.add(place{bar: step.Bar, score: size, x: step.From, y: step.To, z: step.Event.Value, n: int(step.Reading)}, b.Times[step.Bar], 1)
		}
	}
}

// stepDetail says what the close does at a split.
func stepDetail(_ *bars, p place) string {
	what := "no step"
	switch evidence.Reading(p.n) {
	case evidence.Traded:
		what = "a step"
	case evidence.Inverted:
		what = "a step the wrong way round"
	}
	return fmt.Sprintf("close from %s to %s at a split of %s: %s", figure(p.x), figure(p.y), figure(p.z), what)
}
