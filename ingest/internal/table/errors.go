package table

import (
	"errors"
	"fmt"
)

var (
	// ErrDamaged is returned for a file that is cut off, contradicts itself, or is
	// not of its format.
	ErrDamaged = errors.New("damaged table")

	// ErrUnsupported is returned for a valid file with something in it that is
	// not read, as encryption.
	ErrUnsupported = errors.New("unsupported table")
)

// What unpacks to more than MaxRatio times its size was made to fill a memory.
// The first FreeBytes are not held against it.
const (
	MaxRatio  = 200
	FreeBytes = 64 << 20
)

// maxColumns is the most columns that a table may have.
const maxColumns = 4096

// damaged returns an ErrDamaged with an explanation.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// unsupported returns an ErrUnsupported with an explanation.
func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}

// rescue turns a panic into an error: decoders of other packages panic on some
// damaged input.
func rescue(err *error) {
	if r := recover(); r != nil {
		if e, ok := r.(error); ok {
			*err = fmt.Errorf("%w: %w", ErrDamaged, e)
			return
		}
		*err = damaged("%v", r)
	}
}

// bomb reports whether so many bytes are too much for what they come from.
func bomb(plain, packed int64) bool {
	return plain > FreeBytes && plain/MaxRatio > packed
}
