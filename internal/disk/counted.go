package disk

import "sync/atomic"

// Counted returns the file system with a call of before ahead of every step, with
// the number of the step, from 1: for tests that end a process between two of
// them. before is called by whoever takes the step, at once if several do.
func Counted(before func(step int64)) Disk {
	var steps atomic.Int64
	return Disk{Fault: func(_, _ string, bytes int) (int, error) {
		before(steps.Add(1))
		return bytes, nil
	}}
}
