package export

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// newFile are the flags for a file that must not be there.
const newFile = os.O_CREATE | os.O_EXCL

// beside returns a name in the folder of path that nothing has, of which anyone
// sees that it is not finished.
func beside(path, ending string) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("%s.%s.%s", path, hex.EncodeToString(random[:]), ending)
}

// The endings of what is under way, and of what makes room.
const (
	partialEnding  = "partial"
	replacedEnding = "replaced"
)

// checkFree reports whether a file of that name may be written.
func checkFree(path string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return fmt.Errorf("%s: %w", path, &fs.PathError{Op: "open", Path: filepath.Dir(path), Err: fs.ErrNotExist})
		}
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s %w, and is not a regular file", path, ErrExists)
	case !force:
		return fmt.Errorf("%s %w", path, ErrExists)
	}
	return nil
}
