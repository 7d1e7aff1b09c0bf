package strategy

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

const (
	// maxText is the longest expression in bytes: the parser recurses.
	maxText = 16 << 10
	// maxDepth bounds how deep expressions nest.
	maxDepth = 1000
)

// parse returns the syntax tree of a text.
func (s *source) parse() (ast.Node, *Error) {
	if err := s.precheck(); err != nil {
		return nil, err
	}
	tree, err := parser.ParseWithConfig(s.text, parserConfig())
	if err != nil {
		return nil, s.syntaxError(err)
	}
	return tree.Node, nil
}

// parserConfig overrides expr's own functions, and its if with blocks, so that each
// call is ours to answer, whatever its name.
func parserConfig() *conf.Config {
	functions := make(conf.FunctionsTable, len(builtin.Names))
	for _, name := range builtin.Names {
		functions[name] = &builtin.Function{Name: name}
	}
	// A text of maxText bytes cannot have more nodes than bytes.
	return &conf.Config{Functions: functions, MaxNodes: 2 * maxText, DisableIfOperator: true}
}

// precheck refuses what the parser would take in a sense of its own.
func (s *source) precheck() *Error {
	switch {
	case len(s.text) > maxText:
		return s.errorf(0, "expression of %d bytes, more than %d", len(s.text), maxText)
	case strings.TrimSpace(s.text) == "":
		return s.errorf(0, "empty expression")
	case !utf8.ValidString(s.text):
		return s.errorf(0, "text is not UTF-8")
	}
	for _, comment := range []string{"//", "/*"} {
		if i := strings.Index(s.text, comment); i >= 0 {
			return s.errorf(utf8.RuneCountInString(s.text[:i]), "%q is neither division nor a comment here", comment)
		}
	}
	return s.checkBrackets()
}

func (s *source) checkBrackets() *Error {
	depth, offset := 0, 0
	for _, r := range s.text {
		switch r {
		case '(', '[', '{':
			if depth++; depth > maxDepth {
				return s.errorf(offset, "brackets nest deeper than %d", maxDepth)
			}
		case ')', ']', '}':
			depth--
		}
		offset++
	}
	return nil
}

// syntaxError puts the parser's complaint in the words of this package.
func (s *source) syntaxError(err error) *Error {
	var e *file.Error
	if !errors.As(err, &e) {
		return s.errorf(0, "%v", err)
	}
	token, ok := strings.CutPrefix(e.Message, "unexpected token ")
	switch {
	case !ok:
		return s.errorf(e.From, "%s", e.Message)
	case token == "EOF":
		return s.errorf(utf8.RuneCountInString(strings.TrimRight(s.text, " \t\r\n")), "expression ends too early")
	}
	if open, end := strings.IndexByte(token, '('), len(token)-1; open >= 0 {
		if value, err := strconv.Unquote(token[open+1 : end]); err == nil {
			token = value
		}
	}
	hint := tokenHint(token)
	if before := strings.Fields(string([]rune(s.text)[:e.From])); hint == "" && len(before) > 0 && before[len(before)-1] == "if" {
		hint = "; a choice is if(c, a, b) or c ? a : b"
	}
	return s.errorf(e.From, "unexpected %q%s", token, hint)
}

func tokenHint(token string) string {
	switch token {
	case "=":
		return "; equality is =="
	case "&":
		return "; write and"
	case "in", "let", "if", "else", "matches", "contains":
		return ", a reserved word"
	}
	return ""
}

// hoistNot moves a not from the left end of an arithmetic or comparison to
// its front: the parser reads "not a > b" as "(not a) > b", which nobody
// means, since not has no number as its result. Where brackets were written
// so, they stand.
func hoistNot(n ast.Node, text []rune) ast.Node {
	b, ok := n.(*ast.BinaryNode)
	if !ok || logicName(b.Operator) != "" {
		return n
	}
	u, ok := hoistNot(b.Left, text).(*ast.UnaryNode)
	if !ok || u.Operator != "not" && u.Operator != "!" || closes(text[at(u):max(at(u), at(b))]) {
		return n
	}
	inner := &ast.BinaryNode{Operator: b.Operator, Left: u.Node, Right: b.Right}
	inner.SetLocation(b.Location())
	outer := &ast.UnaryNode{Operator: u.Operator, Node: inner}
	outer.SetLocation(u.Location())
	return outer
}

// closes reports whether a bracket is closed in text that is not opened there.
func closes(text []rune) bool {
	depth := 0
	for _, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return true
			}
		}
	}
	return false
}

// logicName returns and or or for an operator that joins conditions, however
// it is written, and "" for another.
func logicName(op string) string {
	switch op {
	case "and", "&&":
		return "and"
	case "or", "||":
		return "or"
	}
	return ""
}

// chained returns the second comparison of a < b < c, which the parser turns
// into a < b && b < c with one b.
func chained(b *ast.BinaryNode) (second *ast.BinaryNode, ok bool) {
	if b.Operator != "&&" {
		return nil, false
	}
	second, ok = b.Right.(*ast.BinaryNode)
	if !ok {
		return nil, false
	}
	first, ok := b.Left.(*ast.BinaryNode)
	if ok && first.Operator == "&&" { // a < b < c < d
		first, ok = first.Right.(*ast.BinaryNode)
	}
	return second, ok && first.Right == second.Left
}

// piped reports whether a call was written x | f(y).
func piped(call *ast.CallNode) bool {
	if len(call.Arguments) == 0 {
		return false
	}
	_, unplaced := call.Arguments[0].(*ast.ConditionalNode) // the parser does not say where it stands
	return !unplaced && at(call.Arguments[0]) < at(call)
}

func at(n ast.Node) int { return n.Location().From }
