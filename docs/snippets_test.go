package docs

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// checkSnippets complains about Go blocks of Markdown files that do not stand,
// line for line, in an Example of the tests. Indentation and empty lines do
// not count. A block with a package clause is a whole program and stands in a
// file of the repository.
func checkSnippets(t *testing.T, markdown, gofiles []source) []string {
	t.Helper()
	var examples, files []string
	for _, s := range gofiles {
		files = append(files, condense(s.text))
		if s.isTest() {
			examples = append(examples, exampleBodies(t, s)...)
		}
	}
	var complaints []string
	for _, s := range markdown {
		for _, b := range blocks(s) {
			snippet, where := condense(b.text), examples
			if b.lang != "go" {
				continue
			}
			if strings.Contains("\n"+snippet, "\npackage ") {
				where = files
			}
			if !contains(where, snippet) {
				complaints = append(complaints, fmt.Sprintf("%s: no Example has this Go code", b.at))
			}
		}
	}
	return complaints
}

// exampleBodies returns the condensed text of every Example's body, and of the types
// with their methods that a file declares for them.
func exampleBodies(t *testing.T, s source) []string {
	t.Helper()
	set := token.NewFileSet()
	var bodies []string
	types := ""
	for _, decl := range parse(t, set, s).Decls {
		from, to, doc := set.Position(decl.Pos()).Offset, set.Position(decl.End()).Offset, (*ast.CommentGroup)(nil)
		switch d := decl.(type) {
		case *ast.GenDecl:
			if doc = d.Doc; d.Tok != token.TYPE {
				continue
			}
		case *ast.FuncDecl:
			if doc = d.Doc; d.Recv == nil {
				if strings.HasPrefix(d.Name.Name, "Example") {
					bodies = append(bodies, condense(s.text[set.Position(d.Body.Lbrace).Offset+1:set.Position(d.Body.Rbrace).Offset]))
				}
				continue
			}
		}
		if doc != nil {
			from = set.Position(doc.Pos()).Offset
		}
		types += condense(s.text[from:to])
	}
	if bodies != nil && types != "" {
		bodies = append(bodies, types)
	}
	return bodies
}

// condense drops indentation and empty lines, and ends every line.
func condense(text string) string {
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// contains reports whether one of texts has snippet in whole lines.
func contains(texts []string, snippet string) bool {
	for _, text := range texts {
		if strings.Contains("\n"+text, "\n"+snippet) {
			return true
		}
	}
	return false
}

func TestSnippets(t *testing.T) {
	report(t, checkSnippets(t, documents(t), sources(t, ".go")))
}

func TestCheckSnippets(t *testing.T) {
	gofiles := []source{
		{"p/example_test.go", "package p_test\n\n// T is one.\ntype T struct{}\n\nfunc (T) M() {}\n\nfunc Example() {\n\tx := p.New()\n\n\tdefer x.Close()\n\tx.Run()\n}\n\nfunc other() {\n\thidden()\n}\n"},
		{"examples/a/main.go", "// Command a.\npackage main\n\nfunc main() {}\n"},
	}
	check := func(snippet string) []string {
		return checkSnippets(t, []source{{"README.md", "```go\n" + snippet + "```\n"}}, gofiles)
	}
	expect(t, check("x := p.New()\ndefer x.Close()\n"))
	expect(t, check("package main\n\nfunc main() {}\n"))
	expect(t, check("x := p.New()\nx.Run()\n"), "no Example") // a line is left out
	expect(t, check("x.Ru\n"), "no Example")
	expect(t, check("// T is one.\ntype T struct{}\n\nfunc (T) M() {}\n"))
	expect(t, check("hidden()\n"), "no Example")
	expect(t, check("package main\n\nfunc main() { f() }\n"), "no Example")
}
