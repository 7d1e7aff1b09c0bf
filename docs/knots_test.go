package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// knotFiles is how many files of a package may refer to each other in a
// circle: a larger knot cannot be read from a facade to its leaves.
const knotFiles = 6

// knots are packages whose largest knot has more files, each with the reason.
// A figure may only fall: a package that does better has it lowered.
var knots = map[string]struct {
	files  int
	reason string
}{
	"bundles":                 {13, "the content of a version is one subject"},
	"pipeline":                {8, "plan, run and worker are one machine"},
	"pipeline/internal/event": {9, "one engine, whose methods are nine files: doc.go says in what order to read them"},
}

// nothing imports packages without names: what a package's own files refer to
// in each other is found without them.
type nothing struct{}

func (nothing) Import(p string) (*types.Package, error) {
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}

// references returns which files of a package use functions, methods, types,
// variables or constants that another of its files declares at its top level.
func references(files []source) (map[string]map[string]bool, error) {
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, s := range files {
		f, err := parser.ParseFile(fset, s.path, s.text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	info := types.Info{Uses: make(map[*ast.Ident]types.Object)}
	config := types.Config{Importer: nothing{}, Error: func(error) {}}
	pkg, _ := config.Check("p", fset, parsed, &info) // names of other packages are unknown, and it goes on
	refs := make(map[string]map[string]bool)
	for ident, object := range info.Uses {
		if _, method := object.(*types.Func); object.Pkg() != pkg || object.Parent() != pkg.Scope() && !method {
			continue
		}
		from, to := fset.Position(ident.Pos()).Filename, fset.Position(object.Pos()).Filename
		if from == to {
			continue
		}
		if refs[from] == nil {
			refs[from] = make(map[string]bool)
		}
		refs[from][to] = true
	}
	return refs, nil
}

// largestKnot returns the files of the largest set in which each can be reached
// from each other (Tarjan 1972).
func largestKnot(refs map[string]map[string]bool) []string {
	var (
		largest, stack []string
		index          = make(map[string]int)
		low            = make(map[string]int)
		onStack        = make(map[string]bool)
		visit          func(string)
	)
	visit = func(v string) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack, onStack[v] = append(stack, v), true
		for _, w := range slices.Sorted(maps.Keys(refs[v])) {
			if index[w] == 0 {
				visit(w)
				low[v] = min(low[v], low[w])
			} else if onStack[w] {
				low[v] = min(low[v], index[w])
			}
		}
		if low[v] != index[v] {
			return
		}
		at := slices.Index(stack, v)
		knot := slices.Clone(stack[at:])
		stack = stack[:at]
		for _, w := range knot {
			onStack[w] = false
		}
		if len(knot) > len(largest) {
			largest = knot
		}
	}
	for _, v := range slices.Sorted(maps.Keys(refs)) {
		if index[v] == 0 {
			visit(v)
		}
	}
	slices.Sort(largest)
	return largest
}

// packageFiles groups the sources that are built by their folder. Files for
// one system or processor are left out, but for the ones of linux and amd64.
func packageFiles(files []source) map[string][]source {
	packages := make(map[string][]source)
	for _, s := range files {
		name := strings.TrimSuffix(path.Base(s.path), ".go")
		_, tag, _ := strings.Cut(s.text, "//go:build ")
		tag, _, _ = strings.Cut(tag, "\n")
		switch {
		case s.isTest(), strings.Contains(s.path, "testdata"):
		case strings.HasPrefix(tag, "!"), tag == "windows", tag == "purego":
		case strings.HasSuffix(name, "_windows"), strings.HasSuffix(name, "_darwin"), strings.HasSuffix(name, "_arm64"):
		default:
			packages[s.dir()] = append(packages[s.dir()], s)
		}
	}
	return packages
}

func TestKnots(t *testing.T) {
	packages := packageFiles(sources(t, ".go"))
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		refs, err := references(packages[dir])
		if err != nil {
			t.Fatal(err)
		}
		knot := largestKnot(refs)
		if len(knot) > 1 {
			t.Logf("%s: %d of %d files refer to each other in a circle", dir, len(knot), len(packages[dir]))
		}
		allowed, reason := knotFiles, "a larger one means several packages"
		if k, ok := knots[dir]; ok {
			allowed, reason = k.files, k.reason
			if len(knot) < k.files {
				t.Errorf("%s: its largest knot has %d files; lower its figure in knots from %d", dir, len(knot), k.files)
			}
		}
		if len(knot) > allowed {
			t.Errorf("%s: %d files refer to each other in a circle, at most %d may (%s): %s",
				dir, len(knot), allowed, reason, strings.Join(knot, " "))
		}
	}
}

// TestReferences: three files by hand. a uses b's function and b a type of c's,
// whose method uses a's constant, so all three are one knot; d only uses.
func TestReferences(t *testing.T) {
	files := []source{
		{"p/a.go", "package p\nimport \"example.com/other\"\nconst A = 1\nvar x = other.Y + B()\n"},
		{"p/b.go", "package p\nfunc B() int { return C{}.m() }\n"},
		{"p/c.go", "package p\ntype C struct{}\nfunc (C) m() int { return A }\n"},
		{"p/d.go", "package p\nvar d = B() + C{}.m()\n"},
	}
	refs, err := references(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(refs); got != "map[p/a.go:map[p/b.go:true] p/b.go:map[p/c.go:true] p/c.go:map[p/a.go:true] p/d.go:map[p/b.go:true p/c.go:true]]" {
		t.Errorf("%s", got)
	}
	if got := fmt.Sprint(largestKnot(refs)); got != "[p/a.go p/b.go p/c.go]" {
		t.Errorf("%s", got)
	}
}
