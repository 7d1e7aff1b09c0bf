package proptest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMain(m *testing.M) {
	Setup()
	os.Exit(m.Run())
}

// examples checks a property that holds and returns what it has drawn.
func examples(t *testing.T) (drawn []uint64) {
	rapid.Check(t, func(t *rapid.T) { drawn = append(drawn, rapid.Uint64().Draw(t, "x")) })
	return drawn
}

// TestExamples: numbers are those that were asked for, a tenth of them under the
// race detector, and those from before once the test is over.
func TestExamples(t *testing.T) {
	if fromCommandLine() {
		t.Skip("the command line says how many")
	}
	want := func(t *testing.T, n int) {
		t.Helper()
		if Race {
			n = max(n/10, 1)
		}
		if got := len(examples(t)); got != n {
			t.Errorf("%d examples, want %d", got, n)
		}
	}
	want(t, 1000)
	t.Run("fewer", func(t *testing.T) {
		Examples(t, 30)
		want(t, 30)
		t.Run("and one", func(t *testing.T) {
			Examples(t, 1)
			want(t, 1)
		})
		want(t, 30)
	})
	want(t, 1000)
}

// TestPrints is started by TestCommandLine.
func TestPrints(t *testing.T) {
	Examples(t, 20)
	drawn := examples(t)
	t.Log("n", len(drawn), "drawn", drawn)
}

// TestCommandLine: two ordinary runs draw the same, those that ask for a number
// take that number and draw what they like, except with a seed.
func TestCommandLine(t *testing.T) {
	run := func(flags ...string) string {
		t.Helper()
		out, err := exec.Command(os.Args[0], append([]string{"-test.run=^TestPrints$", "-test.v"}, flags...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		_, drawn, ok := strings.Cut(string(out), ": n ")
		if !ok {
			t.Fatalf("no numbers in %s", out)
		}
		line, _, _ := strings.Cut(drawn, "\n")
		return line
	}
	if a, b := run(), run(); a != b {
		t.Errorf("an ordinary run draws %s, and then %s", a, b)
	}
	a, b := run("-rapid.checks=7"), run("-rapid.checks=7")
	if !strings.HasPrefix(a, "7 ") || a == b {
		t.Errorf("7 examples without a seed are %s and %s", a, b)
	}
	a, b = run("-rapid.checks=7", "-rapid.seed=5"), run("-rapid.checks=7", "-rapid.seed=5")
	if !strings.HasPrefix(a, "7 ") || a != b {
		t.Errorf("7 examples of one seed are %s and %s", a, b)
	}
	if a, b := run(), run("-rapid.seed=5"); a == b {
		t.Errorf("seed 5 draws what an ordinary run draws: %s", a)
	}
}
