package ingest

import (
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"pgregory.net/rapid"
)

// TestScanTimeRandom: whatever bytes stand there, nothing is read beyond them,
// and what is understood is what package time understands.
func TestScanTimeRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte("2020-03-04T05:06:07.089+01:00")
		text = text[:rapid.IntRange(0, len(text)).Draw(t, "length")]
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			if len(text) > 0 {
				text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0129:-+.ZT ,")).Draw(t, "byte")
			}
		}
		ns, _, ok := value.ParseTime(text)
		s := strings.Trim(string(text), " \t")
		want, _, understood := refTime(s)
		if strings.ContainsRune(s, ',') { // package time also takes it for a decimal point
			understood = false
		}
		if ok != understood || ok && ns != want {
			t.Fatalf("%q: %v %d, want %v %d", s, ok, ns, understood, want)
		}
	})
}
