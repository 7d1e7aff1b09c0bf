package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// valueOf turns a node into what a JSON Schema sees of YAML 1.2's core types.
func (n *node) valueOf() any {
	switch n.kind {
	case mappingNode:
		m := make(map[string]any)
		for _, e := range n.entries {
			m[e.key.text] = e.value.valueOf()
		}
		return m
	case listNode:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.valueOf()
		}
		return list
	case emptyNode:
		return nil
	}
	if v, err := strconv.ParseFloat(n.text, 64); err == nil && !n.quoted {
		return v
	}
	if !n.quoted && (n.text == "true" || n.text == "false") {
		return n.text == "true"
	}
	return n.text
}

// conforms is a small JSON Schema validator, independent of the parser; it
// fails on a keyword that it does not know.
func conforms(s map[string]any, v any) error {
	number, isNumber := v.(float64)
	text, isText := v.(string)
	list, isList := v.([]any)
	object, isObject := v.(map[string]any)
	for keyword, want := range s {
		ok := true
		switch keyword {
		case "$schema", "title", "description":
		case "type":
			types, several := want.([]any)
			if !several {
				types = []any{want}
			}
			ok = slices.ContainsFunc(types, func(t any) bool {
				return t == "string" && isText || t == "number" && isNumber || t == "array" && isList || t == "object" && isObject ||
					t == "null" && v == nil || t == "integer" && isNumber && number == float64(int(number)) || t == "boolean" && (v == true || v == false)
			})
		case "const":
			ok = v == want
		case "enum":
			ok = slices.Contains(want.([]any), v)
		case "minimum":
			ok = !isNumber || number >= want.(float64)
		case "maximum":
			ok = !isNumber || number <= want.(float64)
		case "exclusiveMinimum":
			ok = !isNumber || number > want.(float64)
		case "exclusiveMaximum":
			ok = !isNumber || number < want.(float64)
		case "pattern":
			ok = !isText || regexp.MustCompile(want.(string)).MatchString(text)
		case "maxLength":
			ok = !isText || len(text) <= int(want.(float64))
		case "minItems":
			ok = !isList || len(list) >= int(want.(float64))
		case "maxItems":
			ok = !isList || len(list) <= int(want.(float64))
		case "maxProperties":
			ok = !isObject || len(object) <= int(want.(float64))
		case "uniqueItems":
			for i, item := range list {
				ok = ok && !slices.Contains(list[:i], item)
			}
		case "items":
			for _, item := range list {
				if err := conforms(want.(map[string]any), item); err != nil {
					return err
				}
			}
		case "not":
			ok = conforms(want.(map[string]any), v) != nil
		case "oneOf":
			fits := 0
			for _, one := range want.([]any) {
				if conforms(one.(map[string]any), v) == nil {
					fits++
				}
			}
			ok = fits == 1
		case "required":
			for _, name := range want.([]any) {
				_, has := object[name.(string)]
				ok = ok && (has || !isObject)
			}
		case "propertyNames":
			for name := range object {
				if err := conforms(want.(map[string]any), name); err != nil {
					return err
				}
			}
		case "properties", "additionalProperties":
			if err := conformProperties(s, object); err != nil {
				return err
			}
		default:
			return fmt.Errorf("keyword %q is not known to the test", keyword)
		}
		if !ok {
			return fmt.Errorf("%v: not %s %v", v, keyword, want)
		}
	}
	return nil
}

func conformProperties(s, object map[string]any) error {
	properties, _ := s["properties"].(map[string]any)
	for name, value := range object {
		sub, ok := properties[name].(map[string]any)
		if !ok {
			if s["additionalProperties"] == false {
				return fmt.Errorf("key %q", name)
			}
			sub = s["additionalProperties"].(map[string]any)
		}
		if err := conforms(sub, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func readSchema(t *testing.T) map[string]any {
	t.Helper()
	var s map[string]any
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func conformsText(t *testing.T, s map[string]any, text string) error {
	t.Helper()
	root, err := parseNodes(text)
	if err != nil {
		t.Fatal(err.msg)
	}
	return conforms(s, root.valueOf())
}

func exampleFiles(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(paths) < 3 {
		t.Fatalf("examples: %v, %v", paths, err)
	}
	files := map[string]string{"template.yaml": Template()}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = string(text)
	}
	return files
}

// The template and the examples parse, and fit the schema; so do the specs
// that String writes for them.
func TestExamplesFitParserAndSchema(t *testing.T) {
	s := readSchema(t)
	for path, text := range exampleFiles(t) {
		spec, err := Parse(path, []byte(text))
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if err := conformsText(t, s, text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if err := conformsText(t, s, spec.String()); err != nil {
			t.Errorf("%s resolved: %v", path, err)
		}
	}
}

// The schema refuses what the parser refuses, one change at a time.
func TestSchemaRefuses(t *testing.T) {
	s := readSchema(t)
	for _, text := range []string{
		"name: x",
		"rules: {entry: a}\nnames: x",
		"rules: {entry: a}\nversion: 2",
		"rules: {entry: a}\nsimulation: {fill: open}",
		"rules: {entry: a}\nsimulation: {cash: 0}",
		"rules: {entry: a}\nsimulation: {sizing: {percent: 101}}",
		"rules: {entry: a}\nsimulation: {sizing: {percent: 10, units: 1}}",
		"rules: {entry: a}\nsimulation: {commission: {bps: -1}}",
		"rules: {entry: a}\nparams: {sharpe: 1}",
		"rules: {entry: a}\nparams: {x-y: 1}",
		"rules: {entry: a}\nparams: {x: []}",
		"rules: {entry: a}\nparams: {x: [1, 1]}",
		"rules: {entry: a}\nparams: {x: [a]}",
		"rules: {entry: a}\nparams: {x: {from: 1}}",
		"rules: {entry: a}\nparams: {x: {from: 1, to: 2, log: 1}}\nsearch: {random: 5}",
		"rules: {entry: a}\nparams: {x: [1, 2]}\nsearch: {random: 0}",
		"rules: {entry: a}\nparams: {x: [1, 2]}\nsearch: {sobl: 2}",
		"rules: {entry: a}\nparams: {x: [1, 2]}\nsearch: {tpe: 2, objectives: [sharpe]}",
		"rules: {entry: a}\nparams: {x: [1, 2]}\nsearch: {tpe: 2, objectives: [sharpe, {goal: minimize}]}",
		"rules: {entry: a}\nobjective: {metric: sharp}",
		"rules: {entry: a}\nparams: {x: {linspace: [0, 1], n: 1}}",
		"rules: {entry: a}\nuniverse: []",
		"rules: {entry: a}\nperiod: {from: tomorrow}",
		"rules: {entry: a}\noutput: {statistics: [cagrr]}",
		"rules: {entry: a}\nobjective: {goal: max}",
		"rules: {entry: a}\nrisk_free: 1",
	} {
		if _, err := Parse("x", []byte(text)); err == nil {
			t.Errorf("the parser takes\n%s", text)
		}
		if err := conformsText(t, s, text); err == nil {
			t.Errorf("the schema takes\n%s", text)
		}
	}
	if err := conformsText(t, s, "rules: {entry: a}"); err != nil {
		t.Error(err)
	}
}

// Every key of the table is in the schema with its description and in the
// template, and the parser knows it.
func TestEveryKeyIsEverywhere(t *testing.T) {
	var walk func(path string, keys []key, s map[string]any)
	walk = func(path string, keys []key, s map[string]any) {
		properties := s["properties"].(map[string]any)
		if len(properties) != len(keys) {
			t.Errorf("%s: %d keys in the schema, %d in the table", path, len(properties), len(keys))
		}
		for _, k := range keys {
			at := join(path, k.name)
			sub, ok := properties[k.name].(map[string]any)
			if !ok || sub["description"] != k.doc || k.doc == "" {
				t.Errorf("%s: the schema has %v", at, sub)
				continue
			}
			if !regexp.MustCompile(`\b`+k.name+`: `).MatchString(Template()) && !strings.Contains(Template(), k.name+":\n") {
				t.Errorf("%s is not in the template", at)
			}
			if announced[at] {
				t.Errorf("%s is known, and announced for later", at)
			}
			if k.keys != nil {
				walk(at, k.keys, sub)
			}
		}
	}
	walk("", specKeys(), readSchema(t))
}

// A template with every commented key switched on is a spec, too.
func TestTemplateComments(t *testing.T) {
	commented := regexp.MustCompile(`(?m)^( *)# ([a-z_]+: )`)
	text := commented.ReplaceAllString(Template(), "$1$2")
	spec, err := Parse("template", []byte(strings.Replace(text, "direction: long ", "direction: both ", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if len(spec.Params) != 6 || spec.Objective.Require == "" || spec.Rules.ShortExit == "" || spec.Ann != 252 {
		t.Errorf("read as %s", spec)
	}
}

// The sizes of the examples' grids, by hand: 20 × 20, 3 × 6 × 4, 9 × 3 less
// the exits longer than their entry (50 with 20, 30 and 40).
func TestExampleGrids(t *testing.T) {
	for path, want := range map[string]int64{"sma_cross": 400, "rsi_reversion": 72, "donchian": 27} {
		spec, err := Parse(path, []byte(exampleFiles(t)["../../examples/"+path+".yaml"]))
		if err != nil {
			t.Fatal(err)
		}
		if g := mustGrid(t, spec.lengths(), nil, 0); g.Size() != want {
			t.Errorf("%s: %d combinations, want %d", path, g.Size(), want)
		}
	}
}
