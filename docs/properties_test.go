package docs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// checkProperties complains about packages that check properties without
// proptest.Setup, which says how many examples and from which seed, and about
// tests that change the settings of rapid for themselves.
func checkProperties(tests []source) []string {
	const own, other = "internal/proptest", "columnar/arrow18" // a module without proptest
	checking, set := make(map[string]bool), make(map[string]bool)
	var complaints []string
	for _, s := range tests {
		switch {
		case !s.isTest() || s.dir() == "docs" || s.dir() == other:
			continue
		case s.dir() != own && strings.Contains(s.text, "flag.Set(\"rapid."):
			complaints = append(complaints, s.path+": sets flags of rapid; proptest.Examples resets them")
		}
		if strings.Contains(s.text, "\"pgregory.net/rapid\"") {
			checking[s.dir()] = true
		}
		if strings.Contains(s.text, "func TestMain(") && (strings.Contains(s.text, "\tproptest.Setup()") || s.dir() == own) {
			set[s.dir()] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(checking)) {
		if !set[dir] {
			complaints = append(complaints, fmt.Sprintf("%s: checks properties, and no TestMain calls proptest.Setup", dir))
		}
	}
	return complaints
}

func TestProperties(t *testing.T) {
	report(t, checkProperties(sources(t, ".go")))
}

func TestCheckProperties(t *testing.T) {
	const property = "package p\n\nimport \"pgregory.net/rapid\"\n"
	const main = "package p\n\nfunc TestMain(m *testing.M) {\n\tproptest.Setup()\n}\n"
	expect(t, checkProperties([]source{{"a/x_test.go", property}, {"a/main_test.go", main}, {"a/x.go", property}}))
	expect(t, checkProperties([]source{{"a/x_test.go", property}, {"b/main_test.go", main}}), "a: checks")
	expect(t, checkProperties([]source{{"a/x_test.go", property + "func TestMain("}}), "a: checks")
	expect(t, checkProperties([]source{{"a/x_test.go", "flag.Set(\"rapid.checks\", \"3\")"}}), "proptest.Examples")
}
