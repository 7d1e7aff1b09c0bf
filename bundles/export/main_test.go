package export

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain has properties checked on a thousand examples, unless the command
// line says how many, and no goroutine left behind.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "1000"); err != nil {
			os.Exit(2)
		}
	}
	goleak.VerifyTestMain(m)
}
