package machine

import (
	"math"

	"golang.org/x/sys/windows"
)

func freeDisk(dir string) int64 {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0
	}
	var free uint64
	if windows.GetDiskFreeSpaceEx(name, &free, nil, nil) != nil {
		return 0
	}
	return int64(min(free, math.MaxInt64)) // #nosec G115: held to it
}
