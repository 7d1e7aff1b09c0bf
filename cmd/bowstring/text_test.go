package main

import (
	"archive/zip"
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// evil is a name that a terminal would obey: a title, a colour, a line that
// looks like one of the command, text that runs backwards, and a byte that is
// no text.
const evil = "a\x1b]0;x\a\x1b[31mRED\x1b[8m\rerror: b\nhint: run it\u202egpj\u009b2J\xff"

// tame complains about anything in a text that a terminal would obey, and about
// a line that a name has made.
func tame(t *testing.T, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: %q is no text", what, text)
	}
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
			t.Errorf("%s: %q has %q", what, text, r)
			break
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "hint: run it") {
			t.Errorf("%s: a name makes a line of its own: %q", what, text)
		}
	}
}

// TestEvilNames: names of files, members, symbols, columns, bundles, keys and
// values are shown, in every message and every table.
func TestEvilNames(t *testing.T) {
	c := newCommand(t)
	file := c.write(strings.ReplaceAll(evil, "/", "")+".csv", "x\n")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"../" + evil + ".csv", evil + ".exe", evil + ".csv"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("x\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	archive := c.write("X.zip", b.String())
	folder := filepath.Join(c.dir, "folder")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	c.write("folder/"+evil+".png", "")
	c.write("folder/"+evil+".csv", someBars)
	line := strings.NewReplacer("\n", "", "\xff", "").Replace(evil) // as a line of UTF-8 text can have it
	columns := c.write("columns.csv", "date,open,high,low,close,volume,"+line+"\n2024-01-02,1,1,1,1,1,1\n")
	wrong := c.write("wrong.csv", "date,"+line+"\n2024-01-02,1\n")
	symbols := c.write("symbols.csv", "date,symbol,open,high,low,close,volume\n2024-01-02,"+line+",1,1,1,1,1\n2024-01-03,=1+"+line+",9,1,1,1,1\n")
	events := c.write("events.csv", "symbol,date,type,"+line+"\n")
	rules := c.write("rules.yaml", "rules: {entry: close > 1, exit: close < 1}\n")
	keys := c.write("keys.yaml", "\""+strings.ReplaceAll(line, "\x1b", "\\e")+"\": 1\nrules: {entry: \"close > \\e[31m\", exit: \"\\u202e\"}\n")
	raw := c.write("raw.yaml", "rules:\n  entry: close > "+evil+"\n")
	table := c.write("table.arrows", evilStream(t))
	for _, args := range [][]string{
		{"ingest", file, "--bundle", "a"}, {"ingest", archive, "--bundle", "a"}, {"ingest", evil + "/none.csv", "--bundle", "a"},
		{"ingest", folder, "--bundle", "a"}, {"ingest", columns, "--bundle", "b"}, {"ingest", wrong, "--bundle", "c"},
		{"ingest", symbols, "--bundle", "d"}, {"ingest", folder, "--bundle", "a", "--events", events},
		{"ingest", table, "--bundle", "e"}, {"ingest", table, "--bundle", "e", "--drop", evil}, {"ingest", folder, "--bundle", evil},
		{"ingest", folder, "--bundle", "a", "--column", evil + "=close"}, {"ingest", folder, "--bundle", "a", "--zone", evil},
		{"ingest", "inspect", columns}, {"ingest", "inspect", symbols}, {"ingest", "inspect", file}, {"ingest", "inspect", table},
		{"bundle", "ls"}, {"bundle", "show", "a"}, {"bundle", "show", "b"}, {"bundle", "show", "d"}, {"bundle", "show", evil}, {"bundle", "show", "d", "--quality"},
		{"bundle", "verify", evil}, {"bundle", "rm", evil}, {"bundle", "gc", evil}, {"bundle", "events", "d"}, {"bundle", "export", "d", "--out", evil},
		{"bundle", "export", "d", "--out", "x.csv", "--symbols", evil}, {"bundle", "export", "d", "--out", "x.csv", "--columns", evil},
		{"sweep", rules, "--bundle", "d", "--out", "d.parquet"}, {"results", "head", "d.parquet", "--wide"}, {"results", "head", "d.parquet", "--by", evil}, {"results", "show", "d.parquet"},
		{"results", "head", "d.parquet", "--asset", evil}, {"results", "head", evil}, {"results", "show", file}, {"results", "head", "d.parquet", "--require", evil},
		{"sweep", keys, "--bundle", "d", "--out", "k.parquet"}, {"sweep", raw, "--bundle", "d", "--out", "k.parquet"}, {"spec", "check", raw}, {"spec", "check", keys}, {"spec", "check", evil},
		{"backtest", rules, "--bundle", "d", "--asset", evil}, {"backtest", rules, "--bundle", "d", "--asset", line}, {"backtest", rules, "--bundle", "d", "--set", evil + "=1"},
		{"explain", rules, "--bundle", "d"}, {"explain", keys, "--bundle", evil}, {evil}, {"--" + evil}, {"help", evil}, {"--output", evil, "bundle", "ls"}, {"--store", evil, "bundle", "ls"},
	} {
		code, stdout, stderr := c.run(args...)
		what := strings.Join(args[:min(2, len(args))], " ")
		tame(t, what+" (standard output)", stdout)
		tame(t, what+" (standard error)", stderr)
		if code == exitFailure && !strings.Contains(stderr, "no such file") && !strings.Contains(stderr, "not found") && !strings.Contains(stderr, "is not a folder") {
			t.Errorf("%s: exit code %d: %s", what, code, stderr)
		}
	}
}

// evilStream is an Arrow stream of bars with a column whose name is evil, as far
// as it is UTF-8.
func evilStream(t *testing.T) string {
	t.Helper()
	fields := []arrow.Field{{Name: "date", Type: arrow.FixedWidthTypes.Date32}}
	for _, name := range []string{"open", "high", "low", "close", "volume", strings.ToValidUTF8(evil, "")} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	rb := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	defer rb.Release()
	rb.Field(0).(*array.Date32Builder).Append(19000)
	for k := 1; k < len(fields); k++ {
		rb.Field(k).(*array.StringBuilder).Append("\x1b[31m" + strings.ToValidUTF8(evil, ""))
	}
	rec := rb.NewRecord()
	defer rec.Release()
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(rec.Schema()))
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRawWriters: text for people goes through the writers that show what a
// terminal would obey. The others are for these functions, each of which has a
// reason: package report makes its texts safe, and so does data.
func TestRawWriters(t *testing.T) {
	allowed := []string{"print", "progress", "bar", "heatMap", "drawWalk"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || slices.Contains(allowed, f.Name.Name) {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				of, _ := s.X.(*ast.Ident)
				if of != nil && e.Name() != "text.go" && (of.Name == "a" && (s.Sel.Name == "stdout" || s.Sel.Name == "stderr") || of.Name == "os" && (s.Sel.Name == "Stdout" || s.Sel.Name == "Stderr") && f.Name.Name != "main" ||
					of.Name == "fmt" && strings.HasPrefix(s.Sel.Name, "Print")) {
					t.Errorf("%s: %s uses %s.%s; text goes through printf, notef or aboutf, and data for programs through data", e.Name(), f.Name.Name, of.Name, s.Sel.Name)
				}
				return true
			})
		}
	}
}
