package spec

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain returns a scalar that needs no quotes: a number or a word of the
// format.
func plain(text string) *node { return &node{kind: scalarNode, text: text} }

// scalar returns a scalar of any text, in quotes where YAML needs them.
func scalar(text string) *node {
	return &node{kind: scalarNode, text: text, quoted: !plainText.MatchString(text) || reserved[strings.ToLower(text)]}
}

// flowList returns a list on one line.
func flowList(items ...*node) *node { return &node{kind: listNode, flow: true, items: items} }

// flowMapping returns a mapping on one line, of names and *node in turn.
func flowMapping(pairs ...any) *node {
	m := &node{kind: mappingNode, flow: true}
	for i := 0; i < len(pairs); i += 2 {
		m.entries = append(m.entries, entry{key: plain(pairs[i].(string)), value: pairs[i+1].(*node)})
	}
	return m
}

// add appends an entry, unless value is nil.
func (n *node) add(key string, value *node) {
	if value != nil {
		n.entries = append(n.entries, entry{key: scalar(key), value: value})
	}
}

// plainText matches what every YAML reader takes for the same text without
// quotes, on a line of its own. Texts with a comma are quoted inside flow
// lists and mappings.
var plainText = regexp.MustCompile(`^[A-Za-z_$(][A-Za-z0-9_$()+*/<>=., -]*$`)

// reserved words are not texts to every YAML reader.
var reserved = map[string]bool{
	"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true,
	"y": true, "n": true, "null": true, "nan": true, "inf": true,
}

// blockText writes a mapping as YAML lines.
func (n *node) blockText() string {
	var b strings.Builder
	n.writeBlock(&b, "")
	return b.String()
}

func (n *node) writeBlock(b *strings.Builder, indent string) {
	for _, e := range n.entries {
		b.WriteString(indent + e.key.scalarText(false) + ":")
		if e.value.kind == mappingNode && !e.value.flow {
			b.WriteString("\n")
			e.value.writeBlock(b, indent+"  ")
			continue
		}
		b.WriteString(" ")
		e.value.writeFlow(b, false)
		b.WriteString("\n")
	}
}

// flowText writes a value on one line.
func (n *node) flowText() string {
	var b strings.Builder
	n.writeFlow(&b, false)
	return b.String()
}

func (n *node) writeFlow(b *strings.Builder, inside bool) {
	switch n.kind {
	case scalarNode:
		b.WriteString(n.scalarText(inside))
	case listNode:
		b.WriteString("[")
		for i, item := range n.items {
			if i > 0 {
				b.WriteString(", ")
			}
			item.writeFlow(b, true)
		}
		b.WriteString("]")
	case mappingNode:
		b.WriteString("{")
		for i, e := range n.entries {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(e.key.scalarText(true) + ": ")
			e.value.writeFlow(b, true)
		}
		b.WriteString("}")
	}
}

// scalarText returns the text with quotes where it needs them, inside a flow
// list or mapping or on a line of its own.
func (n *node) scalarText(inside bool) string {
	if n.quoted || strings.HasSuffix(n.text, " ") || inside && strings.Contains(n.text, ",") {
		return quote(n.text)
	}
	return n.text
}

// quote writes text in double quotes with YAML's escapes.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// printable tells whether text is a name or a title: valid UTF-8 on one line,
// not empty, without control characters.
func printable(text string) bool {
	return text != "" && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}
