package proptest

import (
	"flag"
	"fmt"
	"strconv"
	"sync"
	"testing"

	_ "pgregory.net/rapid" // has the flags
)

const (
	// perProperty is the number of examples of a property that asks for no other.
	perProperty = 1000
	// raceShare is the part of them, 1 in so many, that the race detector sees.
	raceShare = 10
	// seed is that of an ordinary run.
	seed = "1"
)

// fromCommandLine says whether the command line has the number of examples,
// before a test changes it.
var fromCommandLine = sync.OnceValue(func() bool { return given("rapid.checks") })

// given reports whether a flag stands on the command line.
func given(name string) (found bool) {
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// Setup has rapid take a thousand examples of every property, a hundred under
// the race detector, from a fixed seed, where the command line says nothing
// else. TestMain calls it before anything is run; it parses the flags.
func Setup() {
	flag.Parse()
	if fromCommandLine() {
		return
	}
	set("rapid.checks", strconv.Itoa(number(perProperty)))
	if !given("rapid.seed") {
		set("rapid.seed", seed)
	}
}

// Examples has the properties that a test checks take n examples, n/10 under the
// race detector, until the test ends. What the command line says goes before.
// Tests that run beside each other must not call it.
func Examples(t testing.TB, n int) {
	t.Helper()
	if fromCommandLine() {
		return
	}
	before := flag.Lookup("rapid.checks").Value.String()
	set("rapid.checks", strconv.Itoa(number(n)))
	t.Cleanup(func() { set("rapid.checks", before) })
}

// number is how many of n examples are taken, at least one.
func number(n int) int {
	if Race {
		n = max(n/raceShare, 1)
	}
	return n
}

// set changes a flag of rapid, which has it.
func set(name, value string) {
	if err := flag.Set(name, value); err != nil {
		panic(fmt.Sprintf("proptest: flag %s: %v", name, err))
	}
}
