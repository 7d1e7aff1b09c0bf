package machine

import (
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

func memory() int64 { return memoryOf(os.DirFS("/")) }

// memoryOf is Memory of a machine whose files are below root.
func memoryOf(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	take := func(bytes int64, ok bool) {
		if ok && bytes > 0 {
			least = min(least, bytes)
		}
	}
	take(total(read(root, "proc/meminfo")))
	for _, file := range limits(read(root, "proc/self/cgroup")) {
		n, err := strconv.ParseInt(strings.TrimSpace(read(root, file)), 10, 64)
		take(n, err == nil) // "max" is none
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// total returns what /proc/meminfo says that the machine has.
func total(meminfo string) (bytes int64, ok bool) {
	for line := range strings.Lines(meminfo) {
		if rest, found := strings.CutPrefix(line, "MemTotal:"); found {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kib << 10, err == nil && kib <= math.MaxInt64>>10
		}
	}
	return 0, false
}

// limits returns the files that hold the limits of the groups that a process is
// in, and of all around those, given its /proc/self/cgroup. Lines are
// number:controllers:path, where version 2 names no controllers. In a container
// the path may be one outside, so that only the last file is there.
func limits(groups string) (files []string) {
	for line := range strings.Lines(groups) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		base, name := "sys/fs/cgroup", "memory.max"
		if parts[1] != "" {
			base, name = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
			if !strings.Contains(","+parts[1]+",", ",memory,") {
				continue
			}
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			files = append(files, path.Join(base, dir, name))
			if dir == "/" {
				break
			}
		}
	}
	return files
}

func read(root fs.FS, name string) string {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return string(b)
}
