package strategy

import (
	"fmt"
	"math"
	"math/bits"
	"regexp"
	"strings"

	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// identifier is what the lexer reads as one name, without the $.
var identifier = regexp.MustCompile(`^[\p{L}_][\p{L}\p{Nd}_]*$`)

// reserved reports whether the parser takes a name as a word of its own.
func reserved(name string) bool {
	switch name {
	case "and", "or", "not", "in", "let", "if", "else", "true", "false", "nil",
		"matches", "contains", "startsWith", "endsWith":
		return true
	}
	return false
}

// badName says why something cannot be called name, or "".
func badName(name string) string {
	switch {
	case !identifier.MatchString(name):
		return fmt.Sprintf("name %q is not letters, digits and _", name)
	case reserved(name):
		return fmt.Sprintf("name %q is a reserved word", name)
	}
	return ""
}

// declareParams checks the parameters themselves.
func (c *checker) declareParams(params []Param) {
	c.params = params
	c.paramUsed = make([]bool, len(params))
	c.choices = make([][]*indicator.Row, len(params))
	seen := map[string]bool{}
	trials := uint64(1)
	for i := range params {
		p := &params[i]
		src := c.paramSource(i)
		fail := func(format string, args ...any) {
			c.paramUsed[i] = true // one complaint is enough
			c.errs = append(c.errs, src.errorf(0, format, args...))
		}
		if msg := badName(p.Name); msg != "" {
			fail("%s", msg)
		}
		if seen[p.Name] {
			fail("parameter $%s is declared twice", p.Name)
		}
		seen[p.Name] = true
		if (len(p.Values) == 0) == (len(p.Names) == 0) {
			fail("a parameter has either values or names of functions")
		}
		for _, v := range p.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				fail("value %s is not a finite number", graph.Format(v))
			}
		}
		high, low := bits.Mul64(trials, uint64(max(p.size(), 1)))
		if trials = low; high != 0 || low > math.MaxInt64 {
			fail("more than 2^63 combinations")
			trials = 1
		}
	}
}

func (c *checker) paramSource(i int) *source {
	p := &c.params[i]
	return &source{name: "params." + p.Name, origin: p.Origin, at: p.At, order: i}
}

// declareChoices looks up the functions that parameter i chooses from.
func (c *checker) declareChoices(i int) {
	if len(c.choices[i]) > 0 {
		return
	}
	src := c.paramSource(i)
	for _, name := range c.params[i].Names {
		row := c.find(canonical(name))
		switch {
		case row == nil && crossingNamed(name) == nil:
			err := src.errorf(0, "unknown function %q", name)
			err.Suggestion = suggest.Nearest(name, c.functionNames())
			c.errs = append(c.errs, err)
		case row == nil || len(row.Outputs) > 1 || row.MakesMask():
			c.errs = append(c.errs, src.errorf(0, "%s does not give one series and cannot be a choice", name))
		case row.Masks > 0:
			c.errs = append(c.errs, src.errorf(0, "%s reads a mask and cannot be a choice", name))
		case len(row.Columns) > 0:
			c.errs = append(c.errs, src.errorf(0, "%s reads columns of its own and cannot be a choice", name))
		case !alike(row, c.choices[i]):
			c.errs = append(c.errs, src.errorf(0, "%s and %s are called in different ways: %s, %s", c.choices[i][0], name, c.choices[i][0].Signature(), row.Signature()))
		default:
			c.choices[i] = append(c.choices[i], row)
		}
	}
}

// alike reports whether a row has as many inputs as those that are a choice with
// it.
func alike(row *indicator.Row, others []*indicator.Row) bool {
	return len(others) == 0 || len(row.Inputs) == len(others[0].Inputs)
}

// declareLets checks the names of named expressions.
func (c *checker) declareLets(lets []Expr) {
	columns := map[string]bool{}
	for _, col := range c.columns {
		columns[col.Name] = true
	}
	seen := map[string]bool{}
	for i, e := range lets {
		b := &binding{short: e.Name, source: source{
			name: "let." + e.Name, origin: e.Origin, text: e.Text, at: e.At, order: len(c.params) + i,
		}}
		fail := func(format string, args ...any) {
			b.used = true // one complaint is enough
			c.errs = append(c.errs, b.errorf(0, format, args...))
		}
		isFunction := c.signature(e.Name) != ""
		switch {
		case badName(strings.TrimPrefix(e.Name, "$")) != "":
			fail("%s", badName(e.Name))
		case strings.HasPrefix(e.Name, "$"):
			fail("$ is for parameters; call it %s", e.Name[1:])
		case columns[e.Name]:
			fail("%s is a column; choose another name", e.Name)
		case isFunction:
			fail("%s is a function; choose another name", e.Name)
		case seen[e.Name]:
			fail("%s is defined twice", e.Name)
		}
		seen[e.Name] = true
		c.lets = append(c.lets, b)
	}
}

// declareColumns checks that columns can be told apart.
func (c *checker) declareColumns(columns []Column) {
	c.columns = columns
	seen := map[string]bool{}
	for _, col := range columns {
		if seen[col.Name] {
			c.errs = append(c.errs, (&source{name: "columns." + col.Name}).errorf(0, "two columns have this name"))
		}
		seen[col.Name] = true
	}
}
