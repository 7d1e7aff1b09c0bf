package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/records"
	"github.com/bowstring-engine/bowstring/sweep"
)

// The ways on from an output that is there already.
const (
	wayName   = "choose another name"
	wayForce  = "choose another name, or give --force to replace what is there when the new one is complete"
	wayRemove = "choose another name, or remove it"
	waySweep  = "--resume goes on with what is there of the same sweep, --force replaces it when the new one is complete, or choose another name"
	wayLeft   = "--resume goes on from them, --force starts again without them, or choose another name"
)

// advised is an error with the ways on from it.
type advised struct {
	err error
	way string
}

// Error implements error.
func (e *advised) Error() string { return e.err.Error() }

// Unwrap returns the error.
func (e *advised) Unwrap() error { return e.err }

// orElse adds a way on to an error about what is there already.
func orElse(err error, way string) error {
	var there *output.ExistsError
	switch {
	case err == nil || !errors.Is(err, output.ErrExists):
		return err
	case errors.As(err, &there) && there.Stays:
		way = wayName
	}
	return &advised{err, way}
}

// target opens the place for the results of a sweep; nil without --out. The caller
// closes it.
func (f *sweepFlags) target(a *app) (*sweep.Target, error) {
	switch f.out {
	case "":
		return nil, nil //nolint:nilnil // results are not written
	case stdoutPath:
		return sweep.StreamTarget(a.stdout, string(a.streamFormat()))
	}
	t, err := sweep.OpenTarget(f.out, sweep.TargetOptions{Force: f.force, Resume: f.resume})
	var left *sweep.UnfinishedError
	if errors.As(err, &left) {
		return nil, orElse(err, wayLeft)
	}
	return t, orElse(err, waySweep)
}

// tables are the files of records that a command writes together: all of them or
// none.
type tables struct {
	held []*output.Output
	// stdout says that one of them is standard output.
	stdout bool
}

// tableFile is a table that may be asked for.
type tableFile struct {
	flag, path string
	records    func() arrow.Record // which the caller releases
}

// hold takes hold of the files, before anything is computed for them.
func (t *tables) hold(files []tableFile, force bool) (err error) {
	defer func() {
		if err != nil {
			t.release()
		}
	}()
	for _, f := range files {
		switch {
		case f.path == stdoutPath && t.stdout:
			return usagef("%s %s: standard output is taken by another table", f.flag, f.path)
		case f.path == stdoutPath:
			t.stdout = true
		}
		if f.path == "" || f.path == stdoutPath {
			t.held = append(t.held, nil)
			continue
		}
		held, err := output.Hold(f.path, output.Options{Force: force, Table: true})
		if err != nil {
			return orElse(fmt.Errorf("%s: %w", f.flag, err), wayForce)
		}
		t.held = append(t.held, held)
	}
	return nil
}

// release gives the files back.
func (t *tables) release() {
	for _, held := range t.held {
		if held != nil {
			held.Release()
		}
	}
}

// write writes the tables and then gives all of them their names.
func (t *tables) write(a *app, files []tableFile) (err error) {
	var written []*output.Output
	defer func() {
		if err != nil {
			for _, held := range written {
				err = errors.Join(err, held.Discard())
			}
		}
	}()
	var notes []string
	for i, f := range files {
		if f.path == "" {
			continue
		}
		rec := f.records()
		held := t.held[i]
		if held == nil {
			err = writeRecord(a.stdout, rec, output.Kind{Format: a.streamFormat()})
		} else {
			_, err = held.Write(func(w io.Writer) error { return writeRecord(w, rec, held.Kind()) })
			written = append(written, held)
			notes = append(notes, fmt.Sprintf("%d rows in %s", rec.NumRows(), f.path))
		}
		rec.Release()
		if err != nil {
			return err
		}
	}
	if err := output.Commit(written...); err != nil {
		return err
	}
	for _, note := range notes {
		a.notef("%s", note)
	}
	return nil
}

// streamFormat is how a table goes to standard output.
func (a *app) streamFormat() output.Format {
	if a.output == outputJSON {
		return output.JSON
	}
	return output.CSV
}

// writeRecord writes a record as a table of its own.
func writeRecord(w io.Writer, rec arrow.Record, kind output.Kind) error {
	t, err := records.NewWriter(w, rec.Schema(), records.Options{Kind: kind, CreatedBy: "bowstring " + version()})
	if err != nil {
		return err
	}
	if err := t.Write(rec); err != nil {
		return err
	}
	return t.Close()
}
