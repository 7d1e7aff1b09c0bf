package docs

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the documentation")

// generated are the parts of pages that are made from the rows of a table, each
// between <!-- begin NAME --> and <!-- end NAME -->.
var generated = []struct {
	page, name string
	text       func() string
}{
	{"docs/semantics.md", "statistics", statisticsTable},
	{"docs/indicators.md", "indicators", indicatorsTable},
	{"docs/indicators.md", "names", languageNames},
	{"docs/indicators.md", "charts", indicatorCharts},
	{"docs/quality.md", "quality rules", qualityTable},
}

// statisticsTable returns the statistics as a table in Markdown.
func statisticsTable() string {
	kinds := map[metrics.Kind]string{metrics.Ratio: "", metrics.Fraction: "fraction", metrics.Count: "count", metrics.Money: "money"}
	better := map[metrics.Better]string{metrics.Neither: "", metrics.Higher: "higher", metrics.Lower: "lower"}
	basis := map[metrics.Basis]string{metrics.FromSums: "sums", metrics.FromTrades: "trades", metrics.FromCurve: "curve"}
	var b strings.Builder
	b.WriteString("| name | definition | unit | better | follows from | core |\n|---|---|---|---|---|---|\n")
	for _, s := range metrics.All() {
		d := s.Describe()
		core := ""
		if d.Core {
			core = "✓"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", d.Name, d.Formula, kinds[d.Kind], better[d.Better], basis[d.Basis], core)
	}
	return b.String()
}

// indicatorsTable returns the indicators as a table in Markdown, a line an output.
func indicatorsTable() string {
	laws := map[indicator.Law]string{indicator.Follows: "✓", indicator.Stays: "0", indicator.Lawless: ""}
	var b strings.Builder
	b.WriteString("| call | indicator | output | reads | first | memory | in | × c | + c | source |\n|---|---|---|---|---|---|---|---|---|---|\n")
	family := ""
	for _, r := range indicator.All() {
		if f := indicator.Family(r); f != family {
			family = f
			fmt.Fprintf(&b, "| **%s** | | | | | | | | | |\n", f)
		}
		params := make([]float64, len(r.Params))
		for i, p := range r.Params {
			if params[i] = p.Default; p.Default == 0 {
				params[i] = 20
			}
		}
		for i, o := range r.Outputs {
			if i == 0 {
				fmt.Fprintf(&b, "| `%s` | %s ", r.Signature(), r.Title)
			} else {
				b.WriteString("| | ")
			}
			name := ""
			if len(r.Outputs) > 1 {
				name = "`." + o.Name + "`"
			}
			fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s | %s | %s |\n", name, strings.Join(r.Columns, ", "), r.FirstValue(params),
				r.Memory, o.Dimension, laws[o.Scaled], laws[o.Shifted], r.Source)
		}
	}
	return b.String()
}

// qualityTable returns the quality rules as a table in Markdown.
func qualityTable() string {
	var b strings.Builder
	b.WriteString("| rule | what | severity | looks at | rows | threshold |\n|---|---|---|---|---|---|\n")
	for _, r := range quality.Rules() {
		rows := ""
		if r.Rows {
			rows = "✓"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", r.Name, r.Doc, r.Severity, r.LooksAt, rows, r.Threshold)
	}
	return b.String()
}

// TestGenerated holds the generated parts to their rows; -update rewrites them.
func TestGenerated(t *testing.T) {
	for _, g := range generated {
		file := filepath.Join(root(t), filepath.FromSlash(g.page))
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		begin, end := "<!-- begin "+g.name+" -->\n", "<!-- end "+g.name+" -->"
		before, rest, ok := strings.Cut(string(data), begin)
		text, after, ok2 := strings.Cut(rest, end)
		switch want := g.text(); {
		case !ok || !ok2:
			t.Errorf("%s has no part %q", g.page, g.name)
		case text == want:
		case *update:
			if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s: the part %q is not what its rows say; `make golden` rewrites it", g.page, g.name)
		}
	}
}
