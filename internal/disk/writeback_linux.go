package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriteback has the disk begin with a part of a file that has been
// written, without waiting for it.
func startWriteback(f *os.File, from, n int64) {
	_ = unix.SyncFileRange(int(f.Fd()), from, n, unix.SYNC_FILE_RANGE_WRITE) // Sync says whether it is durable
}
