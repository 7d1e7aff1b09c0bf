package ingest

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/evidence"
)

// contradicted returns the splits of an asset that its prices contradict.
func contradicted(a evidence.Asset, have columnar.Adjustment) (out []evidence.Step) {
	if len(a.Events) == 0 {
		return nil
	}
	for _, step := range evidence.Look(a) {
		if step.Contradicts(have) {
			out = append(out, step)
		}
	}
	return out
}

// stepDetail says what the close does at a split.
func stepDetail(from, to, ratio string, reading evidence.Reading) string {
	what := "no step"
	switch reading {
	case evidence.Traded:
		what = "a step"
	case evidence.Inverted:
		what = "a step the wrong way round"
	}
	return fmt.Sprintf("close from %s to %s at a split of %s: %s", from, to, ratio, what)
}
