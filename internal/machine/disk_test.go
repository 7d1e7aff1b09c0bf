package machine

import (
	"path/filepath"
	"runtime"
	"testing"
)

// A folder that is not there yet is on the file system of the one around it.
func TestFreeDisk(t *testing.T) {
	dir := t.TempDir()
	got := FreeDisk(filepath.Join(dir, "not", "there.parquet"))
	switch runtime.GOOS {
	case "linux", "darwin", "windows":
		if got <= 0 {
			t.Errorf("%d bytes are free", got)
		}
	}
	if got < 0 {
		t.Errorf("%d bytes are free", got)
	}
}
