//go:build !unix && !windows

package disk

import (
	"errors"
	"os"
)

// LockFile refuses: this system has no locks that end with their process.
func LockFile(*os.File) error { return errors.ErrUnsupported }
