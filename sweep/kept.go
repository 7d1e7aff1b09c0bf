package sweep

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Kept is a [Bound] that keeps the segments of its trials in files, so that a pass over
// all trials which was interrupted is gone on with. Runs without segments are not kept.
type Kept struct {
	Bound
	// Path is the Parquet file of results; the segments stand beside it
	// ([results.SegmentsPath]).
	Path string
	// Resume goes on from what an earlier pass has left there, Force replaces it.
	Resume, Force bool
	// Began, where it is set, is called with the reader of a pass that begins.
	Began func(*Reader)
}

// Trials is [Bound.Trials]: it runs what the files do not have, and hands out blocks
// of what they have then, which have segments and no rows.
func (k *Kept) Trials(ctx context.Context, s *spec.Spec, cut *pipeline.Segmentation, each func(*pipeline.Block) error) error {
	if cut == nil {
		return k.Bound.Trials(ctx, s, cut, each)
	}
	options := k.Options
	if options.Segments = cut; k.Resume {
		options.Resume = k.Path
	}
	places := results.WriterOptions{Force: k.Force, Resume: k.Resume}
	rows, err := results.Create(k.Path, places)
	if err != nil {
		return err
	}
	defer rows.Close()
	segments, err := results.Create(results.SegmentsPath(k.Path), places)
	if err != nil {
		return err
	}
	defer segments.Close()
	reader, err := Run(ctx, k.Frame, s, options)
	if err != nil {
		return err
	}
	defer reader.Release()
	if k.Began != nil {
		k.Began(reader)
	}
	if err := reader.WriteSegments(segments, func() error {
		_, err := rows.Write(reader)
		return err
	}); err != nil {
		return err
	}
	return k.replay(ctx, s, cut, each)
}

// replay hands out what the file of segments has.
func (k *Kept) replay(ctx context.Context, s *spec.Spec, cut *pipeline.Segmentation, each func(*pipeline.Block) error) error {
	j, err := prepare(ctx, k.Frame, s, k.Options.Budget)
	if err != nil {
		return err
	}
	defer j.release()
	if err := j.use(k.Options.Space); err != nil {
		return err
	}
	file, err := results.OpenSegments(results.SegmentsPath(k.Path))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	reader := file.Records()
	defer reader.Release()
	rows, params := len(j.assets())*cut.Len(), len(j.spec.Params)
	for reader.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec := reader.Record()
		if int(rec.NumRows())%rows != 0 {
			return fmt.Errorf("%s: %d rows are not those of whole trials", results.SegmentsPath(k.Path), rec.NumRows())
		}
		b := &pipeline.Block{}
		trials := rec.Column(0).(*array.Int64)
		for row := 0; row < trials.Len(); row += rows {
			b.Trials = append(b.Trials, trials.Value(row))
			index := make([]int, params)
			j.space.Index(trials.Value(row), index)
			b.Index = append(b.Index, index...)
		}
		b.Segments = make([]float64, trials.Len()*int(rec.NumCols()-results.SegmentKeys))
		for i := range int(rec.NumCols()) - results.SegmentKeys {
			putColumn(b.Segments[i:], int(rec.NumCols())-results.SegmentKeys, rec.Column(results.SegmentKeys+i))
		}
		if err := each(b); err != nil {
			return err
		}
	}
	return reader.Err()
}

// putColumn writes a column to every n-th place; NaN where it is null.
func putColumn(dst []float64, n int, a arrow.Array) {
	for row := range a.Len() {
		dst[row*n] = ranking.Number(a, row)
	}
}
