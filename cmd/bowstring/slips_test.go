package main

import (
	"strings"
	"testing"
)

// TestSlips: the commonest mistakes of new users, each with the whole of what is said.
func TestSlips(t *testing.T) {
	c := newCommand(t)
	c.ok("ingest", c.write("A.csv", usingBars()), "--bundle", "prices", "--calendar", "24x7")
	spec := c.write("s.yaml", usingSpec)
	for _, s := range []struct {
		args []string
		want string
	}{
		{[]string{"sweep"}, "error: no SPEC: give the file of a strategy; 'bowstring spec init my.yaml' writes one; see 'bowstring sweep --help'\n"},
		{[]string{"bundle", "show"}, "error: no NAME: give the name of a bundle; 'bowstring bundle ls' lists them; see 'bowstring bundle show --help'\n"},
		{[]string{"sweep", spec, "--workers", "abc"}, "error: --workers \"abc\": want a whole number; see 'bowstring sweep --help'\n"},
		{[]string{"swep", spec}, "error: unknown command \"swep\" for \"bowstring\"; did you mean \"sweep\"?; see 'bowstring --help'\n"},
		{[]string{"bundle", "shwo"}, "error: unknown command \"shwo\" for \"bowstring bundle\"; did you mean \"show\"?; see 'bowstring bundle --help'\n"},
		{[]string{"results", "head", "s.yaml"}, "error: s.yaml is a spec, not results: 'bowstring sweep s.yaml --out results.parquet' makes some\n"},
		{[]string{"sweep", "s.yaml", "--bundle", "prises"}, "error: bundle \"prises\": not found; did you mean \"prices\"?\nhint: run 'bowstring bundle ls' to see what there is, or 'bowstring demo' to make a sample bundle\n"},
		{[]string{"sweep", "s.yaml", "--bundle", "prices", "--symbols", "a"}, "error: universe: asset \"a\": no such asset; did you mean \"A\"?\n"},
		{[]string{"sweep", "s.yaml", "--bundle", "prices", "--from", "2050-01-01"}, "error: period: the bundle has no bars in it: they are from 2024-01-01 to 2024-01-10\n"},
		{[]string{"sweep", "s", "--bundle", "prices"}, "error: spec: open s: no such file or directory; did you mean s.yaml?\nhint: check the path\n"},
		{[]string{"sweep", "s.yaml"}, "error: no bundle: give --bundle NAME, or a line 'bundle: NAME' in s.yaml\n"},
	} {
		code, stdout, stderr := c.run(s.args...)
		if code == exitOK || stderr != s.want || stdout != "" {
			t.Errorf("%s: exit code %d\n%s\nwant\n%s", strings.Join(s.args, " "), code, stderr, s.want)
		}
	}
}
