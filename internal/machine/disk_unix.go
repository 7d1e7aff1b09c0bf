//go:build linux || darwin

package machine

import (
	"math"

	"golang.org/x/sys/unix"
)

func freeDisk(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil || s.Bsize <= 0 {
		return 0
	}
	blocks, size := s.Bavail, uint64(s.Bsize) // #nosec G115: above 0
	if blocks > math.MaxInt64/size {
		return math.MaxInt64
	}
	return int64(blocks * size) // #nosec G115: held to it
}
