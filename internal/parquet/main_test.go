package parquet

import (
	"flag"
	"os"
	"testing"
)

// TestMain has properties checked on a thousand examples, of which the race
// detector sees 150, unless the command line says how many.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		checks := "1000"
		if raceEnabled {
			checks = "150"
		}
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
