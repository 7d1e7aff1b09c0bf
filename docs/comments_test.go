package docs

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkPackageComments complains about packages with no package comment, or
// several, or one that starts otherwise than documentation tools expect.
func checkPackageComments(t *testing.T, files []source) []string {
	t.Helper()
	comments := make(map[string][]string) // by directory, what the comments lack
	for _, s := range files {
		if s.isTest() {
			continue
		}
		f := parse(t, token.NewFileSet(), s)
		found := comments[s.dir()]
		if f.Doc != nil {
			start := "Package " + f.Name.Name + " "
			if f.Name.Name == "main" {
				start = "Command "
			}
			lack := ""
			if !strings.HasPrefix(f.Doc.Text(), start) {
				lack = fmt.Sprintf("%s: package comment starts otherwise than %q", s.path, start)
			}
			found = append(found, lack)
		}
		comments[s.dir()] = found
	}
	var complaints []string
	for _, dir := range slices.Sorted(maps.Keys(comments)) {
		if n := len(comments[dir]); n != 1 {
			complaints = append(complaints, fmt.Sprintf("%s: %d package comments, want one", dir, n))
			continue
		}
		if lack := comments[dir][0]; lack != "" {
			complaints = append(complaints, lack)
		}
	}
	return complaints
}

// checkExportedComments complains about exported names without a comment that
// names them.
func checkExportedComments(t *testing.T, files []source) []string {
	t.Helper()
	var complaints []string
	for _, s := range files {
		if s.isTest() {
			continue
		}
		set := token.NewFileSet()
		f := parse(t, set, s)
		complain := func(node ast.Node, what string, args ...any) {
			at := fmt.Sprintf("%s:%d: ", s.path, set.Position(node.Pos()).Line)
			complaints = append(complaints, at+fmt.Sprintf(what, args...))
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && !names(d.Doc, d.Name.Name) {
					complain(d, "no comment that starts with %s", d.Name.Name)
				}
			case *ast.GenDecl:
				checkGroup(d, complain)
			}
		}
	}
	return complaints
}

// checkGroup complains about the names that a type, const or var declaration
// exports.
func checkGroup(d *ast.GenDecl, complain func(ast.Node, string, ...any)) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			doc := s.Doc
			if doc == nil && !d.Lparen.IsValid() {
				doc = d.Doc
			}
			if s.Name.IsExported() && !names(doc, s.Name.Name) {
				complain(s, "no comment that starts with %s", s.Name.Name)
			}
		case *ast.ValueSpec:
			// A comment on the group serves all its names.
			if s.Names[0].IsExported() && s.Doc.Text() == "" && s.Comment.Text() == "" && d.Doc.Text() == "" {
				complain(s, "no comment on %s or its group", s.Names[0].Name)
			}
		}
	}
}

// names reports whether a comment starts with the name it documents, after an
// article perhaps.
func names(doc *ast.CommentGroup, name string) bool {
	start := regexp.MustCompile(`^(?:An? |The )?` + regexp.QuoteMeta(name) + `\b`)
	return start.MatchString(doc.Text())
}

// exportedReceiver reports whether d is a function, or a method of an
// exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	for receiver := d.Recv.List[0].Type; ; {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return true
		}
	}
}

func TestPackageComments(t *testing.T) {
	report(t, checkPackageComments(t, sources(t, ".go")))
}

func TestExportedComments(t *testing.T) {
	report(t, checkExportedComments(t, sources(t, ".go")))
}

func TestCheckPackageComments(t *testing.T) {
	const documented = "// Package p is.\npackage p\n"
	expect(t, checkPackageComments(t, []source{{"p/a.go", documented}, {"p/b.go", "package p\n"}, {"p/a_test.go", documented}}))
	expect(t, checkPackageComments(t, []source{{"main/a.go", "// Command a does.\npackage main\n"}}))
	expect(t, checkPackageComments(t, []source{{"p/a.go", "package p\n"}}), "p: 0 package comments")
	expect(t, checkPackageComments(t, []source{{"p/a.go", documented}, {"p/b.go", documented}}), "p: 2 package comments")
	expect(t, checkPackageComments(t, []source{{"p/a.go", "// Something.\npackage p\n"}}), "starts otherwise")
}

func TestCheckExportedComments(t *testing.T) {
	for text, want := range map[string]string{
		"func F() {}":                                       "F",
		"// f does.\nfunc F() {}":                           "F",
		"// Fold does.\nfunc F() {}":                        "F",
		"type T int":                                        "T",
		"// T is.\ntype T int\nfunc (t *T) M() {}":          "M",
		"// T is.\ntype T[K any] int\nfunc (t T[K]) M() {}": "M",
		"// All types.\ntype (\n\tT int\n)":                 "T",
		"const C = 1":                                       "C",
		"var (\n\tv = 1\n\tV = 2\n)":                        "V",
	} {
		expect(t, checkExportedComments(t, []source{{"p/a.go", "package p\n" + text}}), want)
	}
	for _, text := range []string{
		"// F does.\nfunc F() {}",
		"// An F is.\ntype F int",
		"func f() {}",
		"type t int\nfunc (t) M() {}",
		"// The constants.\nconst (\n\tA = 1\n\tB = 2\n)",
		"const A = 1 // first",
	} {
		expect(t, checkExportedComments(t, []source{{"p/a.go", "package p\n" + text}}))
	}
	expect(t, checkExportedComments(t, []source{{"p/a_test.go", "package p\nfunc F() {}"}}))
}
