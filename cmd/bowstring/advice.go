package main

import (
	"errors"

	"github.com/bowstring-engine/bowstring/internal/output"
)

// stdoutPath is the file that stands for standard output.
const stdoutPath = output.Stdout

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
