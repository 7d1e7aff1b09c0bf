package bundles

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// priced are daily bars that move by about 1 %: at 100 from a bar on, at times of
// it before.
func priced(n, split int, old float64) columnar.Bars {
	b := asset("AAA", n, 5)
	for c := range 4 {
		for i := range n {
			b.Values[c][i] = []float64{100, 101, 102, 101}[i%4]
			if i < split {
				b.Values[c][i] *= old
			}
		}
	}
	return b
}

// TestAppendSplits: what is wrong shows between the bars of the version and the
// new ones, and in neither of the two. The levels are by hand.
func TestAppendSplits(t *testing.T) {
	at := func(b columnar.Bars, row int, ratio float64) columnar.Event {
		return columnar.Event{Time: b.Times[row], Type: columnar.EventSplit, Value: ratio}
	}
	traded, level := priced(60, 50, 4), priced(60, 50, 1)
	split := at(traded, 50, 4)
	weekend := columnar.Event{Time: split.Time - day/2, Type: columnar.EventSplit, Value: 4}
	for _, c := range []struct {
		name      string
		have      columnar.Adjustment
		was, news columnar.Bars
		old, next []columnar.Event
		want      string // of the error
		said      bool
		events    string
	}{
		{"as traded", columnar.AdjustedNone, between(traded, 0, 50), between(traded, 50, 60), nil, []columnar.Event{split}, "", false, "[split of 4 on 2024-11-23]"},
		{"a step into adjusted prices", columnar.AdjustedSplits, between(traded, 0, 50), between(traded, 50, 60), nil, []columnar.Event{split}, "a step by the ratio", false, ""},
		{"the same, said", columnar.AdjustedSplits, between(traded, 0, 50), between(traded, 50, 60), nil, []columnar.Event{split}, "", true, "[split of 4 on 2024-11-23]"},
		{"no step into prices as traded", columnar.AdjustedNone, between(level, 0, 50), between(level, 50, 60), nil, []columnar.Event{split}, "no step", false, ""},
		{"all adjusted anew", columnar.AdjustedSplits, between(traded, 0, 50), level, nil, []columnar.Event{split}, "", false, "[split of 4 on 2024-11-23]"},
		{"a split without bars", columnar.AdjustedNone, level, between(level, 59, 60), nil, []columnar.Event{split}, "no step", false, ""},
		{"a split that was there", columnar.AdjustedNone, between(level, 0, 55), between(level, 55, 60), []columnar.Event{split}, nil, "", false, "[split of 4 on 2024-11-23]"},
		{"inverted", columnar.AdjustedNone, between(traded, 0, 50), between(traded, 50, 60), nil, []columnar.Event{at(traded, 50, 0.25)}, "the wrong way round", false, ""},
		{"a split of the day before as well", columnar.AdjustedNone, between(traded, 0, 55), between(traded, 50, 60), []columnar.Event{weekend}, []columnar.Event{split}, "", false, "[split of 4 on 2024-11-22T12:00:00Z]"},
		{"another split of the day before", columnar.AdjustedNone, between(traded, 0, 55), between(traded, 50, 60), []columnar.Event{weekend}, []columnar.Event{at(traded, 50, 2)}, "take effect on one bar", false, ""},
		{"a corrected split", columnar.AdjustedNone, between(traded, 0, 55), between(traded, 50, 60), []columnar.Event{at(traded, 50, 2)}, []columnar.Event{split}, "", false, "[split of 4 on 2024-11-23]"},
	} {
		s := newStore(t)
		frame := func(b columnar.Bars, events []columnar.Event) *columnar.Frame {
			b.Events = events
			f, err := columnar.Build(columnar.BarColumns(), []columnar.Bars{b}, columnar.Info{Adjusted: c.have})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(f.Release)
			return f
		}
		mustIngest(t, s, "b", frame(c.was, c.old), PublishOptions{})
		p, err := appendTo(s, "b", frame(c.news, c.next), PublishOptions{AdjustedSaid: c.said})
		if c.want != "" {
			if !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrSplits) == strings.Contains(c.want, "one bar") {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		b := mustOpen(t, s, "b", OpenOptions{})
		if got := fmt.Sprint(b.Frame().Events(0)); got != c.events || (p.Append.Contradictions != "") != c.said {
			t.Errorf("%s: events %s, contradictions %q", c.name, got, p.Append.Contradictions)
		}
		b.Close()
	}
}
