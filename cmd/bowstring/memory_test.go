package main

import (
	"math"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/internal/machine"
)

// TestMemoryFlag: a quarter of the machine where nobody says, what is said where
// somebody does, and no limit for 0.
func TestMemoryFlag(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	quarter := machine.Memory() / 4
	for _, tt := range []struct {
		args []string
		want int64 // less than 0: no budget
	}{
		{nil, quarter}, {[]string{"--memory", "0"}, -1}, {[]string{"--memory", "64MiB"}, 64 << 20},
	} {
		if tt.want == 0 {
			continue // the system does not say how much there is
		}
		var m memoryFlag
		cmd := &cobra.Command{}
		m.add(cmd)
		if err := cmd.ParseFlags(tt.args); err != nil {
			t.Fatal(err)
		}
		b, err := m.budget()
		switch {
		case err != nil:
			t.Errorf("%v: %v", tt.args, err)
		case b == nil && tt.want > 0, b != nil && tt.want < 0:
			t.Errorf("%v: budget %v", tt.args, b)
		case b != nil && (b.Reserve(tt.want+1) == nil || b.Reserve(tt.want) != nil):
			t.Errorf("%v: the limit is not %d", tt.args, tt.want)
		}
	}
}

// TestDefaultBound: explain says the bound, and no result depends on it.
func TestDefaultBound(t *testing.T) {
	c := newCommand(t)
	c.ok("demo")
	spec := c.write("spec.yaml", someSpec)
	stdout, _ := c.ok("explain", spec, "--bundle", "demo")
	if all := machine.Memory(); all > 0 && !strings.Contains(stdout, "memory:    at most "+size(all/4)+", a quarter of the "+size(all)) {
		t.Errorf("explain: %s", stdout)
	}
	var files [][]byte
	for name, args := range map[string][]string{"default.parquet": nil, "none.parquet": {"--memory", "0"}, "little.parquet": {"--memory", "48MiB"}} {
		c.ok(append([]string{"sweep", spec, "--bundle", "demo", "--out", name}, args...)...)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, b)
	}
	if string(files[0]) != string(files[1]) || string(files[0]) != string(files[2]) {
		t.Error("results depend on --memory")
	}
}
