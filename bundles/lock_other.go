//go:build !unix && !windows

package bundles

import (
	"errors"
	"os"
)

// lockFile refuses: without file locks a store could only be read.
func lockFile(*os.File) error { return errors.ErrUnsupported }
