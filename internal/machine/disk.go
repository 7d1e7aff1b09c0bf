package machine

import (
	"os"
	"path/filepath"
)

// FreeDisk returns how many bytes may be written to the file system that a path is or
// would be on, 0 where that is not known.
func FreeDisk(path string) int64 {
	dir, err := filepath.Abs(path)
	if err != nil {
		return 0
	}
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return freeDisk(dir)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return 0
		}
		dir = up
	}
}
