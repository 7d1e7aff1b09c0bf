package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest"
)

// TestOptionsAreFlags: every option that the library's messages name is a field, and
// the flag that is shown instead is one of "ingest".
func TestOptionsAreFlags(t *testing.T) {
	cmd := new(app).ingestCmd()
	for option, flag := range readingFlag {
		if _, ok := reflect.TypeFor[ingest.Options]().FieldByName(option); !ok {
			t.Errorf("ingest.Options has no field %s", option)
		}
		if cmd.Flags().Lookup(strings.TrimPrefix(flag, "--")) == nil {
			t.Errorf("there is no flag %s", flag)
		}
	}
	c := newCommand(t)
	c.write("A.csv", "date,open,high,low,close,volume\n08/02/2013,2,3,1,2,10\n")
	code, _, stderr := c.run("ingest", "A.csv", "--bundle", "a")
	if code != exitBadData || !strings.Contains(stderr, "8 February 2013 (--date-order dmy)") || strings.Contains(stderr, "Options.") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	c.write("A.csv", "date,open,high,low,close,volume\n13.02.2013,2,3,1,2,10\n")
	if stdout, _ := c.ok("ingest", "inspect", "A.csv", "--output", "json"); !strings.Contains(stdout, `"flag": "--date-order"`) {
		t.Error(stdout)
	}
}
