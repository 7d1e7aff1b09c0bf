package columnar

import (
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"
)

// ErrFault is matched by every [FaultError].
var ErrFault = errors.New("mapped file was cut short")

// FaultError says that a file which is mapped into memory could not be read:
// someone has cut it short since, or its disk has failed. Unless it is caught
// the system ends the process.
type FaultError struct {
	// File is the path that the file was opened by, "" where it is not known.
	File string
}

// Error implements error.
func (e *FaultError) Error() string {
	file := e.File
	if file == "" {
		file = "a mapped file"
	}
	return fmt.Sprintf("%s: cannot be read any more: it was cut short while it was in use, or its disk failed", file)
}

// Is reports that a FaultError is an [ErrFault].
func (e *FaultError) Is(target error) bool { return target == ErrFault }

// CatchFault has a fault in mapped memory end a function with a *[FaultError]
// instead of the process. It holds for one goroutine, so that each one that
// looks at the values of a Frame, or calls what does, begins with
//
//	defer columnar.CatchFault(&err)()
//
// Other panics pass. What a function has deferred runs as in any panic.
func CatchFault(err *error) (end func()) {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			fault := FaultOf(p)
			if fault == nil {
				panic(p)
			}
			*err = fault
		} else if !errors.Is(*err, ErrFault) {
			if fault := FaultOf(*err); fault != nil {
				*err = fault
			}
		}
	}
}

// FaultOf returns the *[FaultError] that the value of a panic, or an error, is
// or is caused by; nil where it is something else. The goroutine must panic on
// faults, as in [CatchFault].
func FaultOf(v any) error {
	err, ok := v.(error)
	if !ok {
		return nil
	}
	var known *FaultError
	var at interface{ Addr() uintptr } // as debug.SetPanicOnFault has it
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &at):
		if file, ok := mapped.find(at.Addr()); ok {
			return &FaultError{File: file}
		}
	case errors.Is(err, syscall.EFAULT):
		// The system was to read the memory itself, and says not where.
		if file, ok := mapped.cut(); ok {
			return &FaultError{File: file}
		}
	}
	return nil
}

// Intact reports whether the mapped files that the bars of f lie in are as long
// as they were. The end of a cut file reads as zeros up to the next page, which
// is no fault: whoever has computed something from the values of a Frame asks
// before it is used. The error is a *[FaultError].
func (f *Frame) Intact() error {
	for i := range f.batches {
		b := &f.batches[i]
		columns := b.cols
		if len(b.times) > 0 {
			if err := mapped.intact(addressOf(b.times)); err != nil {
				return err
			}
		}
		for _, c := range columns {
			if len(c) == 0 {
				continue
			}
			if err := mapped.intact(addressOf(c)); err != nil {
				return err
			}
		}
	}
	return nil
}
