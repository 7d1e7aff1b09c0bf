package machine

import "golang.org/x/sys/unix"

func memory() int64 {
	bytes, err := unix.SysctlUint64("hw.memsize")
	if err != nil || bytes > 1<<62 {
		return 0
	}
	return int64(bytes)
}
