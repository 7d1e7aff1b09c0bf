package search

import (
	"errors"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/sweep/results"
)

// resume tells the search what is left of an earlier run, and goes on behind it.
func (r *Reader) resume(name string) (err error) {
	c, err := results.FindCheckpoint(r.ctx, name, r.description)
	if err != nil {
		return err
	}
	of := r.description
	r.description.Checkpoint = c
	found := c.Found()
	if found.Complete {
		r.done = true
		r.passed.Store(r.total)
	}
	if found.Next == 0 && !found.Complete {
		return nil
	}
	// The first generation was begun for what it says of the table.
	r.inner.Release()
	r.inner = nil
	if found.Complete {
		return nil
	}
	records, err := c.Records(r.schema, of)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	for {
		rec, err := records.Next()
		if err != nil {
			return err
		}
		if rec == nil {
			break
		}
		err = r.replay(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	if tail := c.TakeTail(); tail != nil {
		r.out.add(tail)
		tail.Release()
	}
	return nil
}

// replay tells rows that were found, generation by generation.
func (r *Reader) replay(rec arrow.Record) error {
	trials := rec.Column(0).(*array.Int64)
	for from := 0; from < trials.Len(); {
		if r.open == nil {
			var err error
			if r.open, err = r.search.Ask(r.ctx); err != nil {
				return err
			}
			if r.open == nil {
				return results.ErrJournal // more trials than are asked
			}
		}
		end := r.open.First + int64(r.open.Len())
		to := from
		for to < trials.Len() && trials.Value(to) < end {
			if trials.Value(to) < r.open.First {
				return results.ErrJournal
			}
			if err := r.judge.same(r.open, rec, to); err != nil {
				return err
			}
			to++
		}
		if to == from {
			return results.ErrJournal // a trial is missing
		}
		part := rec.NewSlice(int64(from), int64(to))
		err := r.accept(part)
		part.Release()
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}
