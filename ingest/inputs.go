package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// input is a file on its way through the ingest. Only the goroutine that reads it
// writes to it.
type input struct {
	*source.File
	index  int
	table  typedTable // the table of formatRecords
	layout *shape.Layout
	// findings are what was decided about it.
	findings []Finding
	chunks   []*chunk
}

// inputs are the sources of an ingest, in the order in which they are read.
type inputs struct {
	*source.Files
	sources []*input
}

// text reports whether any source is text.
func (in *inputs) text() bool {
	return slices.ContainsFunc(in.sources, func(s *input) bool { return s.Format == source.FormatText })
}

// gather finds the sources behind paths.
func gather(ctx context.Context, paths []string, o *Options) (*inputs, error) {
	var pattern *source.Pattern
	if o.AssetFrom != "" {
		var err error
		if pattern, err = source.ParsePattern(o.AssetFrom); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOptions, err)
		}
	}
	found, err := source.Find(ctx, paths, source.Choice{
		Strict: o.Strict, Asset: o.Asset, AssetFrom: pattern, Known: o.Beside,
		IsTime: func(key string) bool { return shape.MeaningOf(shape.Normalize(key)).Column == columnar.Time },
		Lean:   strings.EqualFold(o.Dialect, shape.LeanDialect), Named: o.Names != nil,
		IsBar:    shape.NamesBar,
		IsSymbol: func(key string) bool { return shape.MeaningOf(shape.Normalize(key)).Column == shape.SymbolMeaning },
	})
	if err != nil {
		return nil, err
	}
	in := &inputs{Files: found}
	for i, f := range found.All {
		in.sources = append(in.sources, &input{File: f, index: i})
	}
	return in, nil
}
