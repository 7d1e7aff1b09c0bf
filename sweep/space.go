package sweep

import (
	"context"
	"errors"
	"fmt"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// NamedSpace is a space for [Options].Space whose trials can be known again.
type NamedSpace interface {
	pipeline.Space
	// Name says all that the space's trials depend on beside the spec, such as
	// "random 500, seed 1": spaces of one name have the same trials, in the same
	// order. "" and "unnamed" are no names.
	Name() string
}

// unnamed is what the metadata says of a space that has no name.
const unnamed = "unnamed"

// spaceName returns the name of a space; "" where it is the grid.
func spaceName(s pipeline.Space) string {
	if s == nil {
		return ""
	}
	if named, ok := s.(NamedSpace); ok && named.Name() != "" {
		return named.Name()
	}
	return unnamed
}

// ErrSearch is wrapped where a spec has a search and no [Options].Space is given:
// package sweep/search runs it.
var ErrSearch = errors.New("the spec has a search, which package sweep/search runs; a Space, or a spec without it, runs here")

// use has the job run a space in place of its grid; nil is the grid.
func (j *job) use(s pipeline.Space) error {
	if s == nil {
		if j.spec.Search.On() {
			return fmt.Errorf("search: %w", ErrSearch)
		}
		return nil
	}
	if j.spec.Search.On() {
		// Trials are those of the space, and so is the table.
		searched := *j.spec
		searched.Search = spec.Search{}
		j.spec = &searched
	}
	lengths := make([]int, len(j.spec.Params))
	for i, p := range j.spec.Params {
		lengths[i] = p.Axis.Len()
	}
	j.space = checkedSpace{s, lengths}
	return nil
}

// countTrials returns the number of trials that exist.
func (j *job) countTrials(ctx context.Context) (int64, error) {
	if j.space == pipeline.Space(j.grid) {
		return j.grid.CountWithin(ctx, 0, j.grid.Size())
	}
	if n, exact := j.space.Count(); exact {
		return n, nil
	}
	count := int64(0)
	dst := make([]int64, 0, 1<<14)
	for at := int64(0); ; {
		trials, next, err := j.space.Block(ctx, at, j.space.Size(), dst)
		if err != nil {
			return 0, err
		}
		if len(trials) == 0 {
			return count, nil
		}
		count, at = count+int64(len(trials)), next
	}
}

// checkedSpace is a space by a caller, whose trials are looked at before they
// decide what memory is read.
type checkedSpace struct {
	pipeline.Space
	lengths []int // how many values each parameter has
}

// Block implements [pipeline.Space].
func (c checkedSpace) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	trials, next, err = c.Space.Block(ctx, from, to, dst)
	last := max(from, 0) - 1
	index := make([]int, len(c.lengths))
	for _, trial := range trials {
		if trial <= last || trial >= to {
			return nil, to, fmt.Errorf("options: Space has trial %d behind %d in a block below %d; want them in order", trial, last, to)
		}
		last = trial
		c.Index(trial, index)
		for i, at := range index {
			if at < 0 || at >= c.lengths[i] {
				return nil, to, fmt.Errorf("options: Space has trial %d at value %d of parameter %d, which has %d", trial, at, i+1, c.lengths[i])
			}
		}
	}
	if len(trials) > 0 && next <= last {
		return nil, to, fmt.Errorf("options: Space goes on from trial %d behind trial %d", next, last)
	}
	return trials, next, err
}

var _ pipeline.Space = (*spec.Grid)(nil)
