package docs

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers says which packages of the module each package may import. Data
// flows one way and imports point down only; a package that is not listed
// fails the test. "dir/..." is dir and everything below it, "..." everything.
var layers = map[string][]string{
	"pipeline/internal/kernel":     {},
	"pipeline/internal/kernel/asm": {},
	"columnar/cache":               {},
	"internal/parquet/footer":      {},
	"columnar/calendar":            {},
	"columnar":                     {"columnar/calendar", "internal/decimal"},
	"columnar/arrow18":             {},
	"ingest":                       {"ingest/internal/...", "ingest/quality", "ingest/report", "columnar", "internal/evidence", "internal/visible", "columnar/calendar", "internal/decimal", "internal/reuse"},
	"ingest/internal/problem":      {"ingest/report", "internal/visible"},
	"ingest/internal/shape":        {"ingest/internal/problem", "ingest/internal/source", "ingest/internal/table", "ingest/internal/value", "columnar", "internal/evidence", "internal/decimal"},
	"ingest/internal/source":       {"ingest/internal/problem", "ingest/internal/table", "ingest/internal/value", "ingest/report"},
	"ingest/internal/value":        {"internal/decimal"},
	"ingest/internal/table":        {"internal/parquet/footer", "internal/decimal", "internal/reuse"},
	"ingest/load":                  {"ingest", "bundles", "columnar"},
	"ingest/quality":               {"ingest/report", "columnar", "internal/evidence", "columnar/calendar"},
	"ingest/report":                {},
	"ingest/sample":                {"columnar", "columnar/calendar"},
	"bundles":                      {"ingest/report", "internal/parquet", "internal/disk", "internal/evidence", "columnar", "columnar/cache", "columnar/calendar"},
	"internal/parquet":             {"columnar", "internal/parquet/footer"},
	"internal/suggest":             {},
	"internal/decimal":             {},
	"internal/reuse":               {},
	"internal/visible":             {},
	"internal/disk":                {},
	"internal/evidence":            {"columnar"},
	"internal/machine":             {},
	"internal/output":              {"internal/disk", "internal/parquet"},
	"internal/records":             {"internal/output", "internal/parquet"},
	"bundles/export":               {"internal/suggest", "internal/parquet", "internal/disk", "internal/output", "columnar", "columnar/calendar", "internal/decimal"},
	"internal/proptest":            {},
	"pipeline/metrics":             {"pipeline/internal/kernel", "internal/reuse"},
	"pipeline/indicator":           {"pipeline/internal/kernel"},
	"pipeline/internal/graph":      {"pipeline/internal/kernel", "pipeline/indicator"},
	"pipeline/internal/clock":      {"columnar/calendar"},
	"pipeline/strategy":            {"internal/suggest", "internal/visible", "pipeline/internal/kernel", "pipeline/internal/graph", "pipeline/indicator"},
	"pipeline/internal/eval":       {"pipeline/strategy", "pipeline/internal/graph", "pipeline/indicator", "pipeline/internal/kernel", "columnar/cache", "internal/reuse"},
	"pipeline/backtest":            {"pipeline/metrics"},
	"pipeline/internal/reference":  {"pipeline/internal/kernel", "pipeline/backtest", "pipeline/metrics", "internal/reuse"},
	"pipeline/internal/event":      {"pipeline/internal/kernel", "pipeline/backtest", "pipeline/metrics", "internal/reuse"},
	"pipeline/internal/simtest":    {"pipeline/internal/kernel", "pipeline/backtest"},
	"pipeline":                     {"pipeline/...", "columnar/...", "internal/reuse"},
	"sweep":                        {"internal/suggest", "sweep/results", "sweep/internal/ranking", "sweep/spec", "pipeline/...", "columnar/..."},
	"sweep/search":                 {"sweep/results", "sweep/internal/ranking", "sweep/spec", "pipeline", "pipeline/strategy"},
	"sweep/results":                {"sweep/internal/ranking", "sweep/spec", "pipeline/metrics", "columnar", "internal/parquet", "internal/disk", "internal/output", "internal/records", "internal/suggest"},
	"sweep/internal/ranking":       {"sweep/spec", "pipeline/strategy"},
	"sweep/ledger":                 {"sweep/spec"},
	"sweep/robust":                 {"sweep/spec", "sweep/results", "sweep/internal/ranking", "pipeline", "pipeline/backtest", "pipeline/metrics"},
	"sweep/spec":                   {"pipeline", "pipeline/strategy", "pipeline/indicator", "pipeline/backtest", "pipeline/metrics", "columnar", "internal/suggest", "internal/visible", "columnar/calendar", "internal/decimal"},
	"sweep/report":                 {"sweep/results", "internal/visible", "pipeline/metrics"},
	"cmd/bowstring":                {"..."},
	"bench/gate":                   {},
	"bench/gate/work":              {"bundles/...", "columnar/...", "ingest/...", "pipeline/backtest", "sweep/..."},
}

// dependencies says which packages may import what from outside the module
// and the standard library. Whatever is not listed is not taken.
var dependencies = map[string][]string{
	"github.com/adrg/xdg":                          {"cmd/bowstring"},
	"github.com/andybalholm/brotli":                {"ingest/internal/table"},
	"github.com/apache/arrow-go/v18/arrow":         {"columnar/arrow18"},
	"github.com/apache/arrow/go/v17/arrow":         {"columnar", "columnar/arrow18", "internal/...", "bundles/...", "ingest/...", "pipeline/backtest", "sweep/...", "cmd/bowstring", "bench/gate/work"},
	"github.com/expr-lang/expr":                    {"pipeline/strategy"},
	"github.com/goccy/go-yaml":                     {"sweep/spec"},
	"github.com/hashicorp/golang-lru/v2/simplelru": {"columnar/cache"},
	"github.com/jedib0t/go-pretty/v6":              {"sweep/report", "cmd/bowstring"},
	"github.com/klauspost/compress":                {"internal/...", "bundles/...", "ingest/..."},
	"github.com/pierrec/lz4/v4":                    {"ingest/internal/table"},
	"github.com/parquet-go/parquet-go":             {"internal/parquet/...", "bundles/...", "ingest/..."},
	"github.com/schollz/progressbar/v3":            {"cmd/bowstring"},
	"github.com/spf13/cobra":                       {"cmd/bowstring"},
	"github.com/mmcloughlin/avo":                   {"pipeline/internal/kernel/asm"},
	"github.com/ulikunitz/xz":                      {"ingest/internal/source"},
	"golang.org/x/sync":                            {"..."},
	"golang.org/x/sys":                             {"columnar", "internal/...", "bundles/...", "cmd/bowstring"},
	"golang.org/x/sys/cpu":                         {"pipeline/internal/kernel"},
	"golang.org/x/term":                            {"cmd/bowstring"},
	"pgregory.net/rapid":                           {"internal/proptest", "pipeline/internal/simtest"},
}

// forbidden packages are not imported anywhere, not even by tests.
var forbidden = map[string]string{
	"github.com/apache/arrow/go/v17/parquet":     "pqarrow drops BYTE_STREAM_SPLIT columns without an error",
	"github.com/apache/arrow/go/v17/arrow/math":  "its sums are not reproducible and ignore nulls",
	"github.com/apache/arrow/go/v17/arrow/cdata": "its C symbols collide with those of v18",
	"github.com/apache/arrow-go/v18/arrow/cdata": "its C symbols collide with those of v17",
	"github.com/cinar/indicator":                 "its licence is AGPL",
	"gopkg.in/yaml.v3":                           "it is archived",
}

// within reports whether a path is base or below it.
func within(p, base string) bool { return p == base || strings.HasPrefix(p, base+"/") }

// allowed reports whether a package matches one of the patterns.
func allowed(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if pattern == "..." {
			return true
		}
		if base, ok := strings.CutSuffix(pattern, "/..."); ok {
			return within(pkg, base)
		}
		return pkg == pattern
	})
}

// checkImport complains about one import of a package, by non-test code
// unless test is set.
func checkImport(pkg, imported string, test bool) string {
	for base, reason := range forbidden {
		if within(imported, base) {
			return fmt.Sprintf("imports %s: %s", imported, reason)
		}
	}
	own, isOwn := strings.CutPrefix(imported, module+"/")
	switch {
	case test:
	case isOwn:
		if !allowed(own, layers[pkg]) {
			return fmt.Sprintf("imports %s, which does not lie below it", own)
		}
	case strings.Contains(strings.Split(imported, "/")[0], "."):
		for base, users := range dependencies {
			if within(imported, base) && allowed(pkg, users) {
				return ""
			}
		}
		return fmt.Sprintf("imports %s, which it may not depend on", imported)
	}
	return ""
}

// checkImports complains about the imports of Go sources, whatever system
// they are for, and about packages that have no layer.
func checkImports(t *testing.T, files []source) []string {
	t.Helper()
	var complaints []string
	unlisted := make(map[string]bool)
	for _, s := range files {
		pkg := s.dir()
		if _, ok := layers[pkg]; !ok && !s.isTest() && !unlisted[pkg] {
			unlisted[pkg] = true
			complaints = append(complaints, fmt.Sprintf("%s: package has no layer", pkg))
		}
		for _, spec := range parse(t, token.NewFileSet(), s).Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if c := checkImport(pkg, imported, s.isTest()); c != "" {
				complaints = append(complaints, s.path+": "+c)
			}
		}
	}
	return complaints
}

func TestImports(t *testing.T) {
	report(t, checkImports(t, sources(t, ".go")))
}

func TestCheckImports(t *testing.T) {
	const importing = "package p\nimport %q\n"
	for _, c := range []struct{ path, imported, want string }{
		{"columnar/frame.go", module + "/bundles", "does not lie below"},
		{"pipeline/internal/kernel/sma.go", module + "/columnar", "does not lie below"},
		{"pipeline/internal/kernel/sma_windows.go", "golang.org/x/sys/windows", "may not depend"},
		{"pipeline/internal/kernel/sma.go", "github.com/mmcloughlin/avo/build", "may not depend"},
		{"pipeline/metrics/curve.go", "github.com/apache/arrow/go/v17/arrow", "may not depend"},
		{"columnar/frame.go", "github.com/apache/arrow-go/v18/arrow", "may not depend"},
		{"columnar/arrow18/record.go", module + "/columnar", "does not lie below"},
		{"columnar/arrow18/record_test.go", "github.com/apache/arrow-go/v18/arrow/cdata", "collide"},
		{"sweep/spec.go", "github.com/stretchr/testify/require", "may not depend"},
		{"sweep/spec.go", "gopkg.in/yaml.v3", "archived"},
		{"sweep/spec_test.go", "gopkg.in/yaml.v3", "archived"},
		{"bundles/read.go", "github.com/apache/arrow/go/v17/parquet/pqarrow", "BYTE_STREAM_SPLIT"},
		{"util/strings.go", "strings", "no layer"},
	} {
		expect(t, checkImports(t, []source{{c.path, fmt.Sprintf(importing, c.imported)}}), c.want)
	}
	for _, c := range []struct{ path, imported string }{
		{"columnar/frame.go", "github.com/apache/arrow/go/v17/arrow/array"},
		{"sweep/run.go", module + "/pipeline/backtest"},
		{"pipeline/internal/kernel/sma_test.go", "github.com/markcheno/go-talib"},
		{"pipeline/internal/kernel/sma.go", "math"},
		{"pipeline/internal/kernel/dispatch_amd64.go", "golang.org/x/sys/cpu"},
	} {
		expect(t, checkImports(t, []source{{c.path, fmt.Sprintf(importing, c.imported)}}))
	}
}

// TestLayersPointDown finds a cycle that the table itself would allow.
func TestLayersPointDown(t *testing.T) {
	state := make(map[string]int) // 1 while its imports are visited, 2 after
	var visit func(pkg string)
	visit = func(pkg string) {
		state[pkg] = 1
		for other := range layers {
			if other == pkg || !allowed(other, layers[pkg]) {
				continue
			}
			if state[other] == 1 {
				t.Errorf("%s and %s may import each other", pkg, other)
			}
			if state[other] == 0 {
				visit(other)
			}
		}
		state[pkg] = 2
	}
	for pkg := range layers {
		if state[pkg] == 0 {
			visit(pkg)
		}
	}
}
