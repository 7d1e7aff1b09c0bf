package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// WhyNothing says why the first trial of a spec trades nothing, in the words of its
// rules: on how many bars an entry is unknown and on how many true; "" where it has no
// answer. It evaluates that trial.
func WhyNothing(ctx context.Context, frame *columnar.Frame, s *spec.Spec) (why string, err error) {
	j, err := prepare(ctx, frame, s, nil)
	if err != nil {
		return "", err
	}
	defer j.release()
	if s.Search.On() || j.grid == nil {
		return "", nil // its trials are no grid
	}
	trials, _, err := j.grid.Block(ctx, 0, j.grid.Size(), make([]int64, 0, 1))
	if err != nil || len(trials) == 0 {
		return "no combination of parameters fulfils where", err
	}
	index := make([]int, len(j.spec.Params))
	j.grid.Index(trials[0], index)
	var n nothing
	if err := pipeline.RunValues(ctx, j.plan, index, n.add); err != nil {
		return "", err
	}
	return n.text(), nil
}

// nothing is what the entries of a trial come to.
type nothing struct {
	bars, known, holds, longest int
	names                       []string // of the entries
}

func (n *nothing) add(v *pipeline.AssetValues) error {
	lo, hi := v.Asset.Lo, v.Asset.Hi
	n.longest = max(n.longest, len(v.Asset.Times))
	n.bars += hi - lo
	for bar := lo; bar < hi; bar++ {
		known, holds := false, false
		for i := range v.Named {
			s := &v.Named[i]
			if s.Name != "entry" && s.Name != "short_entry" {
				continue
			}
			if !slices.Contains(n.names, s.Name) {
				n.names = append(n.names, s.Name)
			}
			known, holds = known || s.Values[bar] == s.Values[bar], holds || s.Values[bar] == 1
		}
		if known {
			n.known++
		}
		if holds {
			n.holds++
		}
	}
	return nil
}

func (n *nothing) text() string {
	entry := strings.Join(n.names, " and ")
	switch {
	case n.names == nil || n.bars == 0:
		return ""
	case n.known == 0:
		return fmt.Sprintf("%s is unknown on all %d bars of the first combination: its windows reach further back than any asset has bars (%d at most), or a column has no values", entry, n.bars, n.longest)
	case n.holds == 0:
		return fmt.Sprintf("%s is true on none of %d bars of the first combination, and unknown on %d of them", entry, n.bars, n.bars-n.known)
	}
	return fmt.Sprintf("%s is true on %d of %d bars of the first combination, but no order was filled: see rejected_orders and dropped_orders, and conflicts with exit", entry, n.holds, n.bars)
}
