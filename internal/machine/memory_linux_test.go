package machine

import (
	"testing"
	"testing/fstest"
)

// TestMemoryOf: the files are as the kernel documents them; expected values are
// the smallest of what they say.
func TestMemoryOf(t *testing.T) {
	const mem = "MemTotal:       16000000 kB\nMemFree:        123 kB\n"
	for name, tt := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"nothing":             {nil, 0},
		"no groups":           {map[string]string{"proc/meminfo": mem}, 16_000_000 << 10},
		"garbage":             {map[string]string{"proc/meminfo": "MemTotal: many kB\n", "proc/self/cgroup": "x\n::\n"}, 0},
		"version 2, no limit": {map[string]string{"proc/meminfo": mem, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n"}, 16_000_000 << 10},
		"version 2":           {map[string]string{"proc/meminfo": mem, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1073741824\n"}, 1 << 30},
		"the group around it": {map[string]string{"proc/meminfo": mem, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "536870912\n"}, 512 << 20},
		"a container":         {map[string]string{"proc/meminfo": mem, "proc/self/cgroup": "0::/../x\n", "sys/fs/cgroup/memory.max": "2147483648\n"}, 2 << 30},
		"version 1":           {map[string]string{"proc/meminfo": mem, "proc/self/cgroup": "5:cpu,cpuacct:/c\n4:memory:/m\n0::/\n", "sys/fs/cgroup/memory/m/memory.limit_in_bytes": "268435456\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 256 << 20},
		"more than there is":  {map[string]string{"proc/meminfo": mem, "proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 16_000_000 << 10},
	} {
		root := fstest.MapFS{}
		for file, text := range tt.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := memoryOf(root); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
	if Memory() <= 0 {
		t.Error("this machine does not say")
	}
}
