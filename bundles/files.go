package bundles

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// exists reports whether there is something at path.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// gone reports whether there is nothing at path.
func gone(path string) bool {
	there, err := exists(path)
	return err == nil && !there
}

func isFile(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

func isFolder(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

func isEmpty(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) == 0 && isFolder(dir)
}

// beginsSealed reports whether a file begins like a sealed one, or is the
// beginning of one, as a process leaves it that is killed while it writes.
func beginsSealed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var buf [len(sealVersion)]byte
	n, err := f.Read(buf[:])
	return (err == nil || n == 0) && bytes.HasPrefix([]byte(sealVersion), buf[:n])
}

// isLock reports whether a file is a lock of this program, or one of an earlier
// release, which is empty. One that cannot be read is held, on some systems.
func isLock(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > int64(len(lockText)) {
		return false
	}
	text, err := os.ReadFile(path)
	return err != nil || bytes.HasPrefix([]byte(lockText), text)
}

// diskUsage returns the bytes of the files in a folder. A file with several
// names counts once, and nothing where one of its names is in the folder
// shared, "" is none, as does what cannot be read.
func diskUsage(dir, shared string) int64 {
	bytes := int64(0)
	sizes := make(map[int64][]fs.FileInfo) // of files that may have several names
	visit := func(count bool) fs.WalkDirFunc {
		return func(_ string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return nil //nolint:nilerr // what cannot be read counts nothing
			}
			info, err := e.Info()
			if err != nil {
				return nil //nolint:nilerr // as above
			}
			if strings.HasSuffix(e.Name(), ".parquet") {
				size := info.Size()
				if slices.ContainsFunc(sizes[size], func(other fs.FileInfo) bool { return os.SameFile(info, other) }) {
					return nil
				}
				sizes[size] = append(sizes[size], info)
			}
			if count {
				bytes += info.Size()
			}
			return nil
		}
	}
	if shared != "" {
		_ = filepath.WalkDir(shared, visit(false))
	}
	_ = filepath.WalkDir(dir, visit(true))
	return bytes
}
