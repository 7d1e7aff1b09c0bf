package spec

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// node is a YAML value as its source text has it: scalars are text, so that
// 0700 and TRUE stay what their writer meant.
type node struct {
	kind    nodeKind
	text    string // of a scalar
	quoted  bool   // scalar in quotes or a block
	flow    bool   // list or mapping on one line
	at      place
	items   []*node
	entries []entry
}

type nodeKind uint8

const (
	emptyNode nodeKind = iota
	scalarNode
	listNode
	mappingNode
)

// String names the kind as error messages do.
func (k nodeKind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a mapping"}[k]
}

// entry is a key of a mapping with its value.
type entry struct {
	key   *node
	colon place
	value *node
}

// place is a position in a file: line and column from 1 on, columns in
// characters. The zero place is unknown.
type place struct{ line, column int }

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}

const (
	// maxFlowDepth bounds [[[…]]]: the parser recurses.
	maxFlowDepth = 32
	// maxDashColumn bounds "- - - …" on one line for the same reason.
	maxDashColumn = 128
	// maxKeys bounds mappings, on which the parser's time is quadratic.
	maxKeys = 2_000
)

// syntaxError is what keeps a text from being read as YAML at all.
type syntaxError struct {
	at  place
	msg string
}

func (e *syntaxError) Error() string { return e.msg }

// parseNodes reads one YAML document. Anchors, aliases, merge keys, tags and
// directives are refused: a spec says what it means in place.
func parseNodes(text string) (*node, *syntaxError) {
	tokens := lexer.Tokenize(text)
	if err := checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			return nil, &syntaxError{placeOf(syntax.Token), withoutTabs(syntax.Message)}
		}
		return nil, &syntaxError{msg: withoutTabs(firstLine(err.Error()))}
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			return nil, &syntaxError{placeOf(doc.Body.GetToken()), "a second document; a spec is one"}
		default:
			body = doc.Body
		}
	}
	return convert(body)
}

// withoutTabs says what a parser means that meets a tab.
func withoutTabs(msg string) string {
	if strings.Contains(msg, "character '\t'") || strings.Contains(msg, `character '\t'`) {
		return "a tab; YAML is indented with spaces"
	}
	return msg
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// checkTokens refuses what a spec does not need and what would make the
// parser recurse without bound.
func checkTokens(tokens token.Tokens) *syntaxError {
	depth, keys := 0, 0
	for _, t := range tokens {
		msg := ""
		switch t.Type {
		case token.AnchorType, token.AliasType:
			msg = "anchors and aliases are not allowed; quote a text that begins with " + t.Value
		case token.TagType:
			msg = "tags are not allowed; quote a text that begins with !"
		case token.MergeKeyType:
			msg = "merge keys are not allowed"
		case token.DirectiveType:
			msg = "directives are not allowed"
		case token.MappingKeyType:
			msg = "complex keys are not allowed"
		case token.SequenceStartType, token.MappingStartType:
			if depth++; depth > maxFlowDepth {
				msg = fmt.Sprintf("brackets nest deeper than %d", maxFlowDepth)
			}
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.MappingValueType:
			if keys++; keys > maxKeys {
				msg = fmt.Sprintf("more than %d keys", maxKeys)
			}
		case token.SequenceEntryType:
			if t.Position.Column > maxDashColumn {
				msg = "lists nest too deep"
			}
		}
		if msg != "" {
			return &syntaxError{placeOf(t), msg}
		}
	}
	return nil
}

// convert turns the parser's tree into nodes.
func convert(n ast.Node) (*node, *syntaxError) {
	switch n := n.(type) {
	case nil:
		return &node{at: place{1, 1}}, nil
	case *ast.MappingNode:
		return convertMapping(n.Values, placeOf(n.Start), n.IsFlowStyle)
	case *ast.MappingValueNode:
		return convertMapping([]*ast.MappingValueNode{n}, place{}, false)
	case *ast.SequenceNode:
		list := &node{kind: listNode, at: placeOf(n.Start), flow: n.IsFlowStyle}
		for _, value := range n.Values {
			item, err := convert(value)
			if err != nil {
				return nil, err
			}
			list.items = append(list.items, item)
		}
		return list, nil
	case *ast.LiteralNode:
		return &node{kind: scalarNode, text: strings.TrimRight(n.Value.Value, "\n"), quoted: true, at: placeOf(n.Start)}, nil
	case *ast.NullNode:
		if n.Token.Type == token.ImplicitNullType {
			return &node{at: placeOf(n.Token)}, nil
		}
	case *ast.StringNode:
		quoted := n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
		return &node{kind: scalarNode, text: n.Value, quoted: quoted, at: placeOf(n.Token)}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
	default:
		return nil, &syntaxError{placeOf(n.GetToken()), "this kind of YAML is not allowed here"}
	}
	return &node{kind: scalarNode, text: n.GetToken().Value, at: placeOf(n.GetToken())}, nil
}

func convertMapping(values []*ast.MappingValueNode, at place, flow bool) (*node, *syntaxError) {
	m := &node{kind: mappingNode, flow: flow, at: at}
	for i, pair := range values {
		key, err := convert(pair.Key)
		if err != nil {
			return nil, err
		}
		if key.kind != scalarNode {
			return nil, &syntaxError{key.at, "a key is a single word"}
		}
		value, err := convert(pair.Value)
		if err != nil {
			return nil, err
		}
		if i == 0 && !flow {
			m.at = key.at
		}
		m.entries = append(m.entries, entry{key, placeOf(pair.Start), value})
	}
	return m, nil
}
